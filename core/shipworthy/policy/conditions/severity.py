"""``severity`` (this or worse) and ``severity-is`` (exactly this)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from shipworthy.model.advisory import SEVERITIES, Severity
from shipworthy.model.check import Check
from shipworthy.model.finding import Finding
from shipworthy.policy.conditions.asking import TEXTS, Question, one_or_many
from shipworthy.policy.conditions.interface import Atom, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Kind
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityIs(Question):
    """
    The severity is one of ``named``, or worse where ``or_worse``.

    ``unknown`` stands outside of the order: it holds only where it is named, and where it is not,
    it cannot be told.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({"finding", "check"})

    named: tuple[Severity, ...]
    or_worse: bool = True

    def select(self, view: View) -> Selection:
        """Where the severity is among them."""
        holds = or_worse(self.named) if self.or_worse else frozenset(self.named)
        told = "unknown" in holds

        def among_them(severity: Severity) -> bool | None:
            return None if severity == "unknown" and not told else severity in holds

        return view.where(_severity_of, among_them)

    def doubt(self) -> str:
        """``of unknown severity``."""
        return "of unknown severity"

    def words(self) -> str:
        """``of severity high or worse, or unknown``."""
        known: list[str] = [name for name in self.named if name != "unknown"]
        if self.or_worse and known and known[-1] != SEVERITIES[0]:
            known = [f"{known[-1]} or worse"]
        told = [one_or_many(known)] if known else []
        if "unknown" in self.named:
            told.append("unknown")
        return f"of severity {', or '.join(told)}"


def or_worse(severities: Sequence[Severity]) -> frozenset[Severity]:
    """The severities named and all that are worse; ``unknown`` only where it is named."""
    known = [SEVERITIES.index(name) for name in severities if name != "unknown"]
    worse = SEVERITIES[: max(known) + 1] if known else ()
    return frozenset((*worse, *(name for name in severities if name == "unknown")))


def parse_severities(value: object) -> tuple[Severity, ...]:
    """
    The severities in ``high``, ``high,unknown`` or a list of such, worst first.

    Raises :class:`Expected` for a word that is none, with the nearest right one.
    """
    texts = value if isinstance(value, list) else [value]
    named: set[Severity] = set()
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise Expected("a severity, such as high")
        named.update(
            _severity(word.strip()) for word in text.split(",") if word.strip()
        )
    if not named:
        raise Expected("a severity, such as high")
    return tuple(severity for severity in SEVERITIES if severity in named)


def _severity_of(subject: Finding | Check) -> Severity:
    return subject.severity


def _severity(word: str) -> Severity:
    for severity in SEVERITIES:
        if word.lower() == severity:
            return severity
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), SEVERITIES, n=1, cutoff=0.5)
    raise Expected(
        f"a severity (one of {', '.join(SEVERITIES)})", near=near[0] if near else ""
    )


ATOMS = (
    Atom(
        key="severity",
        parse=lambda value: SeverityIs(named=parse_severities(value)),
        schema=TEXTS,
        words="this severity or worse; unknown only where it is named",
    ),
    Atom(
        key="severity-is",
        parse=lambda value: SeverityIs(named=parse_severities(value), or_worse=False),
        schema=TEXTS,
        words="exactly this severity",
    ),
)
