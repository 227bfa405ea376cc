"""
A JSON document's components one by one, so that a large SBOM never is in memory as objects.

The standard library's decoder reads one value at a place in a text and says where it ends.
The few members of the document around the components are walked by hand with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from shipworthy.errors import ImageError


_KEPT = frozenset(
    {"bomFormat", "specVersion", "metadata", "spdxVersion", "sbom"}
    | {"serialNumber", "version"}
)
_HINT = "an SBOM is read as CycloneDX in JSON, plain or gzip"

_decode = json.JSONDecoder().raw_decode
_blanks = re.compile(r"[ \t\r\n]*").match


def read_members(
    data: bytes, take: Callable[[object], None], *, name: str
) -> dict[str, Any]:
    """
    The document's members that matter, of ``components`` each element handed to ``take``.

    A document inside a member ``sbom`` (an answer of Inspector's ScanSbom) is read likewise.

    Raises ``ImageError`` where it is not a JSON object in UTF-8; what ``take`` raises passes.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImageError(f"{name}: not UTF-8: {error.reason}", hint=_HINT) from None
    del data
    members, at = _object(_Text(text, name), 0, take)
    if _after(text, at) != len(text):
        raise _refused(name, at, "the end of the document")
    return members


class _Text:
    """A text with its name for errors."""

    __slots__ = ("name", "text")

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name

    def value(self, at: int) -> tuple[Any, int]:
        """The value at ``at`` and where it ends."""
        try:
            return _decode(self.text, at)
        except RecursionError:
            raise _refused(self.name, at, "less nesting") from None
        except ValueError:
            raise _refused(self.name, at, "a JSON value") from None

    def sign(self, at: int, expected: str) -> tuple[str, int]:
        """The sign at or after ``at``, one of ``expected``, and what comes after the blanks behind it."""
        at = _after(self.text, at)
        found = self.text[at : at + 1]
        if not found or found not in expected:
            raise _refused(self.name, at, " or ".join(expected))
        return found, _after(self.text, at + 1)


def _object(
    text: _Text, at: int, take: Callable[[object], None], *, outer: bool = True
) -> tuple[dict[str, Any], int]:
    _, at = text.sign(at, "{")
    members: dict[str, Any] = {}
    if text.text[at : at + 1] == "}":
        return members, at + 1
    sign = ","
    while sign == ",":
        key, at = text.value(at)
        if type(key) is not str:
            raise _refused(text.name, at, "a name in quotes")
        _, at = text.sign(at, ":")
        first = text.text[at : at + 1]
        if key == "components" and first == "[":
            at = _elements(text, at, take)
        elif key == "sbom" and first == "{" and outer:
            members[key], at = _object(text, at, take, outer=False)
        else:
            value, at = text.value(at)
            if key in _KEPT:
                members[key] = value
            elif key == "components" and value is not None:
                raise _refused(text.name, at, "a list of components")
        at = _after(text.text, at)
        end = at + 1
        sign, at = text.sign(at, ",}")
    return members, end


def _elements(text: _Text, at: int, take: Callable[[object], None]) -> int:
    """Hand over the elements of the list at ``at``; gives where it ends."""
    _, at = text.sign(at, "[")
    if text.text[at : at + 1] == "]":
        return at + 1
    sign = ","
    while sign == ",":
        value, at = text.value(at)
        take(value)
        del value
        end = _after(text.text, at) + 1
        sign, at = text.sign(at, ",]")
    return end


def _after(text: str, at: int) -> int:
    """The first place at or after ``at`` that is not blank."""
    found = _blanks(text, at)
    return found.end() if found else at


def _refused(name: str, at: int, expected: str) -> ImageError:
    return ImageError(
        f"{name}: not JSON at character {at}: expected {expected}", hint=_HINT
    )
