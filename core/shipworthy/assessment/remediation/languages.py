"""
Packages of languages, and software outside package managers: what to bring to which version.

A package that lies by itself gets an action a step: the smallest upgrade in the installed
major that closes most, then what another major closes. What is built or packed into a program,
an archive or a tool is repaired with that: one action for all that is in it. What a package of
the distribution installed is the distribution's to repair.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.assessment.remediation.drafts import (
    Draft,
    counted,
    layer_of,
    listed,
    origin_of,
)
from shipworthy.assessment.remediation.endings import ending_words
from shipworthy.assessment.remediation.holders import Holder, holder_of
from shipworthy.assessment.remediation.inside import Part, holder_draft
from shipworthy.assessment.remediation.recipes import command_for, python_of
from shipworthy.assessment.remediation.site import Site
from shipworthy.assessment.remediation.targets import Step, steps_of
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package
from shipworthy.model.remediation import Upgrade
from shipworthy.values import dataclass


_MOST_PLACES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """What there is to do, and what is left."""

    drafts: list[Draft]
    left: list[Finding]
    """No version closes them."""
    owned: list[Finding]
    """A package of the distribution brought what they are about."""


def language_drafts(findings: Iterable[Finding], site: Site) -> Languages:
    """What to do about findings of packages that no package manager of the system holds."""
    done = Languages(drafts=[], left=[], owned=[])
    inside: dict[tuple[Holder, bool], list[Part]] = {}
    for held in _by_package(findings):
        package = held[0].package
        holder = holder_of(package)
        if holder.kind == "owner":
            done.owned.extend(held)
            continue
        steps, left = steps_of(held)
        done.left.extend(left)
        for at, step in enumerate(steps):
            if holder.kind == "itself":
                done.drafts.append(_upgrade(package, steps, at, site))
            else:
                part = Part(package=package, step=step)
                inside.setdefault((holder, step.new_line), []).append(part)
    for (holder, new_line), parts in inside.items():
        done.drafts.append(holder_draft(holder, parts, site, new_line=new_line))
    return done


def _by_package(findings: Iterable[Finding]) -> list[list[Finding]]:
    """The findings by package; equal ones are mostly the same object."""
    groups: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in findings:
        one = finding.package
        key = (one.type, one.name, one.version, one.owner)
        groups.setdefault(key, []).append(finding)
    return list(groups.values())


def _upgrade(package: Package, steps: Sequence[Step], at: int, site: Site) -> Draft:
    """One step of a package that lies by itself."""
    step = steps[at]
    findings, name = step.findings, package.name
    layer, origin = layer_of(findings), origin_of(findings)
    command = command_for(package, step.target, site.pythons)
    words = [
        f"From {package.version or 'an unknown version'}, {_places(package)}.",
        *([f"In {site.where(layer)}."] if site.where(layer) else []),
    ]
    if step.release:
        words.append(ending_words(findings, site))
    elif step.new_line:
        words.append("This is a new major version: expect to change code.")
    if step.new_line and (python := python_of(package)):
        words.append(f"Look first whether it still supports Python {python}.")
    if at and step.also:
        words.append(
            f"It closes the {step.also} of the upgrade to {steps[at - 1].target} too, which"
            " is then not needed."
        )
    if later := next((one for one in steps[at + 1 :] if one.also), None):
        words.append(f"The upgrade to {later.target} makes it unnecessary.")
    if origin == "base":
        words.append("It came with the base image: a newer one may bring it.")
    kind = "release" if step.release else "package"
    verb = "Move" if step.release else "Upgrade"
    new = " (new major)" if step.new_line and not step.release else ""
    return Draft(
        kind="base" if origin == "base" and package.type == "generic" else kind,  # type: ignore[arg-type]  # a literal of two
        title=f"{verb} {name} to {step.target}{new}",
        findings=findings,
        detail=" ".join(words),
        command=command,
        upgrades=(
            Upgrade(
                type=package.type,
                name=name,
                current=package.version,
                target=step.target,
                purl=package.purl,
            ),
        ),
        layer=layer,
        origin=origin,
    )


def _places(package: Package) -> str:
    """Where the package is: ``at srv/app/node_modules/lodash/package.json and 2 more places``."""
    paths = [place.path for place in package.locations]
    if not paths:
        return "place not told"
    if len(paths) > _MOST_PLACES:
        more = counted(len(paths) - _MOST_PLACES, "more place")
        return f"at {', '.join(paths[:_MOST_PLACES])} and {more}"
    return f"at {listed(paths)}"
