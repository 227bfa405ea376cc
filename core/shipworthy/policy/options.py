"""
Shorthand: what a caller says in a few words, as rules and entries of a policy.

``--fail-on high`` is a rule called ``fail-on``, ``--max critical=0`` one called ``max-critical``,
``--ignore ID`` an entry; there is no second way to judge.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shipworthy.errors import UsageError
from shipworthy.model.advisory import SEVERITIES, Severity
from shipworthy.policy.conditions.combine import All
from shipworthy.policy.conditions.fixes import FixAvailable
from shipworthy.policy.conditions.interface import Condition, Expected
from shipworthy.policy.conditions.severity import SeverityIs, parse_severities
from shipworthy.policy.rules import Policy, Rule
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.values import dataclass


_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions:
    """What was asked of the gate in a few words; without any of it, the gate is open and the scan only reports."""

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


def with_options(policy: Policy, options: GateOptions) -> Policy:
    """
    The policy with the rules and entries that ``options`` stand for before its own.

    They add to what the policy says and take nothing from it.
    """
    settings = policy.settings
    if options.allow_partial:
        settings = replace(settings, partial="inform", partial_by="--allow-partial")
    return replace(
        policy,
        rules=(*_rules(options), *policy.rules),
        suppressions=(*map(_entry, options.ignore), *policy.suppressions),
        settings=settings,
    )


def _rules(options: GateOptions) -> Iterable[Rule]:
    if options.fail_on:
        condition = _fixable(SeverityIs(named=options.fail_on), options)
        yield Rule(name="fail-on", when=condition, source="--fail-on")
    for severity, limit in options.max_counts:
        condition = SeverityIs(named=(severity,), or_worse=False)
        yield Rule(
            name=f"max-{severity}",
            when=_fixable(condition, options),
            max=limit,
            source="--max",
        )


def _fixable(condition: Condition, options: GateOptions) -> Condition:
    return All((condition, FixAvailable())) if options.only_fixed else condition


def _entry(id_: str) -> Suppression:
    return Suppression(ids=(id_,), reason=f"ignored as {id_}", source="--ignore")


def parse_fail_on(text: str) -> tuple[Severity, ...]:
    """
    The severities named in ``high,unknown``, worst first.

    An empty text names none. Raises :class:`UsageError` for a word that is no severity,
    with the nearest right one as hint.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    return _severities(",".join(words), "--fail-on") if words else ()


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
        if "," in name or not name:
            raise UsageError(
                f"--max: {word!r} names no severity", hint="write SEVERITY=N"
            )
        (severity,) = _severities(name, "--max")
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


def _severities(text: str, option: str) -> tuple[Severity, ...]:
    try:
        return parse_severities(text)
    except Expected as error:
        raise UsageError(
            f"{option}: {text[:40]!r} is not a severity",
            hint=f"did you mean {error.near}?"
            if error.near
            else f"one of {', '.join(SEVERITIES)}",
        ) from None


def _limit(number: str, severity: Severity) -> int:
    if not (number.isascii() and number.isdigit() and len(number) < 11):
        raise UsageError(
            f"--max: {severity}={number[:40]!r} is not a number of findings",
            hint=f"write a whole number, for example {severity}=0",
        )
    return min(int(number), _MOST)
