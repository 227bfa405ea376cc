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
        # Members stand in the order of their names, which need not be sorted again.
        issues = [
            {
                "categories": _CATEGORIES,
                "check_name": harmless(finding["id"]) or "unknown",
                "description": told[id(finding)],
                "fingerprint": marks[id(finding)],
                "location": places[lines.get(finding["fingerprint"], 1)],
                "severity": SEVERITIES[finding["severity"]],
                "type": "issue",
            }
            for finding in ranked(document["findings"])
        ]
        option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        return quieted(orjson.dumps(issues, option=option))


def descriptions(document: Mapping[str, Any]) -> Mapping[int, str]:
    """Each finding in one line, by its identity: what, where, how it is called, and what helps."""
    return once(_descriptions, document)


def _descriptions(document: Mapping[str, Any]) -> dict[int, str]:
    return {id(finding): _description(finding) for finding in document["findings"]}


def _description(finding: Mapping[str, Any]) -> str:
    package, title = finding["package"], finding["title"]
    name, of, version = finding["id"], package["name"], package["version"]
    best = fixed_in(finding)[0]
    fix = f"fixed in {best}" if best else fix_words(finding)
    told = f": {title}" if title else ""
    words = f"{name} in {of} {version}{told} ({fix})"
    # Where the whole is short and plain, so is each of its parts.
    if len(words) > NAME_LIMIT or not words.isprintable():
        fix = f"fixed in {line(best)}" if best else fix
        told = f": {line(title)}" if title else ""
        words = f"{line(name)} in {line(of)} {line(version)}{told} ({fix})"
        words = line(words, TEXT_LIMIT)
    return quiet(words)


def _place(path: str, at: int) -> orjson.Fragment:
    return piece({"path": path, "lines": {"begin": at}}, _DEPTH)
