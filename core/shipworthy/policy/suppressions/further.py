"""The fields of an entry that only other tools' ignore files ask for, made ready to be held against findings."""

from __future__ import annotations

from collections.abc import Callable

from shipworthy.model.bucket import CPE, normal_name, os_bucket
from shipworthy.model.finding import Finding
from shipworthy.model.package import Distro, Package
from shipworthy.policy.conditions.interface import Expected
from shipworthy.policy.patterns import matcher
from shipworthy.policy.suppressions.entry import MatchedBy, Suppression


OS_TYPES = frozenset({"alpm", "apk", "deb", "rpm"})
"""purl types of packages that belong to a distribution."""

_BY_SOURCE = frozenset({"apk", "deb"})

GROUP = "group:"
"""Begins the note of a package that names a dependency group of it."""

Test = Callable[[Finding], bool]


def further(entry: Suppression, distro: Distro | None) -> Test | None:
    """What tells whether a finding meets these fields of ``entry`` in an image of ``distro``; ``None`` where none asks anything."""
    tests: list[Test] = []
    if entry.source_pattern:
        tests.append(_on_name(entry.source_pattern, _source_of))
    if entry.advised:
        tests.append(_on_name(entry.advised, advised_name))
    if entry.distros:
        tests.append(_of_distro(entry.distros, distro))
    if entry.groups:
        notes = frozenset(f"{GROUP}{group}" for group in entry.groups)
        tests.append(lambda finding: not notes.isdisjoint(finding.package.notes))
    if entry.matched_by:
        wanted = frozenset(entry.matched_by)
        tests.append(lambda finding: not wanted.isdisjoint(matched_by(finding)))
    if entry.ids and not entry.aliases:
        tests.append(_of_own_name(entry.ids))
    if not tests:
        return None
    return lambda finding: all(test(finding) for test in tests)


def asks_further(entry: Suppression) -> bool:
    """Whether one of these fields of ``entry`` limits the packages that it is about."""
    return bool(
        entry.source_pattern
        or entry.advised
        or entry.distros
        or entry.groups
        or entry.matched_by
    )


def matched_by(finding: Finding) -> frozenset[MatchedBy]:
    """What the evidence of ``finding`` compared; empty where there is none."""
    package = finding.package
    found: set[MatchedBy] = set()
    for evidence in finding.evidence:
        if evidence.bucket == CPE:
            found.add("cpe")
        elif evidence.matched_name == package.source != package.name:
            found.add("source")
        else:
            found.add("name")
    return frozenset(found)


def advised_name(package: Package) -> str:
    """What OSV calls ``package``."""
    if package.type in _BY_SOURCE:
        return package.source or package.name
    if package.type == "pypi":
        return normal_name(package.type, package.name)
    return package.name


def _source_of(package: Package) -> str:
    """The source of a package that is not its own; empty where there is none."""
    return "" if package.source == package.name else package.source


def _on_name(pattern: str, name_of: Callable[[Package], str]) -> Test:
    try:
        meets = matcher(pattern)
    except Expected:
        return lambda finding: False  # noqa: ARG005  # whatever it is
    known: dict[str, bool] = {"": False}

    def test(finding: Finding) -> bool:
        name = name_of(finding.package)
        found = known.get(name)
        if found is None:
            found = known[name] = meets(name)
        return found

    return test


def _of_distro(wanted: tuple[str, ...], distro: Distro | None) -> Test:
    names = {distro.id, os_bucket(distro)} if distro else set()
    is_here = not names.isdisjoint(wanted)
    return lambda finding: is_here and finding.package.type in OS_TYPES


def _of_own_name(ids: tuple[str, ...]) -> Test:
    wanted = frozenset(id_.casefold() for id_ in ids)

    def test(finding: Finding) -> bool:
        return finding.id.casefold() in wanted or any(
            advisory.id.casefold() in wanted for advisory in finding.advisories
        )

    return test
