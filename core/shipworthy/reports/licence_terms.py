"""
Which of the words that packages state as licences are SPDX's own, and which are free text.

SPDX specification 2.3, annex D "SPDX license expressions": identifiers of the licence list or
``LicenseRef-…``, ``+`` behind them, joined by ``AND`` and ``OR``, ``WITH`` an exception, in parentheses. Identifiers
know no case there; here they are written as the list writes them. Nothing is guessed: words that only look like
a licence stay the words they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from shipworthy.reports.spdx_ids import EXCEPTIONS, LICENCES


NOTHING_SAID = frozenset({"", "noassertion", "none"})
"""Words that state no licence."""

_LONGEST = 2048
_TOKENS = re.compile(r"[()]|[^\s()]+")
_REFERENCE = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")
_IDS = {one.lower(): one for one in LICENCES}
_EXCEPTIONS = {one.lower(): one for one in EXCEPTIONS}
_JOINTS = frozenset({"AND", "OR"})
_BEGINS = _JOINTS | {"", "("}
_UNFINISHED = _BEGINS | {"WITH"}


def licence_id(text: str) -> str:
    """The identifier of the licence list that ``text`` is; empty where it is none."""
    return _IDS.get(text.strip().lower(), "")


@lru_cache(maxsize=1 << 12)
def expression(text: str) -> str:
    """The licence expression that ``text`` is, in its canonical spelling; empty where it is none."""
    if len(text) > _LONGEST:
        return ""
    written: list[str] = []
    depth = 0
    for token in _TOKENS.findall(text):
        word = _after(written[-1] if written else "", token, depth)
        if not word:
            return ""
        depth += (word == "(") - (word == ")")
        written.append(word)
    if depth or not written or written[-1] in _UNFINISHED:
        return ""
    return " ".join(written).replace("( ", "(").replace(" )", ")")


def references(terms: str) -> list[str]:
    """The licences of an expression that the list does not hold, each once and sorted."""
    return sorted(set(_REFERENCE.findall(terms)))


def stated(licences: Sequence[str]) -> list[str]:
    """What a package states, each once and in its order, without words that state nothing."""
    told = (text.strip() for text in licences)
    return list(dict.fromkeys(one for one in told if one.lower() not in NOTHING_SAID))


def _after(before: str, text: str, depth: int) -> str:
    """How ``text`` is written where it may stand behind ``before``; empty where it may not."""
    if before == "WITH":
        return _EXCEPTIONS.get(text.lower(), "")
    if before in _BEGINS:
        return text if text == "(" else _operand(text)
    word = text.upper()
    if word in _JOINTS or (word == ")" and depth):
        return word
    alone = before != ")" and before not in EXCEPTIONS
    return word if word == "WITH" and alone else ""


def _operand(token: str) -> str:
    """A licence as the list or the package names it; empty for anything else."""
    known = _IDS.get(token.lower(), "")
    if known or _REFERENCE.fullmatch(token):
        return known or token
    later = _IDS.get(token[:-1].lower(), "") if token.endswith("+") else ""
    return f"{later}+" if later else ""
