"""
Alpine package versions: ``1.2.3a_rc1_p2~hash-r4`` (apk-package(5), apk-tools' version comparison).

Numbers with a leading zero, after the first, order as decimal fractions do, as in
apk-tools 3. Where a version departs from the grammar, apk-tools orders it by what came
before; so does this, and it reads ``.r4`` as the ``-r4`` that was meant.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, number, refuse


_PRE = ("alpha", "beta", "pre", "rc")
_POST = ("cvs", "svn", "git", "hg", "p")

_FIRST = re.compile(r"[0-9]*")
_TOKEN = re.compile(
    r"[.]r([0-9]+)(?=-|\Z)"  # 1: a revision with the wrong sign before it
    r"|[.]([0-9]*)"  # 2: number
    r"|([a-z])([0-9]*)"  # 3, 4: letter, and a number that follows at once
    rf"|_({'|'.join(_PRE + _POST)})([0-9]*)"  # 5, 6: suffix and its number
    r"|~([0-9a-f]+)"  # 7: commit
    r"|-r([0-9]+|(?=-|\Z))"  # 8: revision
)
_TRIM_V = re.compile(r"[vV](?=[0-9])")

# What may stand at one place, lowest first: a pre-release is below the version's end and
# whatever else there can be is above; what breaks the grammar is just below the end.
_PRE_SUFFIX, _BROKEN, _END, _REVISION, _COMMIT, _SUFFIX_NUMBER, _POST_SUFFIX = range(7)
_LETTER, _NUMBER = 7, 8

_SECTION = (0, 3, 0, 0, 0, 1, 1, 2, 3)
"""By the last group matched: sections of a version, which may not go back."""


def _digits(text: str) -> tuple[int | str, ...]:
    if text[:1] in {"", "0"}:
        return (_NUMBER, 0, text)
    return (_NUMBER, 1, int(text))


def _suffix(word: str) -> tuple[int, int]:
    if word in _PRE:
        return (_PRE_SUFFIX, _PRE.index(word))
    return (_POST_SUFFIX, _POST.index(word))


def _parse(text: str) -> Key:
    text = normalise(text)
    if not text or not text.isascii() or " " in text:
        raise refuse("apk", text, "digits[.digits][letter][_suffix][-r#]")
    first = _FIRST.match(text)
    assert first is not None
    out: list[int | str] = [number(first.group())]
    position, section, size = first.end(), 0, len(text)
    while position < size:
        found = _TOKEN.match(text, position)
        if found is None or _SECTION[found.lastindex or 0] < section or section == 3:
            out.append(_BROKEN)
            return tuple(out)
        position = found.end()
        section = _SECTION[found.lastindex or 0]
        typo, digits, letter, digits_after, suffix, nth, commit, revision = (
            found.groups()
        )
        if digits is not None:
            out += _digits(digits)
        elif letter:
            out += (_LETTER, letter)
            if digits_after:
                out += _digits(digits_after)
        elif suffix:
            out += _suffix(suffix)
            if nth:
                out += (_SUFFIX_NUMBER, int(nth))
        elif commit:
            out += (_COMMIT, commit)
        else:
            out += (_REVISION, number(typo or revision))
    out.append(_END)
    return tuple(out)


def normalise(text: str) -> str:
    """Drop white space around the version and a ``v`` in front of its first digit."""
    text = text.strip()
    return text[1:] if _TRIM_V.match(text) else text


SCHEME = make("apk", _parse, normalise=normalise)
