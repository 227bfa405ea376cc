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


def _interior(child: int) -> bytes:
    """A page of 65,536 bytes that is the parent of page ``child`` twenty thousand times."""
    count = 20_000
    page = bytearray(65536)
    page[0:5] = b"\x05\0\0" + count.to_bytes(2, "big")
    page[8:12] = page[60_000:60_004] = child.to_bytes(4, "big")
    page[12 : 12 + 2 * count] = (60_000).to_bytes(2, "big") * count
    return bytes(page)


class TestBounds:
    """Databases made to take more than they weigh."""

    def test_endless_slots(self) -> None:
        """Slots by the million are read up to the bound on records."""
        slot = b"Slot" + (1).to_bytes(4, "little") + bytes(8)
        pages = 1025
        head = b"RpmP" + bytes(8) + pages.to_bytes(4, "little") + bytes(16)
        (found,) = made.parse(Packages_db=head + slot * (pages * 256 - 2))

        assert "further problems" in found.problems[-1]

    def test_children_without_end(self, tmp_path: Path) -> None:
        """Interior pages that all have the same children are not followed without end."""
        data, _ = made.sqlite(tmp_path, [], page_size=65536)
        last = len(data) // 65536
        hostile = bytearray(data[:65536] + _interior(last + 1) * (last - 1))
        for number in range(last + 1, last + 10):
            hostile += _interior(number + 1)
        found = made.parse(sqlite=bytes(hostile))

        assert any("more pages below" in line for line in made.problems(found))

    def test_one_text_for_all(self) -> None:
        """A text of a megabyte is left out with a word; the package stays."""
        blob = made.header(made.tags(license="x" * 1_000_000))
        (found,) = made.parse(Packages_db=made.ndb([blob]))

        assert ["bash 5.1.8-4.el9"] == made.named([found])
        assert () == found.packages[0].licences
        assert 1 == len(found.problems)
