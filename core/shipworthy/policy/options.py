"""What a caller may ask of the gate, and reading it from the words of a command line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shipworthy.errors import UsageError
from shipworthy.model.advisory import SEVERITIES, Severity


_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions:
    """The rules of one gate; without any, the gate is open and the scan only reports."""

    fail_on: tuple[Severity, ...] = ()
    """Close on a finding of these severities or worse; ``unknown`` only where it is named."""
    max_counts: tuple[tuple[Severity, int], ...] = ()
    """How many findings of exactly this severity are allowed."""
    only_fixed: bool = False
    """Let ``fail_on`` and ``max_counts`` count only findings that an update repairs."""
    ignore: tuple[str, ...] = ()
    """Ids of vulnerabilities or advisories whose findings are left out of the verdict."""
    allow_partial: bool = False
    """Accept a scan that could not look at everything."""


def parse_fail_on(text: str) -> tuple[Severity, ...]:
    """
    The severities named in ``high,unknown``, worst first.

    An empty text names none. Raises :class:`UsageError` for a word that is no severity,
    with the nearest right one as hint.
    """
    named = {_severity(word, "--fail-on") for word in _words(text)}
    return tuple(severity for severity in SEVERITIES if severity in named)


def parse_max(text: str) -> tuple[tuple[Severity, int], ...]:
    """
    The limits named in ``critical=0,high=5``, worst first.

    Raises :class:`UsageError` for a word that is no severity, a limit that is not a
    number of findings, and a severity that has two different limits.
    """
    limits: dict[Severity, int] = {}
    for word in _words(text):
        name, equals, number = (part.strip() for part in word.partition("="))
        if not equals:
            raise UsageError(
                f"--max: {word!r} has no limit",
                hint="write SEVERITY=N, for example --max critical=0,high=5",
            )
        severity = _severity(name, "--max")
        limit = _limit(number, severity)
        if limits.setdefault(severity, limit) != limit:
            raise UsageError(
                f"--max: {severity} has two limits, {limits[severity]} and {limit}",
                hint="name each severity once",
            )
    return tuple((name, limits[name]) for name in SEVERITIES if name in limits)


def parse_ignore(texts: Iterable[str]) -> tuple[str, ...]:
    """The ids in texts such as ``CVE-2024-1,GHSA-x``, in order, without repetition."""
    return tuple(dict.fromkeys(word for text in texts for word in _words(text)))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _severity(word: str, option: str) -> Severity:
    folded = word.lower()
    for severity in SEVERITIES:
        if folded == severity:
            return severity
    from difflib import get_close_matches

    near = get_close_matches(folded, SEVERITIES, n=1, cutoff=0.5)
    choice = ", ".join(SEVERITIES)
    raise UsageError(
        f"{option}: {word[:40]!r} is not a severity",
        hint=f"did you mean {near[0]}?" if near else f"one of {choice}",
    )


def _limit(number: str, severity: Severity) -> int:
    if not (number.isascii() and number.isdigit() and len(number) < 11):
        raise UsageError(
            f"--max: {severity}={number[:40]!r} is not a number of findings",
            hint=f"write a whole number, for example {severity}=0",
        )
    return min(int(number), _MOST)
