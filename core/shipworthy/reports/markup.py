"""
HTML put together by hand, because 1,500 findings must cost milliseconds.

:data:`Html` is text that is markup already; all else goes through :func:`esc`, which is
the one place that text of others becomes markup. mypy holds the two apart wherever a
function takes ``Html``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NewType

from shipworthy.reports.text import NAME_LIMIT, TEXT_LIMIT, block, line, link


Html = NewType("Html", str)
"""Markup that can be put into a page as it is."""

SHARE_COLUMNS = 100
"""What a bar's whole length counts."""

_SHORT = 64
_LABEL = 56  # characters of an address that are shown; the middle gives way
_TAIL = 12  # characters of an address's end that tell it from others of its host
_BARE = re.compile(r"[!#-%(-;?-_a-z{-~]+")  # needs no quotes in HTML


def esc(text: str, limit: int = NAME_LIMIT) -> Html:
    """``text`` on one line, fit for an element's content and for a quoted attribute."""
    return _short(text) if len(text) <= _SHORT else _escaped(line(text, limit))


def in_turn(parts: Sequence[str]) -> Html:
    """As :func:`esc` of each, one after the other; looked at all together, for hardly any needs more than that."""
    text = "".join(parts)
    if len(text) <= NAME_LIMIT and text.isprintable():
        return _escaped(text)
    return Html("".join(map(esc, parts)))


def paragraphs(text: str) -> Html:
    """Running text with its line ends, as one paragraph; nothing where there is none."""
    if not text:
        return Html("")
    return Html(f"<p>{lines_of(text, TEXT_LIMIT)}</p>")


def lines_of(text: str, limit: int) -> Html:
    """Text with its line ends, of at most about ``limit`` characters."""
    kept = block(text, limit)
    if kept.isprintable():
        return _escaped(kept)
    return Html("<br>".join([esc(part, limit + 64) for part in kept.split("\n")]))


def linked(url: str, label: str = "") -> Html:
    """A link where ``url`` is of the web, else its text; ``label`` stands in its place."""
    address = link(url)
    if not address:
        return esc(label or url, 90)
    shown = esc(label or address_shown(url), 90)
    return Html(f'<a href="{esc(address, 4096)}" rel="noreferrer noopener">{shown}</a>')


def address_shown(url: str) -> str:
    """What is shown of an address of the web: without its scheme, and with its middle left out where it is long."""
    told = url.partition("://")[2]
    if len(told) > _LABEL:
        return f"{told[: _LABEL // 2]}…{told[-_LABEL // 2 :]}"
    return told


def titled(url: str, label: str) -> Html:
    """As :func:`linked`, on a page whose head keeps referrers back for all its links: as short as HTML allows."""
    address = link(url)
    if not address:
        return esc(label, 90)
    return _leading(address, label)


def short(url: str) -> Html:
    """A link named by its host and its end, where ``url`` is of the web, else its text."""
    address = link(url)
    if not address:
        return esc(url, 90)
    host, _, path = url.partition("://")[2].partition("/")
    name = path.rstrip("/")
    name = name if len(name) <= _TAIL else f"…{name[-_TAIL:]}"
    return _leading(address, f"{host}/{name}")


def joined(parts: Iterable[Html], between: str = ", ") -> Html:
    """``parts`` one after the other, with a text of ours between them."""
    return Html(between.join(parts))


def items(pairs: Iterable[tuple[str, Html]]) -> Html:
    """The entries of a description list; a name of ours and its value, empty ones left out."""
    return Html("".join([f"<dt>{name}<dd>{value}" for name, value in pairs if value]))


def folded(title: Html, body: Html) -> Html:
    """What stands below ``title`` once the reader opens it, without script."""
    return Html(f"<details class=more><summary>{title}</summary>{body}</details>")


def bar(parts: Iterable[tuple[str, float]], whole: float) -> Html:
    """A horizontal bar as SVG: (class, amount) from the left, of ``whole``; decoration only."""
    rects: list[str] = []
    at = 0.0
    for style, amount in parts:
        if amount > 0 and whole > 0:
            length = SHARE_COLUMNS * amount / whole
            rects.append(
                f'<rect class="{style}" x="{at:.2f}" width="{length:.2f}" height="8"/>'
            )
            at += length
    return Html(
        '<svg width="100" height="8" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="rail" width="100" height="8" fill="none"/>{"".join(rects)}</svg>'
    )


def _leading(address: str, label: str) -> Html:
    href = address if _BARE.fullmatch(address) else f'"{esc(address, 4096)}"'
    return Html(f"<a href={href}>{esc(label, 90)}</a>")


@lru_cache(maxsize=1 << 13)
def _short(text: str) -> Html:
    """Names, types and versions come again and again; short ones are remembered."""
    return _escaped(line(text))


def _escaped(text: str) -> Html:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if '"' in text:
        text = text.replace('"', "&quot;")
    if "'" in text:
        text = text.replace("'", "&#39;")
    return Html(text)
