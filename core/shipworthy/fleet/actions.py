"""
What to do first over all images: the actions of their plans, put together where they are the same thing to do.

Two actions are the same where one change does both: an upgrade in a layer that images share, the same package of the
same package system, the same new release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shipworthy.fleet.bases import Base
from shipworthy.fleet.model import Found, Image, Scan, Step
from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports.summary import RANK


MAX_ACTIONS = 100
"""Actions in the document; what is beyond is counted."""
VERSIONS = 4
"""Versions to install that are named of one package."""

_Key = tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Group:
    """Actions that are one thing to do."""

    steps: list[Step] = field(default_factory=list)
    images: dict[str, Image] = field(default_factory=dict)
    closes: dict[tuple[str, str], Found] = field(default_factory=dict)
    layer: str = ""


def actions(images: Sequence[Image], bases: Sequence[Base]) -> list[dict[str, object]]:
    """Every action with all the images it is for, the one that removes most risk first."""
    groups: dict[_Key, _Group] = {}
    for image in images:
        found = {one.mark: one for one in image.newest.findings}
        for step in image.newest.steps:
            if step.kind == "none":
                continue
            group = groups.setdefault(_key(image.newest, step), _Group())
            group.steps.append(step)
            group.images[image.label] = image
            group.layer = _layer(image.newest, step)
            for mark in step.closes:
                if mark in found:
                    group.closes[image.label, mark] = found[mark]
    parts = [_part(group, bases) for group in groups.values() if group.closes]
    return sorted(parts, key=_most_risk_first)


def _key(scan: Scan, step: Step) -> _Key:
    layer = _layer(scan, step)
    if step.kind in {"package", "remove"} and step.upgrades:
        kind, name, _ = step.upgrades[0]
        return (step.kind, kind, name)
    if step.kind == "base" and scan.base:
        return (step.kind, scan.base)
    if step.kind in {"base", "os-packages", "rebuild"}:
        lowest = layer or next(iter(scan.layers), "")
        return (step.kind, "layer", lowest or step.title)
    return (step.kind, "title", step.title)


def _layer(scan: Scan, step: Step) -> str:
    return scan.layers[step.layer] if 0 <= step.layer < len(scan.layers) else ""


def _part(group: _Group, bases: Sequence[Base]) -> dict[str, object]:
    first = max(group.steps, key=lambda step: (len(step.closes), step.title))
    commands = {step.command for step in group.steps}
    closed = group.closes.values()
    worst = min((one.severity for one in closed), key=RANK.__getitem__)
    base = _base(group, bases)
    return {
        "kind": first.kind,
        "title": _title(first, group.steps),
        "command": commands.pop() if len(commands) == 1 else "",
        "base": base.name if base else "",
        "images": _closed_by_image(group),
        "closes": len(group.closes),
        "exploited": sum(one.exploited for one in closed),
        "worst": worst,
        "risk": round(sum(one.risk for one in closed), 1),
    }


def _title(first: Step, steps: Iterable[Step]) -> str:
    """The plan's own words; where images need different versions of one package, all of these."""
    if first.kind != "package" or len(first.upgrades) != 1:
        return first.title
    _, name, _ = first.upgrades[0]
    targets = sorted(
        {to for step in steps for _, _, to in step.upgrades if to}, key=_natural
    )
    if len(targets) < 2:
        return first.title
    shown = targets[:VERSIONS]
    more = f" and {len(targets) - len(shown):,} more" if targets[VERSIONS:] else ""
    return f"Upgrade {name} to {', '.join(shown)}{more}, as each place needs"


def _natural(version: str) -> list[tuple[int, str]]:
    """Numbers by their size; the schemes of versions are not known here, and this is for the eye alone."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", version)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _closed_by_image(group: _Group) -> list[dict[str, object]]:
    counts: dict[str, int] = dict.fromkeys(sorted(group.images), 0)
    for label, _ in group.closes:
        counts[label] += 1
    return [{"name": label, "closes": count} for label, count in counts.items()]


def _base(group: _Group, bases: Sequence[Base]) -> Base | None:
    """The smallest shared base that brings the layer, where all images of the action are built on it."""
    if not group.layer:
        return None
    fitting = [
        base
        for base in bases
        if group.layer in base.layers
        and group.images.keys() <= {image.label for image in base.images}
    ]
    return min(fitting, key=lambda base: (len(base.layers), base.name), default=None)


def _most_risk_first(part: Mapping[str, object]) -> tuple[object, ...]:
    risk = part["risk"]
    assert isinstance(risk, float)
    return (-risk, SEVERITIES.index(str(part["worst"])), part["title"], part["kind"])
