"""Entries in words: what each is about, and one sentence on what became of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Sized

from shipworthy.model.verdict import SuppressionUse
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.wording import counted_words


_SHOWN = 3
_NAMED = 5
_LONGEST = 200


def names_of(entries: Sequence[Suppression]) -> tuple[str, ...]:
    """What each of ``entries`` is about; the second of the same words in one source is numbered."""
    counts: Counter[tuple[str, str]] = Counter()
    names: dict[tuple[str, str], None] = {}
    for entry in entries:
        words = about(entry)
        name = words
        while (entry.source, name) in names:
            counts[entry.source, words] += 1
            name = f"{words} (number {counts[entry.source, words] + 1})"
        names[entry.source, name] = None
    return tuple(name for _, name in names)


def about(entry: Suppression) -> str:
    """What an entry is about: ``CVE-2021-44228 in pkg:maven/…/log4j-core at app/**``."""
    subjects = [*entry.packages, *([f"/{entry.pattern}/"] if entry.pattern else [])]
    parts = [
        _listed(entry.ids),
        _led("in ", subjects),
        _led("of type ", entry.types),
        _led("from source ", [f"/{entry.source_pattern}/"])
        if entry.source_pattern
        else "",
        _led("called ", [f"/{entry.advised}/"]) if entry.advised else "",
        _led("of ", entry.distros),
        _led("in group ", entry.groups),
        _led("matched by ", entry.matched_by),
        _led("", [entry.versions]),
        _led("at ", entry.paths),
        _led("in layer ", entry.layers),
        _led("in image ", entry.images),
        f"from {entry.origin}" if entry.origin else "",
        _led("with fix state ", entry.fix_states),
        "until there is a fix" if entry.until_fix else "",
        "" if "vulnerability" in entry.about else f"({', '.join(entry.about)})",
    ]
    text = " ".join(part for part in parts if part)
    if not entry.ids:
        text = f"everything {text}" if text else "nothing in particular"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def sentence(uses: Sequence[SuppressionUse], suppressed: Sized, kept: Sized) -> str:
    """
    What became of the entries, one sentence without its full stop.

    What was left out first, then what needs somebody's hand: entries that have ended and what
    counts again, those that end soon, what an update repairs now, and those that could go.
    """
    left_out = f"{counted_words(len(suppressed))} left out"
    if suppressed and not kept:
        left_out = f"all of {left_out}"
    parts = [left_out]
    parts += _some([_ended(use) for use in uses if use.state == "expired"])
    parts += _some([_ends(use) for use in uses if use.expiring])
    parts += _some([_fixed(use) for use in uses if use.fixable])
    unused = [use for use in uses if use.state == "unused"]
    nothing = [use.entry for use in unused if not use.covered_by]
    if nothing:
        parts.append(f"nothing was found for {_listed(nothing, _NAMED)}")
    parts += _some(
        [f"{u.entry} adds nothing to {u.covered_by}" for u in unused if u.covered_by]
    )
    elsewhere = sum(use.state == "elsewhere" for use in uses)
    if elsewhere:
        verb = "entry is" if elsewhere == 1 else "entries are"
        parts.append(f"{elsewhere} {verb} for other images or other checks")
    return "; ".join(parts)


def _ended(use: SuppressionUse) -> str:
    if use.days_left is not None and use.days_left < 0:
        how = f"expired on {use.expires}"
    elif use.expires and use.days_left is None:
        how = f"holds until {use.expires}, which cannot be told to be past or not"
    else:
        how = "ended, for there is a fix"
    verb = "counts" if use.again == 1 else "count"
    return f"{use.entry} {how}, {counted_words(use.again)} {verb} again"


def _ends(use: SuppressionUse) -> str:
    days = use.days_left
    when = "today" if not days else "tomorrow" if days == 1 else f"in {days} days"
    return f"{use.entry} ends {when}, on {use.expires}"


def _fixed(use: SuppressionUse) -> str:
    count = len(use.fixable)
    them = f"{counted_words(count)} of {use.entry}"
    return f"an update repairs {them}"


def _led(word: str, texts: Sequence[str]) -> str:
    listed = _listed([text for text in texts if text])
    return f"{word}{listed}" if listed else ""


def _listed(texts: Sequence[str], most: int = _SHOWN) -> str:
    shown = ", ".join(texts[:most])
    more = len(texts) - most
    return f"{shown} and {more} more" if more > 0 else shown


def _some(parts: Sequence[str]) -> list[str]:
    """The first of several parts, and how many there are beside them."""
    more = len(parts) - _NAMED
    rest = [f"and so {more} more"] if more > 0 else []
    return [*parts[:_NAMED], *rest]
