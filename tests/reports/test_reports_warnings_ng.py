"""The issues for Jenkins: what each says, and that Jenkins finds them again in the next build."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from reports_ci import codequality, warnings
from reports_endings import ended
from reports_sample import DJANGO_SQL, LOG4SHELL, bare, sample, undecided, warned

from shipworthy.model.package import Location
from shipworthy.reports.interface import open_report
from shipworthy.reports.render import render


@pytest.mark.parametrize(
    ("severity", "theirs"),
    [
        ("critical", "ERROR"),
        ("high", "HIGH"),
        ("medium", "NORMAL"),
        ("low", "LOW"),
        ("negligible", "LOW"),
        ("none", "LOW"),
        ("unknown", "LOW"),
    ],
)
def test_every_severity_has_one_of_jenkins(severity: Any, theirs: str) -> None:
    """Each of our severities is one of the four that the plug-in reads, and is told in its own word as well."""
    result = replace(sample(), findings=(replace(DJANGO_SQL, severity=severity),))
    (issue,) = warnings(result)
    assert issue["severity"] == theirs
    assert f"<li>Severity: {severity}</li>" in issue["description"]
    assert json.loads(issue["additionalProperties"])["severity"] == severity


@pytest.mark.parametrize("make", [sample, bare, warned, undecided, ended])
def test_every_finding_that_counts_is_an_issue(make: Any) -> None:
    """What was taken out is none."""
    result = make()
    types = [issue["type"] for issue in warnings(result)]
    assert sorted(types) == sorted(finding.id for finding in result.findings)


def test_an_issue_says_what_where_and_what_helps() -> None:
    """Type, package, ecosystem and image are what the plug-in groups by."""
    first = warnings(sample())[0]
    assert {
        key: first[key] for key in first if key[-4:] in {"type", "Name", "gory"}
    } == {
        "category": "maven",
        "fileName": "Dockerfile",
        "moduleName": "registry.example/shop",
        "packageName": "org.apache.logging.log4j:log4j-core 2.14.1",
        "type": "CVE-2021-44228",
    }
    assert first["lineStart"] == 7
    assert first["message"].startswith("CVE-2021-44228 in org.apache")
    for told in (
        "<li>Fix: fixed in 2.15.0</li>",
        "<li>EPSS: 94.36%</li>",
        "<li>Known to be exploited: since 2021-12-10</li>",
        "<li>Instruction: COPY shop.war web /srv/</li>",
        '<a href="https://logging.apache.org/log4j/2.x/security.html"',
    ):
        assert told in first["description"]
    assert "javascript:" not in first["description"]


def test_no_path_of_an_image_is_opened_in_the_workspace() -> None:
    """The plug-in opens the file that an issue names: a path that an image made up is only ever text."""
    evil = (Location(path="../../../../etc/passwd", layer=0),)
    finding = replace(DJANGO_SQL, package=replace(DJANGO_SQL.package, locations=evil))
    (issue,) = warnings(replace(sample(), findings=(finding,), remediation=()))
    assert issue["fileName"] == "registry.example/shop"
    assert "<li>Path: ../../../../etc/passwd</li>" in issue["description"]


def test_many_places_and_links_are_counted() -> None:
    """An issue stays short."""
    places = LOG4SHELL.package.locations[:1] * 30
    package = replace(LOG4SHELL.package, locations=places)
    links = tuple(f"https://example.org/{at}" for at in range(50))
    finding = replace(LOG4SHELL, package=package, references=links)
    (issue,) = warnings(replace(sample(), findings=(finding,)))
    assert "and 20 more</li>" in issue["description"]
    assert issue["description"].count("<a ") == 10


def test_fingerprints_are_those_of_code_quality() -> None:
    """One finding has one name for all that follow it, under every tag."""
    image = replace(sample().image, tags=("registry.example/shop:2.0",))
    again = replace(sample(), image=image)
    marks = [issue["fingerprint"] for issue in warnings(sample())]
    assert marks == [issue["fingerprint"] for issue in warnings(again)]
    assert marks == [issue["fingerprint"] for issue in codequality(sample())]


def test_nothing_found_is_no_issue() -> None:
    """The plug-in reads a list without entries as a build without issues."""
    assert render(bare(), "warnings-ng") == b'{\n  "issues": []\n}\n'


def test_its_files_end_as_the_plug_in_wants() -> None:
    """Only a name that ends in .json is read as the native format."""
    assert open_report("warnings-ng").suffix.endswith(".json")
