"""What people ask a result first: may it ship, how bad is it, what is worst; worked out from the document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from shipworthy.errors import UsageError, VersionError
from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports.sharing import once, shared
from shipworthy.values import dataclass


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

NOT_GATES = frozenset({"coverage", "suppressions"})
"""Built-in rules that tell something but do not judge findings."""

_STATES = {"new": 0, "moved": 1, "existing": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The verdict in words."""

    tone: str
    """``pass``, ``warn``, ``fail``, ``partial``, ``undecided`` or ``open``: nobody said what may pass."""
    words: str
    unseen: bool = False
    """Whether part of the image stayed unread and nobody accepted that, whatever else the verdict is."""
    unjudged: bool = False
    """Whether a rule could not be judged for want of data, whatever else the verdict is."""

    @property
    def lacking(self) -> str:
        """What the verdict could not go by, in words; empty where it is a whole one."""
        if self.unseen and self.unjudged:
            return "not everything could be looked at, nor every rule be judged"
        if self.unseen:
            return "not everything could be looked at"
        return "not every rule could be judged" if self.unjudged else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many findings of one severity there are, how many of them have a fix, and how many are known to be exploited."""

    severity: str
    total: int
    fixable: int
    exploited: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What counting findings comes to."""

    tallies: tuple[Tally, ...]
    """One a severity, worst first, none left out."""
    exploited: int
    kinds: Counter[str]
    states: Counter[str | None]
    """How many came out of a comparison in each state."""


def headline(verdict: Document) -> Headline:
    """What a verdict comes to: a closed gate stays one when the scan is partial too."""
    gates = [rule for rule in verdict["rules"] if not _tells_only(rule)]
    partial = verdict["status"] == "partial"
    unseen = partial and any(
        _tells_only(rule) and rule["name"] == "coverage" and _closes(rule)
        for rule in verdict["rules"]
    )
    unjudged = partial and (
        not unseen
        or any(
            rule["status"] == "undecided" and rule["effect"] == "fail" for rule in gates
        )
    )
    if verdict["status"] == "fail" or any(map(_closes, gates)):
        tone, words = "fail", "Do not ship"
    elif unseen:
        tone, words = "partial", "Not wholly scanned"
    elif partial:
        tone, words = "undecided", "Not wholly judged"
    elif not gates:
        tone, words = "open", f"Not judged{_warnings(verdict)}"
    elif verdict["status"] == "warn":
        tone, words = "warn", f"Fit to ship{_warnings(verdict)}"
    else:
        tone, words = "pass", "Fit to ship"
    return Headline(tone=tone, words=words, unseen=unseen, unjudged=unjudged)


def _tells_only(rule: Document) -> bool:
    """Whether the rule is a built-in one that judges no finding; a policy may use its name."""
    return rule["name"] in NOT_GATES and not rule["source"]


def _closes(rule: Document) -> bool:
    """Whether the rule keeps the image from shipping."""
    return bool(rule["status"] == "broken" and rule["effect"] == "fail")


def _warnings(verdict: Document) -> str:
    told = sum(
        rule["status"] != "passed" and rule["effect"] == "warn"
        for rule in verdict["rules"]
    )
    if verdict["status"] != "warn":
        return ""
    return f", with {told:,} warnings" if told > 1 else ", with a warning"


def ranked(findings: Iterable[Document]) -> list[Document]:
    """
    ``findings`` worst first: by severity, then risk, then what is known to be exploited, then name.

    Where they were compared with a baseline, the new ones come before all others, then the moved.
    """
    document = shared()
    if document is not None and document["findings"] is findings:
        return list(once(_in_order_of_rank, document))
    return sorted(findings, key=_rank)


def figures(findings: Iterable[Document]) -> Figures:
    """The figures of ``findings``; their order does not matter."""
    document = shared()
    if document is not None and document["findings"] is findings:
        return once(_figures, document)
    return _figures({"findings": findings})


def tally(findings: Iterable[Document]) -> tuple[Tally, ...]:
    """One count a severity, worst first, none left out."""
    return figures(findings).tallies


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


def counts(findings: Iterable[Document]) -> str:
    """The findings in one line: how many, how bad, how many with a fix, how many exploited."""
    told = figures(findings)
    tallies, kinds = told.tallies, told.kinds
    total = sum(count.total for count in tallies)
    words = f"Findings: {total:,}"
    if total:
        fixable = sum(count.fixable for count in tallies)
        words += f" ({in_words(tallies)}); {fixable:,} can be fixed"
    if told.exploited:
        words += f"; {told.exploited:,} known to be exploited"
    if malicious := kinds["malicious"]:
        words += f"; {malicious:,} malicious"
    if ends := kinds["end-of-life"]:
        words += f"; {ends:,} of them on ends of support"
    return words


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
    return _lowest_above(installed, tuple(listed), _scheme(finding))


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


def _figures(document: Document) -> Figures:
    """Counted in one go: thousands of findings lie far apart in memory, and looking at each costs more than counting."""
    total = dict.fromkeys(SEVERITIES, 0)
    fixable = dict.fromkeys(SEVERITIES, 0)
    kinds: dict[str, int] = {}
    states: dict[str | None, int] = {}
    exploited = dict.fromkeys(SEVERITIES, 0)
    for finding in document["findings"]:
        severity, kind, state = finding["severity"], finding["kind"], finding["state"]
        total[severity] += 1
        kinds[kind] = kinds.get(kind, 0) + 1
        states[state] = states.get(state, 0) + 1
        if finding["fixedVersions"]:
            fixable[severity] += 1
        if finding["kev"] is not None:
            exploited[severity] += 1
    tallies = tuple(
        Tally(
            severity=severity,
            total=total[severity],
            fixable=fixable[severity],
            exploited=exploited[severity],
        )
        for severity in SEVERITIES
    )
    return Figures(
        tallies=tallies,
        exploited=sum(exploited.values()),
        kinds=Counter(kinds),
        states=Counter(states),
    )


def _in_order_of_rank(document: Document) -> list[Document]:
    return sorted(document["findings"], key=_rank)


def _rank(finding: Document) -> tuple[object, ...]:
    package = finding["package"]
    return (
        _STATES.get(finding["state"], 2),
        RANK[finding["severity"]],
        -finding["risk"]["score"],
        finding["kev"] is None,
        finding["id"],
        package["type"],
        package["name"],
        package["version"],
        package["arch"],
    )


@lru_cache(maxsize=1 << 12)
def _lowest_above(
    installed: str, listed: tuple[str, ...], scheme: str
) -> tuple[str, tuple[str, ...]]:
    """Remembered, for most reports ask for it and ordering versions takes long."""
    ordered = _in_order(scheme, [*listed, installed])
    above = ordered.index(installed) + 1
    best = ordered[above] if above < len(ordered) else listed[-1]
    return best, tuple(text for text in listed if text != best)


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
