"""
Maven versions (Maven POM reference, "Version Order Specification"; ComparableVersion).

Letter case does not count, nor do zeros and the words ``ga``, ``final`` and ``release`` at
the end of a run. A trailing Java runtime (``12.10.2.jre11``) names a build of the
same source and is dropped.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, number, refuse


# Sign, digits, word, and the digit that follows a word; the last match is always empty.
_TOKEN = re.compile(r"([-.]?)(?:([0-9]+)|([^-.0-9]+)(?=([0-9]?))|(?=[-.]|\Z))")
_RUNTIME = re.compile(r"(?<=.)(?:\.(?:jre|jdk)[0-9]+)+\Z", re.IGNORECASE)

_WORDS = {
    "alpha": -5,
    "beta": -4,
    "milestone": -3,
    "rc": -2,
    "cr": -2,
    "snapshot": -1,
    "": 1,
    "final": 1,
    "ga": 1,
    "release": 1,
    "sp": 2,
}
_BEFORE_NUMBER = {"a": "alpha", "b": "beta", "m": "milestone"}

# What may stand at one place: the words before a release, the end, the words that mean
# nothing, ``sp``, other words, numbers after a hyphen, numbers after a dot.
_END, _NOTHING, _OTHER_WORD, _DASHED, _DOTTED = 0, 1, 3, 4, 5

_Token = tuple[int, int | str]


def _tokens(text: str) -> list[_Token]:
    """Cut the text at dots, hyphens and between digits and letters; a missing part is a 0."""
    out: list[_Token] = []
    for sign, digits, word, next_digit in _TOKEN.findall(text)[:-1]:
        if word:
            known = _BEFORE_NUMBER.get(word, word) if next_digit else word
            rank = _WORDS.get(known)
            out.append((_OTHER_WORD, word) if rank is None else (rank, 0))
        elif sign == "." or not out:
            out.append((_DOTTED, number(digits)))
        else:
            out.append((_DASHED, number(digits)))
    return out


def _is_null(token: _Token) -> bool:
    return token[0] == _NOTHING or (token[0] >= _DASHED and token[1] == 0)


def _parse(text: str) -> Key:
    if not text or " " in text:
        raise refuse("maven", text, "numbers and words between dots and hyphens")
    out: list[_Token] = []
    for token in _tokens(normalise(text).lower()):
        # Whatever is not a number after a dot starts a new run, as after a hyphen, and
        # what means nothing at the end of a run is dropped.
        if token[0] != _DOTTED:
            while out and _is_null(out[-1]):
                out.pop()
        out.append(token)
    while out and _is_null(out[-1]):
        out.pop()
    out.append((_END, 0))
    return tuple(out)


def normalise(text: str) -> str:
    """Drop a Java runtime (``.jre11``, ``.jdk8``) at the version's end."""
    return _RUNTIME.sub("", text.strip())


SCHEME = make("maven", _parse, normalise=normalise)
