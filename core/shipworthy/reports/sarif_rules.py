"""
Rules of a SARIF 2.1.0 log (``reportingDescriptor``, section 3.49): one for each vulnerability, and one for each check.

The rule's id is the vulnerability's, so it stays from scan to scan. GitHub reads the severity of an alert from the rule
and nowhere else: ``security-severity`` is told by the first thing reported of it, the worst of what counts, and is left
away where nobody has rated. ``precision`` is the best evidence there is for any package.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from shipworthy.reports.sarif_help import helps_of
from shipworthy.reports.sarif_said import GONE, Said
from shipworthy.reports.sarif_words import (
    LEVELS,
    Json,
    listed,
    paragraphs,
    plain,
    security_severity,
    uri,
)
from shipworthy.reports.summary import Document


TAGS_MOST = 20
"""Most tags of a rule; GitHub rejects more."""

_CWE = re.compile(r"CWE-([0-9]{1,6})")
_PRECISIONS = ("high", "medium", "low")
_PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}
_SHORT = 250


def rules_of(reported: Sequence[Sequence[Said]]) -> list[Json]:
    """The rules, each of all that is reported under one id, in the order of the log."""
    return list(map(_rule, reported, helps_of(reported)))


def _rule(same: Sequence[Said], told: Json) -> Json:
    first = same[0]
    level = LEVELS[first.severity]
    findings = [finding for said in same if (finding := said.finding)]
    title, description = _texts(first)
    tags, precision = _judged(first.kind, findings)
    properties: Json = {"tags": tags, "severity": first.severity}
    if precision:
        properties["precision"] = precision
    if findings and (aliases := listed(findings[0]["aliases"])):
        properties["aliases"] = aliases
    if score := _score(first):
        properties["security-severity"] = score
    else:  # by this GitHub decides whether to show what has no score
        properties["problem.severity"] = _PROBLEMS[level]
    made: Json = {
        "id": first.rule,
        "shortDescription": {"text": title},
        "fullDescription": {"text": paragraphs(description) or title},
        "help": told,
        "defaultConfiguration": {"level": level},
        "properties": properties,
    }
    if address := _help_uri(findings):
        made["helpUri"] = address
    return made


def _texts(first: Said) -> tuple[str, str]:
    """The heading, and what there is to read."""
    subject = first.subject
    told = "" if first.group == GONE else plain(subject["title"], _SHORT)
    title = f"{first.rule}: {told}" if told else first.rule
    if first.group == GONE:
        return title, ""
    return title, subject["description" if first.finding else "message"]


def _score(first: Said) -> str:
    finding = first.finding
    if finding is None:
        return security_severity(first.severity, "", ())
    source = finding["severitySource"]
    return security_severity(first.severity, source, finding["cvss"])


def _judged(kind: str, findings: Sequence[Document]) -> tuple[list[str], str]:
    """The tags of a rule, and how precise it is; empty where nobody says."""
    types: set[str] = set()
    cwes: set[str] = set()
    confidences: set[str] = set()
    exploited = exploits = False
    for finding in findings:
        types.add(finding["package"]["type"])
        cwes.update(finding["cwes"])
        for evidence in finding["evidence"]:
            confidences.add(evidence["confidence"])
        if finding["kev"]:
            exploited = True
        if finding["exploits"]:
            exploits = True
    tags = _tags(kind, exploited, exploits, frozenset(types), frozenset(cwes))
    for word in _PRECISIONS:
        if word in confidences:
            return tags, word
    return tags, ""


@lru_cache(maxsize=1 << 12)
def _tags(
    kind: str,
    exploited: bool,
    exploits: bool,
    types: frozenset[str],
    cwes: frozenset[str],
) -> list[str]:
    tags = ["security", *listed([kind])]
    if exploited:
        tags.append("known-exploited")
    if exploits:
        tags.append("public-exploit")
    tags += sorted(filter(None, map(plain, types)))
    numbers = {int(found[1]) for cwe in cwes if (found := _CWE.fullmatch(cwe))}
    tags += [f"external/cwe/cwe-{number:03}" for number in sorted(numbers)]
    return list(dict.fromkeys(tags))[:TAGS_MOST]


def _help_uri(findings: Sequence[Mapping[str, object]]) -> str:
    """The address of the first advisory that has one."""
    for finding in findings:
        advisories = finding["advisories"]
        assert isinstance(advisories, list)
        for advisory in advisories:
            if address := uri(advisory["url"]):
                return address
    return ""
