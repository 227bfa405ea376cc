"""Breaks feed files: whole files by what stands in them, records by what stands at any of their places."""

from __future__ import annotations

import bz2
import copy
import gzip
import io
import json
import lzma
import random
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import zstandard


Place = tuple[str | int, ...]

BOMB = 40 << 20
"""Bytes that a bomb inflates to."""
DEEP = 10_000

_LAUGHS = (
    b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>'
)
_OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


def _zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(zipfile.ZipInfo("CVE-2023-1.json"), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


@cache
def _bombs() -> Mapping[str, bytes]:
    bomb = b" " * BOMB
    return {
        "a gzip bomb": gzip.compress(bomb, mtime=0),
        "a bzip2 bomb": bz2.compress(bomb),
        "an xz bomb": lzma.compress(bomb, preset=0),
        "a zstd bomb": zstandard.compress(bomb),
        "a zip bomb": _zip(bomb),
    }


def whole_files(data: bytes) -> Mapping[str, bytes]:
    """What stands in the place of the file, by what it is."""
    cuts = {
        f"cut at {at} of 6": data[: len(data) * at // 6] for at in range(1, 6)
    }  # of the sixth sixth the last byte may be a line's end
    return {
        "empty": b"",
        **cuts,
        "random": random.Random(7).randbytes(4_096),
        "an empty array": b"[]",
        "an array of nothing": b"[null]",
        "a number": b"7",
        "a string": b'"x"',
        "null": b"null",
        "HTML": b"<!DOCTYPE html><html><body><p>404 Not Found<br></body></html>",
        "another table": b"a,b\n1,2\n",
        "NUL": b"\0" * 100,
        "UTF-16": "{}".encode("utf-16"),
        **_bombs(),
        "a cut gzip": gzip.compress(data, mtime=0)[:-9],
        "deep arrays": b"[" * DEEP + b"]" * DEEP,
        "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        "deep elements": b"<a>" * DEEP + b"</a>" * DEEP,
        "entities": _LAUGHS,
        "an entity from outside": _OUTSIDE,
    }


WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    7.5,
    1 << 62,
    1e308,
    "",
    "x",
    [],
    {},
    [[]],
    [None],
    {"a": {"b": []}},
)
"""Values of types that may not be expected where they stand."""

TEXTS = (
    "<script>alert(1)</script>",
    "\x1b[2J\x1b]0;x\x07",
    "\u202etxt.exe\u2066",
    "a\0b",
    "../../etc/passwd",
    "../x",
    "/etc/passwd",
    "C:\\x",
    "a\nb\r\nc",
    "x" * 1_000_000,
    "9999-12-31T23:59:59Z",
    "0000-00-00",
    "9" * 400,
    "-1",
    "1e999",
    "%s%n{0}",
    "é" * 300,
    " ",
)
"""Texts that nobody should write."""


def places(data: bytes) -> list[Place]:
    """Every place of a document where something else could stand, in their order."""
    if data.startswith(b"<"):
        return list(_xml_places(ET.fromstring(data)))
    try:
        return list(_json_places(json.loads(data)))
    except ValueError:
        words = enumerate(_words(data.decode()))
        return [(i,) for i, word in words if word.strip(" \n,")]


def put(data: bytes, place: Place, value: object) -> bytes:
    """The document with something else in that place; what is not JSON gets it as text."""
    if data.startswith(b"<"):
        return _put_xml(data, place, value if isinstance(value, str) else repr(value))
    try:
        document = json.loads(data)
    except ValueError:
        words = list(_words(data.decode()))
        words[_index(place[0])] = value if isinstance(value, str) else repr(value)
        return "".join(words).encode("utf-8", "surrogatepass")
    if not place:
        return json.dumps(value).encode()
    holder = _at(document, place[:-1])
    holder[place[-1]] = value
    return json.dumps(document).encode()


def without(data: bytes, place: Place) -> bytes:
    """The JSON document without what stands there."""
    document = json.loads(data)
    del _at(document, place[:-1])[place[-1]]
    return json.dumps(document).encode()


def nested(data: bytes, place: Place) -> bytes:
    """The JSON document with arrays as deep as can be in that place."""
    return put(data, place, "~deep~").replace(b'"~deep~"', b"[" * DEEP + b"]" * DEEP, 1)


def value_at(data: bytes, place: Place) -> object:
    """What stands in that place of a JSON document."""
    return _at(json.loads(data), place)


def pair(data: bytes, place: Place, value: object) -> tuple[bytes, bytes] | None:
    """
    The document with the record that holds the place twice, once as it was and once changed, in both orders.

    A record is an element of the outermost array that is not empty; none where there is no such array.
    """
    changed = put(data, place, value)
    if data.startswith(b"<"):
        return _pair_xml(data, changed, place)
    try:
        one, other = json.loads(data), json.loads(changed)
    except ValueError:
        return _pair_lines(data, changed)
    depth = next(
        (d for d in range(len(place)) if isinstance(_at(one, place[:d]), list)), None
    )
    if depth is None or depth > 1:
        return None
    here, at = place[:depth], place[depth]
    records = [_at(one, here)[at], _at(other, here)[at]]
    made = []
    for ordered in (records, records[::-1]):
        document = copy.deepcopy(one)
        _at(document, here)[:] = ordered
        made.append(json.dumps(document).encode())
    return made[0], made[1]


def _pair_lines(data: bytes, changed: bytes) -> tuple[bytes, bytes] | None:
    lines, others = data.splitlines(keepends=True), changed.splitlines(keepends=True)
    if len(lines) != len(others):
        return None
    at = next(i for i, line in enumerate(lines) if line != others[i])
    if at < len(lines) - 1:
        return None  # the last line is a record in every such format
    head = b"".join(lines[:at])
    return head + lines[at] + others[at], head + others[at] + lines[at]


def _pair_xml(data: bytes, changed: bytes, place: Place) -> tuple[bytes, bytes] | None:
    depth = 2 if b"<oval" in data or b"<article" in data else 1
    if len(place) < depth + 2:
        return None
    made = []
    for first, second in ((data, changed), (changed, data)):
        root, other = ET.fromstring(first), ET.fromstring(second)
        holder, copied = root, other
        for at in place[: depth - 1]:
            holder, copied = holder[_index(at)], copied[_index(at)]
        holder.append(copied[_index(place[depth - 1])])
        made.append(ET.tostring(root))
    return made[0], made[1]


def _words(text: str) -> Iterator[str]:
    yield from re.findall(r"[^\s,]+|\s+|,", text)


def _json_places(value: object, here: Place = ()) -> Iterator[Place]:
    yield here
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _json_places(inner, (*here, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value[:3]):
            yield from _json_places(inner, (*here, index))


def _xml_places(element: ET.Element, here: Place = ()) -> Iterator[Place]:
    yield (*here, "#text")
    for name in element.attrib:
        yield (*here, name)
    for index, inner in enumerate(element):
        yield from _xml_places(inner, (*here, index))


def _put_xml(data: bytes, place: Place, text: str) -> bytes:
    root = ET.fromstring(data)
    element = root
    for at in place[:-1]:
        element = element[_index(at)]
    # marked first, because not every text can be written as XML
    if place[-1] == "#text":
        element.text = "~here~"
    else:
        element.set(str(place[-1]), "~here~")
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    written = ET.tostring(root, encoding="unicode")
    return written.replace("~here~", safe).encode("utf-8", "surrogatepass")


def _at(document: Any, place: Place) -> Any:
    for key in place:
        document = document[key]
    return document


def _index(at: str | int) -> int:
    assert isinstance(at, int)
    return at
