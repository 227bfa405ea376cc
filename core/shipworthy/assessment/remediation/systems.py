"""
Packages of the distribution: one action a place in the Dockerfile, by what one command does.

What the base image brought is first of all for a newer build of that to repair; where less than
half of the risk is there, the command does it with the rest. Platforms that need different
versions get an action each. Without a package manager in the
image there is only the base image. A version is named for a package where the advisory speaks
of that package's own version: a source's says nothing of a binary that counts otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from shipworthy.assessment.remediation.drafts import Draft, listed
from shipworthy.assessment.remediation.managers import Wanted
from shipworthy.assessment.remediation.site import Site
from shipworthy.assessment.remediation.targets import highest, key_of
from shipworthy.model.finding import Finding
from shipworthy.model.remediation import Upgrade


_MOST_TOLD = 10
_HALF = 0.5
_Place = tuple[str, int, str, tuple[str, ...]]
"""Origin, layer, package type; the platforms, where they need different versions."""
_Source = tuple[str, str, tuple[Finding, ...]]
"""Source package, its fixed version, what that closes."""


def system_drafts(findings: Iterable[Finding], site: Site) -> list[Draft]:
    """What to do about the findings of OS packages that have a fix."""
    places: dict[_Place, list[Finding]] = {}
    held = tuple(findings)
    apart = _apart(held)
    for finding in held:
        kind = finding.package.type
        is_apart = site.is_mixed or _about(finding) in apart
        platforms = finding.platforms if is_apart else ()
        if finding.origin == "base" or kind not in site.managers:
            place: _Place = ("base", -1, kind, platforms)
        else:
            place = (finding.origin, finding.layer, kind, platforms)
        places.setdefault(place, []).append(finding)
    total = sum(map(_risk, places.values()))
    return [
        _base(held, kind, site)
        if origin == "base"
        and (kind not in site.managers or _risk(held) >= total * _HALF)
        else _upgrade(held, (origin, layer, kind), site)
        for (origin, layer, kind, _), held in sorted(places.items())
    ]


def _about(finding: Finding) -> tuple[str, str, str]:
    """The source package, its version and the vulnerability."""
    package = finding.package
    version = package.source_version or package.version
    return package.source or package.name, version, finding.id


def _apart(findings: Iterable[Finding]) -> set[tuple[str, str, str]]:
    """What has one fix on some platforms and another on others."""
    fixes: dict[tuple[str, str, str], dict[tuple[str, ...], set[str]]] = {}
    for finding in findings:
        if finding.platforms:
            known = fixes.setdefault(_about(finding), {})
            known.setdefault(finding.fixed_versions, set()).update(finding.platforms)
    return {about for about, known in fixes.items() if len(known) > 1}


def _base(findings: Sequence[Finding], kind: str, site: Site) -> Draft:
    """A newer build of the base image, and what helps until there is one."""
    sources = _by_source(findings)
    brought = f"A build with {_told(sources)}."
    command = _command(sources, kind, site)
    if command:
        instead = f" Or, until it is rebuilt, add after FROM: {command}"
    elif kind in site.managers:
        instead = ""
    else:
        instead = " The image has no package manager to do it with."
    return Draft(
        kind="base",
        title=f"Upgrade {site.base}: {_names(sources)}",
        findings=findings,
        detail=brought + instead + _caution(kind, site, has_command=bool(command)),
        upgrades=_upgrades(sources),
        origin="base",
    )


def _upgrade(
    findings: Sequence[Finding], place: tuple[str, int, str], site: Site
) -> Draft:
    """One command in the layer that brought the packages, or after FROM for the base image's."""
    origin, layer, kind = place
    sources = _by_source(findings)
    command = _command(sources, kind, site)
    if origin == "base":
        where = "They came with the base image: add the command after FROM, or take a newer build of it."
    elif told := site.where(layer):
        where = f"Change the step of {told}, or add the command after it."
    else:
        where = ""
    name, target, _ = sources[0]
    alone = len(sources) == 1
    return Draft(
        kind="os-packages",
        title=f"Upgrade {name} to {target}" if alone else f"Upgrade {_names(sources)}",
        findings=findings,
        detail=" ".join(part for part in (where, f"{_told(sources)}.") if part)
        + _caution(kind, site, has_command=bool(command)),
        command=command,
        upgrades=_upgrades(sources),
        layer=layer,
        origin=origin,
    )


def _by_source(findings: Sequence[Finding]) -> list[_Source]:
    """The findings by source package and the version that closes all of each, most risk first."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        package = finding.package
        groups.setdefault(package.source or package.name, []).append(finding)
    sources = [
        (name, highest(held, key_of(held[0])), tuple(held))
        for name, held in groups.items()
    ]
    return sorted(sources, key=lambda source: (-_risk(source[2]), source[0]))


def _packages(source: _Source) -> list[Upgrade]:
    """The installed packages of a source, with the version to install where it is their own."""
    _, target, findings = source
    found: dict[str, Upgrade] = {}
    for finding in findings:
        package = finding.package
        if package.name in found:
            continue
        evidence = finding.evidence
        compared = evidence[0].matched_version if evidence else package.source_version
        own = compared in {"", package.version}
        found[package.name] = Upgrade(
            type=package.type,
            name=package.name,
            current=package.version,
            target=target if own else "",
            purl=package.purl,
        )
    return [found[name] for name in sorted(found)]


def _upgrades(sources: Sequence[_Source]) -> tuple[Upgrade, ...]:
    return tuple(one for source in sources for one in _packages(source))


def _command(sources: Sequence[_Source], kind: str, site: Site) -> str:
    manager = site.managers.get(kind)
    if manager is None:
        return ""
    wanted: list[Wanted] = sorted((one.name, one.target) for one in _upgrades(sources))
    once = [next(held) for _, held in groupby(wanted, key=lambda pair: pair[0])]
    return manager.command(once)


def _told(sources: Sequence[_Source]) -> str:
    """``perl 5.36.0-7+deb12u4 closes 13, apt 2.6.2 closes 2``."""
    words = [
        f"{name} {target} closes {len({f.id for f in findings})}"
        for name, target, findings in sources
    ]
    return listed(words, most=_MOST_TOLD)


def _names(sources: Sequence[_Source]) -> str:
    return listed([name for name, _, _ in sources])


def _caution(kind: str, site: Site, *, has_command: bool) -> str:
    """What the command takes for granted."""
    if kind != "deb" or not has_command:
        return ""
    words = (
        " If the archive has newer ones by now, leave the versions out of the command."
    )
    distro = site.distro
    if distro is None or distro.id != "debian":
        return words
    suite = f"{distro.codename}-security" if distro.codename else "the security suite"
    return f" The image's sources must have {suite}.{words}"


def _risk(findings: Iterable[Finding]) -> float:
    return sum(finding.risk.score for finding in findings)
