"""``severity`` (this or worse) and ``severity-is`` (exactly this)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.model.advisory import SEVERITIES, Severity
from shipworthy.policy.conditions.interface import Atom, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts, Kind
from shipworthy.policy.selection import Selection, bits


_KINDS: frozenset[Kind] = frozenset({"finding", "check"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityIs:
    """
    The severity is one of ``named``, or worse where ``or_worse``.

    ``unknown`` stands outside of the order: it holds only where it is named, and where it is not,
    it cannot be told.
    """

    named: tuple[Severity, ...]
    or_worse: bool = True

    @property
    def kinds(self) -> frozenset[Kind]:
        """Findings of both sorts."""
        return _KINDS

    @property
    def natural(self) -> Kind:
        """Vulnerabilities."""
        return "finding"

    def select(self, view: View) -> Selection:
        """Where the severity is among them."""
        holds = or_worse(self.named) if self.or_worse else frozenset(self.named)
        found = [getattr(subject, "severity", "") for subject in view.subjects]
        yes = bits(severity in holds for severity in found)
        if "unknown" in holds:
            return Selection(yes)
        return Selection(yes, bits(severity == "unknown" for severity in found))

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """Nothing."""
        del facts
        return ()

    def words(self) -> str:
        """``of severity high or worse, or unknown``."""
        known: list[str] = [name for name in self.named if name != "unknown"]
        if self.or_worse and known and known[-1] != SEVERITIES[0]:
            known = [f"{known[-1]} or worse"]
        if "unknown" in self.named:
            known.append("unknown")
        return f"of severity {', or '.join(known)}"


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
    return tuple(severity for severity in SEVERITIES if severity in named)


def _severity(word: str) -> Severity:
    for severity in SEVERITIES:
        if word.lower() == severity:
            return severity
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), SEVERITIES, n=1, cutoff=0.5)
    raise Expected(
        f"a severity (one of {', '.join(SEVERITIES)})", near=near[0] if near else ""
    )


_SCHEMA = {
    "oneOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ]
}

ATOMS = (
    Atom(
        key="severity",
        parse=lambda value: SeverityIs(named=parse_severities(value)),
        schema=_SCHEMA,
        words="this severity or worse; unknown only where it is named",
    ),
    Atom(
        key="severity-is",
        parse=lambda value: SeverityIs(named=parse_severities(value), or_worse=False),
        schema=_SCHEMA,
        words="exactly this severity",
    ),
)
