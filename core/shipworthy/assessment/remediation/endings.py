"""Ends of support: move to a release that is supported, and what that promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.assessment.clock import days_between
from shipworthy.assessment.remediation.drafts import Draft, layer_of, origin_of
from shipworthy.assessment.remediation.site import Site
from shipworthy.model.finding import EndOfLife, Finding
from shipworthy.model.remediation import Upgrade


def ending_drafts(findings: Iterable[Finding], site: Site) -> list[Draft]:
    """A move for each product whose support ends; findings without an end are passed over."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if (end := finding.end_of_life) is not None:
            groups.setdefault((end.product, end.cycle), []).append(finding)
    return [_move(held, site) for held in groups.values()]


def ending_words(findings: Iterable[Finding], site: Site) -> str:
    """Why a product must move: ``Support of Django 3.2 ended 2024-04-01.``; empty where none ends."""
    for finding in findings:
        if (end := finding.end_of_life) is not None:
            return f"{_ends(end, site.day)}."
    return ""


def _move(findings: Sequence[Finding], site: Site) -> Draft:
    finding = findings[0]
    end, package = finding.end_of_life, finding.package
    assert end is not None
    system = package.type == "os"
    origin = origin_of(findings)
    words = [f"{_ends(end, site.day)}."]
    if system:
        words.append(
            f"Take {site.base} of a supported release. It brings newer versions of every"
            " package; what that closes beside, a scan of it will tell."
        )
    elif origin == "base":
        words.append("It came with the base image.")
    lines = list(end.supported)
    to = (
        f"{end.label} {_choice(lines)}"
        if lines
        else f"a supported release of {end.label}"
    )
    upgrade = Upgrade(
        type=package.type,
        name=package.name,
        current=package.version,
        target=lines[0] if len(lines) == 1 else "",
        purl=package.purl,
    )
    return Draft(
        kind="release",
        title=f"Move to {to}",
        findings=findings,
        detail=" ".join(words),
        upgrades=(upgrade,),
        layer=-1 if system else layer_of(findings),
        origin=origin,
    )


def _choice(lines: Sequence[str]) -> str:
    """``13``, ``6.1, 6.0 or 5.2``."""
    return " or ".join(filter(None, (", ".join(lines[:-1]), lines[-1])))


def _ends(end: EndOfLife, day: str) -> str:
    """``Support of Debian 10 ended 2024-06-30``; the day is the one that the days are counted to."""
    name = " ".join(filter(None, (end.label, end.cycle)))
    left = end.days_left
    if left is None:
        return f"Support of {name} has ended"
    longer = bool(end.extended) and days_between(day, end.extended) == left
    last = end.extended if longer else end.ends
    if left < 0:
        return f"Support of {name} ended {last}".rstrip()
    kind = "Extended support" if longer else "Support"
    return f"{kind} of {name} ends {last}, in {left} day{'' if left == 1 else 's'}"
