"""Which reports a command writes, where to, and how they are made: the options, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from shipworthy.cli.asff import asff_option
from shipworthy.cli.options import html_assets_option, output_option, with_options
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.cli.output import Output
    from shipworthy.reports.interface import Report

F = TypeVar("F", bound=Callable[..., Any])

INLINE, EXTERNAL = "inline", "external"
"""Where style, script and downloads of the HTML page are: inside it, or as files beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the options say."""

    texts: tuple[str, ...]
    """``FORMAT[=PATH]`` each."""
    html_assets: str
    asff: str

    def outputs(
        self, texts: Sequence[str] | None = None, *, html_assets: str = ""
    ) -> tuple[Output, ...]:
        """
        The outputs of ``texts`` instead of the options' own; the table on stdout when there are none.

        Raises as :func:`shipworthy.cli.output.parse_outputs` does.
        """
        from shipworthy.cli.asff import settings_of
        from shipworthy.cli.output import parse_outputs
        from shipworthy.reports.interface import open_report

        named = self.texts if texts is None else texts
        settings = settings_of(self.asff, named)
        is_folder = (html_assets or self.html_assets) == EXTERNAL

        def open_one(name: str) -> Report:
            if name == "html" and is_folder:
                from shipworthy.reports.html_folder import HtmlFolderReport

                return HtmlFolderReport()
            return open_report(name, settings)

        return parse_outputs(named, open_one)


def report_options(command: F) -> F:
    """All options, given to the command as one :class:`Wanted` called ``wanted``."""
    return with_options(gathered(command), _OPTIONS)


def gathered(command: F) -> F:
    """A command that takes ``wanted`` as one that takes the values of the options."""

    @wraps(command)
    def run(*positional: Any, **given: Any) -> Any:
        wanted = Wanted(
            texts=given.pop("outputs"),
            html_assets=given.pop("html_assets"),
            asff=given.pop("asff"),
        )
        return command(*positional, wanted=wanted, **given)

    return cast("F", run)


_OPTIONS = (
    output_option,
    html_assets_option,
    asff_option,
)
