r"""
Text of others made harmless: what images and feeds say, on its way into a report.

Nothing is dropped in silence: a character that could act (control characters, terminal
escapes, marks that reverse or hide text) is written out as ``\x1b`` or ``\u202e``, and
what is cut says how long it was. Escaping for one format stays with that format.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache


NAME_LIMIT = 200
"""Longest name, version or path in a report for people, in characters."""
TEXT_LIMIT = 900
"""Longest running text in a report for people, in characters."""
URL_LIMIT = 2048
"""Longest link, in characters."""
WEB = ("https://", "http://")
"""As nearly every link begins; schemes may have capitals too."""

# Everything below space, DEL and C1; soft hyphen; bidirectional controls (Unicode
# UAX #9) and invisible marks; surrogates without a partner; tag characters.
_ACTING = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BLANKS = re.compile(r"[ \t\r\n\x0b\x0c]+")
_HASH_COMMAND = re.compile(r"#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)
_COLON_COMMAND = re.compile(r"(?<!\S):(?=:[A-Za-z])")
# Written out in both cases, for a pattern that ignores case costs twice as much.
_LINK = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://[!#-;=?-\[\]_a-z~%]+")
# Characters from which bytes are looked at faster, though they must be made.
_LONG = 100
_PRINTABLE = bytes(range(0x20, 0x7F))
_OF_LINKS = bytes(code for code in range(0x80) if _LINK.fullmatch(f"http://{code:c}"))


def sound(text: str) -> str:
    r"""The same text, with surrogates that have no partner written out as ``\udc80``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def line(text: str, limit: int = NAME_LIMIT) -> str:
    """
    ``text`` on one line of at most about ``limit`` characters, every acting character written out.

    Blanks and line ends become one space. Costs nothing for plain text.
    """
    if len(text) > limit:
        text = _cut(text, limit)
    if text.isprintable():
        return text
    return _ACTING.sub(_written_out, _BLANKS.sub(" ", text).strip(" "))


def printable(text: str) -> bool:
    """Whether every character of ``text`` is printable, which means that none acts."""
    if len(text) < _LONG or not text.isascii():
        return text.isprintable()
    return not text.encode().translate(None, _PRINTABLE)


def each_line(texts: tuple[str, ...], limit: int) -> tuple[str, ...]:
    """Each of ``texts`` as :func:`line` has it; those that are short and plain are looked at all together."""
    whole = "".join(texts)
    if len(whole) <= limit and printable(whole):
        return texts
    return tuple([line(text, limit) for text in texts])


def block(text: str, limit: int = TEXT_LIMIT) -> str:
    r"""As :func:`line`, but line ends stay, as ``\n`` and at most two together."""
    if len(text) > limit:
        text = _cut(text, limit)
    if printable(text):
        return text
    lines = (line(part, limit + 64) for part in text.splitlines())
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def quiet(text: str) -> str:
    """
    ``text`` in which no pipeline sees a command of its own.

    GitHub Actions and Azure Pipelines act on ``##[…]`` and ``##vso[…]`` anywhere in a
    line and on ``::name::`` at its start, TeamCity on ``##teamcity[…]``; the two signs
    are parted by a space.
    """
    if "##" in text:
        text = _HASH_COMMAND.sub("# ", text)
    if "::" in text:
        text = _COLON_COMMAND.sub(": ", text)
    return text


def harmless(text: str, limit: int = NAME_LIMIT) -> str:
    """``text`` as :func:`line` has it, and then :func:`quiet`; what is plain and short is only looked at."""
    if len(text) <= limit and printable(text) and "##" not in text and "::" not in text:
        return text
    return quiet(line(text, limit))


@lru_cache(maxsize=1 << 14)
def link(text: str) -> str:
    """``text`` when it is an ``http`` or ``https`` address that can stand in an attribute, else nothing."""
    if len(text) <= URL_LIMIT and _LINK.fullmatch(text):
        return text
    return ""


def links(texts: Iterable[str]) -> list[str]:
    """Those of ``texts`` that :func:`link` takes, looked at all at once where nothing is wrong with any."""
    every = tuple(texts)
    characters = "".join(every)
    if characters.isascii() and not characters.encode().translate(None, _OF_LINKS):
        return [
            text
            for text in every
            if (8 < len(text) <= URL_LIMIT and text.startswith(WEB)) or link(text)
        ]
    return list(filter(link, every))


@lru_cache(maxsize=1 << 10)
def instruction(created_by: str) -> str:
    """A history entry as the Dockerfile had it, as far as it can be told."""
    text = created_by.strip()
    for start in ("/bin/sh -c #(nop) ", "/bin/sh -c #(nop)"):
        if text.startswith(start):
            return text[len(start) :].strip()
    if text.startswith("/bin/sh -c "):
        return "RUN " + text[len("/bin/sh -c ") :]
    text = text.removesuffix("# buildkit").rstrip()
    if text.startswith("RUN /bin/sh -c "):
        return "RUN " + text[len("RUN /bin/sh -c ") :]
    return text or "(instruction not recorded)"


def width(text: str) -> int:
    """Columns that ``text`` takes in a terminal (Unicode UAX #11: wide ones take two)."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def fit(text: str, columns: int) -> str:
    """``text`` padded or cut with ``…`` to exactly ``columns`` columns of a terminal."""
    size = width(text)
    if size <= columns:
        return text + " " * (columns - size)
    kept: list[str] = []
    size = 1
    for char in text:
        size += _columns(char)
        if size > columns:
            break
        kept.append(char)
    short = "".join(kept) + "…"
    return short + " " * (columns - width(short))


def wrapped(mark: str, words: str, columns: int, *, indent: str = "  ") -> list[str]:
    """``words`` behind ``mark``, broken at spaces; words longer than a line stay whole."""
    lines: list[str] = []
    current = indent + mark
    start = True
    for word in words.split(" "):
        if not start and width(current) + 1 + width(word) > columns:
            lines.append(current)
            current, start = indent + " " * len(mark), True
        current += word if start else f" {word}"
        start = False
    return [*lines, current]


def _cut(text: str, limit: int) -> str:
    return f"{text[:limit]}… ({len(text):,} characters)"


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
