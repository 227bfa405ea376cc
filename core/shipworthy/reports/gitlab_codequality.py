"""
GitLab's code quality report: a list of issues in the form of Code Climate, which its free edition shows as well.

Source: GitLab's documentation of ``artifacts: reports: codequality`` and the schema that its parser checks each issue by
(``codeclimate.json``): the first issue that does not fit ends the list, two with one fingerprint count as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from shipworthy.reports.identity import digests, lines_by_finding, path_of
from shipworthy.reports.json import piece, quieted
from shipworthy.reports.policy_words import Shown
from shipworthy.reports.sharing import once
from shipworthy.reports.summary import fix_words, fixed_in, ranked
from shipworthy.reports.text import NAME_LIMIT, TEXT_LIMIT, harmless, line, quiet


SEVERITIES: Mapping[str, str] = {
    "critical": "blocker",
    "high": "critical",
    "medium": "major",
    "low": "minor",
    "negligible": "info",
    "none": "info",
    "unknown": "info",
}
"""Severities as Code Climate calls them."""


_DEPTH = 2  # in the list, and an issue of it
_CATEGORIES = piece(["Security"], _DEPTH)


class GitLabCodeQualityReport:
    """The report for ``artifacts: reports: codequality``."""

    name = "gitlab-codequality"
    suffix = ".codequality.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the list, worst first; an empty list where nothing was found."""
        marks, told = digests(document), descriptions(document)
        path, lines = path_of(document), lines_by_finding(document)
        places = {at: _place(path, at) for at in (1, *lines.values())}
        issues = [
            {
                "type": "issue",
                "check_name": harmless(finding["id"]) or "unknown",
                "description": told[id(finding)],
                "categories": _CATEGORIES,
                "severity": SEVERITIES[finding["severity"]],
                "fingerprint": marks[id(finding)],
                "location": places[lines.get(finding["fingerprint"], 1)],
            }
            for finding in ranked(document["findings"])
        ]
        return quieted(
            orjson.dumps(
                issues,
                option=orjson.OPT_SORT_KEYS
                | orjson.OPT_INDENT_2
                | orjson.OPT_APPEND_NEWLINE,
            )
        )


def descriptions(document: Mapping[str, Any]) -> Mapping[int, str]:
    """Each finding in one line, by its identity: what, where, how it is called, and what helps."""
    return once(_descriptions, document)


def _descriptions(document: Mapping[str, Any]) -> dict[int, str]:
    return {id(finding): _description(finding) for finding in document["findings"]}


def _description(finding: Mapping[str, Any]) -> str:
    best = fixed_in(finding)[0]
    words = _sentence(finding, best, str)
    # Where the whole is short and plain, so is each of its parts.
    if len(words) > NAME_LIMIT or not words.isprintable():
        words = line(_sentence(finding, best, line), TEXT_LIMIT)
    return quiet(words)


def _place(path: str, at: int) -> orjson.Fragment:
    return piece({"path": path, "lines": {"begin": at}}, _DEPTH)


def _sentence(finding: Mapping[str, Any], best: str, shown: Shown) -> str:
    package, title = finding["package"], finding["title"]
    name, version = shown(package["name"]), shown(package["version"])
    told = f": {shown(title)}" if title else ""
    fix = f"fixed in {shown(best)}" if best else fix_words(finding)
    return f"{shown(finding['id'])} in {name} {version}{told} ({fix})"
