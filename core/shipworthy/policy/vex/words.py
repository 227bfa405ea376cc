"""How a statement is spoken of in reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from shipworthy.policy.vex.statement import VexStatement, VexStatus


_WORDS: dict[VexStatus, str] = {
    "not_affected": "not affected",
    "fixed": "fixed",
    "affected": "affected",
    "under_investigation": "under investigation",
}
_SHOWN = 160
_REASON = 1000


def reason_of(statement: VexStatement) -> str:
    """What the statement says, and why, in one line."""
    why = [
        statement.justification.replace("_", " "),
        " ".join(statement.impact.split()),
    ]
    words = ": ".join([_WORDS[statement.status], *(one for one in why if one)])
    return words if len(words) <= _REASON else f"{words[:_REASON]}…"


def entry_names(statements: Sequence[VexStatement]) -> tuple[str, ...]:
    """A name for each statement that is unique within its source and does not depend on other sources."""
    seen: Counter[tuple[str, str]] = Counter()
    names = []
    for statement in statements:
        name = _name(statement)
        seen[statement.source, name] += 1
        count = seen[statement.source, name]
        names.append(name if count == 1 else f"{name} ({count})")
    return tuple(names)


def _name(statement: VexStatement) -> str:
    first = statement.products[0]
    named = (*first.subcomponents[:1], first.component)
    products = " in ".join(
        (one.names or one.hashes or (one.ref,))[0][:_SHOWN] for one in named
    )
    more = len(statement.products) - 1 + max(0, len(first.subcomponents) - 1)
    others = f" and {more} more" if more else ""
    return (
        f"{statement.vulnerabilities[0][:_SHOWN]} {statement.status} {products}{others}"
    )
