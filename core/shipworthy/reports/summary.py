"""What people ask a result first: how bad, worst where, what to do; worked out from the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shipworthy.errors import UsageError, VersionError
from shipworthy.model.advisory import SEVERITIES


Document = Mapping[str, Any]
"""The JSON result or a part of it, as :mod:`shipworthy.reports.document` writes it."""

RANK: Mapping[str, int] = {severity: at for at, severity in enumerate(SEVERITIES)}
"""Severity to its place, worst first; ``unknown`` is last."""

FIX_WORDS: Mapping[str, str] = {
    "fixed": "fixed",
    "affected": "no fix yet",
    "will-not-fix": "will not be fixed",
    "fix-deferred": "fix deferred",
    "end-of-life": "end of life",
    "under-investigation": "under investigation",
}
"""Fix states in words."""

OS_TYPES = frozenset({"alpm", "apk", "deb", "rpm"})
"""Package types that the system's package manager holds, all in one place."""

NOT_GATES = frozenset({"coverage", "suppressions"})
"""Rules that tell something but do not judge findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The verdict in words."""

    tone: str
    """``pass``, ``fail``, ``partial`` or ``open``: nobody said what may pass."""
    words: str
    partial: bool
    """Whether part of the image stayed unread, whatever else the verdict is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many findings of one severity there are, and how many of them have a fix."""

    severity: str
    total: int
    fixable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One thing to do: bring one package (all that one source builds) to a version."""

    name: str
    type: str
    packages: tuple[str, ...]
    """The packages concerned, where they are not just ``name``."""
    version: str
    target: str
    """The lowest listed version that closes all of ``closes``."""
    closes: int
    worst: str
    known_exploited: int
    place: str
    """Where the first of the packages is, for those that no package manager of the system holds."""
    places: int
    """How many places there are in all."""


def headline(verdict: Document) -> Headline:
    """What a verdict comes to: a closed gate stays one when the scan is partial too."""
    gates = [rule for rule in verdict["rules"] if rule["name"] not in NOT_GATES]
    partial = verdict["status"] == "partial"
    if verdict["status"] == "fail" or any(map(_closes, gates)):
        return Headline(tone="fail", words="Do not ship", partial=partial)
    if partial:
        return Headline(tone="partial", words="Not wholly scanned", partial=True)
    if not gates:
        return Headline(tone="open", words="Not judged", partial=False)
    return Headline(tone="pass", words="Fit to ship", partial=False)


def _closes(rule: Document) -> bool:
    """Whether the rule keeps the image from shipping."""
    return bool(rule["status"] == "broken" and rule["effect"] == "fail")


def ranked(findings: Iterable[Document]) -> list[Document]:
    """``findings`` worst first: by severity, then risk, then what is known to be exploited, then name."""
    return sorted(findings, key=_rank)


def tally(findings: Iterable[Document]) -> tuple[Tally, ...]:
    """One count a severity, worst first, none left out."""
    total = dict.fromkeys(SEVERITIES, 0)
    fixable = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        total[finding["severity"]] += 1
        fixable[finding["severity"]] += bool(finding["fixedVersions"])
    return tuple(
        Tally(severity=severity, total=total[severity], fixable=fixable[severity])
        for severity in SEVERITIES
    )


def tally_of(counts: Mapping[str, int]) -> tuple[Tally, ...]:
    """The counts as tallies, worst first, where only totals are known."""
    return tuple(
        Tally(severity=severity, total=counts.get(severity, 0), fixable=0)
        for severity in SEVERITIES
    )


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 finding``, ``1,204 findings``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def in_words(tallies: Iterable[Tally]) -> str:
    """``2 critical, 5 high``; ``none`` where there is nothing."""
    return ", ".join(f"{t.total:,} {t.severity}" for t in tallies if t.total) or "none"


def counts(findings: Sequence[Document]) -> str:
    """The findings in one line: how many, how bad, how many with a fix, how many exploited."""
    tallies = tally(findings)
    words = f"Findings: {len(findings):,}"
    if findings:
        fixable = sum(count.fixable for count in tallies)
        words += f" ({in_words(tallies)}); {fixable:,} can be fixed"
    exploited = sum(finding["kev"] is not None for finding in findings)
    if exploited:
        words += f"; {exploited:,} known to be exploited"
    malicious = sum(finding["kind"] == "malicious" for finding in findings)
    if malicious:
        words += f"; {malicious:,} malicious"
    ends = sum(finding["kind"] == "end-of-life" for finding in findings)
    if ends:
        words += f"; {ends:,} of them on ends of support"
    return words


def fixes(findings: Iterable[Document]) -> list[Fix]:
    """What to upgrade, the most pressing first: worst finding closed, known exploited, count."""
    groups: dict[tuple[str, str, str], list[Document]] = {}
    for finding in findings:
        if not finding["fixedVersions"]:
            continue
        package = finding["package"]
        name = package["source"] or package["name"]
        version = package["sourceVersion"] or package["version"]
        groups.setdefault((package["type"], name, version), []).append(finding)
    found = [_fix(key, group) for key, group in groups.items()]
    return sorted(
        found,
        key=lambda fix: (
            RANK[fix.worst],
            -fix.known_exploited,
            -fix.closes,
            fix.type,
            fix.name,
            fix.version,
        ),
    )


def fixed_in(finding: Document) -> tuple[str, tuple[str, ...]]:
    """
    The lowest fixed version above what is installed, and the others as listed.

    Empty where there is no fix.
    """
    listed = finding["fixedVersions"]
    if len(listed) < 2:
        return (listed[0] if listed else ""), ()
    evidence, package = finding["evidence"], finding["package"]
    installed = evidence[0]["matchedVersion"] if evidence else package["version"]
    ordered = _in_order(_scheme(finding), [*listed, installed])
    above = ordered.index(installed) + 1
    best = ordered[above] if above < len(ordered) else listed[-1]
    return best, tuple(text for text in listed if text != best)


def fix_words(finding: Document) -> str:
    """What stands in the place of a fixed version where there is none."""
    end = finding["endOfLife"]
    if finding["kind"] == "malicious":
        return "remove it"
    if end is None:
        return FIX_WORDS[finding["fixState"]]
    if end["limited"]:
        return "limited support"
    days = end["daysLeft"]
    if days is None:
        return "support ended"
    if days < 0:
        return f"support ended {counted(-days, 'day')} ago"
    return f"support ends in {counted(days, 'day')}"


def _rank(finding: Document) -> tuple[object, ...]:
    package = finding["package"]
    return (
        RANK[finding["severity"]],
        -finding["risk"]["score"],
        finding["kev"] is None,
        finding["id"],
        package["type"],
        package["name"],
        package["version"],
        package["arch"],
    )


def _fix(key: tuple[str, str, str], group: Sequence[Document]) -> Fix:
    kind, name, version = key
    names = {finding["package"]["name"] for finding in group}
    places = sorted(
        {
            place["path"]
            for finding in group
            for place in finding["package"]["locations"]
            if kind not in OS_TYPES
        }
    )
    return Fix(
        name=name,
        type=kind,
        packages=tuple(sorted(names)) if names != {name} else (),
        version=version,
        target=_target(group),
        closes=len(group),
        worst=min((finding["severity"] for finding in group), key=RANK.__getitem__),
        known_exploited=sum(finding["kev"] is not None for finding in group),
        place=places[0] if places else "",
        places=len(places),
    )


def _target(group: Sequence[Document]) -> str:
    """Of the best fix of each finding the highest."""
    needed = sorted({fixed_in(finding)[0] for finding in group})
    if len(needed) == 1:
        return needed[0]
    return _in_order(_scheme(group[0]), needed)[-1]


def _scheme(finding: Document) -> str:
    evidence = finding["evidence"]
    return str(evidence[0]["scheme"]) if evidence else ""


def _in_order(name: str, versions: Sequence[str]) -> list[str]:
    """``versions`` in the order of their scheme; as they are where it does not know them."""
    from shipworthy.versions import scheme

    try:
        key = scheme(name).key
        return sorted(versions, key=lambda text: (key(text), text))
    except (UsageError, VersionError):
        return list(versions)
