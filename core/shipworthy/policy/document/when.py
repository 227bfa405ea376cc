"""``when``: keys of :data:`~shipworthy.policy.conditions.table.ATOMS`, and ``all``, ``any`` and ``not`` over them."""

from __future__ import annotations

from collections.abc import Mapping

from shipworthy.policy.conditions.combine import All, AnyOf, Not
from shipworthy.policy.conditions.interface import Atom, Condition, Expected
from shipworthy.policy.document.fields import Value, unknown, unquoted
from shipworthy.policy.document.nodes import Fields, Items, Scalar, plain


_DEEPEST = 16
COMBINED = ("all", "any", "not")
"""The keys that are no atoms."""


def read_condition(
    value: Value, atoms: Mapping[str, Atom], depth: int = 0
) -> Condition | None:
    """
    The condition of a mapping; several keys in it must all hold.

    What is wrong is noted, and then there may be no condition.
    """
    node = value.node
    if not isinstance(node, Fields) or not node.fields:
        value.wrong("a condition, such as {severity: high}")
        return None
    if depth > _DEEPEST:
        value.wrong(f"conditions at most {_DEEPEST} deep in each other")
        return None
    parts: list[Condition] = []
    for key, inner in node.fields:
        below = Value(key=key.raw, node=inner, problems=value.problems)
        if key.raw in COMBINED:
            part = _combined(below, atoms, depth + 1)
        elif key.raw in atoms:
            part = _atom(below, atoms[key.raw])
        else:
            unknown(value.problems, key, (*sorted(atoms), *COMBINED))
            continue
        if part is not None:
            parts.append(part)
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _combined(value: Value, atoms: Mapping[str, Atom], depth: int) -> Condition | None:
    if value.key == "not":
        inner = read_condition(value, atoms, depth)
        return Not((inner,)) if inner is not None else None
    if not isinstance(value.node, Items) or not value.node.items:
        value.wrong("a list of conditions, such as [{severity: high}]")
        return None
    found = [read_condition(item, atoms, depth) for item in value.items()]
    parts = tuple(part for part in found if part is not None)
    if not parts:
        return None
    if len(parts) == 1:
        return parts[0]
    return All(parts) if value.key == "all" else AnyOf(parts)


def _atom(value: Value, atom: Atom) -> Condition | None:
    try:
        return atom.parse(plain(value.node))
    except Expected as expected:
        value.wrong(expected.words, near=expected.near, hint=_quoting(value, atom))
        return None


def _quoting(value: Value, atom: Atom) -> str:
    """To quote a number, where the atom would take it as a text."""
    if not isinstance(value.node, Scalar) or not (hint := unquoted(value.node)):
        return ""
    try:
        atom.parse(value.node.raw)
    except Expected:
        return ""
    return hint


def about_one_thing(condition: Condition, value: Value) -> bool:
    """Whether the parts of ``condition`` can be asked of one kind of subject; noted where not."""
    try:
        _ = condition.natural
    except Expected as expected:
        value.problems.add(
            value.node.line,
            f"{value.key}: its parts ask about unlike things, expected {expected.words}",
        )
        return False
    return True


def alike(one: Condition, other: Condition) -> bool:
    """Whether both ask the same, in whatever order."""
    return _key(one) == _key(other)


def _key(condition: Condition) -> object:
    if isinstance(condition, (All, AnyOf, Not)):
        return (type(condition), frozenset(map(_key, condition.parts)))
    return condition
