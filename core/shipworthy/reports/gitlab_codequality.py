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
from shipworthy.reports.json import quieted
from shipworthy.reports.policy_words import Shown
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


class GitLabCodeQualityReport:
    """The report for ``artifacts: reports: codequality``."""

    name = "gitlab-codequality"
    suffix = ".codequality.json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the list, worst first; an empty list where nothing was found."""
        findings = document["findings"]
        marks = dict(zip(map(id, findings), digests(document, findings), strict=True))
        path, lines = path_of(document), lines_by_finding(document)
        issues = [
            {
                "type": "issue",
                "check_name": harmless(finding["id"]) or "unknown",
                "description": described(finding),
                "categories": ["Security"],
                "severity": SEVERITIES[finding["severity"]],
                "fingerprint": marks[id(finding)],
                "location": {
                    "path": path,
                    "lines": {"begin": lines.get(finding["fingerprint"], 1)},
                },
            }
            for finding in ranked(findings)
        ]
        return quieted(
            orjson.dumps(
                issues,
                option=orjson.OPT_SORT_KEYS
                | orjson.OPT_INDENT_2
                | orjson.OPT_APPEND_NEWLINE,
            )
        )


def described(finding: Mapping[str, Any]) -> str:
    """The finding in one line: what, where, how it is called, and what helps."""
    return with_fix(finding, fixed_in(finding)[0])


def with_fix(finding: Mapping[str, Any], best: str) -> str:
    """The same where the version with the fix is known, or nothing for it."""
    words = _sentence(finding, best, str)
    # Where the whole is short and plain, so is each of its parts.
    if len(words) > NAME_LIMIT or not words.isprintable():
        words = line(_sentence(finding, best, line), TEXT_LIMIT)
    return quiet(words)


def _sentence(finding: Mapping[str, Any], best: str, shown: Shown) -> str:
    package, title = finding["package"], finding["title"]
    name, version = shown(package["name"]), shown(package["version"])
    told = f": {shown(title)}" if title else ""
    fix = f"fixed in {shown(best)}" if best else fix_words(finding)
    return f"{shown(finding['id'])} in {name} {version}{told} ({fix})"
