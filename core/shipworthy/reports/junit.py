"""
The verdict as JUnit XML, for every CI system that shows tests.

Source: ``junit-10.xsd`` of Jenkins' xUnit plug-in, and what GitLab's and Jenkins' readers make of it. One suite holds a
case for each rule of the policy, and one suite for each type of package a case for each package with findings and one
for all others: a clean scan has cases that passed and cannot be taken for one that did not run. What keeps the image
from shipping is a ``failure``, what could not be looked at or judged an ``error``; a warning is ``skipped``, for it must
fail no build. Cases keep their names from build to build.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipworthy.reports.identity import Document, day_of, reference, repository
from shipworthy.reports.junit_packages import package_suites
from shipworthy.reports.junit_xml import Case, Suite, classname, written
from shipworthy.reports.policy_words import Ruling, rulings
from shipworthy.reports.summary import headline
from shipworthy.reports.text import line


_TYPES = {"fail": "failure", "undecided": "error", "warn": "skipped"}
NAMED = 200
"""Most findings named of one rule; the rest is counted."""


class JUnitReport:
    """Rules and packages as test cases."""

    name = "junit"
    suffix = ".junit.xml"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the report; at least one case stands in it."""
        home = line(repository(document))
        policy = Suite(
            name=f"{home}: policy",
            cases=tuple(_policy(document, home)),
            properties=tuple(_properties(document)),
        )
        suites = (policy, *package_suites(document, home))
        return written(home, suites, f"{day_of(document)}T00:00:00")


def _policy(document: Document, home: str) -> list[Case]:
    """A case for each rule, and one of what no rule says."""
    verdict = document["verdict"]
    rules = rulings(verdict)
    cases = [_rule(ruling, home) for ruling in rules]
    stopped = any(case.kind in {"failure", "error"} for case in cases)
    named = any(ruling.rule["name"] == "coverage" for ruling in rules)
    if not document["coverage"]["complete"] and not named:
        cases.append(_unseen(document, home))
    elif not rules or (verdict["exitCode"] and not stopped):
        cases.append(_whole(verdict, home))
    return cases


def _rule(ruling: Ruling, home: str) -> Case:
    rule = ruling.rule
    kind = _TYPES.get(ruling.mark, "")
    if ruling.mark == "undecided" and rule["effect"] != "fail":
        kind = "skipped"
    elif rule["name"] == "coverage" and kind == "failure" and not rule["source"]:
        kind = "error"
    told = [line(rule["condition"], 900), ruling.about(line)]
    told += [f"what to do: {line(rule['remedy'], 900)}"] if rule["remedy"] else []
    # What a rule that passes has counted stands with the packages.
    labels = rule["findings"] if ruling.mark != "pass" else []
    told += [line(label) for label in labels[:NAMED]]
    if len(labels) > NAMED:
        told.append(f"and {len(labels) - NAMED:,} more")
    return Case(
        name=line(rule["name"]),
        classname=classname(home, "policy"),
        kind=kind,
        type=ruling.mark,
        message=line(ruling.said, 900),
        lines=tuple(told),
    )


def _unseen(document: Document, home: str) -> Case:
    """What stayed unread, where the verdict has no rule that says so."""
    partial = [status for status in document["statuses"] if status["partial"]]
    told = tuple(
        f"{line(one['source'])}: {line(one['subject'])}: {line(one['message'], 900)}"
        for one in partial[:NAMED]
    )
    return Case(
        name="coverage",
        classname=classname(home, "policy"),
        kind="error",
        type="unread",
        message="Not everything could be looked at",
        lines=told,
    )


def _whole(verdict: Document, home: str) -> Case:
    """The verdict itself, where no rule carries it: nothing was judged, or the rules do not say what the verdict says."""
    head = headline(verdict)
    kind = {"fail": "failure", "partial": "error", "undecided": "error"}
    default = "error" if verdict["exitCode"] else "skipped"
    return Case(
        name="verdict",
        classname=classname(home, "policy"),
        kind=kind.get(head.tone, default),
        type=head.tone,
        message=head.words,
        lines=(line(verdict["summary"], 900),),
    )


def _properties(document: Document) -> list[tuple[str, str]]:
    """Which image was judged by which data, and what it came to."""
    image, database, verdict = (document[k] for k in ("image", "database", "verdict"))
    told = (
        ("verdict", headline(verdict).words),
        ("summary", line(verdict["summary"], 900)),
        ("image", reference(document)),
        ("target", line(document["target"]["name"])),
        ("digest", line(image["manifestDigest"] or image["imageId"])),
        ("database", line(database["date"])),
        ("tool", line(f"{document['tool']['name']} {document['tool']['version']}")),
    )
    return [(name, value) for name, value in told if value]
