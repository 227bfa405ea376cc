"""Reports for CI platforms as their readers see them: valid, or the test fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import Any
from xml.etree.ElementTree import Element

import jsonschema
import xmlschema
from defusedxml.ElementTree import fromstring
from reports_ci_schemas import CODE_QUALITY, GITLAB, JUNIT, WARNINGS_NG
from reports_sample import sample

from shipworthy.model.finding import Finding
from shipworthy.model.result import ScanResult
from shipworthy.reports.render import render


ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What acts on a terminal or hides text; none of it may come out of a report's values."""

_TAGS = {"p", "br", "ul", "li", "a"}


def gitlab(result: ScanResult) -> dict[str, Any]:
    """The container scanning report, valid."""
    return read_gitlab(render(result, "gitlab"))


def codequality(result: ScanResult) -> list[dict[str, Any]]:
    """The code quality report, valid."""
    return read_codequality(render(result, "gitlab-codequality"))


def warnings(result: ScanResult) -> list[dict[str, Any]]:
    """The issues for Jenkins, valid."""
    return read_warnings(render(result, "warnings-ng"))


def junit(result: ScanResult) -> Element:
    """The JUnit report, valid."""
    return read_junit(render(result, "junit"))


def with_findings(*findings: Finding) -> ScanResult:
    """The sample with these findings and no plan."""
    return replace(sample(), findings=findings, remediation=())


def tagged(result: ScanResult, *tags: str, digest: str = "") -> ScanResult:
    """The same image under other tags, built anew."""
    image = replace(result.image, tags=tags, manifest_digest=digest, image_id=digest)
    return replace(result, image=image)


def only(*findings: Finding) -> dict[str, Any]:
    """The one vulnerability of a report of them."""
    (one,) = gitlab(with_findings(*findings))["vulnerabilities"]
    assert isinstance(one, dict)
    return one


def read_gitlab(data: bytes) -> dict[str, Any]:
    """The report in ``data``."""
    report: dict[str, Any] = json.loads(data)
    _validator("gitlab").validate(report)
    ids = [one["id"] for one in report["vulnerabilities"]]
    assert len(set(ids)) == len(ids)
    return report


def read_codequality(data: bytes) -> list[dict[str, Any]]:
    """The issues in ``data``."""
    assert data.startswith(b"[")  # GitLab reads no byte order mark
    issues: list[dict[str, Any]] = json.loads(data)
    _validator("codequality").validate(issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    return issues


def read_warnings(data: bytes) -> list[dict[str, Any]]:
    """The issues in ``data``."""
    report = json.loads(data)
    _validator("warnings").validate(report)
    issues: list[dict[str, Any]] = report["issues"]
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert isinstance(json.loads(issue["additionalProperties"]), dict)
        _Markup().feed(issue["description"])
    return issues


def read_junit(data: bytes) -> Element:
    """The suites in ``data``: by the schema, with numbers that are right and names that no two cases share."""
    _junit_schema().validate(data.decode())
    root: Element = fromstring(data, forbid_dtd=True)
    for suite in root:
        cases = suite.findall("testcase")
        keys = {(case.get("classname"), case.get("name")) for case in cases}
        assert len(keys) == len(cases)
        assert suite.get("tests") == str(len(cases))
        for kind in ("failure", "error", "skipped"):
            told = suite.get({"failure": "failures", "error": "errors"}.get(kind, kind))
            assert told == str(len(suite.findall(f"testcase/{kind}")))
    assert root.get("tests") == str(len(root.findall("testsuite/testcase")))
    assert root.get("failures") == str(len(root.findall(".//failure")))
    assert root.get("errors") == str(len(root.findall(".//error")))
    return root


def _check_gitlab(data: bytes, document: Mapping[str, Any]) -> None:
    report = read_gitlab(data)
    assert len(report["vulnerabilities"]) == len(document["findings"])
    _quiet(report)


def _check_codequality(data: bytes, document: Mapping[str, Any]) -> None:
    issues = read_codequality(data)
    assert len(issues) == len(document["findings"])
    _quiet(issues)


def _check_warnings(data: bytes, document: Mapping[str, Any]) -> None:
    issues = read_warnings(data)
    assert len(issues) == len(document["findings"])
    _quiet(issues)


def _check_junit(data: bytes, _document: Mapping[str, Any]) -> None:
    root = read_junit(data)
    assert b"<!" not in data
    assert b"[[ATTACHMENT" not in data
    assert {one.tag for one in root.iter()} <= {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "error", "skipped", "system-out"),
    }


CHECKS: dict[str, Callable[[bytes, Mapping[str, Any]], None]] = {
    "gitlab": _check_gitlab,
    "gitlab-codequality": _check_codequality,
    "junit": _check_junit,
    "warnings-ng": _check_warnings,
}
"""What must hold of each format whatever an image says."""


class _Markup(HTMLParser):
    """Refuses every element and attribute but our own few."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A paragraph, a list or a link into the web."""
        assert tag in _TAGS
        assert {name for name, _ in attrs} <= {"href", "rel"}
        for name, value in attrs:
            assert name == "rel" or re.match(r"https?://[^\s\"'<>]+$", value or "")


def _quiet(value: object) -> None:
    assert [text for text in _texts(value) if ACTING.search(text)] == []


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


@cache
def _validator(name: str) -> jsonschema.Draft7Validator:
    schemas = {"gitlab": GITLAB, "codequality": CODE_QUALITY, "warnings": WARNINGS_NG}
    return jsonschema.Draft7Validator(schemas[name])


@cache
def _junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(JUNIT)
