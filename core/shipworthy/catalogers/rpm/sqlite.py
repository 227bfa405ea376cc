"""
The records of an SQLite package database (``rpmdb.sqlite``), read from bytes in memory.

Format: sqlite.org/fileformat2.html. Only what rpm needs is read: the header, the schema on
page 1, and the table ``Packages`` (rowid and one blob, as rpm's sqlite back end makes it),
each page as the write-ahead log has it.
"""

from __future__ import annotations

from collections.abc import Iterator

from shipworthy.catalogers.interface import Body
from shipworthy.catalogers.rpm.btree import FILE_HEADER, Pages, rows, varint
from shipworthy.catalogers.rpm.record import Problems, Record
from shipworthy.catalogers.rpm.wal import Committed, committed
from shipworthy.errors import ParseError


MAGIC = b"SQLite format 3\0"
_TABLE = "packages"
_MAX_COLUMNS = 8
_ENCODINGS = {0: "utf-8", 1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_FLOAT = 7
_CONSTANTS = {8: 0, 9: 1}
_FIRST_BLOB = 12


def records(data: Body, log: Body, problems: Problems) -> Iterator[Record]:
    """
    The blobs of table ``Packages`` by ascending rowid, as a reader of database and log sees them.

    What cannot be read is told to ``problems`` and the rest goes on; raises
    ``ParseError`` where there is no such table or no database. An empty database file
    is an empty database; SQLite throws a log beside such a file away.
    """
    if not data:
        if log:
            problems.add("is empty although its write-ahead log is not")
        return
    pages, encoding = _open(data, log, problems)
    root = _find_table(pages, encoding)
    for rowid, payload in rows(pages, root, problems):
        label = f"record {rowid}"
        try:
            blob = _blob(payload)
        except ParseError as error:
            problems.add(f"{label}: {error.message}")
            continue
        yield Record(label=label, blob=blob)


def _open(data: Body, log: Body, problems: Problems) -> tuple[Pages, str]:
    """Section 1.3: the header tells the size of pages and the encoding of texts."""
    view = memoryview(data)
    if len(view) < FILE_HEADER or view[:16] != MAGIC:
        raise ParseError("is not an SQLite database: it has no header of one")
    size = int.from_bytes(view[16:18], "big")
    # Two bytes cannot say 65536, so 1 stands for it.
    size = 0x10000 if size == 1 else size
    if size < 512 or size & (size - 1):
        raise ParseError(f"has pages of {size} bytes, which SQLite does not make")
    usable = size - view[20]
    if usable < 480 or view[19] > 2:
        raise ParseError("is of a version of SQLite's format that is not known")
    encoding = _ENCODINGS.get(int.from_bytes(view[56:60], "big"))
    if encoding is None:
        raise ParseError("has texts in an encoding that SQLite does not know")
    try:
        changes = committed(log, size)
    except ParseError as error:
        changes = Committed()
        problems.add(f"the log beside it {error.message}")
    return Pages(data=view, size=size, usable=usable, log=changes), encoding


def _find_table(pages: Pages, encoding: str) -> int:
    """The root page of ``Packages`` as the schema on page 1 tells (section 2.6)."""
    flaws = Problems()
    for rowid, payload in rows(pages, 1, flaws):
        try:
            kind, name, _, root = _columns(payload, 4)
        except ParseError as error:
            flaws.add(f"entry {rowid} of the schema {error.message}")
            continue
        if not isinstance(kind, bytes) or not isinstance(name, bytes):
            continue
        texts = [part.decode(encoding, "replace").lower() for part in (kind, name)]
        if texts == ["table", _TABLE] and isinstance(root, int):
            return root
    reasons = flaws.lines()
    raise ParseError(
        f"has no table Packages that can be found: {reasons[0]}"
        if reasons
        else "has no table Packages"
    )


def _fields(payload: bytes | memoryview, limit: int) -> Iterator[tuple[int, int, int]]:
    """Serial type, start and size of a record's first columns (section 2.1)."""
    header, position = varint(payload, 0)
    start = header
    for _ in range(limit):
        if position >= header:
            return
        serial, position = varint(payload, position)
        if serial >= _FIRST_BLOB:
            size = (serial - _FIRST_BLOB) // 2
        else:
            size = 8 if serial == _FLOAT else _INTEGER_BYTES.get(serial, 0)
        if start + size > len(payload):
            raise ParseError("has columns that are longer than itself")
        yield serial, start, size
        start += size


def _columns(payload: bytes | memoryview, count: int) -> list[bytes | int | None]:
    """The first ``count`` columns: texts and blobs as bytes, integers, else ``None``."""
    values: list[bytes | int | None] = []
    for serial, start, size in _fields(payload, count):
        content = bytes(payload[start : start + size])
        if serial >= _FIRST_BLOB:
            values.append(content)
        elif serial in _INTEGER_BYTES:
            values.append(int.from_bytes(content, "big", signed=True))
        else:
            values.append(_CONSTANTS.get(serial))
    return values + [None] * (count - len(values))


def _blob(payload: bytes | memoryview) -> bytes:
    """The first blob among a record's columns."""
    for serial, start, size in _fields(payload, _MAX_COLUMNS):
        if serial >= _FIRST_BLOB and serial % 2 == 0:
            return bytes(payload[start : start + size])
    raise ParseError("has no blob, expected a package header")
