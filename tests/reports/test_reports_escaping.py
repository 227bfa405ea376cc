"""One table over all formats: whatever an image or a feed says arrives harmless."""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, TypeVar, cast

import gfm
import pytest
from bills import problems
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from reports_ci import CHECKS as CI_CHECKS
from reports_sample import LOG4SHELL, sample, undecided, warned
from sarifing import empties, texts

from shipworthy.model.result import ScanResult
from shipworthy.reports.csv import COLUMNS
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report
from shipworthy.reports.table import render_terminal


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "unquoted": "x onmouseover=alert(1) y",
    "closing": "</td></title></style></script><img src=http://evil.example/x>",
    "comment": "--><!-- ]]>",
    "entity": "&lt;script&gt;&amp;",
    "slot": "{{script}}{{style}}",
    "link": "javascript:alert(1)",
    "link-quote": 'https://x.example/"onclick="alert(1)',
    "formula": '=cmd|"/C calc"!A0',
    "formula-plus": "+1+cmd()",
    "formula-minus": "-2+3",
    "formula-at": "@SUM(1)",
    "formula-hidden": " \"'=cmd()",
    "formula-tab": "\t=cmd()",
    "formula-return": "\r=cmd()",
    "formula-semicolon": "a;=cmd()",
    "formula-wide": "\uff1dcmd()",
    "teamcity": "##teamcity[buildProblem description='x|']",
    "pipe-quote": "|'|n|[",
    "github": "::set-output name=a::b",
    "github-line": "text\n::add-mask::x\r\n::stop-commands::y",
    "github-old": "text ##[set-env name=A]b",
    "azure": "##vso[task.setvariable variable=a]b",
    "escape": "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "backspace": "good\x08\x08\x08\x08evil",
    "override": "abc\u202egpj.exe\u2066\u200f",
    "invisible": "a\u200bb\ufeffc\U000e0041\U000e0042",
    "separators": "a\u2028b\u2029c\x85d",
    "lines": "one\r\ntwo\nthree\x0bfour",
    "nul": "a\x00b",
    "surrogate": "a\udce9b\ud800c",
    "empty": "",
    "spaces": "   ",
    "markdown": "[x](javascript:alert(1)) | `a` *b*",
    "markdown-ticks": "`` a ``` b ` c | ` d `` \\| \\` \\",
    "markdown-blocks": "# a\n\n- b\n1. c\n> d\n\n    e\n\n---\n===\n~~~sh\n```\n[1]: javascript:x",
    "markdown-html": "<details open>\n\n</details></summary>\n<!-- x --> --> <?x?> <![CDATA[ a@b.example",
    "mentions": '@root a@root (@root) @a/b #1 a/b#1 GH-1 !1 &1 ~bug ~"b c" %1 $1 $a$ :tada: /close 0123abc',
    "addresses": "www.evil.example (www.evil.example http://evil.example/ a@b.example xmpp:a@b.example ftp://x.y",
}
OURS = {"severity", "fix_state", "origin", "status", "state", "effect", "worst"}
ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
COMMANDS = re.compile(
    r"^\s*::\s*[A-Za-z]|##(?:vso|teamcity)?\[", re.IGNORECASE | re.MULTILINE
)
COLOUR = re.compile(r"\x1b\[[0-9;]+m")

Value = TypeVar("Value")
Check = Callable[[bytes, Mapping[str, Any]], None]


def poisoned(value: Value, text: str) -> Value:
    """``value`` with every free text in it replaced by ``text``."""
    if isinstance(value, str):
        return text  # type: ignore[return-value]  # a str for a str
    if isinstance(value, tuple):
        items = [poisoned(item, text) for item in value]
        make = getattr(type(value), "_make", tuple)  # named ones stay named
        return cast("Value", make(items))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: poisoned(getattr(value, field.name), text)
            for field in dataclasses.fields(value)
            if field.name not in OURS
        }
        return replace(value, **changed)
    return value


def plain(text: str) -> None:
    """Nothing in ``text`` acts on a terminal, reverses it or speaks to a pipeline."""
    assert ACTING.findall(text) == []
    assert COMMANDS.findall(text) == []


def check_json(data: bytes, document: Mapping[str, Any]) -> None:
    """JSON says exactly what the document says."""
    plain(data.decode())
    assert json.loads(data) == document


def check_csv(data: bytes, document: Mapping[str, Any]) -> None:
    """Every row has every column, on one line, and no cell runs as a formula."""
    text = data.decode()
    plain(text.replace("\r\n", "\n"))
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(COLUMNS)}
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
        self.sources: list[str] = []
        self.inside = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        names = tuple(sorted(name for name, _ in attrs if not name.startswith("data-")))
        self.shapes.add((tag, names))
        self.links += [value or "" for name, value in attrs if name == "href"]
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
    for target in page.links:
        assert re.match(r"#[a-z0-9-]+$|https?://[^\s\"'<>]+$|data:,$", target), target


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
    **{name: plainly(check) for name, check in CI_CHECKS.items()},
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


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_hostile_text_is_harmless(name: str, hostile: str) -> None:
    """Each hostile text, in every place at once, does nothing in any format."""
    document = to_document(poisoned(sample(), HOSTILE[hostile]))
    CHECKS[name](open_report(name).render(document), document)


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_hostile_text_after_ours_is_harmless(name: str, hostile: str) -> None:
    """The same with plain words around it."""
    document = to_document(poisoned(sample(), f"lib {HOSTILE[hostile]} end"))
    CHECKS[name](open_report(name).render(document), document)


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("name", ["cyclonedx", "cyclonedx-xml", "spdx"])
def test_hostile_bills_are_valid(name: str, hostile: str) -> None:
    """Whatever is in it, a bill of materials is one to an independent validator."""
    document = to_document(poisoned(sample(), HOSTILE[hostile]))
    assert problems(name, open_report(name).render(document)) == ""


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("result", [warned, undecided])
def test_hostile_policies_are_harmless(
    result: Callable[[], ScanResult], hostile: str
) -> None:
    """The same of long policies and plans, folded parts and verdicts of other kinds."""
    document = to_document(poisoned(result(), f"{HOSTILE[hostile]} end"))
    for name, check in CHECKS.items():
        check(open_report(name).render(document), document)


def test_every_text_of_a_policy_is_poisoned() -> None:
    """These tests reach every text that a rule, an entry, an action or a baseline brings, and no report hides it all."""
    document: dict[str, Any] = to_document(poisoned(sample(), "POISON"))
    parts = {
        "verdict": (*document["verdict"]["rules"], document["verdict"]),
        "suppressions": document["suppressions"],
        "suppressed": document["suppressed"],
        "comparison": (document["comparison"], *document["comparison"]["fixed"]),
        "remediation": document["remediation"],
        "checks": document["checks"],
        "policy": document["policy"],
    }
    for name, entries in parts.items():
        for entry in entries:
            texts = {key for key, value in entry.items() if isinstance(value, str)}
            clean = {key for key in texts - OURS if entry[key] not in {"POISON", ""}}
            assert clean == set(), name


def test_long_texts_of_a_policy_are_cut() -> None:
    """Reasons, entries, titles and names as long as they like take a bounded place in what people read."""
    long = "A" * 20_000
    document = to_document(poisoned(sample(), long))
    for name, most in (
        ("html", 6_100),
        ("table", 1_600),
        ("csv", 4_200),
        ("markdown", 1_600),
        ("sarif", 1_024),
    ):
        data = open_report(name).render(document)
        CHECKS[name](data, document)
        assert b"20,000 characters" in data
        assert max(map(len, re.findall(rb"A+", data))) <= most, name


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_harmless(text: str) -> None:
    """No text at all does anything in any format."""
    document = to_document(poisoned(sample(), text))
    for name, check in CHECKS.items():
        check(open_report(name).render(document), document)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_huge_names_stay_readable(name: str) -> None:
    """Names of a megabyte are cut for people, said to be cut, and whole in JSON."""
    huge = "A" * 1_000_000
    document = to_document(_with_huge(sample(), huge))
    data = open_report(name).render(document)
    CHECKS[name](data, document)
    if name == "json":
        assert data.decode().count(huge) == 11
    elif name != "openvex":  # of names, only purls stand in it
        assert len(data) < 120_000
        assert b"1,000,000 characters" in data


def _with_huge(result: ScanResult, huge: str) -> ScanResult:
    place = replace(LOG4SHELL.package.locations[0], path=huge)
    package = replace(
        LOG4SHELL.package, name=huge, version=huge, locations=(place,), licences=(huge,)
    )
    finding = replace(
        LOG4SHELL,
        package=package,
        id=huge,
        title=huge,
        description=huge,
        references=(huge,),
    )
    return replace(result, packages=(package,), findings=(finding,))
