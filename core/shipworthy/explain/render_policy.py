"""What the policy says of a finding, as plain text: the same words as in the reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shipworthy.explain.rows import labelled
from shipworthy.reports.policy_words import VEX_WORDS, mark_of
from shipworthy.reports.summary import counted
from shipworthy.reports.text import instruction, line


Json = Mapping[str, Any]


def policy_rows(one: Json, suppressed: Json | None) -> Iterator[str]:
    """The lines about the policy below their heading; none where it says nothing of the finding."""
    lines = [*_state(one), *_suppressed(suppressed)]
    lines += [*_rules(one["rules"]), *_action(one["action"])]
    if one["rulesInAll"] and not one["rules"] and suppressed is None:
        lines.append(labelled("rules", f"none of {one['rulesInAll']} counted it"))
    if lines:
        yield ""
        day = f" on {line(one['day'])}" if one["day"] else ""
        yield f"what the policy says{day}"
        yield from lines


def _state(one: Json) -> Iterator[str]:
    if one["state"]:
        why = f": {one['stateReason']}" if one["stateReason"] else ""
        against = one["comparedWith"]
        since = f", compared with {against}" if against and against != "none" else ""
        yield labelled("state", f"{one['state']}{since}{why}")
    if one["vexStatus"]:
        status = one["vexStatus"]
        yield labelled("VEX", VEX_WORDS.get(status, status))


def _suppressed(said: Json | None) -> Iterator[str]:
    if said is None:
        return
    yield labelled("suppressed", f"{said['reason']} (by {said['rule']})")
    if said["entry"]:
        written = f", written in {said['source']}" if said["source"] else ""
        yield labelled("entry", f"{said['entry']}{written}", indent="    ")
    if said["owner"]:
        yield labelled("owner", said["owner"], indent="    ")
    if said["expires"]:
        days = said["daysLeft"]
        left = (
            f", {counted(days, 'day')} left" if days is not None and days >= 0 else ""
        )
        yield labelled("until", f"{said['expires']}{left}", indent="    ")
    if said["vexStatus"]:
        status = VEX_WORDS.get(said["vexStatus"], said["vexStatus"])
        why = f": {said['justification']}" if said["justification"] else ""
        yield labelled("VEX", f"{status}{why}", indent="    ")
    if said["fixable"]:
        yield labelled("fix", "there is a fix now", indent="    ")


def _rules(rules: Sequence[Json]) -> Iterator[str]:
    for rule in rules:
        written = f", {rule['source']}" if rule["source"] else ""
        about = f"{rule['name']} ({rule['effect']}{written})"
        why = rule["reason"] or rule["condition"]
        yield labelled(mark_of(rule), f"{about}: {why}")
        if rule["remedy"]:
            yield labelled("to pass", rule["remedy"], indent="    ")


def _action(action: Json | None) -> Iterator[str]:
    if action is None:
        return
    if action["kind"] == "none":
        why = f": {action['detail']}" if action["detail"] else ""
        yield labelled("no action", f"{action['title']}{why}")
        return
    others = action["closes"] - 1
    more = f", which closes {counted(others, 'other')} as well" if others > 0 else ""
    yield labelled("action", f"{action['title']}{more}")
    if action["detail"]:
        yield labelled("why", action["detail"], indent="    ")
    where = [f"layer {action['layer']}"] if action["layer"] is not None else []
    where += [f"line {action['line']} of the Dockerfile"] if action["line"] else []
    made = instruction(action["instruction"]) if action["instruction"] else ""
    place = ": ".join(part for part in (", ".join(where), made) if part)
    if place:
        yield labelled("in", place, indent="    ")
    for part in action["command"].split("\n") if action["command"] else ():
        yield labelled("command", part.strip(), indent="    ")
