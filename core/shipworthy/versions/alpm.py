"""
Pacman's package versions: ``[epoch:]pkgver[-pkgrel]`` (vercmp(8), libalpm's version comparison).

An older rpmvercmp without ``~`` and ``^``, in which a longer run of separators is newer.
An absent epoch is 0. vercmp takes an absent pkgrel for equal to any, which is no order;
here it sorts before every pkgrel, so that ``1.5-1`` is not below ``1.5`` either.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, number, refuse


_SEGMENT = re.compile(r"([^0-9A-Za-z]*)(?:([0-9]+)|([A-Za-z]+)|\Z)")
_EPOCH = re.compile(r"([0-9]*):")

# What may stand after a segment, lowest first: letters at once (``1.0rc``) are before the
# end, separators without anything after them just above it.
_ALPHA_AT_ONCE, _END, _TRAILING, _NEXT = range(4)
_ALPHA, _DIGIT = range(2)


def _field_key(text: str) -> tuple[int | str, ...]:
    """The key that orders one field as libalpm's rpmvercmp does."""
    out: list[int | str] = []
    for found in _SEGMENT.finditer(text):
        separators, digits, word = len(found[1]), found[2], found[3]
        if digits:
            out += (_NEXT, separators, _DIGIT, int(digits))
        elif word and not separators:
            out += (_ALPHA_AT_ONCE, word)
        elif word:
            out += (_NEXT, separators, _ALPHA, word)
        elif separators:
            out.append(_TRAILING)
    out.append(_END)
    return tuple(out)


def _parse(text: str) -> Key:
    found = _EPOCH.match(text)
    rest = text[found.end() :] if found else text
    pkgver, dash, pkgrel = rest.rpartition("-")
    if not dash:
        pkgver = rest
    if not pkgver or " " in text or not text.isascii():
        raise refuse("alpm", text, "[epoch:]pkgver[-pkgrel] in ASCII, no spaces")
    release = _field_key(pkgrel) if dash else ()
    return (number(found[1] if found else ""), _field_key(pkgver), release)


def with_epoch_of(text: str, other: str) -> str:
    """Give ``text`` with the epoch of ``other``, if it has none of its own."""
    found = _EPOCH.match(other.strip())
    if found is None or _EPOCH.match(text.strip()):
        return text
    return found.group() + text.strip()


SCHEME = make("alpm", _parse, with_epoch_of=with_epoch_of)
