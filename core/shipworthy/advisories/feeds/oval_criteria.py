"""
OVAL criteria multiplied out: which packages, in which versions, on which release.

Source: OVAL Language 5.11, ``CriteriaType`` (https://oval-community-guidelines.readthedocs.io/).
A criteria tree says when a definition holds; an advisory says what is affected. Each
:class:`Case` is one way to meet the tree. Trees that no advisory can repeat, such as two
packages at once, are :class:`Broken`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from shipworthy.advisories.feeds.values import MAX_VERSION, Broken, plain
from shipworthy.model.advisory import Range


MAX_CASES = 100_000
"""Ways to meet one criteria tree, and steps to join one node's children."""

NEVER = frozenset({"0", "0-0", "0:0", "0:0-0"})
"""Versions below which nothing is."""

_OPPOSITE = {
    "less than": "greater than or equal",
    "less than or equal": "greater than",
    "greater than": "less than or equal",
    "greater than or equal": "less than",
}


class State(NamedTuple):
    """What a test asks of a package; an entity is its operation and its value."""

    evr: tuple[str, str] | None = None
    version: tuple[str, str] | None = None
    release: tuple[str, str] | None = None
    arches: tuple[str, ...] = ()
    signed: bool = False


class RpmTest(NamedTuple):
    """A test with its references resolved."""

    name: str
    """The package asked about; empty for a test of something else than packages."""
    state: State = State()
    none: bool = False
    """It holds where no package is in that state."""


class Criterion(NamedTuple):
    """A leaf: a test, and what the publisher calls it."""

    test: str
    comment: str
    negate: bool


class Criteria(NamedTuple):
    """A node: ``AND`` or ``OR`` of others."""

    operator: str
    negate: bool
    children: tuple[Criteria | Criterion, ...]


class Case(NamedTuple):
    """What holds together in one way to meet the criteria; empty fields ask nothing."""

    release: str = ""
    """The bucket."""
    channel: str = ""
    machine: str = ""
    """The machine's architecture, which may not be the package's."""
    module: str = ""
    package: str = ""
    arches: tuple[str, ...] = ()
    start: str = ""
    """Affected from this version on."""
    until: str = ""
    """Fixed in this version."""
    last: str = ""
    """Affected up to and with this version."""
    never: bool = False
    """The publisher says that the package is not affected."""


Leaf = Callable[[Criterion, bool], Iterable[Case]]
"""The cases of a criterion, negated or not: none where it never holds, an empty case where it asks nothing."""


Fewer = Callable[[Iterable[Case]], Iterable[Case]]
"""Drops alternatives that others already say."""


def cases(
    node: Criteria | Criterion,
    leaf: Leaf,
    *,
    negated: bool = False,
    fewer: Fewer = dict.fromkeys,
) -> list[Case]:
    """All ways to meet ``node``, each once, in the document's order; raises :class:`Broken`."""
    if isinstance(node, Criterion):
        return list(leaf(node, negated != node.negate))
    negated = negated != node.negate
    if node.operator not in {"AND", "OR"} or not node.children:
        raise Broken
    parts = [
        cases(child, leaf, negated=negated, fewer=fewer) for child in node.children
    ]
    if (node.operator == "OR") != negated:
        return _bounded(list(fewer(case for part in parts for case in part)))
    found = [Case()]
    work = 0
    for part in parts:
        work += len(found) * len(part)
        if work > MAX_CASES:
            raise Broken
        both = (merged(one, other) for one in found for other in part)
        found = list(dict.fromkeys(case for case in both if case))
    return found


def _bounded(found: list[Case]) -> list[Case]:
    if len(found) > MAX_CASES:
        raise Broken
    return found


def merged(one: Case, other: Case) -> Case | None:
    """Both at once; None where they exclude each other, :class:`Broken` where no advisory can say both."""
    if one.release and other.release and one[:2] != other[:2]:
        return None
    if one.package and other.package and one.package != other.package:
        raise Broken
    fields = []
    for index, (left, right) in enumerate(zip(one, other, strict=True)):
        if left and right and left != right:
            if index < _VERSIONS:
                return None
            raise Broken
        fields.append(left or right)
    return Case._make(fields)


_VERSIONS = Case._fields.index("start")
"""Before these fields a difference means that nothing is both."""


def package_cases(test: RpmTest, *, negated: bool) -> list[Case]:
    """
    The cases of a test on an ordinary package.

    That a package is signed, or of a flavour that its release names, asks nothing here: the first
    cannot be seen in an image, the second is in the version of the fix.
    """
    state = test.state
    negated = negated != test.none
    if not test.name:
        raise Broken
    if state.version is not None:
        if state.version == ("equals", "0") and not negated:
            return [Case(package=test.name, never=True)]
        raise Broken
    if state.evr is None:
        if state.signed or state.release:
            return [Case()]
        if negated:
            raise Broken
        return [Case(package=test.name, arches=state.arches)]
    operation, value = state.evr
    if negated:
        operation = _OPPOSITE.get(operation, "")
    case = _compared(operation, plain(value, MAX_VERSION))
    return [case._replace(package=test.name, arches=state.arches)]


def _compared(operation: str, value: str) -> Case:
    if operation == "less than":
        return Case(never=True) if value in NEVER else Case(until=short(value))
    if operation == "less than or equal":
        return Case(last=short(value))
    if operation == "equals":
        return Case(start=short(value), last=short(value))
    if operation == "greater than or equal":
        return Case() if value in NEVER else Case(start=short(value))
    if operation == "greater than":
        # rpm's ^ sorts right behind a version and before all that follow it
        after = f"{short(value)}^" if "-" in value else short(value)
        return Case() if value in NEVER else Case(start=after)
    raise Broken


def short(version: str) -> str:
    """A version without the epoch 0, which goes without saying."""
    return version.removeprefix("0:")


def range_of(case: Case) -> Range:
    """The versions of a case as an advisory's range."""
    if case.never:
        return Range(events=(("introduced", "0"), ("fixed", "0")))
    events = [("introduced", case.start or "0")]
    if case.until:
        events.append(("fixed", case.until))
    if case.last:
        events.append(("last_affected", case.last))
    return Range(events=tuple(events))
