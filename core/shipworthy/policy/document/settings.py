"""The keys that hold for the whole policy, and ``scan``: options of the command."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, TypeVar

from shipworthy.model.verdict import Effect
from shipworthy.policy.document.fields import Value
from shipworthy.policy.document.nodes import Fields, Items, Node, Scalar, plain
from shipworthy.policy.document.rule import EFFECTS
from shipworthy.policy.suppressions.limits import EntryLimits
from shipworthy.values import dataclass


DEMANDS = ("owner", "expires", "longest")
REQUIRED = ("required",)

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Placed(Generic[T_co]):
    """A value and where it is written."""

    value: T_co
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOption:
    """An option of ``shipworthy scan`` that the file gives a default."""

    name: str
    """As on the command line, without the dashes: ``fail-on``."""
    value: str | int | float | bool | tuple[str, ...]
    source: str


def read_effect(value: Value) -> Placed[Effect] | None:
    """``fail``, ``warn`` or ``inform``."""
    effect = value.choice(EFFECTS)
    return Placed(effect, value.source) if effect is not None else None


def read_days(value: Value) -> Placed[int] | None:
    """A number of days."""
    days = value.days()
    return Placed(days, value.source) if days is not None else None


def read_limits(value: Value) -> EntryLimits | None:
    """What is demanded of every entry of those that extend this policy."""
    fields = value.fields(DEMANDS, "a mapping, such as {owner: required, longest: 90d}")
    if isinstance(value.node, Fields) and not value.node.fields:
        value.wrong("a mapping, such as {owner: required, longest: 90d}")
    for key in ("owner", "expires"):
        if key in fields:
            fields[key].choice(REQUIRED)
    return EntryLimits(
        source=value.source,
        owner="owner" in fields,
        expires="expires" in fields,
        longest=fields["longest"].days() if "longest" in fields else None,
    )


def read_scan(value: Value, options: Collection[str] | None) -> tuple[ScanOption, ...]:
    """Options in the order of the file; names are held against ``options`` where that is given."""
    if not isinstance(value.node, Fields):
        value.wrong("options of the command, such as {fail-on: high}")
        return ()
    known = (
        options if options is not None else [key.raw for key, _ in value.node.fields]
    )
    found: list[ScanOption] = []
    for name, one in value.fields(known, "options of the command").items():
        if not _is_option(one.node):
            one.wrong("text, a number, true, false or a list of texts")
            continue
        given = plain(one.node)
        if isinstance(given, list):
            given = tuple(given)
        assert isinstance(given, (str, int, float, tuple))
        found.append(ScanOption(name=name, value=given, source=one.source))
    return tuple(found)


def _is_option(node: Node) -> bool:
    if isinstance(node, Items):
        return all(
            isinstance(item, Scalar) and isinstance(item.value, str)
            for item in node.items
        )
    return isinstance(node, Scalar) and node.value is not None
