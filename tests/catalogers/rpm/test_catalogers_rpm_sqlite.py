"""SQLite databases, written by SQLite itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import rpmdatabase as made

from shipworthy.errors import ParseError


def _blobs(count: int, size: int = 0) -> list[bytes]:
    """Headers of ``count`` packages that are about ``size`` bytes large."""
    return [
        made.header(
            made.tags(f"p{number}", oldfilenames=["/" + "x" * (size + number % 7)])
        )
        for number in range(count)
    ]


def _names(count: int) -> list[str]:
    return [f"p{number} 5.1.8-4.el9" for number in range(count)]


class TestPages:
    """Pages of every size, trees of every height."""

    @pytest.mark.parametrize("page_size", [512, 1024, 4096, 32768, 65536])
    @pytest.mark.parametrize("size", [0, 300, 5000, 200_000])
    def test_overflow(self, tmp_path: Path, page_size: int, size: int) -> None:
        """Records are whole whatever they spill over, on pages of any size."""
        data, _ = made.sqlite(tmp_path, _blobs(9, size), page_size=page_size)
        evidence = made.parse(sqlite=data)

        assert _names(9) == made.named(evidence)
        assert [] == made.problems(evidence)
        lists = [package.file_list for package in evidence[0].packages]
        assert ["x" * (size + number % 7) for number in range(9)] == lists

    def test_interior_pages(self, tmp_path: Path) -> None:
        """A table of several levels comes in the order of its rows."""
        data, _ = made.sqlite(tmp_path, _blobs(2000, 100), page_size=512)

        assert _names(2000) == made.named(made.parse(sqlite=data))

    def test_each_local_size(self, tmp_path: Path) -> None:
        """At every length around the bound between page and overflow the record is whole."""
        blobs = [_blobs(1, size)[0] for size in range(250, 1100, 3)]
        data, _ = made.sqlite(tmp_path, blobs, page_size=512)
        evidence = made.parse(sqlite=data)

        lengths = [len(package.file_list) for package in evidence[0].packages]
        assert list(range(250, 1100, 3)) == lengths

    @pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
    def test_encodings(self, tmp_path: Path, encoding: str) -> None:
        """The table is found in a database of any encoding."""
        data, _ = made.sqlite(tmp_path, _blobs(3), encoding=encoding)

        assert _names(3) == made.named(made.parse(sqlite=data))

    def test_removed_packages(self, tmp_path: Path) -> None:
        """Rows that were deleted are not found on the pages they left."""
        made.sqlite(tmp_path, _blobs(50, 700))
        file = tmp_path / "rpmdb.sqlite"
        with closing(sqlite3.connect(file, isolation_level=None)) as base:
            base.execute("DELETE FROM Packages WHERE hnum % 2")

        expected = [name for number, name in enumerate(_names(50)) if number % 2]
        assert expected == made.named(made.parse(sqlite=file.read_bytes()))

    def test_empty(self, tmp_path: Path) -> None:
        """A database without packages, and a file without bytes, hold none."""
        data, _ = made.sqlite(tmp_path, [])

        assert [] == made.problems(made.parse(sqlite=data))
        assert [] == made.problems(made.parse(sqlite=b""))


class TestLog:
    """The write-ahead log is part of the database as far as it was committed."""

    @pytest.mark.parametrize("page_size", [512, 4096, 65536])
    def test_uncheckpointed(self, tmp_path: Path, page_size: int) -> None:
        """Packages that stand in the log alone are found."""
        blobs = _blobs(60, 900)
        data, log = made.sqlite(
            tmp_path, blobs[:20], logged=blobs[20:], page_size=page_size
        )

        assert _names(20) == made.named(made.parse(sqlite=data, wal=b""))
        assert _names(60) == made.named(made.parse(sqlite=data, wal=log))

    def test_all_in_the_log(self, tmp_path: Path) -> None:
        """A database of which hardly a page is in the file is read out of its log."""
        file = tmp_path / "new.sqlite"
        with closing(sqlite3.connect(file, isolation_level=None)) as base:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB)")
            base.executemany(
                "INSERT INTO Packages (blob) VALUES (?)", [(b,) for b in _blobs(5)]
            )
            data = file.read_bytes()
            log = file.with_name("new.sqlite-wal").read_bytes()

        assert _names(5) == made.named(made.parse(sqlite=data, wal=log))

    def test_torn(self, tmp_path: Path) -> None:
        """A log that ends or breaks inside a transaction counts up to the one before."""
        blobs = _blobs(30, 900)
        data, log = made.sqlite(tmp_path, blobs[:10], logged=blobs[10:])
        broken = bytearray(log)
        broken[-100] ^= 1

        assert _names(10) == made.named(made.parse(sqlite=data, wal=log[:-1]))
        assert _names(10) == made.named(made.parse(sqlite=data, wal=bytes(broken)))

    def test_stale_frames(self, tmp_path: Path) -> None:
        """Frames that an older generation of the log left behind the newer do not count."""
        blobs = _blobs(40, 900)
        made.sqlite(tmp_path, blobs[:1])
        file = tmp_path / "rpmdb.sqlite"
        with closing(sqlite3.connect(file, isolation_level=None)) as base:
            base.execute("PRAGMA wal_autocheckpoint = 0")
            base.execute("BEGIN")
            rows = [(blob,) for blob in blobs[1:39]]
            base.executemany("INSERT INTO Packages (blob) VALUES (?)", rows)
            base.execute("COMMIT")
            base.execute("PRAGMA wal_checkpoint(RESTART)")
            base.execute("INSERT INTO Packages (blob) VALUES (?)", (blobs[39],))
            data = file.read_bytes()
            log = file.with_name("rpmdb.sqlite-wal").read_bytes()

        assert len(log) > 10 * 4096
        assert _names(40) == made.named(made.parse(sqlite=data, wal=log))

    def test_as_sqlite_reads_it(self, tmp_path: Path) -> None:
        """Cut anywhere, the log gives what SQLite itself gives for the same two files."""
        blobs = _blobs(12, 900)
        data, log = made.sqlite(tmp_path, blobs[:4], logged=blobs[4:])
        for cut in range(32, len(log), 1999):
            copy = tmp_path / f"copy{cut}"
            copy.mkdir()
            (copy / "db").write_bytes(data)
            (copy / "db-wal").write_bytes(log[:cut])
            with closing(sqlite3.connect(copy / "db")) as base:
                (count,) = base.execute("SELECT count(*) FROM Packages").fetchone()

            assert count == len(made.named(made.parse(sqlite=data, wal=log[:cut])))

    @pytest.mark.parametrize("place", [0, 5, 10, 17, 26])
    def test_broken_header(self, tmp_path: Path, place: int) -> None:
        """A log whose header is broken is told of, and the database read without it."""
        data, log = made.sqlite(tmp_path, _blobs(2), logged=_blobs(1))
        broken = bytearray(log)
        broken[place] ^= 0x40
        evidence = made.parse(sqlite=data, wal=bytes(broken))

        assert _names(2) == made.named(evidence)
        assert 1 == len(made.problems(evidence))

    def test_alone(self, tmp_path: Path) -> None:
        """A log without its database is a problem only if there is something in it."""
        _, log = made.sqlite(tmp_path, [], logged=_blobs(1))

        assert [] == made.parse(wal=b"")
        assert ["var/lib/rpm/rpmdb.sqlite-wal"] == [
            evidence.path for evidence in made.parse(wal=log)
        ]
        assert 1 == len(made.problems(made.parse(wal=log)))

    def test_journal(self, tmp_path: Path) -> None:
        """A journal of an unfinished change says that the database may be torn."""
        data, _ = made.sqlite(tmp_path, _blobs(1))
        hot = bytes.fromhex("d9d505f920a163d7") + bytes(504)

        assert [] == made.problems(made.parse(sqlite=data, journal=bytes(512)))
        assert 1 == len(made.problems(made.parse(sqlite=data, journal=hot)))


class TestBroken:
    """Pages that point at each other end nowhere but in a problem."""

    def test_no_table(self, tmp_path: Path) -> None:
        """A database of something else is not a package database."""
        file = tmp_path / "other"
        with closing(sqlite3.connect(file)) as base:
            base.execute("CREATE TABLE Package (hnum INTEGER PRIMARY KEY, blob BLOB)")
        with pytest.raises(ParseError, match="has no table Packages"):
            made.parse(sqlite=file.read_bytes())

    def test_cut_off(self, tmp_path: Path) -> None:
        """Of a file that is cut off, the packages in front of the cut are kept."""
        data, _ = made.sqlite(tmp_path, _blobs(100, 3000))
        evidence = made.parse(sqlite=data[: len(data) // 2])

        assert 20 < len(made.named(evidence)) < 100
        assert made.problems(evidence)

    def test_cycle(self, tmp_path: Path) -> None:
        """A tree whose pages are their own children is walked once."""
        data, _ = made.sqlite(tmp_path, _blobs(200, 100), page_size=512)
        interior = [
            start for start in range(512, len(data), 512) if data[start] == 0x05
        ]
        broken = bytearray(data)
        for start in interior:
            number = start // 512 + 1
            broken[start + 8 : start + 12] = number.to_bytes(4, "big")
        evidence = made.parse(sqlite=bytes(broken))

        assert any("is used twice" in line for line in made.problems(evidence))

    def test_same_cell_again(self, tmp_path: Path) -> None:
        """A leaf whose cells are all one large cell gives no more than the leaf's size."""
        data, _ = made.sqlite(tmp_path, _blobs(2, 30_000), page_size=65536)
        # The two rows stand on the table's root; its pointers follow the page's head.
        start = next(
            start
            for start in range(65536, len(data), 65536)
            if data[start] == 0x0D and data[start + 4] == 2
        )
        broken = bytearray(data)
        pointer = broken[start + 8 : start + 10]
        broken[start + 3 : start + 5] = (5000).to_bytes(2, "big")
        broken[start + 8 : start + 8 + 10_000] = pointer * 5000
        evidence = made.parse(sqlite=bytes(broken))

        assert 2 == len(made.named(evidence))
        assert 21 == len(made.problems(evidence))
