"""What each format must still be when every text in it is hostile; one check a format."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

import gfm
from defusedxml.ElementTree import fromstring
from hostile import plain
from reports_ci import CHECKS as CI_CHECKS
from reports_events import CHECKS as EVENT_CHECKS
from reports_sample import sample, undecided, warned
from sarifing import empties, texts

from shipworthy.reports.csv import COLUMNS
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report
from shipworthy.reports.table import render_terminal


Check = Callable[[bytes, Mapping[str, Any]], None]
"""Fails where a report is not harmless, or not whole, given the document that it was made from."""

COLOUR = re.compile(r"\x1b\[[0-9;]+m")


def check_json(data: bytes, document: Mapping[str, Any]) -> None:
    """JSON says exactly what the document says."""
    plain(data.decode())
    assert json.loads(data) == document


def check_csv(data: bytes, document: Mapping[str, Any]) -> None:
    """Every row has every column, on one line, and no cell runs as a formula."""
    text = data.decode()
    plain(text.replace("\r\n", "\n"))
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    several = "platforms" in document["image"]
    assert {len(row) for row in rows} == {len(COLUMNS) + several}
    count = len(document["findings"]) + len(document["suppressed"])
    assert len(rows) == count + 1 == text.count("\r\n") == text.count("\n")
    for cell in (cell for row in rows for cell in row):
        for part in (cell, *cell.split(";")):
            assert not re.match(r"[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]", part), cell


def check_table(data: bytes, document: Mapping[str, Any]) -> None:
    """Plain text holds no control character, and neither do colours beyond our own."""
    plain(data.decode())
    shown = render_terminal(document, color=True, width=80)
    plain(COLOUR.sub("", shown))


class Elements(HTMLParser):
    """Which elements with which attributes a page has, and where its links lead."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.shapes: set[tuple[str, tuple[str, ...]]] = set()
        self.links: list[str] = []
        self.names: list[str] = []
        self.sources: list[str] = []
        self.inside = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        names = tuple(sorted(name for name, _ in attrs if not name.startswith("data-")))
        self.shapes.add((tag, names))
        self.links += [value or "" for name, value in attrs if name == "href"]
        files = {"download", "data-file"}
        self.names += [value or "" for name, value in attrs if name in files]
        self.inside = tag

    def handle_data(self, data: str) -> None:
        """Note what stands in a script or a style."""
        if self.inside in {"script", "style"}:
            self.sources.append(data)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # the parser's signature
        """Leave the element."""
        self.inside = ""


XML_TAGS = {
    one.tag
    for one in fromstring(
        open_report("cyclonedx-xml").render(to_document(sample()))
    ).iter()
} | {"{http://cyclonedx.org/schema/bom/1.6}expression"}
HARMLESS = Elements(open_report("html").render(to_document(sample())))


def check_html(data: bytes, _document: Mapping[str, Any]) -> None:
    """The page has no element, attribute or script that it would not have for a tame image."""
    text = data.decode()
    head, _, rest = text.partition("</style>")
    body, _, tail = rest.partition("<script>")
    plain(body)
    page = Elements(data)
    assert page.shapes <= HARMLESS.shapes
    assert "".join(page.sources) == "".join(HARMLESS.sources)
    assert head.count("<style>") == tail.count("</script>") == 1
    carried = "data:application/gzip;base64,"
    for target in page.links:
        assert re.match(
            rf"#[a-z0-9-]+$|https?://[^\s\"'<>]+$|data:,$|{carried}[A-Za-z0-9+/]+=*$",
            target,
        ), target[:200]
    for file in page.names:
        assert re.fullmatch(r"shipworthy-[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", file), file
        assert len(file) < 120


def check_openvex(data: bytes, document: Mapping[str, Any]) -> None:
    """A document of statements, one at most for each suppressed finding."""
    plain(data.decode())
    statements = json.loads(data)["statements"]
    assert len(statements) <= len(document["suppressed"])
    assert all(one["products"] for one in statements)


@functools.cache
def harmless_page() -> gfm.Page:
    """The Markdown report of a tame image, rendered."""
    report = open_report("markdown")
    return gfm.Page(
        "".join(
            report.render(to_document(result())).decode()
            for result in (sample, warned, undecided)
        )
    )


def check_markdown(data: bytes, _document: Mapping[str, Any]) -> None:
    """Rendered, it has no element, link or reference that it would not have for a tame image."""
    text = data.decode()
    plain(text)
    assert re.match(r"<!-- shipworthy:report image=[^ <>]+ -->\n", text)
    assert text.count("<!--") == 1
    if not gfm.available():
        return
    page = gfm.Page(text)
    assert page.shapes <= harmless_page().shapes
    assert page.references == []
    assert len(page.comments) == 1
    for table in page.tables:
        assert len({len(row) for row in table}) == 1
    for target in page.links:
        assert re.match(r"https?://[^\s\"'<>]+$", target), target


def plainly(check: Check) -> Check:
    """``check`` of a report that must be harmless as a text, too."""

    def checked(data: bytes, document: Mapping[str, Any]) -> None:
        plain(data.decode())
        check(data, document)

    return checked


def check_sarif(data: bytes, document: Mapping[str, Any]) -> None:
    """Every text is bounded, nothing acts in it as a link or a slot, and addresses are of the web."""
    plain(data.decode())
    (run,) = json.loads(data)["runs"]
    assert list(empties(run)) == []
    shown = [text for text in texts(run) if "\\" not in text]
    assert not any(re.search(r"\{[0-9]+\}", text) for text in shown)
    for text in texts(run):
        plain(text)
        for target in re.findall(r"(?<!\\)\]\(([^)]*)", text):
            assert re.match(r"https?://[^\s\"'<>()]+$", target), target
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["helpUri"].startswith("http") if "helpUri" in rule else True
        assert not re.search(r"(?<!\\)<", rule["help"]["markdown"])
    assert len(run["results"]) <= sum(
        len(document[name])
        for name in ("findings", "suppressed", "checks", "suppressedChecks")
    ) + len((document["comparison"] or {"fixed": ()})["fixed"])


def check_cyclonedx(data: bytes, document: Mapping[str, Any]) -> None:
    """Every component and vulnerability is there, and links lead nowhere but to the web."""
    plain(data.decode())
    made = json.loads(data)
    assert len(made["components"]) == len(document["packages"]) + 1
    count = len(document["findings"]) + len(document["suppressed"])
    assert len(made["vulnerabilities"]) == count
    for found in made["vulnerabilities"]:
        for one in found.get("advisories", []):
            assert re.match(r"https?://[^\s\"'<>]+$", one["url"])


def check_cyclonedx_xml(data: bytes, document: Mapping[str, Any]) -> None:
    """The document is well-formed and has no element that it would not have for a tame image."""
    plain(data.decode())
    root = fromstring(data, forbid_dtd=True)
    assert {one.tag for one in root.iter()} <= XML_TAGS
    count = len(document["findings"]) + len(document["suppressed"])
    tag = next(tag for tag in XML_TAGS if tag.endswith("}vulnerability"))
    assert len(root.findall(f".//{tag}")) == count


def check_spdx(data: bytes, document: Mapping[str, Any]) -> None:
    """Every package is there under an identifier of its own."""
    plain(data.decode())
    packages = json.loads(data)["packages"]
    assert len(packages) == len(document["packages"]) + 2
    ids = {one["SPDXID"] for one in packages}
    assert len(ids) == len(packages)
    assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", one) for one in ids)


def check_asff(data: bytes, document: Mapping[str, Any]) -> None:
    """One finding for each finding and check, none with a text that AWS would call empty."""
    plain(data.decode())
    findings = [
        one for each in data.splitlines() for one in json.loads(each)["Findings"]
    ]
    counted = ("findings", "suppressed", "checks", "suppressedChecks")
    assert len(findings) == sum(len(document[part]) for part in counted)
    assert len({one["Id"] for one in findings}) == len(findings)
    assert all(text.strip() and len(text) <= 2048 for text in texts(findings))


def check_inspector_csv(data: bytes, _document: Mapping[str, Any]) -> None:
    """Every row has every column, on one line, and no cell or part of one runs as a formula."""
    text = data.decode()
    plain(text.replace("\r\n", "\n"))
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [len(row) for row in rows[:3]] == [4, 5, 11]
    assert {len(row) for row in rows[3:]} <= {11}
    assert len(rows) == text.count("\r\n") == text.count("\n")
    for cell in (cell for row in rows for cell in row):
        for part in (cell, *cell.split(";")):
            assert not re.match(r"[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]", part), cell


def check_inspector_json(data: bytes, document: Mapping[str, Any]) -> None:
    """Every reference is of a component that is there, and every link leads to a web page."""
    plain(data.decode())
    bom = json.loads(data)["sbom"]
    refs = {component["bom-ref"] for component in bom["components"]}
    assert len(refs) == len(bom["components"])
    for each in bom["vulnerabilities"]:
        assert {affected["ref"] for affected in each["affects"]} <= refs
        for advisory in each.get("advisories", ()):
            assert re.match(r"https?://[^\s\"'<>]+$", advisory["url"])
    assert len(bom["vulnerabilities"]) <= len(document["findings"] + document["checks"])


CHECKS: dict[str, Check] = {
    "asff": check_asff,
    **{name: plainly(check) for name, check in (CI_CHECKS | EVENT_CHECKS).items()},
    "csv": check_csv,
    "cyclonedx": check_cyclonedx,
    "cyclonedx-xml": check_cyclonedx_xml,
    "html": check_html,
    "inspector-csv": check_inspector_csv,
    "inspector-json": check_inspector_json,
    "json": check_json,
    "markdown": check_markdown,
    "openvex": check_openvex,
    "sarif": check_sarif,
    "spdx": check_spdx,
    "table": check_table,
}
"""The check of each format."""
