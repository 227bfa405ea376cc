"""
What would make a rule pass, in one sentence: from the plan of what to do, else from what the rule asks.

Pure: rules as they were judged and the plan's actions go in, sentences come out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from shipworthy.model.finding import Finding
from shipworthy.model.remediation import Action
from shipworthy.model.verdict import Verdict
from shipworthy.policy.conditions.asking import one_or_many
from shipworthy.policy.conditions.combine import questions
from shipworthy.policy.conditions.fixes import FixAvailable, FixAvailableFor, fixable
from shipworthy.policy.conditions.packages import LicenceIs
from shipworthy.policy.conditions.places import OriginIs
from shipworthy.policy.conditions.scans import (
    DatabaseOlderThan,
    ImageOlderThan,
    Partial,
)
from shipworthy.policy.facts import Kind
from shipworthy.policy.labels import label
from shipworthy.policy.outcomes import Judgement, over
from shipworthy.policy.wording import some


LONGEST = 600
"""Characters of a remedy; what is longer ends with an ellipsis."""

_STEPS = 5
_UPGRADE = "upgrade "
_LACKS: tuple[tuple[str, str], ...] = (
    (", which the database does not hold", "use a database that holds {}"),
    (", which were not looked for", "look for {}"),
    (", which were not made", "let the scan make {}"),
    (", which this target does not show", "scan the image itself, which shows {}"),
    (", which this target does not tell", "scan the image itself, which tells {}"),
    (", which neither --at nor the database gives", "name {} with --at"),
    (", which it does not tell", "build the image with a date, so that it tells {}"),
    (", which has no date", "use a database with a date, for {}"),
)
"""How what a rule lacks ends, and what to do about it."""
_BUILT_IN = {
    "coverage": "mend or remove what could not be read, or accept gaps with --allow-partial or a rule on partial: true",
    "suppressions": "look again at what entries hid that have ended, and renew or remove them; narrow those that leave nothing to judge",
}


def remedies(
    judgements: Sequence[Judgement], actions: Sequence[Action]
) -> tuple[str, ...]:
    """
    For each of ``judgements``, in their order, what would make its rule pass; empty where it does.

    ``actions`` is the plan, the action that removes most risk first; the fewest from its beginning
    that bring a rule's count to its limit are named, without those that do nothing for this rule.
    """
    return tuple(_bounded(_remedy(one, actions)) for one in judgements)


def with_remedies(
    verdict: Verdict, judgements: Sequence[Judgement], actions: Sequence[Action]
) -> Verdict:
    """The verdict that ``judgements`` came to, with a remedy for each rule that does not pass, built-in ones too."""
    told = remedies(judgements, actions)
    rules = tuple(
        replace(
            rule, remedy=told[at] if at < len(told) else _BUILT_IN.get(rule.name, "")
        )
        if rule.status != "passed"
        else rule
        for at, rule in enumerate(verdict.rules)
    )
    return replace(verdict, rules=rules)


def _remedy(judgement: Judgement, actions: Sequence[Action]) -> str:
    if judgement.outcome.status == "passed":
        return ""
    if judgement.lacks:
        wanted = " and ".join(map(_provide, judgement.lacks))
        return f"{wanted}, or set undecided: inform for this rule"
    if judgement.outcome.status == "undecided":
        return _of_doubt(judgement)
    if judgement.kind == "finding":
        return _by_plan(judgement, actions)
    return _OTHERS[judgement.kind](judgement)


def _of_doubt(judgement: Judgement) -> str:
    names = some(sorted(map(label, judgement.doubtful or judgement.counted)))
    ways = []
    if any(isinstance(one, OriginIs) for one in questions(judgement.rule.when)):
        ways.append("name the base image with --base")
    if judgement.kind == "finding" and judgement.rule.suppressible:
        ways.append("suppress with a reason what does not apply")
    ways.append("set undecided: inform for this rule")
    return f"of {names} it cannot be told: {one_or_many(ways)}"


def _by_plan(judgement: Judgement, actions: Sequence[Action]) -> str:
    """The steps of the plan, how many findings they close, and what is left."""
    open_ = {_key(one): one for one in judgement.counted if isinstance(one, Finding)}
    left = list(open_.values())
    steps: list[Action] = []
    for action in actions:
        if not over(judgement.rule, left):
            break
        closed = frozenset((*action.closes, *action.findings))
        rest = [
            one
            for one in left
            if one.fingerprint not in closed and label(one) not in closed
        ]
        if action.kind != "none" and len(rest) < len(left):
            steps.append(action)
            left = rest
    if not steps:
        return f"{_left(judgement, left)}{_ways_out(judgement, left)}"
    closes = len(open_) - len(left)
    told = f"{_in_words(steps)}: closes {closes} of {len(open_)}"
    if not over(judgement.rule, left):
        return told
    return f"{told}; {_left(judgement, left)}{_ways_out(judgement, left)}"


def _key(finding: Finding) -> str:
    return finding.fingerprint or f"{label(finding)} {finding.package.locations}"


def _left(judgement: Judgement, left: Sequence[Finding]) -> str:
    """``the last, CVE-…, has no fix``."""
    names = some(sorted(map(label, left)))
    without = not any(map(fixable, left))
    if len(left) == 1 and len(judgement.counted) > 1:
        return f"the last, {names}, {'has no fix' if without else 'is in no action'}"
    verb = "has" if len(left) == 1 else "have"
    return f"{names} {verb} {'no fix' if without else 'no action in the plan'}"


def _ways_out(judgement: Judgement, left: Sequence[Finding]) -> str:
    """What to do about findings that no action closes."""
    ways = []
    if judgement.rule.suppressible:
        ways.append(f"suppress {'it' if len(left) == 1 else 'them'} with a reason")
    asked = tuple(questions(judgement.rule.when))
    only_fixed = any(isinstance(one, (FixAvailable, FixAvailableFor)) for one in asked)
    if not only_fixed and not any(map(fixable, left)):
        ways.append("count only what can be fixed (fix-available: true)")
    if not ways:
        ways.append(f"allow as many (max: {len(judgement.counted)})")
    return f": {', or '.join(ways)}"


def _in_words(steps: Sequence[Action]) -> str:
    """``upgrade openssl to 3.0.17 and lodash to 4.17.21``."""
    titles: list[str] = []
    before = ""
    for step in steps[:_STEPS]:
        title = step.title[:1].lower() + step.title[1:].rstrip(".")
        same = title.startswith(_UPGRADE) and before.startswith(_UPGRADE)
        titles.append(title.removeprefix(_UPGRADE) if same else title)
        before = title
    if len(steps) > _STEPS:
        titles.append(f"{len(steps) - _STEPS} more actions of the plan")
    return some(titles, most=len(titles))


def _of_packages(judgement: Judgement) -> str:
    names = some(sorted(map(label, judgement.counted)))
    asked = questions(judgement.rule.when)
    licence = any(isinstance(one, LicenceIs) for one in asked)
    otherwise = " or get under another licence" if licence else " or replace"
    return f"remove{otherwise} {names}, or allow {_as_many(judgement)}"


def _of_checks(judgement: Judgement) -> str:
    names = some(sorted(map(label, judgement.counted)))
    return f"mend {names}, or allow {_as_many(judgement)}"


def _of_entries(judgement: Judgement) -> str:
    names = some(sorted(map(label, judgement.counted)))
    many = "entry" if len(judgement.counted) == 1 else "entries"
    return f"remove, renew or complete the {many} {names}"


def _of_scan(judgement: Judgement) -> str:
    asked = tuple(questions(judgement.rule.when))
    ways = []
    if any(isinstance(one, DatabaseOlderThan) for one in asked):
        ways.append("fetch a newer database (shipworthy db pull)")
    if any(isinstance(one, ImageOlderThan) for one in asked):
        ways.append("build the image again, on a base image of today")
    if Partial() in asked:
        ways.append(
            "mend or remove what could not be read, or give this rule effect: warn"
        )
    return "; ".join(ways) or "scan an image that this rule is not about"


_OTHERS: dict[Kind, Callable[[Judgement], str]] = {
    "package": _of_packages,
    "check": _of_checks,
    "suppression": _of_entries,
    "scan": _of_scan,
}


def _as_many(judgement: Judgement) -> str:
    return f"as many (max: {len(judgement.counted)})"


def _provide(lack: str) -> str:
    for end, what in _LACKS:
        if lack.endswith(end):
            return what.format(lack.removesuffix(end))
    return f"give {lack}"


def _bounded(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
