"""NDB and Berkeley DB databases, manifests, and how files become evidence."""

from __future__ import annotations

import struct

import pytest
import rpmdatabase as made

from shipworthy.catalogers.interface import Evidence, PackageSeen
from shipworthy.catalogers.rpm import RpmCataloger
from shipworthy.errors import ParseError


def _blobs(*sizes: int) -> list[bytes]:
    return [
        made.header(made.tags(f"p{number}", oldfilenames=["/" + "x" * size]))
        for number, size in enumerate(sizes)
    ]


def _names(*numbers: int) -> list[str]:
    return [f"p{number} 5.1.8-4.el9" for number in numbers]


def _changed(data: bytes, place: int, new: bytes) -> bytes:
    return data[:place] + new + data[place + len(new) :]


class TestNdb:
    """Slots and blobs of rpm's own database."""

    def test_all_sizes(self) -> None:
        """Blobs of every remainder of the block size are whole, and free slots are passed over."""
        evidence = made.parse(Packages_db=made.ndb(_blobs(*range(40), 100_000)))

        assert _names(*range(41)) == made.named(evidence)
        assert [] == made.problems(evidence)

    @pytest.mark.parametrize(
        ("place", "new", "kept"),
        [
            (48, b"Slut", [1, 2]),
            (56, b"\xff\xff\xff\xff", [1, 2]),
            (60, b"\0\0\0\0", [1, 2]),
            (60, b"\xff\xff\xff\x0f", [1, 2]),
            (4096, b"BlbX", [1, 2]),
            (4100, b"\2", [1, 2]),
            (4108, b"\xff\xff\xff\x7f", [1, 2]),
            (4300, b"!", [0, 1, 2]),
            (12, b"\xff\xff\xff\xff", [0, 1, 2]),
            (12, b"\0", [0, 1, 2]),
        ],
    )
    def test_broken(self, place: int, new: bytes, kept: list[int]) -> None:
        """What is broken in one record is told, and the others are found."""
        data = _changed(made.ndb(_blobs(500, 500, 500)), place, new)
        evidence = made.parse(Packages_db=data)

        assert _names(*kept) == made.named(evidence)
        assert made.problems(evidence)

    def test_records_on_each_other(self) -> None:
        """Slots that all name the same blob do not multiply it."""
        data = made.ndb(_blobs(100_000))
        slot = data[48:64]
        found = made.parse(Packages_db=_changed(data, 64, slot * 200))

        assert _names(0) == made.named(found)
        assert ["has records that lie on each other"] == made.problems(found)

    @pytest.mark.parametrize("data", [b"RpmP", b"RpmP" + b"\1" * 40])
    def test_no_database(self, data: bytes) -> None:
        """A header that is cut off or of another version is not readable."""
        with pytest.raises(ParseError):
            made.parse(Packages_db=data)


@pytest.mark.parametrize("order", ["<", ">"])
class TestBerkeley:
    """Hash databases in the byte order of either kind of machine."""

    @pytest.mark.parametrize("page_size", [512, 4096, 16384, 65536 // 2])
    def test_all_sizes(self, order: made.Order, page_size: int) -> None:
        """Records on the page and in chains of pages are whole."""
        sizes = (0, 50, 400, 4065, 4096, 30_000, 200_000)
        data = made.bdb(_blobs(*sizes), order=order, page_size=page_size)
        evidence = made.parse(Packages=data)

        assert _names(*range(7)) == made.named(evidence)
        assert [] == made.problems(evidence)

    def test_cycle(self, order: made.Order) -> None:
        """A chain that comes back to its own beginning is a problem, not an endless one."""
        data = made.bdb(_blobs(10_000, 10_000), order=order)
        broken = _changed(data, 4 * 4096 + 16, struct.pack(f"{order}I", 3))
        evidence = made.parse(Packages=broken)

        assert _names(1) == made.named(evidence)
        assert ["record 1: goes on at page 3, which is not free to be its"] == (
            made.problems(evidence)
        )

    @pytest.mark.parametrize(
        ("place", "form", "value"),
        [
            (2 * 4096 + 20, "H", 3),
            (2 * 4096 + 20, "H", 60_000),
            (2 * 4096 + 25, "B", 5),
            (2 * 4096 + 26, "H", 0),
            (2 * 4096 + 28, "H", 4096),
            (3 * 4096 - 5, "B", 3),
            (3 * 4096 - 5 - 12, "B", 9),
            (3 * 4096 - 5 - 8, "I", 0),
            (3 * 4096 - 5 - 8, "I", 0xFFFFFFFF),
            (3 * 4096 - 5 - 4, "I", 0xFFFFFFFF),
            (3 * 4096 + 22, "H", 0),
            (3 * 4096 + 22, "H", 5000),
            (3 * 4096 + 25, "B", 13),
            (4 * 4096 + 16, "I", 0),
        ],
    )
    def test_broken(self, order: made.Order, place: int, form: str, value: int) -> None:
        """What is broken in one record is told, and the others are found."""
        data = made.bdb(_blobs(10_000, 10), order=order)
        evidence = made.parse(
            Packages=_changed(data, place, struct.pack(f"{order}{form}", value))
        )

        assert _names(1) == made.named(evidence)
        assert made.problems(evidence)

    def test_cut_off(self, order: made.Order) -> None:
        """A file shorter than it claims gives what is left of it and says so."""
        data = made.bdb(_blobs(10_000, 10_000), order=order)
        evidence = made.parse(Packages=data[: -4096 - 1])

        assert _names(0) == made.named(evidence)
        assert 2 == len(made.problems(evidence))

    @pytest.mark.parametrize(
        ("place", "new"), [(20, b"\3\3\3\3"), (24, b"\1"), (25, b"\x09"), (26, b"\1")]
    )
    def test_no_hash(self, order: made.Order, place: int, new: bytes) -> None:
        """Pages of odd sizes, encryption, checksums and other kinds of databases are refused."""
        data = made.bdb(_blobs(10), order=order)
        with pytest.raises(ParseError):
            made.parse(Packages=_changed(data, place, new))


class TestManifest:
    """The lists of distroless images."""

    LINE = b"vim\t9.0-1.cm2\t1\t2\tMicrosoft Corporation\t2\t45000\tx86_64\t2\tvim-9.0-1.cm2.src.rpm\n"

    def test_full(self) -> None:
        """A line of ten columns has all of a package but its files."""
        expected = PackageSeen(
            type="rpm",
            name="vim",
            version="2:9.0-1.cm2",
            arch="x86_64",
            vendor="Microsoft Corporation",
        )
        (evidence,) = made.parse(manifest2=b"\n" + self.LINE)

        assert (expected,) == evidence.packages

    def test_short(self) -> None:
        """The short list knows no epochs, which each of its packages notes."""
        (evidence,) = made.parse(
            manifest1=b"vim-9.0-1.cm2.x86_64\nlua-libs-5-1.noarch\r\n"
        )

        assert ["vim 9.0-1.cm2", "lua-libs 5-1"] == made.named([evidence])
        assert ("no-epoch",) == evidence.packages[1].notes
        assert "noarch" == evidence.packages[1].arch

    def test_both(self) -> None:
        """Of two lists of the same packages the full one counts."""
        evidence = made.parse(manifest1=b"vim-9.0-1.cm2.x86_64", manifest2=self.LINE)

        assert ["vim 2:9.0-1.cm2"] == made.named(evidence)

    @pytest.mark.parametrize(
        "line",
        [b"vim\t9", LINE.replace(b"\t2\tvim", b"\ttwo\tvim"), b"\t1-1" + b"\t" * 8],
    )
    def test_broken_line(self, line: bytes) -> None:
        """A line that is no package is told, the others are read."""
        (evidence,) = made.parse(manifest2=line.removesuffix(b"\n") + b"\n" + self.LINE)

        assert ["vim 2:9.0-1.cm2"] == made.named([evidence])
        assert 1 == len(evidence.problems)

    @pytest.mark.parametrize("lines", [b"hello", b"a\nb\n" * 40, b"\xff\xfe"])
    def test_no_list(self, lines: bytes) -> None:
        """A file without any line of a package is no list."""
        with pytest.raises(ParseError, match="is not a list of packages"):
            made.parse(manifest2=lines)


class TestCataloger:
    """From a directory's files to evidence."""

    def test_wants(self) -> None:
        """The databases are wanted in all the places that distributions keep them in."""
        paths = RpmCataloger().wants.paths

        for home in ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"):
            for name in ("Packages", "Packages.db", "rpmdb.sqlite", "rpmdb.sqlite-wal"):
                assert f"{home}/{name}" in paths
        assert "var/lib/rpmmanifest/container-manifest-2" in paths
        assert not any(path.endswith("-shm") for path in paths)

    def test_content_decides(self) -> None:
        """A database is known by its content, whatever its name."""
        assert _names(0) == made.named(made.parse(Packages=made.ndb(_blobs(1))))

    @pytest.mark.parametrize("data", [b"", b"\0" * 5000, b"SQLite format 3\0"])
    def test_unknown(self, data: bytes) -> None:
        """A file that is no database cannot be parsed, nor can an empty one."""
        with pytest.raises(ParseError):
            made.parse(Packages=data)

    def test_one_broken_of_two(self) -> None:
        """A broken database does not take the other one of its directory with it."""
        evidence = made.parse(Packages=b"broken", Packages_db=made.ndb(_blobs(1)))

        assert _names(0) == made.named(evidence)
        assert ["var/lib/rpm/Packages", "var/lib/rpm/Packages.db"] == [
            found.path for found in evidence
        ]
        assert 1 == len(evidence[0].problems)

    def test_order_of_files(self) -> None:
        """The order in which files arrive makes no difference."""
        one, two = made.bdb(_blobs(1)), made.ndb(_blobs(2))

        assert made.parse(Packages=one, Packages_db=two) == made.parse(
            Packages_db=two, Packages=one
        )

    def test_memoryview(self) -> None:
        """Bytes that are mapped and not copied read the same."""
        data = made.bdb(_blobs(10, 9000))
        expected: list[Evidence] = made.parse(Packages=data)

        assert expected == made.parse(Packages=memoryview(data))
