"""
Package databases of rpm made in memory: headers, and the three containers that hold them.

The containers are written from the formats' descriptions, not with the readers' code;
SQLite's are written by SQLite itself.
"""

from __future__ import annotations

import itertools
import sqlite3
import struct
import zlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

from shipworthy.catalogers.interface import Body, Evidence, LayerFile
from shipworthy.catalogers.rpm import RpmCataloger


Order = Literal["<", ">"]
Value = str | int | list[str] | list[int]
HOME = "var/lib/rpm"

NAME, VERSION, RELEASE, EPOCH = 1000, 1001, 1002, 1003
VENDOR, LICENSE, ARCH, OLDFILENAMES = 1011, 1014, 1022, 1027
SOURCERPM, DIRINDEXES, BASENAMES, DIRNAMES = 1044, 1116, 1117, 1118
MODULARITYLABEL = 5096
_REGION = 63


def tags(name: str = "bash", version: str = "5.1.8", **more: Value) -> dict[int, Value]:
    """The tags of a small package; ``more`` are tags by their names in lower case."""
    found: dict[int, Value] = {
        NAME: name,
        VERSION: version,
        RELEASE: "4.el9",
        ARCH: "x86_64",
        SOURCERPM: f"{name}-{version}-4.el9.src.rpm",
    }
    names = {key.lower(): value for key, value in globals().items() if key.isupper()}
    found.update({names[key]: value for key, value in more.items()})
    return found


def files(*paths: str) -> dict[int, Value]:
    """The tags that list ``paths``, which begin with a slash."""
    pairs = [path.rpartition("/") for path in paths]
    directories = sorted({f"{directory}/" for directory, _, _ in pairs})
    return {
        BASENAMES: [base for _, _, base in pairs],
        DIRNAMES: directories,
        DIRINDEXES: [directories.index(f"{part}/") for part, _, _ in pairs],
    }


def header(
    content: dict[int, Value],
    *,
    region: bool = True,
    added: dict[int, Value] | None = None,
) -> bytes:
    """The header as a database stores it, with a region, and tags ``added`` behind that."""
    store = bytearray()
    entries = [_entry(tag, value, store) for tag, value in sorted(content.items())]
    if region:
        offset = len(store)
        length = 16 * (len(entries) + 1)
        store += struct.pack(">IIiI", _REGION, 7, -length, 16)
        entries.insert(0, (_REGION, 7, offset, 16))
    entries += [_entry(tag, value, store) for tag, value in (added or {}).items()]
    index = b"".join(struct.pack(">IIII", *entry) for entry in entries)
    return struct.pack(">II", len(entries), len(store)) + index + bytes(store)


def _entry(tag: int, value: Value, store: bytearray) -> tuple[int, int, int, int]:
    if isinstance(value, int):
        value = [value]
    numbers = [item for item in value if isinstance(item, int)]
    if numbers:
        store += bytes(-len(store) % 4)
        offset = len(store)
        store += struct.pack(f">{len(numbers)}I", *numbers)
        return tag, 4, offset, len(numbers)
    texts = [value] if isinstance(value, str) else [str(item) for item in value]
    offset = len(store)
    for text in texts:
        store += text.encode("utf-8", "surrogateescape") + b"\0"
    return tag, 6 if isinstance(value, str) else 8, offset, len(texts)


def sqlite(
    path: Path,
    blobs: Sequence[bytes],
    *,
    logged: Sequence[bytes] = (),
    page_size: int = 4096,
    encoding: str = "UTF-8",
) -> tuple[bytes, bytes]:
    """
    An rpmdb.sqlite with ``blobs``, and its log with the ``logged`` ones that stand there alone.

    ``path`` is a directory to work in.
    """
    file = path / "rpmdb.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as base:
        base.execute(f"PRAGMA page_size = {page_size}")
        base.execute(f"PRAGMA encoding = '{encoding}'")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA wal_autocheckpoint = 0")
        base.execute("CREATE TABLE Name (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL)")
        base.execute(
            "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,"
            " blob BLOB NOT NULL)"
        )
        _insert(base, blobs)
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _insert(base, logged)
        log = file.with_name("rpmdb.sqlite-wal")
        return file.read_bytes(), log.read_bytes() if log.exists() else b""


def _insert(base: sqlite3.Connection, blobs: Sequence[bytes]) -> None:
    base.execute("BEGIN")
    base.executemany("INSERT INTO Packages (blob) VALUES (?)", [(b,) for b in blobs])
    base.execute("COMMIT")


def ndb(blobs: Sequence[bytes]) -> bytes:
    """A Packages.db of one page of slots, with a free slot in front of the others."""
    slots = [struct.pack("<4sIII", b"Slot", 0, 0, 0)]
    body = b""
    for index, blob in enumerate(blobs, start=1):
        head = struct.pack("<4sIII", b"BlbS", index, 7, len(blob)) + blob
        head += bytes(-(len(head) + 12) % 16)
        tail = struct.pack("<II4s", zlib.adler32(head), len(blob), b"BlbE")
        block = (4096 + len(body)) // 16
        body += head + tail
        blocks = (len(head) + 12) // 16
        slots.append(struct.pack("<4sIII", b"Slot", index, block, blocks))
    first = struct.pack("<4sIIII12x", b"RpmP", 0, 9, 1, len(blobs) + 1)
    used = first + b"".join(slots)
    free = struct.pack("<4sIII", b"Slot", 0, 0, 0) * ((4096 - len(used)) // 16)
    return used + free + body


def bdb(blobs: Sequence[bytes], *, order: Order = "<", page_size: int = 4096) -> bytes:
    """A Packages hash with one hash page a record, small records on it, others in chains."""
    pages = [b""]
    counter = (0, b"\1" + struct.pack(f"{order}I", len(blobs) + 1))
    _hash_page(pages, order, page_size, counter)
    hashes = [1]
    for index, blob in enumerate(blobs, start=1):
        number = len(pages)
        hashes.append(number)
        if len(blob) < page_size // 4:
            _hash_page(pages, order, page_size, (index, b"\1" + blob))
            continue
        value = struct.pack(f"{order}B3xII", 3, number + 1, len(blob))
        _hash_page(pages, order, page_size, (index, value))
        room = page_size - 26
        parts = [blob[start : start + room] for start in range(0, len(blob), room)]
        for count, part in enumerate(parts, start=1):
            follow = len(pages) + 1 if count < len(parts) else 0
            head = struct.pack(
                f"{order}8xIIIHHBB", len(pages), 0, follow, 1, len(part), 0, 7
            )
            pages.append((head + part).ljust(page_size, b"\0"))
    # All of them are the one bucket's, the second a continuation of the first and so on.
    for before, after in itertools.pairwise(hashes):
        _link(pages, before, 16, after, order)
        _link(pages, after, 12, before, order)
    meta = struct.pack(
        f"{order}8xIIIIBBBBII", 0, 0x61561, 9, page_size, 0, 8, 0, 0, 0, len(pages) - 1
    )
    first_bucket = struct.pack(f"{order}I", 1)
    pages[0] = (meta.ljust(96, b"\0") + first_bucket).ljust(page_size, b"\0")
    return b"".join(pages)


def _hash_page(
    pages: list[bytes], order: Order, size: int, pair: tuple[int, bytes]
) -> None:
    index, value = pair
    key = b"\1" + struct.pack(f"{order}I", index)
    offsets = size - len(key), size - len(key) - len(value)
    head = struct.pack(f"{order}8xIIIHHBB", len(pages), 0, 0, 2, offsets[1], 0, 13)
    head += struct.pack(f"{order}2H", *offsets)
    pages.append(head.ljust(offsets[1], b"\0") + value + key)


def _link(
    pages: list[bytes], number: int, place: int, other: int, order: Order
) -> None:
    page = pages[number]
    pages[number] = page[:place] + struct.pack(f"{order}I", other) + page[place + 4 :]


def parse(**data: Body) -> list[Evidence]:
    """What the cataloger makes of a group of files, given by the short names below."""
    names = {
        "Packages_db": "Packages.db",
        "sqlite": "rpmdb.sqlite",
        "wal": "rpmdb.sqlite-wal",
        "journal": "rpmdb.sqlite-journal",
        "manifest1": "container-manifest-1",
        "manifest2": "container-manifest-2",
    }
    group = [
        LayerFile(path=f"{HOME}/{names.get(name, name)}", data=content)
        for name, content in data.items()
    ]
    return list(RpmCataloger().parse(group))


def named(evidence: Sequence[Evidence]) -> list[str]:
    """``name version`` of every package of ``evidence``, in its order."""
    return [
        f"{package.name} {package.version}"
        for found in evidence
        for package in found.packages
    ]


def problems(evidence: Sequence[Evidence]) -> list[str]:
    """All lines about what could not be read."""
    return [line for found in evidence for line in found.problems]
