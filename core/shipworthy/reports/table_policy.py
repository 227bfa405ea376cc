"""What the policy brings, in plain text: the comparison, what to do, and what was taken out."""

from __future__ import annotations

from shipworthy.reports import policy_words as words
from shipworthy.reports import summary, text
from shipworthy.reports.summary import Document, counted
from shipworthy.reports.table_page import Page, say


ACTIONS = 5
"""Actions proposed; the HTML page has all."""
BEYOND = 5
"""Reasons given why something cannot be fixed; the HTML page has all."""
GONE = 10
"""Findings listed that are no more; the HTML page and the JSON result have all."""
ENTRIES = 20
"""Entries listed that need attention; the HTML page and the JSON result have all."""
COMMAND_LIMIT = 1500
"""Longest command, in characters; the HTML page and the JSON result have longer ones."""


def compared(document: Document, page: Page) -> list[str]:
    """How the findings compare with the baseline, and the worst of those that are no more."""
    since = words.compared(document, say)
    if not since:
        return []
    lines = text.wrapped("", since, page.width, indent="")
    lines[0] = page.paint(lines[0], "head")
    gone = words.gone(document["comparison"]["fixed"])
    for one in gone[:GONE]:
        what = f"{say(one['package'], 120)} {say(one['version'], 80)}"
        said = f"fixed: {words.rated(one['severity'])} {say(one['id'], 80)} in {what}"
        said += f": {say(one['reason'], 300)}" if one["reason"] else ""
        lines += text.wrapped("- ", said, page.width)
    if len(gone) > GONE:
        lines.append(f"  … and {len(gone) - GONE:,} more, see -o html=FILE")
    return lines


def plan(document: Document, page: Page) -> list[str]:
    """The actions that remove most risk, with their commands, and what cannot be fixed."""
    actions, others = words.plan(document)
    fixable = any(finding["fixedVersions"] for finding in document["findings"])
    if not document["remediation"] and fixable:
        return text.wrapped("", words.NO_PLAN, page.width, indent="")
    lines = [page.paint("What to do first", "head")] if actions else []
    for number, action in enumerate(actions[:ACTIONS], 1):
        lines += _action(f"{number}. ", action, page)
    rest = actions[ACTIONS:]
    if rest:
        closed = counted(sum(len(action["closes"]) for action in rest), "finding")
        verb = "closes" if len(rest) == 1 else "close"
        lines.append(f"  … {counted(len(rest), 'more action')} {verb} {closed}")
    if others:
        lines += [""] if lines else []
        lines.append(page.paint("What you cannot fix", "head"))
    for action in others[:BEYOND]:
        said = f"{say(action['title'], 300)}: {counted(len(action['findings']), 'finding')}, worst {action['worst']}"
        said += f"; {say(action['detail'], 400)}" if action["detail"] else ""
        lines += text.wrapped("- ", said, page.width)
    if len(others) > BEYOND:
        lines.append(f"  … and {len(others) - BEYOND:,} more, see -o html=FILE")
    return lines


def suppressed(document: Document, page: Page) -> list[str]:
    """How many findings were taken out, and the entries that somebody should look at."""
    taken, uses = document["suppressed"], document["suppressions"]
    told = [one for one in words.attention(uses, say) if one.state != "elsewhere"]
    if not taken and not told:
        return []
    counts = summary.in_words(summary.tally(entry["finding"] for entry in taken))
    lines = [page.paint(f"Suppressed by policy: {len(taken):,} ({counts})", "soft")]
    for one in told[:ENTRIES]:
        use = one.use
        where = words.written(use, say, ends=False)
        said = f"{say(use['entry'])}: {'; '.join(one.why)}"
        said += f" ({where})" if where else ""
        lines += text.wrapped("- ", said, page.width)
    if len(told) > ENTRIES:
        lines.append(f"  … and {len(told) - ENTRIES:,} more, see -o html=FILE")
    return lines


def _action(mark: str, action: Document, page: Page) -> list[str]:
    said = f"{say(action['title'], 300)}: {words.closes(action)}"
    whose = words.origin(action)
    said += f"; {whose}" if whose else ""
    lines = text.wrapped(mark, said, page.width)
    blank = " " * len(mark)
    if action["detail"]:
        lines += text.wrapped(blank, say(action["detail"], 400), page.width)
    where = [f"layer {action['layer']}"] if action["layer"] is not None else []
    where += [f"line {action['line']} of the Dockerfile"] if action["line"] else []
    if where or action["instruction"]:
        place = f"in {', '.join(where)}" if where else ""
        made = (
            say(text.instruction(action["instruction"]))
            if action["instruction"]
            else ""
        )
        between = ": " if place and made else ""
        parts = text.wrapped(blank, f"{place}{between}{made}", page.width)
        lines += [page.paint(part, "soft") for part in parts]
    if action["command"]:
        lines += _command(action["command"], page)
    return lines


def _command(command: str, page: Page) -> list[str]:
    r"""
    The command, its own lines kept; one that is too long goes on behind ``\``, as a shell reads it.

    A quoted one stays whole, for between quotes a shell may read that otherwise.
    """
    lines: list[str] = []
    blank = " " * 5
    for part in text.block(command, COMMAND_LIMIT).split("\n"):
        if "'" in part or '"' in part:
            lines.append(f"  {blank}{text.quiet(part)}")
            continue
        folded = text.wrapped(blank, text.quiet(part), page.width - 2)
        lines += [f"{line} \\" for line in folded[:-1]]
        lines.append(folded[-1])
    return lines
