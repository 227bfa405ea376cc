"""
The seam between the result and its forms.

A report turns the JSON result into the bytes of one file and knows nothing else. Third
parties add their own through the entry-point group ``shipworthy.reports``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from shipworthy.errors import UsageError


if TYPE_CHECKING:
    from shipworthy.reports.settings import Settings


GROUP = "shipworthy.reports"
"""The entry-point group that reports register in."""
TEMPLATE = "template:"
"""What stands before the file in the name of a report that a template makes."""

_BUILT_IN = {
    "asff": "shipworthy.reports.asff:AsffReport",
    "cloudevents": "shipworthy.reports.cloudevents:CloudEventsReport",
    "csv": "shipworthy.reports.csv:CsvReport",
    "cyclonedx": "shipworthy.reports.cyclonedx:CycloneDxReport",
    "cyclonedx-xml": "shipworthy.reports.cyclonedx_xml:CycloneDxXmlReport",
    "gitlab": "shipworthy.reports.gitlab:GitLabReport",
    "gitlab-codequality": "shipworthy.reports.gitlab_codequality:GitLabCodeQualityReport",
    "html": "shipworthy.reports.html:HtmlReport",
    "inspector-csv": "shipworthy.reports.inspector_csv:InspectorCsvReport",
    "inspector-json": "shipworthy.reports.inspector_json:InspectorJsonReport",
    "json": "shipworthy.reports.json:JsonReport",
    "junit": "shipworthy.reports.junit:JUnitReport",
    "markdown": "shipworthy.reports.markdown:MarkdownReport",
    "openvex": "shipworthy.reports.openvex:OpenVexReport",
    "sarif": "shipworthy.reports.sarif:SarifReport",
    "sarif-github": "shipworthy.reports.sarif:GithubSarifReport",
    "slack": "shipworthy.reports.slack:SlackReport",
    "spdx": "shipworthy.reports.spdx:SpdxReport",
    "table": "shipworthy.reports.table:TableReport",
    "teams": "shipworthy.reports.teams:TeamsReport",
    "warnings-ng": "shipworthy.reports.warnings_ng:WarningsNgReport",
}


class Report(Protocol):
    """
    **Protocol:** one format.

    ``render`` depends on nothing but the document: same document in, same bytes out.
    """

    name: str
    """What the format is called on the command line."""
    suffix: str
    """How a file of it ends, with the dot."""

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the report."""
        ...


@runtime_checkable
class FolderReport(Report, Protocol):
    """
    **Protocol:** one format that the command line writes as several files in a folder of their own.

    As with ``render``, the files depend on nothing but the document.
    """

    files: Collection[str]
    """The names of all files that it may write; each is one name, without any directory."""

    def render_files(self, document: Mapping[str, Any]) -> Mapping[str, bytes]:
        """The bytes of every file by its name, which is one of ``files``."""
        ...


class Configurable(Protocol):
    """**Protocol:** the class of a report that goes by settings."""

    def configured(self, settings: Settings) -> Report:
        """A class method: the report as these settings have it."""
        ...


def open_report(name: str, settings: Settings | None = None) -> Report:
    """
    The report called ``name``; ``template:FILE`` is the one that a template of the user's own makes.

    Built-in ones are found without looking through installed packages, which costs more
    than rendering. What goes by settings is made as ``settings`` have it. Raises :class:`shipworthy.errors.UsageError` for a name that nobody
    registered, a plug-in that cannot be loaded and a template that cannot be read.
    """
    if name.startswith(TEMPLATE):
        from shipworthy.reports.template import TemplateReport

        return TemplateReport(name.removeprefix(TEMPLATE))
    place = _BUILT_IN.get(name)
    if place is not None:
        module, _, attribute = place.partition(":")
        return _made(getattr(import_module(module), attribute), settings)
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP, name=name):
        try:
            return _made(point.load(), settings)
        except (ImportError, AttributeError, TypeError) as error:
            raise UsageError(
                f"report format {name}: plug-in {point.value} cannot be loaded: {error}"
            ) from error
    raise UsageError(
        f"no report format called {name}", hint="known: " + ", ".join(report_names())
    )


def _made(report: Any, settings: Settings | None) -> Report:
    """A report of a class that others may have written."""
    if settings is not None and hasattr(report, "configured"):
        return cast("Configurable", report).configured(settings)
    return cast("Report", report())


def report_names() -> tuple[str, ...]:
    """The names of all formats, built-in and registered by others, sorted."""
    from importlib.metadata import entry_points

    others = {point.name for point in entry_points(group=GROUP)}
    return tuple(sorted(others.union(_BUILT_IN)))
