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
from shipworthy.reports.summary import fix_words, fixed_in, ranked
from shipworthy.reports.text import TEXT_LIMIT, line, quiet


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
                "check_name": quiet(line(finding["id"])) or "unknown",
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
    package = finding["package"]
    name, version = line(package["name"]), line(package["version"])
    words = f"{line(finding['id'])} in {name} {version}"
    if finding["title"]:
        words += f": {line(finding['title'])}"
    words += f" (fixed in {line(best)})" if best else f" ({fix_words(finding)})"
    return quiet(line(words, TEXT_LIMIT))
