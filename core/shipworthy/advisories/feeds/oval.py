"""
OVAL 5 definitions on rpm packages, as Oracle, SUSE and Microsoft publish them.

Source: OVAL Language 5.11, definitions and Linux schemas
(https://oval-community-guidelines.readthedocs.io/), and the publishers' files. A definition
refers to tests by its criteria, a test to an object (the package's name) and a state (its
version, architecture, signature); definitions come first. So a document is gone through
twice, for the tests and for the definitions, and never held whole. A definition of which
a reference is missing, ambiguous or goes in circles is broken; others do not suffer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element

from shipworthy.advisories.feeds.oval_criteria import (
    Criteria,
    Criterion,
    RpmTest,
    State,
)
from shipworthy.advisories.feeds.values import (
    MAX_NAME,
    Broken,
    array,
    date,
    plain,
    word,
)
from shipworthy.advisories.feeds.xml import elements, text_of
from shipworthy.errors import FeedError
from shipworthy.values import dataclass


MAX_CRITERIA = 500_000
"""Criteria and criterions of one definition."""
MAX_ITEMS = 8_000_000
"""Tests, objects and states of one document."""

_EXPECTED = "OVAL definitions"
_OBJECT, _STATE, _TEST = "rpminfo_object", "rpminfo_state", "rpminfo_test"
_OTHERS = ("textfilecontent54_test", "uname_test", "family_test", "unknown_test")
_ITEMS = frozenset({"generator", "definition", _OBJECT, _STATE, _TEST, *_OTHERS})
_CHECKS = frozenset({"", "all", "at least one", "only one"})
_NONE = frozenset({"none satisfy", "none exist"})
_EXISTS = frozenset({"", "at_least_one_exists", "all_exist", "only_one_exists"})
_Entities = tuple[tuple[str, str, str], ...]
_ARCHES = re.compile(r"\^?\(?(\w+(?:\|\w+)*)\)?\$?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One definition; how its metadata is laid out differs a little from publisher to publisher."""

    id: str
    kind: str
    """Its class: ``patch``, ``vulnerability``, ``inventory``."""
    metadata: Element
    criteria: Criteria | Criterion

    @property
    def title(self) -> str:
        """The title on one line."""
        return " ".join((self.metadata.findtext("title") or "").split())

    def advisory(self, name: str) -> Element | None:
        """An element of the publisher's advisory, which Microsoft puts beside it."""
        found = self.metadata.find(f"advisory/{name}")
        return self.metadata.find(name) if found is None else found

    def dated(self, name: str) -> str:
        """The date that an element gives as attribute or text."""
        found = self.advisory(name)
        if found is None:
            return ""
        return date(found.get("date") or text_of(found))

    @property
    def severity(self) -> str:
        """The publisher's word, in lower case; empty where it gives none."""
        rating = word(text_of(self.advisory("severity")))
        return "" if rating in {"n/a", "not set", "none", "unknown"} else rating

    def references(self, source: str) -> list[str]:
        """The ids of the references to ``source``."""
        found = self.metadata.findall("reference")
        return [
            (item.get("ref_id") or "").strip()
            for item in array(found, 10_000)
            if isinstance(item, Element) and item.get("source") == source
        ]


class Document:
    """
    An OVAL document, its tests ready to be looked up.

    Raises ``FeedError`` when the file holds no OVAL definitions.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._objects: dict[str, str] = {}
        self._states: dict[str, _Entities | None] = {}
        self._tests: dict[str, tuple[str, tuple[str, ...], str] | None] = {}
        self._inventory: dict[str, Element] = {}
        self._shared: dict[str, str] = {}
        self.date = ""
        self._collect()
        self._shared.clear()

    def _collect(self) -> None:
        found = False
        for count, item in enumerate(self._items(_ITEMS)):
            if count > MAX_ITEMS:
                raise FeedError(
                    f"{self._path}: more than the bound of {MAX_ITEMS} tests, objects and states"
                )
            id_ = self._share(item.get("id") or "")
            if item.tag == "generator":
                self.date = date((item.findtext("timestamp") or "").strip())
            elif item.tag == "definition":
                if item.get("class") == "inventory":
                    self._inventory[id_] = item
            elif item.tag == _OBJECT:
                name = self._share((item.findtext("name") or "").strip())
                self._objects[id_] = (
                    name if self._objects.get(id_) in (None, name) else ""
                )
            elif item.tag == _STATE:
                self._take_state(id_, item)
            else:
                self._take_test(id_, item)
            found = found or item.tag in {"generator", "definition"}
        if not found:
            raise FeedError(f"{self._path}: expected {_EXPECTED}, found none")

    def _share(self, text: str) -> str:
        """One string for all that are equal: ids are named again and again."""
        return self._shared.setdefault(text, text)

    def _items(self, names: frozenset[str]) -> Iterator[Element]:
        return elements(self._path, names, _EXPECTED)

    def _take_state(self, id_: str, item: Element) -> None:
        made = tuple(
            (
                self._share(e.tag),
                self._share(e.get("operation") or "equals"),
                text_of(e),
            )
            for e in item
        )
        self._states[id_] = made if self._states.get(id_, made) == made else None

    def _take_test(self, id_: str, item: Element) -> None:
        objects = [e.get("object_ref") or "" for e in item.findall("object")]
        states = tuple(
            self._share(e.get("state_ref") or "") for e in item.findall("state")
        )
        known = item.tag == _TEST
        check = item.get("check") or ""
        existence = item.get("check_existence") or ""
        if existence in _NONE or existence == "none_exist":
            check = "none exist"
        elif existence not in _EXISTS:
            check = existence
        object_ = self._share(objects[0]) if known and len(objects) == 1 else ""
        made = (object_, states, self._share(check))
        usable = bool(object_) == known and self._tests.get(id_, made) == made
        self._tests[id_] = made if usable else None

    def test(self, id_: str) -> RpmTest:
        """The test of that id with its references resolved; raises :class:`Broken`."""
        raw = self._tests.get(id_)
        if raw is None:
            raise Broken
        object_, states, check = raw
        if not object_:
            return RpmTest("")
        if check not in _CHECKS | _NONE or len(states) > 1:
            raise Broken
        name = plain(self._objects.get(object_), MAX_NAME)
        state = State()
        if states:
            entities = self._states.get(states[0])
            if entities is None:
                raise Broken
            state = _state(entities)
        return RpmTest(name, state, check in _NONE)

    def definitions(self) -> Iterator[Element]:
        """All definitions, one after the other; each is let go when the next is asked for."""
        return self._items(frozenset({"definition"}))

    def read(self, item: Element) -> Definition:
        """A definition as values; raises :class:`Broken`."""
        metadata, criteria = item.find("metadata"), item.find("criteria")
        if metadata is None or criteria is None:
            raise Broken
        return Definition(
            id=plain(item.get("id"), MAX_NAME),
            kind=item.get("class") or "",
            metadata=metadata,
            criteria=_Tree(self._inventory).node(criteria),
        )


class _Tree:
    """Reads one definition's criteria, those of the definitions it extends included."""

    def __init__(self, inventory: dict[str, Element]) -> None:
        self._inventory = inventory
        self._within: list[str] = []
        self._count = 0

    def node(self, item: Element) -> Criteria | Criterion:
        self._count += 1
        if self._count > MAX_CRITERIA:
            raise Broken
        negate = item.get("negate") in {"true", "1"}
        if item.tag == "criteria":
            children = tuple(self.node(child) for child in item if child.tag in _NODES)
            return Criteria((item.get("operator") or "AND").upper(), negate, children)
        if item.tag == "criterion":
            comment = (item.get("comment") or "").strip()
            return Criterion(item.get("test_ref") or "", comment, negate)
        return Criteria("AND", negate, (self._extended(item),))

    def _extended(self, item: Element) -> Criteria | Criterion:
        id_ = item.get("definition_ref") or ""
        definition = self._inventory.get(id_)
        criteria = None if definition is None else definition.find("criteria")
        if criteria is None or id_ in self._within:
            raise Broken
        self._within.append(id_)
        try:
            return self.node(criteria)
        finally:
            self._within.pop()


_NODES = frozenset({"criteria", "criterion", "extend_definition"})


def _state(made: _Entities) -> State:
    entities: dict[str, tuple[str, str]] = {}
    for tag, operation, value in made:
        if tag in entities or not value or len(value) > MAX_NAME:
            raise Broken
        entities[tag] = (operation, value)
    arch = entities.pop("arch", None)
    state = State(
        evr=entities.pop("evr", None),
        version=entities.pop("version", None),
        release=entities.pop("release", None),
        arches=_arches(arch) if arch else (),
        signed=entities.pop("signature_keyid", None) is not None,
    )
    if entities:
        raise Broken
    return state


@lru_cache(maxsize=1_000)
def _arches(entity: tuple[str, str]) -> tuple[str, ...]:
    operation, value = entity
    match = _ARCHES.fullmatch(value)
    if operation not in {"equals", "pattern match"} or not match:
        raise Broken
    return tuple(sorted(set(match[1].split("|"))))
