"""What an earlier result knew, in the few words that comparing takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import NamedTuple

from shipworthy.model.advisory import Severity
from shipworthy.model.finding import Finding, Kind
from shipworthy.model.package import Distro, Package
from shipworthy.model.result import Scanned, ScanResult
from shipworthy.policy.baseline.fingerprint import (
    Loose,
    fingerprint_of,
    loose_key,
    steady_name,
)
from shipworthy.policy.baseline.place import SYSTEM, places_of
from shipworthy.values import dataclass


NOTHING = "none"
"""The name of the baseline in which nothing was known."""

Key = tuple[str, str]
"""Type and steady name of a package."""

Versions = Mapping[Key, Mapping[str, frozenset[str]]]
"""The versions of every package, sorted, with the places of each."""


class Known(NamedTuple):
    """One finding, as comparing sees it; a tuple, because thousands are made in one comparison."""

    ids: tuple[str, ...]
    """Its id, then its aliases."""
    package: str
    """The package's name, as its ecosystem writes it."""
    version: str
    severity: Severity
    loose: Loose
    places: tuple[str, ...]
    fingerprint: str
    """By this release's recipe, whatever the earlier result says of itself."""
    kind: Kind = "vulnerability"
    suppressed: bool = False
    """A policy took it out: it was known, and its going is no news."""

    @property
    def type(self) -> str:
        """The package's type."""
        return self.loose[1]

    @property
    def key(self) -> Key:
        """The package, as comparing names it."""
        return self.loose[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """An earlier result to compare with; by default one in which nothing was known."""

    name: str = NOTHING
    """As the caller named it."""
    target: str = ""
    image_id: str = ""
    database_date: str = ""
    database_digest: str = ""
    partial: bool = False
    findings: tuple[Known, ...] = ()
    packages: Versions = field(default_factory=dict)
    """What software was there, with findings or without."""


def baseline_of(found: Scanned | ScanResult, name: str = "") -> Baseline:
    """
    ``found`` as a baseline, called ``name`` or else as its target.

    A result of an older release needs no fingerprints of its own: they are made here.
    """
    suppressed = found.suppressed if isinstance(found, ScanResult) else ()
    findings = [*map(known, found.findings)]
    findings += [known(item.finding, suppressed=True) for item in suppressed]
    return Baseline(
        name=name or found.image.target,
        target=found.image.target,
        image_id=found.image.image_id,
        database_date=found.database.date,
        database_digest=found.database.digest,
        partial=is_partial(found),
        findings=tuple(findings),
        packages=versions_of(found.packages, found.distro),
    )


def is_partial(found: Scanned | ScanResult) -> bool:
    """Whether ``found`` could not look at everything."""
    return not found.coverage.complete or any(s.partial for s in found.statuses)


def versions_of(packages: Iterable[Package], distro: Distro | None) -> Versions:
    """The versions of every package, and of the distribution as a package of the type ``os``."""
    found: dict[Key, dict[str, set[str]]] = {}
    for package in packages:
        key = package.type, steady_name(package.type, package.name)
        versions = found.setdefault(key, {})
        versions.setdefault(package.version, set()).update(places_of(package))
    if distro is not None:
        release = distro.version or distro.branch
        found.setdefault(("os", distro.id), {})[release] = {SYSTEM}
    return {
        key: {version: frozenset(places) for version, places in sorted(held.items())}
        for key, held in found.items()
    }


def known(finding: Finding, *, suppressed: bool = False) -> Known:
    """What comparing takes of ``finding``."""
    package, loose = finding.package, loose_key(finding)
    places = places_of(package)
    return Known(
        (finding.id, *finding.aliases),
        package.name,
        package.version,
        finding.severity,
        loose,
        places,
        fingerprint_of(loose, places),
        finding.kind,
        suppressed,
    )
