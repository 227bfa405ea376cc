"""``rules``: one rule as it is written, before it is laid over one of the same name in a shared policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from shipworthy.model.advisory import SEVERITIES, Severity
from shipworthy.model.verdict import Effect
from shipworthy.policy.conditions.interface import Atom, Condition
from shipworthy.policy.document.fields import MOST, Value
from shipworthy.policy.document.nodes import Fields, quoted
from shipworthy.policy.document.when import about_one_thing, read_condition
from shipworthy.policy.facts import KINDS, Kind
from shipworthy.values import dataclass


EFFECTS: tuple[Effect, ...] = get_args(Effect)
KEYS = (
    "name",
    "when",
    "effect",
    "max",
    "undecided",
    "locked",
    "suppressible",
    "of",
    "description",
)
BUILT_IN = ("coverage", "suppressions", "fail-on")
"""Names of rules that are there without a file; ``max-…`` are others."""

_WITH_SEVERITY: tuple[Kind, ...] = ("finding", "check")
_COUNT = f"a whole number from 0 to {MOST}, or one for each severity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """``max``: of all, or of some severities by themselves and of all others."""

    others: int = 0
    by_severity: tuple[tuple[Severity, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRule:
    """A rule as a file has it; ``None`` is what it does not say."""

    name: str
    source: str
    when: Condition | None = None
    effect: Effect | None = None
    limit: Limit | None = None
    undecided: Effect | None = None
    locked: bool | None = None
    suppressible: bool | None = None
    of: Kind | None = None
    description: str | None = None


def read_rule(value: Value, atoms: Mapping[str, Atom]) -> WrittenRule | None:
    """The rule of one item of ``rules``; ``None`` where it has no name or what it has is wrong."""
    fields = value.fields(KEYS, "a rule, such as {name: …, when: {…}, effect: fail}")
    if not isinstance(value.node, Fields):
        return None
    name = _name(value, fields.get("name"))
    when = None
    if "when" in fields:
        when = read_condition(fields["when"], atoms)
        if when is not None and not about_one_thing(when, fields["when"]):
            when = None
    of = fields["of"].choice(KINDS) if "of" in fields else None
    if when is not None and of is not None and of not in when.kinds:
        fields["of"].wrong(f"one of {', '.join(k for k in KINDS if k in when.kinds)}")
    effects = {
        key: fields[key].choice(EFFECTS) if key in fields else None
        for key in ("effect", "undecided")
    }
    flags = {
        key: fields[key].flag() if key in fields else None
        for key in ("locked", "suppressible")
    }
    limit = _limit(fields["max"], of, when) if "max" in fields else None
    description = fields["description"].text() if "description" in fields else None
    if name is None or ("when" in fields and when is None):
        return None
    return WrittenRule(
        name=name,
        source=value.source,
        when=when,
        effect=effects["effect"],
        limit=limit,
        undecided=effects["undecided"],
        locked=flags["locked"],
        suppressible=flags["suppressible"],
        of=of,
        description=description,
    )


def _name(rule: Value, value: Value | None) -> str | None:
    if value is None:
        rule.problems.add(rule.node.line, "a rule has no name, expected the key 'name'")
        return None
    text = value.text("the name of a rule")
    if text is None:
        return None
    name = " ".join(text.split())
    if name in BUILT_IN or name.startswith("max-"):
        value.problems.add(
            value.node.line,
            f"name: {quoted(name)} is the name of a built-in rule, expected another",
        )
        return None
    return name


def _limit(value: Value, of: Kind | None, when: Condition | None) -> Limit | None:
    if not isinstance(value.node, Fields):
        number = value.whole(_COUNT)
        return Limit(others=number) if number is not None else None
    if not value.node.fields:
        value.wrong(_COUNT)
        return None
    kind = of or (when.natural if when is not None else "finding")
    if kind not in _WITH_SEVERITY:
        value.wrong(f"a whole number, for a {kind} has no severity")
        return None
    found = value.fields((*SEVERITIES, "other"), _COUNT)
    numbers = {
        key: one.whole(f"a whole number from 0 to {MOST}") for key, one in found.items()
    }
    return Limit(
        others=numbers.get("other") or 0,
        by_severity=tuple(
            (name, number)
            for name in SEVERITIES
            if (number := numbers.get(name)) is not None
        ),
    )
