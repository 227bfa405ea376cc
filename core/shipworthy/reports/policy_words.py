"""
What the policy brings to a result, in the words that every form for people uses.

Functions that put text of others into a sentence are handed how their form writes it
(``shown``), so that the sentence itself is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from shipworthy.reports.summary import RANK, Document, counted, figures
from shipworthy.values import dataclass


Shown = Callable[[str], str]
"""How a form writes a short text of others."""

KIND_WORDS: Mapping[str, str] = {
    "base": "base image",
    "os-packages": "system packages",
    "package": "package",
    "rebuild": "rebuild",
    "release": "new release",
    "remove": "removal",
}
"""Kinds of actions in words; ``none`` is no action."""

VEX_WORDS: Mapping[str, str] = {
    "affected": "affected",
    "fixed": "fixed",
    "not_affected": "not affected",
    "under_investigation": "under investigation",
}
"""VEX statuses in words."""

NO_PLAN = "No plan was made for this result; fixed versions stand with the findings."
"""What is said where findings can be fixed and the result has no actions."""

NOTHING = "none"
"""The name of a comparison by which every finding is new."""

_BROKEN = {"fail": "fail", "warn": "warn", "inform": "note"}
_MARKS = ("fail", "undecided", "warn", "note", "pass")
_EFFECTS = {"fail": 0, "warn": 1, "inform": 2}
_STATES = ("expired", "expiring", "fixable", "unused", "elsewhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One rule with the word that its outcome is marked with."""

    mark: str
    """``fail``, ``undecided``, ``warn``, ``note`` or ``pass``."""
    rule: Document

    @property
    def said(self) -> str:
        """Why, or what it demands where no reason is told."""
        return str(self.rule["reason"] or self.rule["condition"])

    def about(self, shown: Shown) -> str:
        """Its effect, and where it is written."""
        source = self.rule["source"]
        effect = str(self.rule["effect"])
        return f"{effect}, {shown(source)}" if source else effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """An entry that somebody should look at, and why."""

    state: str
    """``expired``, ``expiring``, ``fixable``, ``unused`` or ``elsewhere``."""
    why: tuple[str, ...]
    use: Document


def rulings(verdict: Document) -> list[Ruling]:
    """The rules of a verdict: the broken first, then the undecided, warnings, notes, the passed."""
    made = [Ruling(mark=mark_of(rule), rule=rule) for rule in verdict["rules"]]
    return sorted(
        made,
        key=lambda one: (_MARKS.index(one.mark), _EFFECTS[one.rule["effect"]]),
    )


def mark_of(rule: Document) -> str:
    """The word for a rule's outcome: ``fail``, ``undecided``, ``warn``, ``note`` or ``pass``."""
    if rule["status"] == "undecided":
        return "undecided"
    return _BROKEN.get(rule["effect"], "fail") if rule["status"] == "broken" else "pass"


def compared(document: Document, shown: Shown) -> str:
    """What was compared with and how the findings came out; empty without a comparison."""
    comparison = document["comparison"]
    if comparison is None:
        return ""
    states = figures(document["findings"]).states
    words = ", ".join(f"{states[name]:,} {name}" for name in ("new", "existing"))
    words += f", {states['moved']:,} moved, {len(comparison['fixed']):,} fixed"
    if not earlier(document):
        words = f"Compared with nothing, so that every finding counts as new: {words}"
    else:
        words = f"Compared with {shown(comparison['name'])}: {words}"
    if comparison["partial"]:
        words += "; that scan did not see everything, so what is new here may have been there"
    return words + "."


def earlier(document: Document) -> bool:
    """Whether there is an earlier result that this one was compared with; not where all counts as new."""
    comparison = document["comparison"]
    return comparison is not None and comparison["name"] != NOTHING


def rated(severity: str) -> str:
    """A severity that came out of another result; ``unknown`` where it is none of ours."""
    return severity if severity in RANK else "unknown"


def gone(fixed: Iterable[Document]) -> list[Document]:
    """The findings that are no more, worst first."""
    return sorted(
        fixed,
        key=lambda one: (
            RANK[rated(one["severity"])],
            one["id"],
            one["package"],
            one["version"],
        ),
    )


def attention(uses: Iterable[Document], shown: Shown) -> list[Attention]:
    """The entries that expired, end soon, could be fixed, fit nothing or are for other images, in this order."""
    found = [_attention(use, shown) for use in uses]
    return sorted(
        (one for one in found if one is not None),
        key=lambda one: _STATES.index(one.state),
    )


def written(entry: Document, shown: Shown, *, ends: bool = True) -> str:
    """Where an entry stands, who answers for it, and with ``ends`` how long it holds."""
    words = [shown(entry["source"])] if entry["source"] else []
    words += [f"owner {shown(entry['owner'])}"] if entry["owner"] else []
    words += [f"until {shown(entry['expires'])}"] if ends and entry["expires"] else []
    return ", ".join(words)


def vex(status: str, justification: str, shown: Shown) -> str:
    """A VEX statement in words; empty where there is none."""
    if not status:
        return ""
    words = f"VEX: {VEX_WORDS.get(status) or shown(status)}"
    return f"{words}, {shown(justification)}" if justification else words


def plan(document: Document) -> tuple[list[Document], list[Document]]:
    """The actions to take, in their order, and those that only say what cannot be done."""
    actions: Sequence[Document] = document["remediation"]
    return (
        [action for action in actions if action["kind"] != "none"],
        [action for action in actions if action["kind"] == "none"],
    )


def closes(action: Document) -> str:
    """How much an action closes."""
    return (
        f"closes {counted(len(action['closes']), 'finding')}, "
        f"worst {action['worst']}, risk {action['risk']:,.0f}"
    )


def origin(action: Document) -> str:
    """Whose the packages are, where they are not simply the reader's."""
    ours = action["origin"] != "base" or action["kind"] == "base"
    return "" if ours else "from the base image"


def _attention(use: Document, shown: Shown) -> Attention | None:
    ends = shown(use["expires"])
    if use["state"] == "expired":
        when = f" on {ends}" if ends else ""
        why = [("expired", f"expired{when}, so it takes nothing out any more")]
    elif use["state"] in {"unused", "elsewhere"}:
        words = {"unused": "nothing was found for it", "elsewhere": "for other images"}
        why = [(use["state"], words[use["state"]])]
    else:
        why = []
    if use["expiring"] and use["state"] != "expired":
        why.insert(0, ("expiring", f"{_left(use['daysLeft'])}, on {ends}"))
    if use["fixable"]:
        names = ", ".join(map(shown, use["fixable"][:3]))
        more = len(use["fixable"]) - 3
        names += f" and {more:,} more" if more > 0 else ""
        why.append(("fixable", f"there is a fix now for {names}"))
    if not why:
        return None
    states = [state for state, _ in why]
    first = min(states, key=_STATES.index)
    return Attention(state=first, why=tuple(words for _, words in why), use=use)


def _left(days: int | None) -> str:
    if days is None:
        return "ends soon"
    return f"ends in {counted(days, 'day')}" if days > 0 else "ends today"
