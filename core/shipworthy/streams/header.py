"""The fields of a tar header: numbers, texts, pax records and paths, each refused when it is absurd."""

from __future__ import annotations

import zlib

from shipworthy.errors import ImageError, LimitError
from shipworthy.model.limits import LIMITS, Limits


BLOCK = 512
"""Bytes of a header; bodies are padded to a multiple of it."""


def checked_size(block: bytes, where: str, at: int) -> int:
    """
    The size field of a header, once its checksum has proved that it is one.

    Raises ``ImageError`` naming ``where`` and the byte ``at`` otherwise.
    """
    # adler32 adds bytes up at memory speed: its low half is 1 + the sum, modulo 65521.
    total = zlib.adler32(block[156:], zlib.adler32(block[:148])) & 0xFFFF
    try:
        claimed = int(block[148:156].strip(b"\0 ") or b"0", 8)
    except ValueError:
        claimed = -1
    if claimed < 0 or (claimed + 1 - 256) % 65521 != total:
        raise ImageError(f"{where}: no tar header at byte {at}, the checksum is wrong")
    return number(block[124:136], "size", where)


def number(field: bytes, what: str, where: str) -> int:
    """An octal (POSIX) or base-256 (GNU) number; raises ``ImageError`` for anything else."""
    if field[0] & 0x80:
        value = int.from_bytes(field, "big") & ((1 << (8 * len(field) - 1)) - 1)
        if field[0] & 0x40 or value >= 1 << 62:
            raise ImageError(f"{where}: a tar header has a negative or absurd {what}")
        return value
    try:
        value = int(field.partition(b"\0")[0].strip(b" ") or b"0", 8)
    except ValueError:
        raise ImageError(
            f"{where}: a tar header has a {what} that is not a number"
        ) from None
    if value < 0:
        raise ImageError(f"{where}: a tar header has a negative {what}")
    return value


def pax_size(text: str, where: str) -> int:
    """The size that a pax record gives; raises ``ImageError`` when it is not a number."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ImageError(f"{where}: a pax header has a size that is not a number")
    return int(text)


def text_of(field: bytes) -> str:
    """A header's text: UTF-8, other bytes written as backslash escapes."""
    return field.partition(b"\0")[0].decode("utf-8", "backslashreplace")


def pax_records(data: bytes, where: str) -> dict[str, str]:
    """
    The records of a pax header (POSIX.1-2001, pax, "pax Extended Header").

    Raises ``ImageError`` when a record is broken.
    """
    records: dict[str, str] = {}
    at = 0
    while at < len(data) and data[at]:
        space = data.find(b" ", at, at + 20)
        digits = data[at:space] if space > 0 else b""
        if not digits.isdigit():
            raise ImageError(f"{where}: a pax header has a record without a length")
        length = int(digits)
        record = data[space + 1 : at + length - 1]
        if length <= space - at + 1 or at + length > len(data) or b"=" not in record:
            raise ImageError(f"{where}: a pax header has a broken record")
        key, _, value = record.partition(b"=")
        name = key.decode("utf-8", "backslashreplace")
        records[name] = value.decode("utf-8", "backslashreplace")
        at += length
    return records


def normal_path(name: str, where: str, limits: Limits = LIMITS) -> str:
    """
    A path from the root without leading slash, ``.``, ``..`` or doubled slashes.

    Raises ``ImageError`` when it leaves the root, ``LimitError`` when it is absurdly long.
    """
    if len(name) > limits.path:
        raise LimitError(
            f"{where}: a path of {len(name)} characters, the bound is {limits.path}"
        )
    if name[:2] == "./":
        name = name[2:]
    if name[-1:] == "/":
        name = name[:-1]
    if "./" not in name and "//" not in name and name[:1] != "/" and name[-1:] != ".":
        _check_depth(name, name.count("/"), where, limits)
        return name
    parts: list[str] = []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                raise ImageError(f"{where}: the path {name[:200]!r} leaves the root")
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    _check_depth(name, len(parts), where, limits)
    return "/".join(parts)


def _check_depth(name: str, depth: int, where: str, limits: Limits) -> None:
    if depth > limits.depth:
        raise LimitError(
            f"{where}: a path of {depth} directories, the bound is {limits.depth}"
        )
    if "\0" in name:
        raise ImageError(f"{where}: the path {name[:200]!r} holds a NUL")
