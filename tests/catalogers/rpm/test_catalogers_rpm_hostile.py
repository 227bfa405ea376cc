"""Whatever the bytes are, the answer is evidence or a ParseError, and it comes soon."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest
import rpmdatabase as made
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.catalogers.interface import Evidence
from shipworthy.errors import ParseError


pytestmark = pytest.mark.property
_KINDS = ("sqlite", "wal", "ndb", "bdb<", "bdb>", "header")
_changes = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)),
    min_size=1,
    max_size=8,
)


@cache
def _database(kind: str) -> bytes:
    """A database of each kind with records on pages and in chains."""
    blobs = [
        made.header(
            made.tags(f"p{size}", license="x" * size, epoch=1)
            | made.files(*[f"/usr/lib/p{size}/{number}" for number in range(9)])
        )
        for size in (0, 10, 300, 900, 5000)
    ]
    if kind in {"sqlite", "wal"}:
        with tempfile.TemporaryDirectory() as folder:
            data, log = made.sqlite(
                Path(folder), blobs * 3, logged=blobs * 2, page_size=512
            )
            return log if kind == "wal" else data
    if kind.startswith("bdb"):
        order: made.Order = "<" if kind[3] == "<" else ">"
        return made.bdb(blobs, order=order, page_size=512)
    return blobs[0] if kind == "header" else made.ndb(blobs)


def _parse(kind: str, data: bytes) -> None:
    """Parse ``data`` as the damaged part of a database of ``kind``."""
    try:
        if kind == "header":
            found = made.parse(Packages_db=made.ndb([data]))
        elif kind == "wal":
            found = made.parse(sqlite=_database("sqlite"), wal=data)
        elif kind == "sqlite":
            found = made.parse(sqlite=data, wal=_database("wal"))
        else:
            found = made.parse(Packages=data)
    except ParseError as error:
        found = [Evidence(path="", problems=(error.message,))]
    assert "\n" not in "".join(made.problems(found))
    for evidence in found:
        for package in evidence.packages:
            assert package.name
            assert package.version


@pytest.mark.parametrize("kind", _KINDS)
class TestDamage:
    """Damage of every kind to databases of every kind."""

    @given(changes=_changes)
    @settings(max_examples=120, deadline=None)
    def test_changed_bytes(self, kind: str, changes: list[tuple[float, int]]) -> None:
        """Bytes changed anywhere do no harm."""
        data = bytearray(_database(kind))
        for place, value in changes:
            data[int(place * len(data))] = value
        _parse(kind, bytes(data))

    @given(place=st.integers(0, 511), value=st.integers(0, 255))
    @settings(max_examples=120, deadline=None)
    def test_changed_heads(self, kind: str, place: int, value: int) -> None:
        """Bytes changed among the first, where the lengths are, do no harm."""
        data = bytearray(_database(kind))
        data[place % len(data)] = value
        _parse(kind, bytes(data))

    @given(cut=st.floats(0, 1))
    @settings(max_examples=60, deadline=None)
    def test_cut_off(self, kind: str, cut: float) -> None:
        """A file cut off anywhere does no harm."""
        data = _database(kind)
        _parse(kind, data[: int(cut * len(data))])

    @given(tail=st.binary(max_size=3000), kept=st.integers(0, 200))
    @settings(max_examples=60, deadline=None)
    def test_any_bytes(self, kind: str, tail: bytes, kept: int) -> None:
        """Any bytes behind a good beginning do no harm."""
        _parse(kind, _database(kind)[:kept] + tail)


@pytest.mark.parametrize("kind", ["sqlite", "ndb", "bdb<", "bdb>"])
class TestCut:
    """What a cut takes away is not passed over in silence."""

    def test_missing_packages_are_told(self, kind: str) -> None:
        """Cut at any of many places, all packages are there or a problem is."""
        data = _database(kind)
        name = "sqlite" if kind == "sqlite" else "Packages"
        whole = len(made.named(made.parse(**{name: data})))
        for cut in range(0, len(data), len(data) // 97):
            if not cut and kind == "sqlite":
                continue
            try:
                found = made.parse(**{name: data[:cut]})
            except ParseError:
                continue

            assert made.problems(found) or len(made.named(found)) == whole
