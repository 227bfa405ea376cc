"""What to do, on the HTML page: every action with its command, its place and what it closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from shipworthy.reports import policy_words as words
from shipworthy.reports.html_anchors import Places, parted
from shipworthy.reports.html_findings import severity
from shipworthy.reports.markup import Html, esc, folded, lines_of
from shipworthy.reports.summary import counted
from shipworthy.reports.text import instruction


FIRST = 10
"""Actions shown at once; the rest stands folded below, where the style sheet counts on from here."""
COMMAND_LIMIT = 6000
"""Longest command, in characters: an upgrade of some hundred packages by name and version."""
INSTRUCTION = 120
"""Longest instruction beside an action, in characters; its layer has more of it."""
NAMED = 2000
"""Findings named of one action or rule; the JSON result has all."""


def plan(document: Mapping[str, Any], places: Places) -> Html:
    """What to do first; that there is no plan where the result has none and something could be done."""
    actions, _ = words.plan(document)
    findings = document["findings"]
    if not document["remediation"] and any(one["fixedVersions"] for one in findings):
        return Html(
            f'<section id="fixes"><h2>What to do first</h2><p class=soft>{words.NO_PLAN}</p></section>'
        )
    if not actions:
        return Html("")
    step = partial(_step, places=places)
    closed = sum(len(action["closes"]) for action in actions)
    text = (
        '<section id="fixes"><h2>What to do first</h2><p class=soft>'
        f"{counted(len(actions), 'action')} {'closes' if len(actions) == 1 else 'close'} "
        f"{closed:,} of {counted(len(findings), 'finding')}, the one that removes most risk first.</p>"
        f"<ol class=plan>{''.join(map(step, actions[:FIRST]))}</ol>"
    )
    rest = actions[FIRST:]
    if rest:
        more = Html(f'<ol class="plan rest">{"".join(map(step, rest))}</ol>')
        text += folded(Html(counted(len(rest), "more action")), more)
    return Html(text + "</section>")


def beyond(document: Mapping[str, Any], places: Places) -> Html:
    """What the image's owner cannot fix, and why."""
    _, others = words.plan(document)
    if not others:
        return Html("")
    rows = "".join(
        f"<li>{severity(action['worst'])}<div><b>{esc(action['title'], 400)}</b>"
        f"{_detail(action)}{named(action['findings'], 'Findings', places)}</div>"
        f"<span class=soft>{counted(len(action['findings']), 'finding')}</span></li>"
        for action in others
    )
    return Html(
        '<section id="beyond"><h2>What you cannot fix</h2>'
        f'<ul class="plan plain">{rows}</ul></section>'
    )


def first(document: Mapping[str, Any]) -> Html:
    """The first action in a line, for the head of the page; nothing where there is none."""
    actions, _ = words.plan(document)
    if not actions:
        return Html("")
    return Html(
        f'<p class=first><b>What to do first:</b> <a href="#fixes">{esc(actions[0]["title"], 400)}</a> '
        f"<span class=soft>closes {counted(len(actions[0]['closes']), 'finding')}</span></p>"
    )


def named(labels: Sequence[str], title: str, places: Places) -> Html:
    """Findings by their labels, folded away below a title of ours, each leading to its place in the list."""
    if not labels:
        return Html("")
    shown = "<li>".join(
        [
            _package(package, told, places)
            for package, told in _by_package(labels[:NAMED]).items()
        ]
    )
    if len(labels) > NAMED:
        shown += f"<li>and {len(labels) - NAMED:,} more"
    return folded(
        Html(f"{title}: {len(labels):,}"),
        Html(f"<ul class=names><li>{shown}</ul>"),
    )


def _by_package(labels: Sequence[str]) -> dict[str, list[str]]:
    """Packages, in the order of their first finding, with the labels of the findings in each."""
    found: dict[str, list[str]] = {}
    for label in labels:
        package = label.partition(" ")[2] or parted(label)[1]
        if package in found:
            found[package].append(label)
        else:
            found[package] = [label]
    return found


def _package(package: str, labels: Sequence[str], places: Places) -> str:
    """A package is named once, before the findings in it."""
    if len(labels) == 1:
        id_, _ = parted(labels[0])
        label = f"{id_} {package}" if id_ else package
        return places.leading(label, label)
    return f"{esc(package)}: {', '.join([places[label] for label in labels])}"


def _step(action: Mapping[str, Any], places: Places) -> str:
    kind = words.KIND_WORDS.get(action["kind"], "")
    tag = f" <span class=tag>{kind}</span>" if kind else ""
    command = ""
    if action["command"]:
        text = lines_of(action["command"], COMMAND_LIMIT)
        command = f"<pre class=command><code>{text}</code></pre>"
    return (
        f"<li>{severity(action['worst'])}<div><b>{esc(action['title'], 400)}</b>{tag}"
        f"{_upgrades(action['upgrades'])}{_detail(action)}{command}{_place(action)}"
        f"{named(action['findings'], 'Findings', places)}</div>"
        f"<span class=soft>closes {counted(len(action['closes']), 'finding')}"
        f"<br>risk {action['risk']:,.0f}</span></li>"
    )


def _detail(action: Mapping[str, Any]) -> Html:
    return Html(f"<p>{esc(action['detail'], 400)}</p>" if action["detail"] else "")


def _upgrades(upgrades: Sequence[Mapping[str, Any]]) -> Html:
    if len(upgrades) == 1:
        return Html(f" <span class=to>{_versions(upgrades[0])}</span>")
    if not upgrades:
        return Html("")
    rows = "".join(
        f"<li>{esc(one['name'])} {_versions(one)}" for one in upgrades[:NAMED]
    )
    if len(upgrades) > NAMED:
        rows += f"<li>and {len(upgrades) - NAMED:,} more"
    return folded(
        Html(counted(len(upgrades), "upgrade")), Html(f"<ul class=names>{rows}</ul>")
    )


def _versions(upgrade: Mapping[str, Any]) -> Html:
    target = f" → <b>{esc(upgrade['target'])}</b>" if upgrade["target"] else ""
    return Html(f"{esc(upgrade['current'])}{target}")


def _place(action: Mapping[str, Any]) -> Html:
    """Which instruction to change, and that the base image brought it."""
    parts: list[str] = []
    if action["layer"] is not None:
        parts.append(f'<a href="#l{action["layer"]}">layer {action["layer"]}</a>')
    if action["line"]:
        parts.append(f"line {action['line']} of the Dockerfile")
    where = f"in {', '.join(parts)}" if parts else ""
    told = f"In layer {action['layer']} (" in action["detail"]
    if action["instruction"] and not told:
        text = esc(instruction(action["instruction"]), INSTRUCTION)
        where += f"{': ' if where else ''}<code>{text}</code>"
    parts = [part for part in (where, words.origin(action)) if part]
    return Html(f"<p class=at>{'; '.join(parts)}</p>" if parts else "")
