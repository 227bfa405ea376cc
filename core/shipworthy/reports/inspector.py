"""
The words of Amazon Inspector's CI/CD reports, and a result put into its terms.

What its scanning service answers and its CI plug-ins write is described in docs/inspector.md:
vulnerabilities by id with all their packages, severities counted by distinct id, ratings by who gave them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from shipworthy.reports.sharing import once
from shipworthy.reports.summary import RANK, fixed_in, ranked
from shipworthy.reports.text import each_line, line


Document = Mapping[str, Any]

SCANNER = "AMAZON_INSPECTOR"
"""What the reports call the scanner itself as the source of a rating or a finding."""

DISCONTINUED = "IN-DISCONTINUED-001"
"""The id of an operating system whose support has ended."""

COUNTED = ("critical", "high", "medium", "low", "other")
"""The severities that are counted; ``other`` is everything below low, and what nobody rated."""

OS_TYPES = frozenset({"alpm", "apk", "deb", "rpm"})
"""Packages that the reports give no path for."""

PLACES = 50
"""Most places of one package that a report lists."""

VALUE_LIMIT = 1024
"""Longest id, name, version, package URL or path, in characters."""

_WORDS = {"negligible": "info"}
_RATERS = {
    "nvd": "NVD",
    "ghsa": "GITHUB",
    "cna": "MITRE",
    "ubuntu": "Ubuntu Linux",
    "amazon": "Amazon Linux",
}
_EPOCHS = frozenset({"deb", "rpm"})


class Vulnerability(NamedTuple):
    """All findings of one id."""

    id: str
    findings: tuple[Document, ...]
    """Never empty; in the order of the pages, worst first."""
    lead: Document
    """The finding of the worst severity, which speaks for all of them."""
    fixes: tuple[str, ...]
    """The next fixed version of each finding, with the epoch that the reports always write; empty where there is none."""
    exploited: bool
    """Whether an exploit of any of them is public or it is known to be exploited."""
    weaknesses: tuple[int, ...]
    """The numbers of the lead's CWEs."""


def vulnerabilities(document: Document) -> tuple[Vulnerability, ...]:
    """The findings by id, in the order in which each id comes first among the ranked."""
    return once(_vulnerabilities, document)


def _vulnerabilities(document: Document) -> tuple[Vulnerability, ...]:
    grouped: dict[str, list[Document]] = {}
    names: dict[str, str] = {}
    for finding in ranked(document["findings"]):
        told = finding["id"]
        name = names.get(told) if finding["endOfLife"] is None else _id(finding)
        if name is None:
            name = names[told] = _id(finding)
        held = grouped.get(name)
        if held is None:
            grouped[name] = [finding]
        else:
            held.append(finding)
    return tuple([_vulnerability(name, held) for name, held in grouped.items()])


def _vulnerability(name: str, held: list[Document]) -> Vulnerability:
    lead = held[0] if len(held) == 1 else min(held, key=_severity)
    return Vulnerability(
        name,
        tuple(held),
        lead,
        tuple(map(_fix_of, held)),
        any(map(_exploited, held)),
        _weaknesses(lead),
    )


def counts(document: Document, found: Iterable[Vulnerability]) -> dict[str, int]:
    """How many vulnerabilities and checks there are of each word of :data:`COUNTED`."""
    severities = [each.lead["severity"] for each in found]
    severities += [check["severity"] for check in document["checks"]]
    told = dict.fromkeys(COUNTED, 0)
    for severity in severities:
        told[severity if severity in told else "other"] += 1
    return told


def severity_word(severity: str) -> str:
    """The severity as ratings have it: what is negligible to us is ``info`` there."""
    return _WORDS.get(severity, severity)


@lru_cache(maxsize=1 << 10)
def rater(source: str) -> str:
    """Who rated; every publisher that the reports have no name for stands under :data:`SCANNER`."""
    return _RATERS.get(source.partition("/")[0], SCANNER)


def paths_of(package: Document) -> tuple[str, ...]:
    """The places from the root on; one empty one for packages of the operating system and where none is told."""
    return each_line(tuple(places_of(package)), VALUE_LIMIT) or ("",)


def places_of(package: Document) -> list[str]:
    """The same, none where :func:`paths_of` has an empty one, as the image has them: not yet fit for a report."""
    if package["type"] in OS_TYPES:
        return []
    return [f"/{place['path']}" for place in package["locations"][:PLACES]]


def artifact_name(document: Document) -> str:
    """The image's first tag, else the target as it was named."""
    tags = document["image"]["tags"]
    return line(tags[0] if tags else document["target"]["name"], VALUE_LIMIT)


def _fix_of(finding: Document) -> str:
    fixed = fixed_in(finding)[0] if finding["fixedVersions"] else ""
    if not fixed:
        return ""
    bare = finding["package"]["type"] in _EPOCHS and ":" not in fixed
    return line(f"0:{fixed}" if bare else fixed, VALUE_LIMIT)


def _exploited(finding: Document) -> bool:
    return bool(finding["exploits"]) or finding["kev"] is not None


def _weaknesses(finding: Document) -> tuple[int, ...]:
    numbers = [cwe.removeprefix("CWE-") for cwe in finding["cwes"]]
    return tuple(
        [
            int(one)
            for one in numbers
            if one.isascii() and one.isdigit() and len(one) < 7
        ]
    )


def _severity(finding: Document) -> int:
    return RANK[finding["severity"]]


def _id(finding: Document) -> str:
    end = finding["endOfLife"]
    if end is not None and finding["package"]["type"] == "os":
        days = end["daysLeft"]
        if days is not None and days < 0:
            return DISCONTINUED
    return line(finding["id"], VALUE_LIMIT)
