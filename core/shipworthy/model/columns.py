"""
Many values of one class as columns for JSON, and back: a third of the bytes and of the time that a row a value takes.

A column of few different values holds each once. Tuples come back as tuples, values of other classes as
their :class:`Shape` says. Nothing that is read is called or imported by name.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from itertools import accumulate, chain, pairwise, repeat
from typing import Any


Column = dict[str, Any]
"""``values``, and ``at`` where each of them stands once; ``sizes`` where they are tuples of values of another class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the values of a class are taken apart: a frozen, slotted dataclass or a named tuple."""

    of: type
    one: Mapping[str, Shape] = field(default_factory=dict)
    """Fields that hold one value of another class, or ``None``."""
    some: Mapping[str, Shape] = field(default_factory=dict)
    """Fields that hold a tuple of values of another class."""
    apart: frozenset[str] = frozenset()
    """Fields that are left out; who puts the values together brings them, or they have their defaults."""

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that make columns."""
        return tuple(name for name in _names(self.of) if name not in self.apart)


def dump(shape: Shape, values: Sequence[Any]) -> dict[str, Any]:
    """The values as columns, of nothing but what JSON has."""
    columns = {
        name: _dump_column(shape, name, [getattr(value, name) for value in values])
        for name in shape.names
    }
    return {"count": len(values), "columns": columns}


def load(
    shape: Shape, document: Mapping[str, Any], apart: Mapping[str, Sequence[Any]] = {}
) -> list[Any]:
    """
    The values that :func:`dump` took apart, with the columns of fields that were left out.

    Raises ``ValueError``, ``TypeError``, ``KeyError`` or ``IndexError`` for what no :func:`dump` wrote.
    """
    columns = {
        name: _load_column(shape, name, document["columns"][name])
        for name in shape.names
    }
    return many(shape.of, document["count"], {**columns, **apart})


def many(of: Any, count: int, columns: Mapping[str, Sequence[Any]]) -> list[Any]:
    """
    ``count`` values of a class out of columns; fields without one have their defaults.

    Raises ``ValueError`` where a column has another length, or a field neither column nor default.
    """
    if any(len(column) != count for column in columns.values()):
        raise ValueError("expected columns of one length")
    if issubclass(of, tuple):
        make: Any = of
        return [make(*row) for row in zip(*(columns[n] for n in _names(of)))]  # noqa: B905  # checked above
    made = list(map(object.__new__, repeat(of, count)))
    for one in fields(of):
        column: Iterable[Any] | None = columns.get(one.name)
        if column is None:
            if one.default is MISSING:
                raise ValueError(f"expected a column {one.name}")
            column = repeat(one.default)
        # The slot's own setter, which a frozen class does not stand in the way of.
        deque(map(getattr(of, one.name).__set__, made, column), maxlen=0)
    return made


def _names(of: Any) -> tuple[str, ...]:
    if issubclass(of, tuple):
        names: tuple[str, ...] = of._fields
        return names
    return tuple(one.name for one in fields(of))


def _dump_column(shape: Shape, name: str, values: list[Any]) -> Column:
    told: Column = {}
    places = {value: at for at, value in enumerate(dict.fromkeys(values))}
    if len(places) * 2 < len(values):
        told["at"] = [places[value] for value in values]
        values = list(places)
    if name in shape.one:
        told["sizes"] = [int(value is not None) for value in values]
        held = [value for value in values if value is not None]
        return {**told, "values": dump(shape.one[name], held)}
    if name in shape.some:
        told["sizes"] = list(map(len, values))
        held = [one for value in values for one in value]
        return {**told, "values": dump(shape.some[name], held)}
    return {**told, "values": values}


def _load_column(shape: Shape, name: str, told: Column) -> list[Any]:
    values: list[Any] = told["values"]
    if name in shape.one:
        held = iter(load(shape.one[name], told["values"]))
        values = [next(held) if size else None for size in told["sizes"]]
    elif name in shape.some:
        flat = load(shape.some[name], told["values"])
        ends = pairwise((0, *accumulate(told["sizes"])))
        values = [tuple(flat[start:end]) for start, end in ends]
    else:
        values = _with_tuples(values)
    return [values[at] for at in told["at"]] if "at" in told else values


def _with_tuples(values: Sequence[Any]) -> list[Any]:
    """The values with tuples for their lists, at any depth."""
    made = [tuple(value) if type(value) is list else value for value in values]
    tuples = [value for value in made if type(value) is tuple]
    if list in set(map(type, chain.from_iterable(tuples))):
        return [tuple(_with_tuples(v)) if type(v) is tuple else v for v in made]
    return made
