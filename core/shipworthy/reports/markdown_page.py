"""How the Markdown report is laid out: tables, folded parts, and what is left out where it grows too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.reports.summary import counted
from shipworthy.values import dataclass


_LEFT = 160
"""Characters that saying what was left out takes."""


def section(
    title: str,
    lines: Iterable[str],
    total: int,
    noun: str,
    room: int,
    *,
    head: Sequence[str] = (),
    fold: bool = False,
) -> list[str]:
    """
    A part with its heading, its rows as far as they go in ``room``, and how many do not.

    Args:
        title: Of the part, in words of ours.
        lines: Its rows; each a line, or a block of lines. Only those that fit are asked for.
        total: How many rows there are.
        noun: What one row is, to count those left out.
        room: Characters that it may take.
        head: The head of its table, if it is one.
        fold: Whether it is opened on demand.
    """
    if not total:
        return []
    top, end = ["", f"### {title}", ""], []
    if fold:
        top = ["", f"<details><summary>{title}</summary>", ""]
        end = ["", "</details>"]
    taken = sum(len(one) + 1 for one in (*top, *head, *end)) + _LEFT
    rows = _fitted(lines, total, room - taken)
    if rows.lines:
        top += [*head, *rows.lines]
    if rows.left:
        top += [
            "",
            f"… and {_more(rows.left, noun)}, left out for length; the JSON result has all.",
        ]
    return top + end


def _more(count: int, noun: str) -> str:
    many = "more entries" if noun == "entry" else ""
    return counted(count, f"more {noun}", many)


def table(heads: Sequence[str]) -> list[str]:
    """The head of a table."""
    return [row(heads), row(["---"] * len(heads))]


def row(cells: Sequence[str]) -> str:
    """One row of a table; the cells are Markdown in which no bar stands."""
    return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Lines of a list or a table, as many as fitted, and how many did not."""

    lines: tuple[str, ...]
    left: int


def _fitted(lines: Iterable[str], total: int, room: int) -> _Rows:
    """The first of ``total`` lines that take at most ``room`` characters together; no line is cut."""
    kept: list[str] = []
    for one in lines:
        room -= len(one) + 1
        if room < 0:
            break
        kept.append(one)
    return _Rows(lines=tuple(kept), left=total - len(kept))
