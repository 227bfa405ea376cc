"""Values taken apart to columns and put together again."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.model.columns import Shape, dump, load, many
from shipworthy.model.finding import Evidence, Risk
from shipworthy.model.package import Location, Package, Status


PACKAGE = Shape(of=Package, some={"locations": Shape(of=Location)})
STATUS = Status(source="layers", subject="a", message="b", partial=False)

texts = st.text(max_size=5)
locations = st.builds(Location, path=texts, layer=st.integers(-1, 3))
packages = st.builds(
    Package,
    type=st.sampled_from(["deb", "npm"]),
    name=texts,
    version=texts,
    licences=st.lists(texts, max_size=2).map(tuple),
    locations=st.lists(locations, max_size=3).map(tuple),
    file_list=texts,
    file_count=st.integers(0, 3),
)


@given(st.lists(packages, max_size=12))
def test_values_come_back_equal(values: list[Package]) -> None:
    """Through JSON and back, whether a column holds each value once or all of them, in the order they had."""
    document = orjson.loads(orjson.dumps(dump(PACKAGE, values)))
    assert values == load(PACKAGE, document)


def test_what_stands_often_is_written_once() -> None:
    """A text that all values share is in the columns once, and one object afterwards."""
    values = [Location(path="usr/lib/one", layer=at) for at in range(100)]
    data = orjson.dumps(dump(Shape(of=Location), values))
    assert 1 == data.count(b"usr/lib/one")
    first, *_, last = load(Shape(of=Location), orjson.loads(data))
    assert first.path is last.path


def test_tuples_in_tuples_and_named_tuples_come_back_as_what_they_were() -> None:
    """Lists of JSON are tuples again, at any depth, and a named tuple is one."""
    risk = Risk(score=1.0, factors=(("severity", "high"), ("kev", "yes")))
    evidence = Evidence("CVE-1", "f", "b", "n", "1", "deb", "< 2", "low", ("owned",))
    for value in (risk, evidence):
        shape = Shape(of=type(value))
        (back,) = load(shape, orjson.loads(orjson.dumps(dump(shape, [value]))))
        assert value == back
        assert hash(value) == hash(back)


def test_what_was_left_out_is_brought_or_has_its_default() -> None:
    """A field apart is taken from the columns at hand; without one it is as if it had not been given."""
    shape = Shape(of=Status, apart=frozenset({"subject", "partial"}))
    document = dump(shape, [STATUS])
    (back,) = load(shape, document, {"subject": ["x"]})
    assert replace(STATUS, subject="x", partial=True) == back


@pytest.mark.parametrize(
    "columns",
    [
        {"source": ["a"], "subject": ["b"], "message": ["c", "d"]},
        {"source": ["a"], "subject": ["b"]},
    ],
)
def test_columns_that_do_not_fit_are_refused(columns: dict[str, list[str]]) -> None:
    """One of another length, or one missing that has no default, makes no values."""
    with pytest.raises(ValueError, match="expected"):
        many(Status, 1, columns)
