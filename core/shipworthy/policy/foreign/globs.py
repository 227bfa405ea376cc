"""
Globs as the doublestar library reads them (github.com/bmatcuk/doublestar), in our spelling.

Trivy and Grype match paths with it. ``*``, ``**`` and ``?`` are ours too, but ``**`` only where it is a
whole part of a path; alternatives and classes are written out; what remains cannot be said here.
"""

from __future__ import annotations

import re


MAX_ALTERNATIVES = 256
_PIECE = re.compile(r"\\(.)|\[([^\]]*)\]|([{}\[\],\\])|([^\\\[\]{},]+)", re.DOTALL)
_SIGNS = frozenset("*?[]{}\\")


class GlobError(Exception):
    """It cannot be written as one of our globs; says why."""


def translate(glob: str) -> tuple[str, ...]:
    """
    Our globs that together match what ``glob`` does, in order.

    Raises:
        GlobError: It is no glob, or one that ours cannot say.
    """
    found, at = _alternatives(glob, 0, nested=False)
    if at < len(glob):
        raise GlobError("a closing brace has no opening one")
    return tuple(dict.fromkeys(_whole_stars(text) for text in found))


def _alternatives(glob: str, at: int, *, nested: bool) -> tuple[list[str], int]:
    """What the text from ``at`` to the brace that ends it can be, and where that is."""
    done: list[str] = []
    texts = [""]
    while at < len(glob):
        piece = _PIECE.match(glob, at)
        if piece is None:
            raise GlobError("it ends in a backslash")
        escaped, members, sign, plain = piece.groups()
        at = piece.end()
        if sign == "}":
            if nested:
                return [*done, *texts], at
            raise GlobError("a closing brace has no opening one")
        if sign == "," and nested:
            done, texts = [*done, *texts], [""]
            continue
        if sign == "{":
            inner, at = _alternatives(glob, at, nested=True)
        elif sign in {"[", "\\"}:
            raise GlobError("a bracket or an escape is not complete")
        else:
            inner = _choices(escaped, members, sign or plain)
        texts = [text + more for text in texts for more in inner]
        if len(texts) + len(done) > MAX_ALTERNATIVES:
            raise GlobError(f"it has more than {MAX_ALTERNATIVES} alternatives")
    if nested:
        raise GlobError("a brace is not closed")
    return texts, at


def _choices(escaped: str | None, members: str | None, plain: str) -> list[str]:
    if escaped is not None:
        if escaped in _SIGNS - {"{", "}"}:
            raise GlobError(f"it asks for the sign {escaped} itself")
        return [escaped]
    if members is None:
        return [plain]
    if not members or members[0] in "^!":
        raise GlobError("it excludes characters by a class")
    if not members.isascii() or "\\" in members:
        raise GlobError("a class holds more than plain characters")
    found: list[str] = []
    at = 0
    while at < len(members):
        if members[at + 1 : at + 2] == "-" and at + 2 < len(members):
            found.extend(map(chr, range(ord(members[at]), ord(members[at + 2]) + 1)))
            at += 3
        else:
            found.append(members[at])
            at += 1
    if _SIGNS.intersection(found) or "/" in found or not found:
        raise GlobError("a class holds a sign with a meaning")
    return found


def _whole_stars(glob: str) -> str:
    """``**`` within a part of a path means what ``*`` does."""
    parts = (
        part if part == "**" else re.sub(r"\*{2,}", "*", part)
        for part in glob.split("/")
    )
    return "/".join(parts)
