"""
The result for a terminal or a log: the verdict in a word, the findings, and the verdict in full
last, where the eye rests.

Plain text is the same bytes everywhere; colour and a limit on rows are for terminals
only. Text from the image can neither move the cursor nor start a line, so that it
cannot speak to a pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat, starmap
from operator import getitem
from typing import Any

from shipworthy.reports import several, summary, text
from shipworthy.reports import table_policy as policy
from shipworthy.reports.summary import Document
from shipworthy.reports.table_page import Page, coloured, plain, say
from shipworthy.reports.table_verdict import checks, verdict, word


PLAIN_WIDTH = 100
"""Columns that running text is broken at."""
MAX_WIDTH = 400
"""Columns that the plain list of findings may take, so that names stay whole to search for."""
TERMINAL_ROWS = 25
"""Findings that a terminal shows unless told otherwise."""
ROOMY = 80
"""Columns from which the list has room to say that a finding was there before."""
STATUSES = 20
"""Statuses listed of a kind; the JSON result has all."""

_HEADS = ("SEVERITY", "VULNERABILITY", "PACKAGE", "INSTALLED", "FIXED IN")
_LEAST = 7
_SHORT = 80
_MARKS = {"*": "known to be exploited", "+": "an exploit is public"}


class TableReport:
    """All findings as plain text."""

    name = "table"
    suffix = ".txt"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the plain text, without colour, with every finding and every name whole."""
        page = Page(
            paint=plain,
            width=PLAIN_WIDTH,
            table_width=MAX_WIDTH,
            limit=len(document["findings"]),
        )
        lines = _lines(document, page)
        return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def render_terminal(
    document: Mapping[str, Any],
    *,
    color: bool,
    width: int,
    limit: int = TERMINAL_ROWS,
) -> str:
    """
    The result for a terminal of ``width`` columns, with the ``limit`` worst findings.

    Args:
        document: The JSON result.
        color: Whether to write ANSI colours (ECMA-48 SGR).
        width: Columns of the terminal; less than 60 is taken as 60.
        limit: Most findings to list; what is left out is counted.
    """
    columns = max(width, 60)
    page = Page(
        paint=coloured if color else plain,
        width=min(columns, PLAIN_WIDTH),
        table_width=columns,
        limit=max(limit, 0),
    )
    return "\n".join(_lines(document, page)) + "\n"


def _lines(document: Document, page: Page) -> list[str]:
    findings = summary.ranked(document["findings"])
    sections = (
        _head(document, page),
        _findings(findings, page, several.read(document)),
        checks(document["checks"], page),
        policy.compared(document, page),
        policy.plan(document, page),
        policy.suppressed(document, page),
        _statuses(document["statuses"], page),
        verdict(document, page),
    )
    lines: list[str] = []
    for section in sections:
        if section:
            lines += [*section, ""]
    return lines[:-1]


def _head(document: Document, page: Page) -> list[str]:
    image, distro = document["image"], document["distro"]
    coverage, database = document["coverage"], document["database"]
    system = (
        (distro["name"] or distro["id"]) if distro else "no distribution recognised"
    )
    facts = [
        image["platform"],
        system,
        summary.counted(coverage["packages"], "package"),
    ]
    if coverage["layers"]:
        facts.append(summary.counted(coverage["layers"], "layer"))
    said = [say(fact) for fact in facts if fact]
    day = say(database["date"][:10]) or "unknown date"
    name = text.wrapped("", say(document["target"]["name"]), page.width, indent="")
    about = text.wrapped(
        "", f"{', '.join(said)}; database of {day}", page.width, indent=""
    )
    return [
        page.paint(f"shipworthy {say(document['tool']['version'])}", "soft"),
        *(page.paint(part, "head") for part in name),
        *(page.paint(part, "soft") for part in about),
        "",
        word(document["verdict"], page),
    ]


def _findings(
    findings: Sequence[Document], page: Page, platforms: tuple[str, ...] = ()
) -> list[str]:
    if not findings:
        return ["No known vulnerability was found in what was looked at."]
    listed = findings[: page.limit]
    stated = any(finding["state"] for finding in listed)
    heads = (*_HEADS[:2], "STATE", *_HEADS[2:]) if stated else _HEADS
    known = "existing" if page.table_width >= ROOMY else ""
    states = {"new": "new", "moved": "moved", "existing": known} if stated else {}
    marks = [
        "*" if finding["kev"] else "+" if finding["exploits"] else ""
        for finding in listed
    ]
    rows = list(map(_row, listed, marks, repeat(states)))
    where = (
        [several.only_on(finding, platforms) for finding in listed] if platforms else []
    )
    if any(where):
        heads = (*heads[:-3], "ONLY ON", *heads[-3:])
        rows = [
            (*row[:-3], say(only, 80), *row[-3:])
            for row, only in zip(rows, where, strict=True)
        ]
    lines = _table(heads, rows, page) if rows else []
    for mark, words in _MARKS.items():
        if mark in marks:
            lines.append(page.paint(f"{mark} {words}", "soft"))
    left = len(findings) - len(rows)
    if left:
        more = f"… and {left:,} more; all of them: -o table=FILE, -o html=FILE, -o json=FILE"
        lines.append(page.paint(more, "soft"))
    return lines


def _row(finding: Document, mark: str, states: Mapping[str, str]) -> tuple[str, ...]:
    package = finding["package"]
    fixed, _others = summary.fixed_in(finding)
    name, of, version = finding["id"], package["name"], package["version"]
    # Where all together are short and harmless, so is each.
    told = f"{name} {of} {version} {fixed}"
    if len(told) > _SHORT or text.harmless(told) is not told:
        name, of, version = say(name, 80), say(of, 120), say(version, 80)
        fixed = say(fixed, 80)
    fixed = fixed or summary.fix_words(finding)
    if not states:
        return (finding["severity"], name + mark, of, version, fixed)
    state = states.get(finding["state"], "")
    return (finding["severity"], name + mark, state, of, version, fixed)


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], page: Page
) -> list[str]:
    """The rows below their heads; a cell that comes again and again is measured and padded once."""
    cells = list(zip(*rows, strict=True))
    columns = [{head, *held} for head, held in zip(heads, cells, strict=True)]
    widths = _widths(columns, page.table_width)
    sized = zip(columns, widths, strict=True)
    padded = list(starmap(_padded, sized))
    head = "  ".join(map(getitem, padded, heads)).rstrip()
    lines = [page.paint(head, "head")]
    # The severity is painted without the blanks behind it, which stay plain.
    first = {
        name: page.paint(name, name) + " " * (widths[0] - len(name))
        for name in columns[0] - {heads[0]}
    }
    others = [
        map(held.__getitem__, told) for held, told in zip(padded, cells, strict=True)
    ][1:]
    lines += [
        f"{severity}  {'  '.join(row).rstrip()}"
        for severity, row in zip(
            map(first.__getitem__, cells[0]), zip(*others, strict=True), strict=True
        )
    ]
    return lines


def _padded(cells: Iterable[str], size: int) -> dict[str, str]:
    """Each cell as wide as its column."""
    if max(map(len, cells)) <= size and "".join(cells).isascii():
        return {cell: cell.ljust(size) for cell in cells}
    return {cell: text.fit(cell, size) for cell in cells}


def _width(cells: Iterable[str]) -> int:
    """That of the widest."""
    measure = len if "".join(cells).isascii() else text.width
    return max(map(measure, cells))


def _widths(columns: Sequence[Iterable[str]], width: int) -> list[int]:
    """Columns as wide as they must be, the widest cut back where the line has no room."""
    widths = list(map(_width, columns))
    over = sum(widths) + 2 * (len(widths) - 1) - width
    while over > 0:
        # Severities and ids go whole as long as names and versions can give way.
        last = range(len(widths) - 3, len(widths))
        giving = [at for at in last if widths[at] > _LEAST] or [1]
        widths[max(giving, key=widths.__getitem__)] -= 1
        over -= 1
    return widths


def _statuses(statuses: Sequence[Document], page: Page) -> list[str]:
    lines: list[str] = []
    for partial, title, style in (
        (True, "Could not be looked at", "partial"),
        (False, "Notes", "head"),
    ):
        chosen = [status for status in statuses if status["partial"] is partial]
        if chosen:
            lines.append(page.paint(f"{title}: {len(chosen):,}", style))
        for status in chosen[:STATUSES]:
            words = f"{say(status['source'])}: {say(status['subject'])}: {say(status['message'], 400)}"
            lines += text.wrapped("- ", words, page.width)
        if len(chosen) > STATUSES:
            lines.append(f"  … and {len(chosen) - STATUSES:,} more, see -o json=FILE")
    return lines
