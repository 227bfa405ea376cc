"""The verdict in plain text: in a word, and in full with every rule; and what checks found."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.reports import policy_words as words
from shipworthy.reports import summary, text
from shipworthy.reports.summary import Document
from shipworthy.reports.table_page import Page, say


PASSED = 8
"""Rules that passed listed; the HTML page and the JSON result have all."""
SOURCES = 3
"""Documents of the policy named; the HTML page and the JSON result have all."""
WIDE = 50
"""Columns that the name of such a document may take."""
CHECKS = 20
"""Checks listed; the HTML page and the JSON result have all."""

_SIGNS = {
    "pass": "PASS",
    "warn": "PASS",
    "fail": "FAIL",
    "partial": "PARTIAL",
    "undecided": "PARTIAL",
    "open": "PASS",
}
_OPEN = ", as no rule was set"
_ALLOW = "Repair what is named above and scan again; --allow-partial judges what could be seen."


def word(verdict: Document, page: Page) -> str:
    """The verdict in one line."""
    head = summary.headline(verdict)
    said = f"{_SIGNS[head.tone]}: {head.words[0].lower()}{head.words[1:]}"
    if head.tone == "open":
        said += _OPEN
    elif head.tone == "fail" and head.lacking:
        said += f", and {head.lacking}"
    return page.paint(said, head.tone)


def verdict(document: Document, page: Page) -> list[str]:
    """The verdict, why, the figures, and every rule with what would make it pass."""
    judged = document["verdict"]
    lines = [word(judged, page)]
    if judged["summary"]:
        said = say(judged["summary"], 1000)
        lines += text.wrapped("", said, page.width, indent="")
    counts = summary.counts(document["findings"])
    lines += text.wrapped("", counts, page.width, indent="")
    lines += _by(document, page)
    if summary.headline(judged).unseen:
        lines += text.wrapped("", _ALLOW, page.width, indent="")
    rulings = words.rulings(judged)
    told = sum(ruling.mark != "pass" for ruling in rulings)
    for ruling in rulings[: told + PASSED]:
        lines += _rule(ruling, page)
    rest = len(rulings) - told - PASSED
    if rest > 0:
        lines.append(f"  … and {summary.counted(rest, 'more rule')} passed")
    return lines


def _by(document: Document, page: Page) -> list[str]:
    """The documents that judged, and the day; nothing where only options did."""
    sources = document["policy"]
    if not sources:
        return []
    said = [say(source["name"]) for source in sources[:SOURCES]]
    # A reference with its digest would be wider than the line; it is cut and not broken.
    names = ", ".join(text.fit(name, min(text.width(name), WIDE)) for name in said)
    more = len(sources) - SOURCES
    names += f" and {more:,} more" if more > 0 else ""
    day = document["verdict"]["day"]
    when = f"Judged as of {say(day)} by" if day else "Judged by"
    return text.wrapped("", f"{when} {names}.", page.width, indent="")


def checks(found: Sequence[Document], page: Page) -> list[str]:
    """What checks found, worst first."""
    if not found:
        return []
    ordered = sorted(
        found,
        key=lambda one: (summary.RANK[one["severity"]], one["id"], one["path"]),
    )
    lines = [page.paint(f"Checks: {len(found):,}", "head")]
    for one in ordered[:CHECKS]:
        place = say(one["path"])
        if one["layer"] is not None:
            place += f"{' in ' if place else ''}layer {one['layer']}"
        said = f"{one['severity']} {say(one['id'])}: {say(one['title'], 300)}"
        said += f" ({place})" if place else ""
        said += f": {say(one['message'], 400)}" if one["message"] else ""
        lines += text.wrapped("- ", said, page.width)
    if len(found) > CHECKS:
        lines.append(f"  … and {len(found) - CHECKS:,} more, see -o json=FILE")
    return lines


def _rule(ruling: words.Ruling, page: Page) -> list[str]:
    mark = ruling.mark if ruling.mark == "pass" else ruling.mark.upper()
    blank = " " * 11
    rule = ruling.rule
    said = f"{say(rule['name'])} ({ruling.about(say)}): {say(ruling.said, 600)}"
    first, *rest = text.wrapped(blank, said, page.width)
    padding = " " * (len(blank) - len(mark))
    lines = [f"  {page.paint(mark, ruling.mark)}{padding}{first.lstrip()}", *rest]
    if rule["remedy"]:
        lines += text.wrapped(blank, f"to pass: {say(rule['remedy'], 600)}", page.width)
    return lines
