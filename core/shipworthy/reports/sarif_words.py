"""
Words of SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/): levels, scores, and texts of others made fit for it.

A SARIF message has a small language of its own: ``{0}`` is filled in and ``[text](target)`` is a link, in plain text
too (sections 3.11.5 and 3.11.6). Text of an image or feed can use neither. GitHub binds descriptions at 1,024
characters and asks for a ``security-severity`` above 0.0 ("SARIF support for code scanning").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import Any

from shipworthy.reports.text import URL_LIMIT, block, line, printable, quiet


Json = dict[str, Any]
"""A part of the log."""

TEXT_MOST = 1024
"""Longest description and message, in characters."""
ID_MOST = 200
"""Longest id of a rule, in characters."""

LEVELS: Mapping[str, str] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "negligible": "note",
    "none": "note",
    "unknown": "warning",
}
"""Severity to level; what nobody has rated is not played down."""

_TYPICAL: Mapping[str, str] = {
    "critical": "9.5",
    "high": "8.0",
    "medium": "5.5",
    "low": "2.0",
    "negligible": "0.1",
}
_BANDS = (("critical", 9.0), ("high", 7.0), ("medium", 4.0), ("low", 0.1))
_CRITICAL = "9.1"
_TOLD_CUT = 64
_SHORT = 200
_PLACEHOLDER = re.compile(r"\{(?=[0-9]+\})")
_SIGNS = "\\`*_{}[]()#+!|<>&~:@=$^\"'"  # the backslash first: it stands before the others then
_LATER = r"[A-Za-z0-9._~!$&*+,;=:@/?-]*(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~!$&*+,;=:@/?-]*)*"
# Written out in both cases, which costs half of a pattern that ignores case.
_ADDRESS = (
    r"[Hh][Tt][Tt][Pp][Ss]?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,4})?"
    rf"(?:[/?]{_LATER})?(?:#{_LATER})?"
)
_URI = re.compile(_ADDRESS)
_URIS = re.compile(rf"{_ADDRESS}(?:\n{_ADDRESS})*")


def filled(**properties: object) -> Json:
    """The properties that say something: an empty text is no value to SARIF's readers."""
    return {name: value for name, value in properties.items() if value or value == 0}


def plain(text: str, limit: int = ID_MOST) -> str:
    """``text`` on one line of at most ``limit`` characters, with nothing in it that SARIF would act on."""
    told = _short_plain if len(text) <= _SHORT else _plain
    return told(text, limit)


def paragraphs(text: str, limit: int = TEXT_MOST) -> str:
    """As :func:`plain`, but line ends stay."""
    return _tame(block(text, limit - _TOLD_CUT), limit)


def listed(texts: Iterable[str], most: int = 100) -> list[str]:
    """At most ``most`` of the texts, each as :func:`plain` has it, none of them empty."""
    return list(filter(None, map(plain, islice(texts, most))))


def marked(text: str, limit: int = ID_MOST) -> str:
    """``text`` on one line, for Markdown, where none of its characters mean anything."""
    told = _short_marked if len(text) <= _SHORT else _marked
    return told(text, limit)


@lru_cache(maxsize=1 << 12)
def identifier(text: str) -> str:
    """``text`` as an id of a rule: itself where it can be one, else its beginning with a hash of the whole."""
    told = plain(text)
    if told == text and told:
        return told
    digest = sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return f"{plain(text[:80]).strip() or 'unnamed'}-{digest}"


@lru_cache(maxsize=1 << 12)
def uri(text: str) -> str:
    """``text`` where it is an address on the web that RFC 3986 allows, else nothing."""
    return text if len(text) <= URL_LIMIT and _URI.fullmatch(text) else ""


def uris(texts: list[str]) -> list[str]:
    """Those of the texts that :func:`uri` lets stand; where all are short and fit, one look is enough."""
    joined = "\n".join(texts)
    ends = len(texts) - 1
    if (
        len(joined) <= URL_LIMIT
        and joined.count("\n") == ends
        and _URIS.fullmatch(joined)
    ):
        return texts
    return list(filter(None, map(uri, texts)))


def both(texts: list[str], limit: int) -> tuple[list[str], list[str]]:
    """The texts as :func:`plain` has them, and as :func:`marked` does; looked at together, for hardly any needs a change."""
    joined = "".join(texts)
    if (
        printable(joined)
        and "{" not in joined
        and "](" not in joined
        and "##" not in joined
        and "::" not in joined
        and list(map(str.strip, texts)) == texts
        and max(map(len, texts), default=0) <= limit - _TOLD_CUT
    ):
        return texts, all_marked(texts)
    return (
        [plain(text, limit) for text in texts],
        [marked(text, limit) for text in texts],
    )


def all_marked(texts: list[str]) -> list[str]:
    """Printable texts for Markdown, where none of their characters mean anything."""
    joined = "\n".join(texts)
    for sign in _SIGNS:
        if sign in joined:
            joined = joined.replace(sign, f"\\{sign}")
    told = joined.split("\n") if texts else []
    if "www" in joined.lower():
        return [
            one.replace(".", r"\.") if "www" in one.lower() else one for one in told
        ]
    return told


def security_severity(
    severity: str, source: str, scores: Iterable[Mapping[str, Any]]
) -> str:
    """
    The number that GitHub's bands are told by; empty where nobody has rated.

    The score of who rated, where it is in the band of the severity; a distribution's word is not
    overruled by a score of others, then it is a number in the middle of the word's band.
    """
    for score in scores:
        value = score["score"]
        if score["source"] == source and _band(value) == severity:
            # GitHub calls critical what is over 9.0; the help tells the score as it is.
            return _CRITICAL if value == 9.0 else f"{value:.1f}"
    return _TYPICAL.get(severity, "")


def _plain(text: str, limit: int) -> str:
    return _tame(line(text, limit - _TOLD_CUT), limit).strip(" ")


def _marked(text: str, limit: int) -> str:
    return all_marked([line(text, limit)])[0]


# Versions, paths, vectors and advisories come again and again; only short ones are remembered.
_short_plain = lru_cache(maxsize=1 << 14)(_plain)
_short_marked = lru_cache(maxsize=1 << 13)(_marked)


@lru_cache(maxsize=1 << 7)
def _band(score: float) -> str:
    if score > 10.0:
        return ""
    return next((name for name, least in _BANDS if score >= least), "")


def _tame(text: str, limit: int) -> str:
    if "{" in text:
        text = _PLACEHOLDER.sub("{ ", text)
    if "](" in text:
        text = text.replace("](", "] (")
    text = quiet(text)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
