"""
XML feeds, element by element: bounded, and without entities, DTDs or anything external.

What is not well-formed ends the feed with a ``FeedError``; what one element lacks is the
importer's to judge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from shipworthy.advisories.feeds.files import pieces
from shipworthy.errors import FeedError


MAX_DEPTH = 200

_STEP = 1 << 14
_LARGEST_STEP = 1 << 26


def elements(path: Path, names: Collection[str], expected: str) -> Iterator[Element]:
    """
    Every element of one of ``names``, whole, in the order of the document; let go when the next is asked for.

    Namespaces are taken off all tags and attributes below it. The file may be compressed.
    Raises ``FeedError`` saying that ``expected`` was expected.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    reader = _Reader(pieces(path))
    stack: list[Element] = []
    inside = 0
    try:
        for event, element in iterparse(reader, ("start", "end")):
            if event == "start":
                reader.step = _STEP
                element.tag = local(element.tag)
                stack.append(element)
                inside += element.tag in names
                if len(stack) > MAX_DEPTH:
                    raise FeedError(
                        f"{path}: deeper than the bound of {MAX_DEPTH} elements"
                    )
                continue
            stack.pop()
            if element.tag in names:
                inside -= 1
                if not inside:
                    yield element
            if not inside and stack:
                stack[-1].remove(element)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise FeedError(
            f"{path}: expected {expected}, found no XML ({reason})"
        ) from None


class _Reader:
    """
    Pieces read as a file is, a little at a time: what the parser makes of it is held until it is asked for.

    The parser goes over an unfinished token again with each piece. So pieces grow until
    something comes of them, and a comment of a gigabyte takes no time squared.
    """

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.step = _STEP
        self._parts = parts
        self._part = b""
        self._at = 0

    def read(self, _: int = -1, /) -> bytes:
        """The next :attr:`step` bytes, or what is left; none at the end."""
        found: list[bytes] = []
        missing = self.step
        while missing:
            if self._at >= len(self._part):
                self._part, self._at = next(self._parts, b""), 0
                if not self._part:
                    break
            found.append(self._part[self._at : self._at + missing])
            self._at += missing
            missing -= len(found[-1])
        self.step = min(2 * self.step, _LARGEST_STEP)
        return b"".join(found)


def local(tag: object) -> str:
    """A tag or attribute without its namespace."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def text_of(element: Element | None) -> str:
    """The text directly in an element, trimmed; empty where there is none."""
    return (element.text or "").strip() if element is not None else ""
