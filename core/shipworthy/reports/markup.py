"""
HTML put together by hand, because 1,500 findings must cost milliseconds.

:data:`Html` is text that is markup already; all else goes through :func:`esc`, which is
the one place that text of others becomes markup. mypy holds the two apart wherever a
function takes ``Html``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from string import ascii_letters, digits
from typing import NewType

from shipworthy.reports.text import (
    NAME_LIMIT,
    TEXT_LIMIT,
    URL_LIMIT,
    WEB,
    block,
    line,
    link,
)


Html = NewType("Html", str)
"""Markup that can be put into a page as it is."""

SHARE_COLUMNS = 100
"""What a bar's whole length counts."""

_SHORT = 64
_REMEMBERED = 1 << 14  # texts at a time
_LABEL = 56  # characters of an address that are shown; the middle gives way
_LINKED = 90  # characters of what a link is called
_TAIL = 12  # characters of an address's end that tell it from others of its host
_BARE = re.compile(r"[!#-%(-;?-_a-z{-~]+")  # needs no quotes in HTML
# What nearly every link is made of; it stands for itself in an attribute with quotes, and anywhere else.
_OF_LINKS = f"{ascii_letters}{digits}!#$%()*+,-./:;=?@[]_~".encode()


class _Names(dict[str, Html]):
    """As :func:`esc`, by subscript: names, types and versions come again and again; short ones are remembered."""

    def __missing__(self, text: str) -> Html:
        made = _escaped(line(text))
        if len(text) <= _SHORT:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[text] = made
        return made


NAMES = _Names()
"""What :func:`esc` makes of a text, for where thousands are written: to find it there takes a third of a call."""


def esc(text: str, limit: int = NAME_LIMIT) -> Html:
    """``text`` on one line, fit for an element's content and for a quoted attribute."""
    return NAMES[text] if len(text) <= _SHORT else _escaped(line(text, limit))


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
    # One line of that length is as "line" would have it already.
    if "\n" not in kept and len(kept) <= limit + 64:
        return _escaped(kept)
    return Html("<br>".join([esc(part, limit + 64) for part in kept.split("\n")]))


def linked(url: str, label: str = "") -> Html:
    """A link where ``url`` is of the web, else its text; ``label`` stands in its place."""
    address = link(url)
    if not address:
        return esc(label or url, _LINKED)
    shown = esc(label or address_shown(url), _LINKED)
    return Html(f'<a href="{esc(address, 4096)}" rel="noreferrer noopener">{shown}</a>')


def address_shown(url: str) -> str:
    """What is shown of an address of the web: without its scheme, and with its middle left out where it is long."""
    told = url.partition("://")[2]
    if len(told) > _LABEL:
        return f"{told[: _LABEL // 2]}…{told[-_LABEL // 2 :]}"
    return told


def titled(url: str, label: str) -> Html:
    """As :func:`linked`, on a page whose head keeps referrers back for all its links: as short as HTML allows."""
    if _plain(url):
        return _to(url, esc(label, _LINKED))
    address = link(url)
    if not address:
        return esc(label, _LINKED)
    return _leading(address, label)


def short(url: str) -> Html:
    """A link named by its host and its end, where ``url`` is of the web, else its text."""
    plain = _plain(url)
    if not plain and not link(url):
        return esc(url, _LINKED)
    _, _, host, path = f"{url}/".split("/", 3)
    end = path.rstrip("/")
    name = f"{host}/{end}" if len(end) <= _TAIL else f"{host}/…{end[-_TAIL:]}"
    if plain and len(name) <= _LINKED:
        return _to(url, name)
    return _leading(url, name)


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


def _plain(url: str) -> bool:
    """Whether it leads to the web, is no longer than may be and stands for itself in any place."""
    return (
        8 < len(url) <= URL_LIMIT
        and url.startswith(WEB)
        and url.isascii()
        and not url.encode().translate(None, _OF_LINKS)
    )


def _leading(address: str, label: str) -> Html:
    href = address if _BARE.fullmatch(address) else f'"{esc(address, 4096)}"'
    return Html(f"<a href={href}>{esc(label, _LINKED)}</a>")


def _to(url: str, shown: str) -> Html:
    """A link to an address that stands for itself."""
    # Of what it may be made of, only this needs quotes.
    return Html(
        f'<a href="{url}">{shown}</a>' if "=" in url else f"<a href={url}>{shown}</a>"
    )


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
