"""What the policy brings to the Markdown report: rules, what to do, what was taken out, what was not looked at."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.reports import policy_words as policy
from shipworthy.reports import summary
from shipworthy.reports.markdown_page import row, section, table
from shipworthy.reports.markdown_text import code, fenced, words
from shipworthy.reports.summary import Document, counted
from shipworthy.reports.text import instruction


ACTIONS = 5
"""Actions proposed; the HTML page has all."""
COMMAND_LIMIT = 1500
"""Longest command, in characters; the HTML page and the JSON result have longer ones."""
RULES = 8
"""Rules that passed listed at once; the others are folded."""
ENTRIES = 20
"""Entries, checks and statuses listed of a kind; the HTML page and the JSON result have all."""


def rules(document: Document, room: int) -> list[str]:
    """Every rule with why and what would make it pass; passed ones beyond some are folded."""
    rulings = policy.rulings(document["verdict"])
    if not rulings:
        return []
    told = sum(ruling.mark != "pass" for ruling in rulings) + RULES
    heads = table(("", "Rule", "Why", "To pass"))
    first, rest = rulings[:told], rulings[told:]
    kept = room // 4 if rest else 0
    lines = section(
        "Rules", map(_rule, first), len(first), "rule", room - kept, head=heads
    )
    title = f"{counted(len(rest), 'more rule')} passed"
    return lines + section(
        title, map(_rule, rest), len(rest), "rule", kept, head=heads, fold=True
    )


def plan(document: Document, room: int) -> list[str]:
    """The actions that remove most risk, with their commands."""
    actions, _ = policy.plan(document)
    fixable = any(finding["fixedVersions"] for finding in document["findings"])
    if not document["remediation"] and fixable:
        return ["", "### What to do first", "", policy.NO_PLAN]
    first, rest = actions[:ACTIONS], actions[ACTIONS:]
    blocks = (_action(at, one) for at, one in enumerate(first, 1))
    lines = section("What to do first", blocks, len(first), "action", room - 100)
    if rest:
        closed = counted(sum(len(action["closes"]) for action in rest), "finding")
        verb = "closes" if len(rest) == 1 else "close"
        lines += ["", f"… {counted(len(rest), 'more action')} {verb} {closed}."]
    return lines


def beyond(document: Document, room: int) -> list[str]:
    """What the image's owner cannot fix, and why, folded."""
    _, others = policy.plan(document)
    lines = (
        f"- {words(one['title'], 300)}: {counted(len(one['findings']), 'finding')}, worst {one['worst']}"
        + (f"; {words(one['detail'], 400)}" if one["detail"] else "")
        for one in others
    )
    return section("What you cannot fix", lines, len(others), "reason", room, fold=True)


def suppressed(document: Document, room: int) -> list[str]:
    """How many findings were taken out, and the entries that somebody should look at."""
    taken = document["suppressed"]
    told = policy.attention(document["suppressions"], words)
    near = [one for one in told if one.state != "elsewhere"]
    if not taken and not near:
        return []
    counts = summary.in_words(summary.tally(entry["finding"] for entry in taken))
    lines = ["", f"Suppressed by policy: {len(taken):,} ({counts})."]
    room -= len(lines[1]) + 2
    return lines + section(
        "Entries to look at", map(_entry, near), len(near), "entry", room
    )


def checks(document: Document, room: int) -> list[str]:
    """What checks found that is not about a package, worst first."""
    found = sorted(
        document["checks"],
        key=lambda one: (summary.RANK[one["severity"]], one["id"], one["path"]),
    )
    return section(
        "Checks",
        map(_check, found),
        len(found),
        "check",
        room,
        head=table(("Severity", "Check", "What", "Where")),
    )


def unseen(document: Document, room: int) -> list[str]:
    """What could not be looked at; notes that say less are folded."""
    missed = [one for one in document["statuses"] if one["partial"]]
    notes = [one for one in document["statuses"] if not one["partial"]]
    lines = section(
        "Could not be looked at",
        map(_status, missed),
        len(missed),
        "status",
        room * 3 // 4,
    )
    return lines + section(
        counted(len(notes), "note"),
        map(_status, notes),
        len(notes),
        "note",
        room // 4,
        fold=True,
    )


def _rule(ruling: policy.Ruling) -> str:
    rule = ruling.rule
    about = f"{words(rule['name'])} ({ruling.about(words)})"
    mark = ruling.mark if ruling.mark == "pass" else f"**{ruling.mark}**"
    return row((mark, about, words(ruling.said, 600), words(rule["remedy"], 600)))


def _action(number: int, action: Document) -> str:
    """A paragraph a piece, so that the command stands in a block of its own."""
    said = f"**{number}.** {words(action['title'], 300)}: {policy.closes(action)}"
    whose = policy.origin(action)
    parts = [f"{said}; {whose}." if whose else f"{said}."]
    if action["detail"]:
        parts.append(words(action["detail"], 400))
    where = _place(action)
    if where:
        parts.append(where)
    if action["command"]:
        parts.append(fenced(action["command"], COMMAND_LIMIT))
    return ("\n" if number > 1 else "") + "\n\n".join(parts)


def _place(action: Document) -> str:
    told = [f"layer {action['layer']}"] if action["layer"] is not None else []
    told += [f"line {action['line']} of the Dockerfile"] if action["line"] else []
    where = f"In {', '.join(told)}" if told else ""
    if action["instruction"]:
        step = code(instruction(action["instruction"]), 300)
        where += f"{': ' if where else ''}{step}"
    return where


def _entry(one: policy.Attention) -> str:
    where = policy.written(one.use, words, ends=False)
    said = f"- {words(one.use['entry'])}: {'; '.join(one.why)}"
    return f"{said} ({where})" if where else said


def _check(check: Document) -> str:
    place = code(check["path"])
    if check["layer"] is not None:
        place += f"{' in ' if place else ''}layer {check['layer']}"
    said = [words(check[key], 300) for key in ("title", "message")]
    return row(
        (
            check["severity"].capitalize(),
            words(check["id"], 80),
            ": ".join(filter(None, said)),
            place,
        )
    )


def _status(status: Document) -> str:
    return f"- {_named(status, ('source', 'subject'))}{words(status['message'], 400)}"


def _named(status: Document, keys: Sequence[str]) -> str:
    return "".join(f"{words(status[key])}: " for key in keys if status[key])
