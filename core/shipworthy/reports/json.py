"""The JSON result as bytes (RFC 8259): sorted keys, two spaces, UTF-8, one line end at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from shipworthy.reports.sharing import once


# What a pipeline would take for its command, and the characters of `text.line` that JSON
# lets stand as they are, in UTF-8; by how they begin, because finding plain bytes costs
# next to nothing in megabytes, and searching for a pattern, or for two bytes, does not.
_ACTING = {
    b"#": re.compile(rb"##(?=(?:vso|teamcity)?\[)", re.IGNORECASE),
    b"\x7f": re.compile(rb"\x7f"),
    b"\xc2": re.compile(rb"\xc2[\x80-\x9f\xad]"),
    b"\xd8": re.compile(rb"\xd8\x9c"),
    b"\xe1": re.compile(rb"\xe1\xa0\x8e"),
    b"\xe2": re.compile(rb"\xe2(?:\x80[\x8b\x8e\x8f\xa8-\xae]|\x81[\xa0-\xaf])"),
    b"\xef": re.compile(rb"\xef(?:\xbb\xbf|\xbf[\xb9-\xbb\xbe\xbf])"),
    b"\xf3": re.compile(rb"\xf3\xa0[\x80\x81][\x80-\xbf]"),
}


class JsonReport:
    """
    The whole result for machines; the format that all others can be made from again.

    Texts are exactly what the image and the feeds said. What a terminal or a pipeline
    would act on is written with escapes that mean the same.
    """

    name = "json"
    suffix = ".json"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the JSON result."""
        return once(_dumped, document)


def _dumped(document: Mapping[str, Any]) -> bytes:
    data = orjson.dumps(
        document,
        option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )
    return quieted(data)


def piece(value: object, depth: int = 0) -> orjson.Fragment:
    """
    A value that stands in many places of a report, written once.

    ``depth`` is how many objects and lists it stands in; 0 is for reports that are not indented.
    """
    return orjson.Fragment(written_at(value, depth))


def written_at(value: object, depth: int) -> bytes:
    """A value as it stands in the JSON of a report, in as many objects and lists as :func:`piece` is told."""
    option = orjson.OPT_SORT_KEYS | (orjson.OPT_INDENT_2 if depth else 0)
    data = orjson.dumps(value, option=option)
    # No text of JSON holds a line end, so that every one is between values.
    return data.replace(b"\n", b"\n" + b"  " * depth)


def quieted(data: bytes) -> bytes:
    """JSON in UTF-8 with what a terminal or a pipeline would act on written with escapes."""
    is_ascii = data.isascii()
    for lead, acting in _ACTING.items():
        if not is_ascii or lead.isascii():
            data = _quieted(data, lead, acting)
    return data


def _quieted(data: bytes, lead: bytes, acting: re.Pattern[bytes]) -> bytes:
    """``data`` with everything escaped that begins with ``lead`` and is ``acting``."""
    parts: list[bytes] = []
    done, at = 0, data.find(lead)
    while at >= 0:
        found = acting.match(data, at)
        if found:
            parts += (data[done:at], _escaped(found[0]))
            done = found.end()
        at = data.find(lead, found.end() if found else at + 1)
    return b"".join((*parts, data[done:])) if parts else data


def _escaped(acting: bytes) -> bytes:
    if acting == b"##":
        return rb"#\u0023"
    units = acting.decode().encode("utf-16-be").hex()
    return b"".join(
        b"\\u" + units[at : at + 4].encode() for at in range(0, len(units), 4)
    )
