"""How the packages of two results differ, whatever is found in them."""

from __future__ import annotations

from collections.abc import Iterable

from shipworthy.model.comparison import PackageChanges
from shipworthy.model.result import Scanned, ScanResult
from shipworthy.policy.baseline.baseline import versions_of
from shipworthy.policy.baseline.fingerprint import steady_name
from shipworthy.policy.baseline.reasons import direction


def package_changes(
    before: Scanned | ScanResult, now: Scanned | ScanResult
) -> PackageChanges:
    """
    What was added, removed and replaced between two results.

    A package that comes in several versions is replaced where some of them went and others came, as
    many as went; the rest was added or removed.
    """
    old = versions_of(before.packages, before.distro)
    new = versions_of(now.packages, now.distro)
    names = {
        (package.type, steady_name(package.type, package.name)): package.name
        for result in (before, now)
        for package in result.packages
    }
    found: dict[str, list[str]] = {}
    for key in old.keys() | new.keys():
        was, has = old.get(key, {}), new.get(key, {})
        went = [version for version in was if version not in has]
        came = [version for version in has if version not in was]
        for kind, words in _told(key[0], names.get(key, key[1]), went, came):
            found.setdefault(kind, []).append(words)
    return PackageChanges(
        **{kind: tuple(sorted(words)) for kind, words in found.items()}
    )


def _told(
    type_: str, name: str, went: list[str], came: list[str]
) -> Iterable[tuple[str, str]]:
    pairs = min(len(went), len(came))
    for old, new in zip(went[:pairs], came[:pairs], strict=True):
        yield direction(type_, old, new), f"{name} {old} → {new}"
    for version in went[pairs:]:
        yield "removed", f"{name} {version}"
    for version in came[pairs:]:
        yield "added", f"{name} {version}"
