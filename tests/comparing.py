"""Short ways to write findings in places, and to compare two scans, in tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from judging import finding, package
from policing import scanned

from shipworthy.model.advisory import Severity
from shipworthy.model.finding import Finding, Kind
from shipworthy.model.package import Location, Package
from shipworthy.model.result import Scanned
from shipworthy.policy.baseline.baseline import baseline_of
from shipworthy.policy.baseline.compare import Compared, compare


def held(type_: str, name: str, version: str, *paths: str, arch: str = "") -> Package:
    """A package seen at ``paths``."""
    places = tuple(Location(path=path, layer=0) for path in paths)
    return package(type_, name, version, arch=arch, locations=places)


def flaw(
    id_: str,
    where: Package,
    *aliases: str,
    severity: Severity = "high",
    kind: Kind = "vulnerability",
) -> Finding:
    """A finding of ``id_`` in the package ``where``."""
    plain = finding(id_, severity, aliases=aliases)
    return replace(plain, package=where, kind=kind)


def seen(findings: Sequence[Finding], *others: Package, **more: object) -> Scanned:
    """A scan that found these in their packages, and the packages ``others`` without findings."""
    packages = (*(found.package for found in findings), *others)
    return scanned(findings, packages=tuple(dict.fromkeys(packages)), **more)


def compared(before: Scanned, now: Scanned) -> Compared:
    """What ``now`` is against ``before``."""
    return compare(now, baseline_of(before, "before.json"))


def states(result: Compared) -> list[tuple[str, str, str]]:
    """Id, state and reason of each finding."""
    return [(f.id, str(f.state), f.state_reason) for f in result.findings]


def gone(result: Compared) -> list[tuple[str, str, str]]:
    """Id, version and reason of what is fixed."""
    assert result.comparison is not None
    return [(item.id, item.version, item.reason) for item in result.comparison.fixed]
