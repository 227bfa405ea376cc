"""Ignore files with one id a line and ``#`` comments: the words of a line, and the comment that stands over it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Line(NamedTuple):
    """One line that is not empty and no comment."""

    number: int
    words: tuple[str, ...]
    comment: str
    """What is written behind the words, or in the lines over the block of ids that it stands in; one word alone is a heading."""


def split_lines(text: str) -> Iterator[Line]:
    """The lines of ``text`` in order; an empty line ends the reach of a comment."""
    above: list[str] = []
    headed = False
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = raw.strip()
        if not line:
            above, headed = [], False
        elif line.startswith("#"):
            if headed:
                above, headed = [], False
            above.append(line.strip("# \t"))
        else:
            headed = True
            words = tuple(line.split())
            behind = next((at for at, word in enumerate(words) if word[0] == "#"), None)
            if behind is None:
                yield Line(number, words, _said(above))
                continue
            own = " ".join(words[behind:]).strip("# \t")
            yield Line(number, words[:behind], own or _said(above))


def _said(lines: list[str]) -> str:
    text = " ".join(lines)
    return text if " " in text else ""
