"""
Packagist versions: PHP's ``version_compare`` order; in ranges Composer's normalised form.

``dev < alpha < beta < RC < (end) < number < patch``, and any other word below them.
In a sorted list ``1.0 < 1.0.0`` as PHP has it; in ranges, as in Composer, they are one,
``+build`` and ``@stability`` do not count, and branches (``dev-main``) are refused,
because a branch has no place among releases.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, refuse


_TOKEN = re.compile(r"[0-9]+|[a-z]+")
_STABILITY = re.compile(r"@[a-z]+\Z")
_WILDCARD_BRANCH = re.compile(r"(?<=[.\-])x(?=[.\-]|\Z)")
_NUMBERS = re.compile(r"[0-9]+(?:\.[0-9]+)*")

_RANKS = {
    "dev": 1,
    "alpha": 2,
    "a": 2,
    "beta": 3,
    "b": 3,
    "rc": 4,
    "pl": 7,
    "p": 7,
    "patch": 7,
}
_OTHER_WORD, _END, _NUMBER = 0, 5, 6
_BRANCH_NUMBER = "9999999"
_COMPONENTS = 4


def _order(text: str) -> Key:
    out: list[int | str] = []
    for token in _TOKEN.findall(text):
        if token[0].isdigit():
            out += (_NUMBER, int(token))
        elif token in _RANKS:
            out.append(_RANKS[token])
        else:
            out += (_OTHER_WORD, token)
    out.append(_END)
    return tuple(out)


def _plain(text: str) -> str:
    if not text or not text.isascii() or " " in text:
        raise refuse("composer", text, "numbers[-stability] in ASCII, or dev-branch")
    text = text.lower()
    return text[1:] if text[0] == "v" and text[1:2].isdigit() else text


def _parse(text: str) -> Key:
    return _order(_plain(text))


def _parse_range(text: str) -> Key:
    plain = _STABILITY.sub("", _plain(text)).partition("+")[0]
    plain = _WILDCARD_BRANCH.sub(_BRANCH_NUMBER, plain)
    found = _NUMBERS.match(plain)
    if found is None:
        raise refuse("composer", text, "a release, which a branch is not")
    missing = _COMPONENTS - 1 - found.group().count(".")
    return _order(found.group() + ".0" * missing + plain[found.end() :])


SCHEME = make("composer", _parse, parse_range=_parse_range)
