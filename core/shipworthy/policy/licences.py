"""
Licence expressions: which licences one must take, and between which one may choose.

SPDX specification, annex "SPDX License Expressions": names joined by ``AND`` and ``OR``, ``WITH`` an
exception, in parentheses; ``+`` is "or later". Packages also carry older words, which become
SPDX's where they can mean only one thing: Fedora's short names (``GPLv2+``), the GNU licences without
``-only``, the names of Python's classifiers. What is no expression is one name, free text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

from shipworthy.values import dataclass


_LONGEST = 4096
_DEEPEST = 32
_TOKENS = re.compile(r"[()]|[^\s()]+")
_WORD = re.compile(r"[A-Za-z0-9.:+-]+")
_SHORT = re.compile(r"(A|L)?GPL-?v([0-9](?:\.[0-9])?)(\+)?", re.IGNORECASE)
_GNU = re.compile(r"((?:A|L)?GPL-[0-9]\.[0-9]|GFDL-1\.[0-9])(\+|-only|-or-later)?")
_SAYS_NOTHING = frozenset(
    {"", "noassertion", "none", "unknown", "unspecified", "other", "custom"}
)
_OLD = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "asl 2.0": "Apache-2.0",
    "bsd license": "BSD",
    "gnu affero general public license v3": "AGPL-3.0-only",
    "gnu general public license v2 (gplv2)": "GPL-2.0-only",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
    "gnu general public license v3 (gplv3)": "GPL-3.0-only",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the apache software license, version 2.0": "Apache-2.0",
    "the mit license": "MIT",
    "the unlicense (unlicense)": "Unlicense",
}


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence by all names that mean it; ``plain`` where it is free text and no name of SPDX's form."""

    names: tuple[str, ...]
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Several at once (``and``) or at choice (``or``)."""

    how: Literal["and", "or"]
    parts: tuple[Terms | Licence, ...]


def falls_under(stated: Sequence[str], meant: Callable[[str], bool]) -> bool | None:
    """
    Whether licences that ``meant`` names must be taken by who uses a package that states ``stated``.

    Of a choice, only where every alternative is meant. ``None`` where that cannot be told: none is
    stated, or one in words that cannot be compared. Several statements hold together.
    """
    known = [text for text in stated if text.strip().lower() not in _SAYS_NOTHING]
    if not known:
        return None
    return _all_told((_holds(terms_of(text), meant) for text in known), until=True)


@lru_cache(maxsize=1 << 14)
def terms_of(text: str) -> Terms | Licence:
    """What a licence expression asks; anything that is none is one name."""
    plain = " ".join(text.split())
    old = _OLD.get(plain.lower())
    if old:
        return _named(old)
    tokens = _TOKENS.findall(plain) if len(plain) <= _LONGEST else []
    try:
        found, rest = _terms(tokens, 0)
    except ValueError:
        return Licence((plain[:_LONGEST],), plain=True)
    return found if not rest else Licence((plain[:_LONGEST],), plain=True)


def _holds(terms: Terms | Licence, meant: Callable[[str], bool]) -> bool | None:
    if isinstance(terms, Licence):
        if any(map(meant, terms.names)):
            return True
        return None if terms.plain else False
    answers = (_holds(part, meant) for part in terms.parts)
    return _all_told(answers, until=terms.how == "and")


def _all_told(answers: Iterator[bool | None], *, until: bool) -> bool | None:
    """``until`` where one answer is that; else not, unless one is not known."""
    every = set(answers)
    if until in every:
        return until
    return None if None in every else not until


def _terms(tokens: list[str], depth: int) -> tuple[Terms | Licence, list[str]]:
    """``a OR b OR c``, up to a closing parenthesis or the end; raises ``ValueError``."""
    parts, rest = [], ["or", *tokens]
    while rest and rest[0].lower() == "or":
        one, rest = _together(rest[1:], depth)
        parts.append(one)
    return (parts[0] if len(parts) == 1 else Terms("or", tuple(parts))), rest


def _together(tokens: list[str], depth: int) -> tuple[Terms | Licence, list[str]]:
    parts, rest = [], ["and", *tokens]
    while rest and rest[0].lower() == "and":
        one, rest = _one(rest[1:], depth)
        parts.append(one)
    return (parts[0] if len(parts) == 1 else Terms("and", tuple(parts))), rest


def _one(tokens: list[str], depth: int) -> tuple[Terms | Licence, list[str]]:
    if not tokens or depth > _DEEPEST:
        raise ValueError
    first, rest = tokens[0], tokens[1:]
    if first == "(":
        inner, rest = _terms(rest, depth + 1)
        if not rest or rest[0] != ")":
            raise ValueError
        return inner, rest[1:]
    words = [first]
    # A name of several words, such as Fedora's "ASL 2.0", ends where an operator stands.
    while rest and rest[0].lower() not in {"and", "or", "with", "(", ")"}:
        words.append(rest[0])
        rest = rest[1:]
    exception = ""
    if len(rest) > 1 and rest[0].lower() == "with" and _WORD.fullmatch(rest[1]):
        exception, rest = rest[1], rest[2:]
    return _named(" ".join(words), exception), rest


def _named(text: str, exception: str = "") -> Licence:
    """The licence by all its names: ``GPLv2+`` is ``GPL-2.0-or-later`` and of ``GPL-2.0``."""
    if text.lower() in {"and", "or", "with", ")"}:
        raise ValueError
    old = _OLD.get(text.lower(), text)
    names = dict.fromkeys([text, old])
    if short := _SHORT.fullmatch(old):
        version = short[2] if "." in short[2] else f"{short[2]}.0"
        old = f"{(short[1] or '').upper()}GPL-{version}{short[3] or ''}"
    if gnu := _GNU.fullmatch(old):
        later = gnu[2] in {"+", "-or-later"}
        names[f"{gnu[1]}{'-or-later' if later else '-only'}"] = None
        names[gnu[1]] = None
        old = gnu[1]
    known = tuple(names)
    if exception:
        known = (*(f"{name} WITH {exception}" for name in names), *known)
    return Licence(known, plain=_WORD.fullmatch(old) is None)
