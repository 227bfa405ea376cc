"""Our ``dataclass`` held against the standard library's."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from shipworthy.model.package import Location, Package
from shipworthy.values import dataclass


Maker = Callable[..., Callable[[type], Any]]


def classes(make: Maker) -> tuple[Any, Any, Any]:
    """The same three classes, made by ``make``: a frozen one, one on top of it, and one that changes."""

    @make(frozen=True, slots=True, kw_only=True, order=True)
    class Base:
        """A base."""

        name: str
        size: int = 3
        tags: list[str] = dataclasses.field(default_factory=list, compare=False)
        note: str = dataclasses.field(default="", repr=False)

    @make(frozen=True, slots=True)
    class More(Base):
        """With a field that is given by place."""

        first: int = 1

        def twice(self) -> int:
            """A method of its own."""
            return 2 * self.first

    @make(slots=True)
    class Draft:
        """Filled step by step."""

        one: int
        rest: list[int] = dataclasses.field(default_factory=list)
        twice: int = dataclasses.field(init=False)
        seen: list[int] = dataclasses.field(default_factory=list, init=False)

        def __post_init__(self) -> None:
            self.twice = 2 * self.one

    return Base, More, Draft


BOTH = pytest.mark.parametrize(
    "made",
    [classes(dataclass), classes(dataclasses.dataclass)],
    ids=["ours", "standard"],
)


@BOTH
def test_values_are_made_compared_and_shown_alike(made: tuple[Any, Any, Any]) -> None:
    """Defaults, equality by fields and class, order, hashes and texts."""
    base, more, draft = made
    value = base(name="a", tags=["x"])
    assert ("a", 3, ["x"], "") == (value.name, value.size, value.tags, value.note)
    assert value == base(name="a", tags=["y"])
    assert value != base(name="a", note="n")
    assert hash(value) == hash(base(name="a"))
    assert value < base(name="b")
    assert base(name="b") >= value
    assert repr(value).endswith("Base(name='a', size=3, tags=['x'])")
    assert more(5, name="a") != value
    assert 10 == more(5, name="a").twice()
    assert draft(1) == draft(1, [])
    assert draft(1).rest is not draft(1).rest
    assert (6, []) == (draft(3).twice, draft(3).seen)
    for wrong in ({}, {"name": "a", "other": 1}):
        with pytest.raises(TypeError):
            base(**wrong)
    with pytest.raises(TypeError):
        base("a")


@BOTH
def test_what_is_frozen_stays_so(made: tuple[Any, Any, Any]) -> None:
    """A field cannot be set, deleted or added; a class that is not frozen has no hash."""
    base, _, draft = made
    value = base(name="a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del value.name
    changing = draft(1)
    changing.one = 2
    assert 2 == changing.one
    with pytest.raises(AttributeError):
        changing.other = 1
    with pytest.raises(TypeError):
        hash(changing)


@BOTH
def test_the_standard_library_s_functions_know_it(made: tuple[Any, Any, Any]) -> None:
    """``fields``, ``replace``, ``asdict`` and ``copy``."""
    base, more, _ = made
    value = more(5, name="a")
    assert dataclasses.is_dataclass(base)
    assert ["name", "size", "tags", "note", "first"] == [
        one.name for one in dataclasses.fields(value)
    ]
    assert more(5, name="b") == dataclasses.replace(value, name="b")
    assert {"name": "a", "size": 3, "tags": [], "note": "", "first": 5} == (
        dataclasses.asdict(value)
    )
    assert value == copy.deepcopy(value)


def test_values_can_be_pickled() -> None:
    """A caller may hand a result to another process."""
    value = Package(type="npm", name="a", version="1", locations=(Location(path="p"),))
    assert value == pickle.loads(pickle.dumps(value))
