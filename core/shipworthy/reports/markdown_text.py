r"""
Text of others in GitHub's and GitLab's Markdown (GFM 0.29, CommonMark).

Forges act on text after it was rendered: ``@name`` notifies, ``#1``, ``!1``, ``~label``, ``%1``, ``$1``
and hashes become links, and an escaped sign is the same sign to them. What they leave alone is code.
So running text stays as it is word by word as long as a word is letters, digits and harmless signs,
and every other word is a code span. No bar of others is ever written: it becomes ``&#124;`` between two
spans, because a backslash before a bar in a table means different things to different renderers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from shipworthy.reports.text import NAME_LIMIT, block, line, link, quiet


BAR = "&#124;"
"""A bar that parts no cells."""

_MOST_TICKS = 3
# Letters and digits of any script, and signs that no renderer or forge acts on between them.
_PLAIN = re.compile(r"[(\"']*[^\W_](?:[^\W_]|[.,;'\"()/+=…–-])*[!?%:.,;)\"']*|[–—→…×]")
# What is plain letters and means something all the same: a web address, a reference to an
# issue, a hash, the beginning of a numbered list.
_MEANT = re.compile(
    r"www\.|\bgh-[0-9]|\b[0-9a-f]{7,64}\b|^[(\"']*[0-9]{1,9}[.)]+$", re.IGNORECASE
)
_ENDS = re.compile(r"(.+?)([.,;:)]*)", re.DOTALL)
_TICKS = re.compile(r"`+")
_SAFE = "/:?#=%+,;~.-_$@!"  # and & is written as HTML wants it


def words(text: str, limit: int = NAME_LIMIT) -> str:
    """``text`` on one line, fit for a paragraph, a heading, a list and a table's cell."""
    told = _quiet(line(text, limit)).strip()
    return " ".join(map(_word, told.split(" "))) if told else ""


def code(text: str, limit: int = NAME_LIMIT) -> str:
    """``text`` on one line as code; nothing where it is empty."""
    return _spans(_quiet(line(text, limit)).strip())


def fenced(text: str, limit: int) -> str:
    """``text`` as a block of code that no line of it can end."""
    told = "\n".join(_quiet(part) for part in block(text, limit).split("\n"))
    most = max(map(len, _TICKS.findall(told)), default=0)
    fence = "`" * max(_MOST_TICKS, most + 1)
    return f"{fence}sh\n{told}\n{fence}"


def linked(label: str, url: str) -> str:
    """``label``, which is Markdown already, as a link where ``url`` is an address of the web."""
    target = link(url)
    if not target or not label:
        return label
    # Round and square brackets, quotes and stars would end the address or be emphasis.
    return f"[{label}]({quote(target, safe=_SAFE + '&').replace('&', '&amp;')})"


def _quiet(text: str) -> str:
    """No command to a pipeline, and no comment of the kind by which reports are found, not even as code."""
    return quiet(text).replace("<!--", "< !--")


@lru_cache(maxsize=1 << 12)
def _word(word: str) -> str:
    if _PLAIN.fullmatch(word) and not _MEANT.search(word):
        return word
    match = _ENDS.fullmatch(word)
    return f"{_spans(match[1])}{match[2]}" if match else ""


def _spans(text: str) -> str:
    """Code spans with the bars between them."""
    return BAR.join(map(_span, text.split("|")))


def _span(text: str) -> str:
    if not text:
        return ""
    if "`" not in text:
        # A renderer takes one blank off either end where both have one, and there is more.
        blank = text[0] == " " == text[-1] and text.strip()
        return f"` {text} `" if blank else f"`{text}`"
    fence = "`" * (max(map(len, _TICKS.findall(text))) + 1)
    return f"{fence} {text} {fence}"
