"""
A job as one text of Markdown, for job summaries and comments: what came of all images, then a report of each.

Where the room is short, the reports that matter most are there and the others are counted: what could not be
scanned and what may not ship come first. Every text of others is escaped as :mod:`shipworthy.reports.markdown_text`
does it; the reports are those of ``-o markdown``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shipworthy.reports.markdown import LEAST, MarkdownReport
from shipworthy.reports.markdown_page import row, section, table
from shipworthy.reports.markdown_text import code, words
from shipworthy.reports.summary import counted, headline
from shipworthy_ci.facts import counts_of, facts_of, gate_closed
from shipworthy_ci.job import CLOSED, PASSED, Job, Scanned


Measure = Callable[[str], int]
"""How long a text is: in characters for a comment, in bytes for a file."""

_WORST_BYTES = 4
_HINT = 400
_RESERVE = 200


def overview(job: Job, limit: int, measure: Measure = len, *, top: str = "") -> str:
    """
    The whole job in at most ``limit`` as ``measure`` counts.

    Args:
        job: What was scanned.
        limit: How long the text may be; enough for one report at least.
        measure: Counts it.
        top: A line that comes first.
    """
    head = [*([top] if top else []), *_head(job, limit // 4, measure)]
    text = "\n".join(head) + "\n"
    left = 0
    for one in sorted(job.scanned, key=_order):
        room = limit - measure(text) - _RESERVE
        more = _report(one, room, measure)
        if more:
            text += f"\n{more}"
        else:
            left += 1
    if left:
        told = counted(left, "image")
        text += f"\n… and the reports of {told}, left out for length; the report folder has all.\n"
    return text


def size_in_bytes(text: str) -> int:
    """The length of ``text`` as UTF-8."""
    return len(text.encode("utf-8", "backslashreplace"))


def _head(job: Job, limit: int, measure: Measure) -> list[str]:
    """One row an image, where there are several."""
    if len(job.scanned) < 2:
        return []
    rows = [_row(one) for one in sorted(job.scanned, key=_order)]
    # A row is counted in characters there: never more room than all of them as bytes.
    room = limit if measure is len else limit // _WORST_BYTES
    heads = table(("Image", "Verdict", "Critical", "High", "Findings", "Can be fixed"))
    lines = [f"## {words(job.title, 120)}: {facts_of(job).headline}"]
    return lines + section("Images", rows, len(rows), "image", room, head=heads)


def _row(one: Scanned) -> str:
    name = code(one.target, 120)
    if one.document is None:
        return row((name, "**Not scanned**", "", "", "", ""))
    counts = counts_of(one.document)
    told = headline(one.document["verdict"]).words
    figures = (
        counts.severities["critical"],
        counts.severities["high"],
        counts.total,
        counts.fixable,
    )
    shown = told if one.exit_code == PASSED else f"**{told}**"
    return row((name, shown, *(f"{figure:,}" for figure in figures)))


def _report(one: Scanned, room: int, measure: Measure) -> str:
    """The report of one image as long as the room lets it be; nothing where it lets none."""
    if one.document is None:
        told = "\n".join(_not_scanned(one)) + "\n"
        return told if measure(told) <= room else ""
    for limit in (room, room // _WORST_BYTES):
        if limit < LEAST:
            break
        text = MarkdownReport(limit).render(one.document).decode("utf-8")
        if measure(text) <= room:
            return text
    return ""


def _not_scanned(one: Scanned) -> Sequence[str]:
    """Why there is no report."""
    error = one.error
    lines = [f"## Not scanned: {code(one.target, 120)}", ""]
    for told in (error.lines if error else ())[:5]:
        lines += [words(told, _HINT), ""]
    if error and error.hint:
        lines += [f"What to do: {words(error.hint, _HINT)}", ""]
    return lines[:-1]


def _order(one: Scanned) -> tuple[int, str]:
    """What nobody knows about first, then what may not ship, then what passed."""
    if one.document is None:
        return 0, one.name
    if one.exit_code not in {PASSED, CLOSED}:
        return (1 if gate_closed(one) else 2), one.name
    return (3 if one.exit_code == CLOSED else 4), one.name
