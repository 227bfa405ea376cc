"""
What is built or packed into something else: one action for the program, archive or tool that holds it.

Publishers tell which version of a module is repaired, and not which release of the program or
tool took it in; so the plan names the modules, and the promise holds for a build that has them.
"""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.assessment.remediation.drafts import (
    Draft,
    layer_of,
    listed,
    origin_of,
)
from shipworthy.assessment.remediation.holders import Holder
from shipworthy.assessment.remediation.recipes import (
    cargo_command,
    command_for,
    go_command,
)
from shipworthy.assessment.remediation.site import Site
from shipworthy.assessment.remediation.targets import Step
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package
from shipworthy.model.remediation import ActionKind, Upgrade
from shipworthy.values import dataclass


_MOST_TOLD = 10
_STDLIB = "stdlib"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One package inside of something, and the version that it must get there."""

    package: Package
    step: Step


def holder_draft(
    holder: Holder, parts: Sequence[Part], site: Site, *, new_line: bool
) -> Draft:
    """The action for all ``parts`` of one holder."""
    parts = sorted(parts, key=_by_risk)
    findings = [finding for part in parts for finding in part.step.findings]
    layer, origin = layer_of(findings), origin_of(findings)
    kind, title, words = _words(holder, parts)
    if new_line:
        words.append("These are new major versions: expect to change code.")
    if told := site.where(layer):
        words.append(f"In {told}.")
    if origin == "base":
        words.append("It came with the base image: a newer one may bring it.")
    return Draft(
        kind=kind,
        title=f"{title} (new majors)" if new_line else title,
        findings=findings,
        detail=" ".join(words),
        command=_command(holder, parts, site),
        upgrades=tuple(
            Upgrade(
                type=part.package.type,
                name=part.package.name,
                current=part.package.version,
                target=part.step.target,
                purl=part.package.purl,
            )
            for part in parts
        ),
        layer=layer,
        origin=origin,
    )


def _words(holder: Holder, parts: Sequence[Part]) -> tuple[ActionKind, str, list[str]]:
    """Kind, title and the first sentences."""
    told = _told(parts)
    if holder.kind == "tool":
        name, directory = holder.names
        return (
            "package",
            f"Upgrade {name}, which carries {_names(parts)}",
            [f"{directory} holds them for itself; it needs {told}."],
        )
    names = listed([path.rpartition("/")[2] for path in holder.names])
    where = listed(holder.names)
    if holder.kind == "archive":
        return (
            "rebuild",
            f"Rebuild or upgrade {names} with newer {_names(parts)}",
            [f"{where}: they lie in it or were merged into it; it needs {told}."],
        )
    main = [part for part in parts if "main-module" in part.package.notes]
    if main:
        return (
            "rebuild",
            f"Upgrade {names} to {main[0].package.name} {main[0].step.target}",
            [f"{where}: the program itself is affected; it needs {told}."],
        )
    toolchain = next((p for p in parts if p.package.name == _STDLIB), None)
    others = [part for part in parts if part is not toolchain]
    with_go = f"Go {toolchain.step.target.removeprefix('v')}" if toolchain else ""
    newer = f"newer {_names(others)}" if others else ""
    return (
        "rebuild",
        f"Rebuild {names} with {' and '.join(w for w in (with_go, newer) if w)}",
        [
            f"{where}: it needs {told}.",
            "Where somebody else builds it, take a release that was built so.",
        ],
    )


def _command(holder: Holder, parts: Sequence[Part], site: Site) -> str:
    """What prepares the new build; empty where the holder is somebody else's tool or several commands long."""
    kinds = {part.package.type for part in parts}
    if any("main-module" in part.package.notes for part in parts):
        return ""
    if holder.kind == "program" and kinds == {"golang"}:
        return go_command([(p.package.name, p.step.target) for p in parts])
    if holder.kind == "program" and kinds == {"cargo"}:
        return cargo_command(
            [(p.package.name, p.package.version, p.step.target) for p in parts]
        )
    if holder.kind == "archive" and len(parts) == 1:
        return command_for(parts[0].package, parts[0].step.target, site.pythons)
    return ""


def _told(parts: Sequence[Part]) -> str:
    """``golang.org/x/net v0.38.0 (closes 4)``."""
    return listed(
        [
            f"{part.package.name} {part.step.target} (closes {len(part.step.findings)})"
            for part in parts
        ],
        most=_MOST_TOLD,
    )


def _names(parts: Sequence[Part]) -> str:
    return listed(list(dict.fromkeys(part.package.name for part in parts)))


def _by_risk(part: Part) -> tuple[float, str, str]:
    return (
        -sum(map(_risk, part.step.findings)),
        part.package.name,
        part.package.version,
    )


def _risk(finding: Finding) -> float:
    return finding.risk.score
