"""A policy in sentences, for ``shipworthy policy explain``."""

from __future__ import annotations

from collections.abc import Iterator

from shipworthy.model.verdict import Effect
from shipworthy.policy.rules import Rule, Settings
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.suppressions.limits import EntryLimits
from shipworthy.policy.wording import counted_words


_EFFECTS: dict[Effect, str] = {
    "fail": "the gate closes",
    "warn": "it warns",
    "inform": "it only says so",
}


def rule_words(rule: Rule) -> str:
    """``The gate closes on any finding known to be exploited.``, with what else holds of the rule."""
    kind = rule.of or rule.when.natural
    if rule.max_by_severity:
        limits = ", ".join(f"{most} {name}" for name, most in rule.max_by_severity)
        noun = counted_words(2, kind).removeprefix("2 ")
        counted = f"more than {limits} or {rule.max} other {noun}"
    elif rule.max:
        counted = f"more than {counted_words(rule.max, kind)}"
    else:
        counted = f"any {counted_words(1, kind).removeprefix('1 ')}"
    told = f"{_EFFECTS[rule.effect]} on {counted} {rule.when.words()}"
    also: list[str] = []
    if rule.undecided is not None:
        also.append(f"where it cannot be told, {_EFFECTS[rule.undecided]}")
    if not rule.suppressible:
        also.append("suppressed findings count as well")
    if rule.locked:
        also.append("locked, so that it can only be made stricter")
    return f"{_sentence('; '.join((told, *also)))}"


def entry_words(entry: Suppression) -> str:
    """``Leaves out CVE-2021-44228 in pkg:maven/…, until 2027-01-31 (owner payments): the class is removed``."""
    told = " ".join(("leaves out", *_what(entry)))
    if entry.until_fix:
        told += ", until there is a fix"
    if entry.expires:
        told += f", to {entry.expires}"
    if entry.owner:
        told += f" (owner {entry.owner})"
    return f"{_sentence(told)[:-1]}: {entry.reason}"


def settings_words(settings: Settings) -> tuple[str, ...]:
    """A sentence for every setting."""
    undecided = (
        f"{_EFFECTS[settings.undecided]}."
        if settings.undecided
        else "it warns for want of single severities, scores or dates; for want of a whole source the verdict is partial."
    )
    partial = (
        "the verdict is partial (exit code 3)."
        if settings.partial == "fail"
        else f"{_EFFECTS[settings.partial]}."
    )
    demanded = (
        f" Demanded by {settings.partial_demanded}."
        if settings.partial_demanded
        else ""
    )
    return (
        f"Where it cannot be told whether a rule is broken, {undecided}",
        f"Where not everything could be looked at, {partial}{demanded}",
        f"A suppression that ends within {_days(settings.expiring_within)} is told of.",
        *map(_limit_words, settings.limits),
    )


def _what(entry: Suppression) -> Iterator[str]:
    """What the entry is about, part by part."""
    yield _any(entry.ids) if entry.ids else "everything"
    parts = (
        ("in package", entry.packages),
        ("of version", (entry.versions,) if entry.versions else ()),
        ("of type", entry.types),
        ("at", entry.paths),
        ("in layer", entry.layers),
        ("in image", entry.images),
        ("from", (_ORIGINS[entry.origin],) if entry.origin else ()),
        ("with fix state", entry.fix_states),
    )
    for word, values in parts:
        if values:
            yield f"{word} {_any(values)}"
    if entry.about != ("vulnerability",):
        yield f"(about {_any(entry.about)})"


def _limit_words(limit: EntryLimits) -> str:
    demands = [
        *(["an owner"] if limit.owner else []),
        *(["an end"] if limit.expires and limit.longest is None else []),
        *(
            [f"an end within {_days(limit.longest)}"]
            if limit.longest is not None
            else []
        ),
    ]
    return f"Every suppression must have {' and '.join(demands)}, as {limit.source} demands."


def _any(values: tuple[str, ...]) -> str:
    return " or ".join(values)


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


_ORIGINS = {
    "base": "the base image",
    "own": "what is on top of the base image",
    "unknown": "where it cannot be told",
}
