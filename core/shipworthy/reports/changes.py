"""
What changed between two results, for a terminal or a log: ``+`` new, ``~`` moved, ``-`` fixed.

The worst first, the reasons beside them. As in the list of findings, plain text is the same bytes
everywhere, colour and a limit on rows are for terminals, and no text of an image or feed can move the cursor
or speak to a pipeline.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shipworthy.model.comparison import PackageChanges
from shipworthy.model.result import ScanResult
from shipworthy.reports import summary, text
from shipworthy.reports.summary import Document
from shipworthy.reports.table_page import Page, coloured, plain, say


PLAIN_WIDTH = 100
"""Columns that running text is broken at."""
MAX_WIDTH = 400
"""Columns that the plain lists may take, so that names stay whole to search for."""
TERMINAL_ROWS = 25
"""Findings of a kind that a terminal shows."""
NAMED = 3
"""Packages named of a kind of change."""

_LEAST = 7
_MARKS = {"new": "+", "moved": "~", "existing": "="}
_STYLES = {"+": "fail", "~": "partial", "=": "soft", "-": "pass"}
_ID = 19
"""Digits of an image's id that are shown, with ``sha256:``."""


class ChangesReport:
    """
    The list of changes as plain text; renders the newer result, which knows what it was compared with.

    Args:
        old: The older result.
        newer: The newer result or target as the caller named it.
        packages: How the packages differ.
        existing: How many findings were there before, listed or not.
    """

    name = "changes"
    suffix = ".txt"

    def __init__(
        self, *, old: ScanResult, newer: str, packages: PackageChanges, existing: int
    ) -> None:
        self._old = old
        self._newer = newer
        self._packages = packages
        self._existing = existing

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the plain text, with every change and every name whole."""
        page = Page(paint=plain, width=PLAIN_WIDTH, table_width=MAX_WIDTH, limit=-1)
        lines = self._lines(document, page)
        return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")

    def render_terminal(
        self, document: Mapping[str, Any], *, color: bool, width: int
    ) -> str:
        """The same for a terminal of ``width`` columns, with the worst of each kind."""
        columns = max(width, 60)
        page = Page(
            paint=coloured if color else plain,
            width=min(columns, PLAIN_WIDTH),
            table_width=columns,
            limit=TERMINAL_ROWS,
        )
        return "\n".join(self._lines(document, page)) + "\n"

    def _lines(self, document: Document, page: Page) -> list[str]:
        by_state: dict[str, list[Document]] = {"new": [], "moved": [], "existing": []}
        for finding in summary.ranked(document["findings"]):
            by_state.setdefault(finding["state"], []).append(finding)
        fixed = document["comparison"]["fixed"]
        rows = [
            [_row(finding, mark) for finding in by_state[state]]
            for state, mark in _MARKS.items()
        ]
        rows.append([_gone_row(gone) for gone in fixed])
        sections = (
            self._head(document, page),
            _listed(rows, page)
            or ["Nothing appeared, nothing moved and nothing is gone."],
            [self._counts(by_state, fixed, page), *_packages(self._packages, page)],
            _suppressed(document["suppressed"], page),
            _notes(document["statuses"], page),
            _verdict(document["verdict"], page),
        )
        lines = [line for section in sections if section for line in (*section, "")]
        return lines[:-1]

    def _head(self, document: Document, page: Page) -> list[str]:
        comparison, database = document["comparison"], document["database"]
        target = document["target"]["name"]
        old = (comparison["target"], comparison["imageId"], len(self._old.packages))
        new = (target, document["image"]["imageId"], len(document["packages"]))
        lines = [page.paint(f"shipworthy {say(document['tool']['version'])}", "soft")]
        for side, name, (image, id_, packages) in (
            ("old", comparison["name"], old),
            ("new", self._newer, new),
        ):
            facts = [say(image)] if image not in {"", name} else []
            facts += [say(id_[:_ID])] if id_ else []
            facts.append(summary.counted(packages, "package"))
            first, *rest = text.wrapped(f"{side}  ", say(name), page.width, indent="")
            lines += [page.paint(first, "head"), *rest]
            lines += text.wrapped("     ", ", ".join(facts), page.width, indent="")
        lines += text.wrapped(
            "", _databases(self._old, database), page.width, indent=""
        )
        return lines

    def _counts(
        self,
        by_state: Mapping[str, Sequence[Document]],
        fixed: Sequence[Document],
        page: Page,
    ) -> str:
        parts = [
            ("+", _counted(by_state["new"], "new")),
            ("~", _counted(by_state["moved"], "moved")),
            ("-", _counted(fixed, "fixed")),
            ("=", f"{self._existing:,} as before"),
        ]
        return ", ".join(page.paint(f"{m} {words}", _STYLES[m]) for m, words in parts)


def _counted(findings: Sequence[Document], word: str) -> str:
    """``3 new (1 critical, 2 high)``."""
    if not findings:
        return f"0 {word}"
    tally = Counter(finding["severity"] for finding in findings)
    return f"{len(findings):,} {word} ({summary.in_words(summary.tally_of(tally))})"


def _databases(old: ScanResult, database: Document) -> str:
    before, now = old.database, database
    day = say(now["date"][:10]) or "unknown date"
    if before.digest == now["digest"]:
        return f"judged by the same database, of {day}"
    was = say(before.date[:10]) or "unknown date"
    days = f"both of {day}" if was == day else f"of {was} and of {day}"
    return (
        f"judged by different databases, {days}:"
        " what is newly known or no longer reported may come from that alone"
    )


def _row(finding: Document, mark: str) -> tuple[str, ...]:
    package = finding["package"]
    fixed, _ = summary.fixed_in(finding)
    fix = f"fixed in {fixed}" if fixed else summary.fix_words(finding)
    reason = finding["stateReason"]
    return (
        mark,
        finding["severity"],
        say(finding["id"], 80),
        say(package["name"], 120),
        say(package["version"], 80),
        say(f"{reason}; {fix}" if reason else fix, 300),
    )


def _gone_row(gone: Document) -> tuple[str, ...]:
    return (
        "-",
        gone["severity"],
        say(gone["id"], 80),
        say(gone["package"], 120),
        say(gone["version"], 80),
        say(gone["reason"], 300),
    )


def _listed(kinds: Sequence[Sequence[tuple[str, ...]]], page: Page) -> list[str]:
    """The rows of every kind under each other, in common columns."""
    limit = page.limit if page.limit >= 0 else None
    shown = [rows[:limit] for rows in kinds]
    widths = _widths([row for rows in shown for row in rows], page.table_width)
    lines: list[str] = []
    for rows, every in zip(shown, kinds, strict=True):
        for row in rows:
            sized = zip(row, widths, strict=True)
            cells = [text.fit(cell, size) for cell, size in sized]
            cells[0] = page.paint(cells[0], _STYLES[row[0]])
            blanks = cells[1][len(row[1]) :]
            cells[1] = page.paint(row[1], row[1]) + blanks
            lines.append("  ".join(cells).rstrip())
        if len(every) > len(rows):
            more = f"{every[0][0]}  … and {len(every) - len(rows):,} more; all of them: -o table=FILE, -o json=FILE"
            lines.append(page.paint(more, "soft"))
    return lines


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Columns as wide as they must be, the widest of names and reasons cut back where there is no room."""
    if not rows:
        return []
    widths = [max(map(text.width, column)) for column in zip(*rows, strict=True)]
    over = sum(widths) + 2 * (len(widths) - 1) - width
    while over > 0:
        giving = [at for at in (3, 4, 5) if widths[at] > _LEAST] or [2]
        widths[max(giving, key=widths.__getitem__)] -= 1
        over -= 1
    return widths


def _packages(changes: PackageChanges, page: Page) -> list[str]:
    told = [
        f"{len(names):,} {word}: {_some(names)}"
        for word, names in (
            ("added", changes.added),
            ("removed", changes.removed),
            ("upgraded", changes.upgraded),
            ("downgraded", changes.downgraded),
            ("changed", changes.changed),
        )
        if names
    ]
    words = "; ".join(told) or "none added, removed or changed"
    return text.wrapped("packages  ", words, page.width, indent="")


def _some(names: Iterable[str]) -> str:
    every = tuple(names)
    more = len(every) - NAMED
    named = ", ".join(say(name, 120) for name in every[:NAMED])
    return f"{named} and {more:,} more" if more > 0 else named


def _suppressed(entries: Sequence[Document], page: Page) -> list[str]:
    if not entries:
        return []
    number = summary.counted(len(entries), "more finding")
    words = f"{number} left out by a policy, see -o json=FILE"
    return [page.paint(words, "soft")]


def _notes(statuses: Sequence[Document], page: Page) -> list[str]:
    """What stayed unread, and what makes the comparison less sure."""
    lines: list[str] = []
    for status in statuses:
        if status["partial"] or status["source"] == "policy/baseline":
            words = f"{say(status['source'])}: {say(status['subject'])}: {say(status['message'], 400)}"
            lines += text.wrapped("- ", words, page.width)
    return lines


def _verdict(verdict: Document, page: Page) -> list[str]:
    """The verdict, where a rule was set or not everything could be looked at."""
    head = summary.headline(verdict)
    if head.tone == "open" and not head.lacking:
        return []
    said = say(verdict["summary"], 1000)
    first, *rest = text.wrapped("", said, page.width, indent="")
    return [page.paint(first, head.tone), *rest]
