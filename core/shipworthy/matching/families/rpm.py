"""
Packages of rpm: looked up by binary name, where the bucket does not go by sources.

Modules: a package built in a module stream carries its label (``nodejs:12:8030…:229f…``),
and its versions compare only with those of the same stream. Some AlmaLinux and Rocky
builds lost the label; their release still says that they are of a module, but not of
which stream, so nothing can be said of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shipworthy.matching.families.base import PlainFamily
from shipworthy.matching.families.deb import HEADERS, THIRD_PARTY
from shipworthy.matching.families.vendors import is_third_party_rpm
from shipworthy.matching.interface import Lookup, Reason, Skip
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import BY_SOURCE
from shipworthy.model.package import Distro, Package
from shipworthy.values import dataclass


NO_LABEL = Reason(
    subject="module packages",
    message="the module's stream is not named",
)

_MODULE = re.compile(r"\.module(?:_el|\+el)")
_KERNELS = frozenset({"kernel", "kernel-core", "kernel-default", "kernel-rt-core"})
_HEADERS = frozenset({"kernel-headers", "kernel-devel", "kernel-doc"})
_KEYS = frozenset({"gpg-pubkey"})
_SYMBOLS = ("-debuginfo", "-debugsource")


@dataclass(frozen=True, slots=True, kw_only=True)
class RpmFamily(PlainFamily):
    """AlmaLinux, Rocky, Red Hat, SUSE and others."""

    has_kernel: bool = False
    """A kernel is installed, so its headers stand for it."""

    @classmethod
    def of(
        cls, bucket: str, distro: Distro | None, packages: Sequence[Package]
    ) -> RpmFamily:
        """The family for an image with these packages."""
        return cls(bucket=bucket, distro=distro, has_kernel=has_kernel(packages))

    def look_up(self, package: Package) -> Lookup | Skip:
        """By binary name, unless the bucket goes by sources; keys and debug symbols are no software."""
        if package.name in _KEYS or package.name.endswith(_SYMBOLS):
            return Skip(package=package)
        if package.name in _HEADERS and not self.has_kernel:
            return Skip(package=package, reason=HEADERS)
        distro = self.bucket.partition("-")[0]
        if is_third_party_rpm(self.builder(), package.vendor):
            return Skip(package=package, reason=THIRD_PARTY)
        if not package.modularity and _MODULE.search(package.version):
            return Skip(package=package, reason=NO_LABEL)
        by_source = distro in BY_SOURCE
        source_version = package.source_version if by_source else ""
        return Lookup(
            package=package,
            name=(package.source if by_source else "") or package.name,
            version=source_version or package.version,
        )

    def builder(self) -> str:
        """The distribution whose own packages are judged; those of others are from elsewhere."""
        return self.bucket.partition("-")[0]

    def admits(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether the advisory is on this architecture and this module stream."""
        if not _is_built_for(package.arch, advisory.arches):
            return False
        stream = ":".join(package.modularity.split(":")[:2])
        if advisory.modularity:
            return advisory.modularity == stream
        if stream:
            return _same_branch(package.version, advisory)
        return not any(_MODULE.search(version) for version in _versions(advisory))


def has_kernel(packages: Iterable[Package]) -> bool:
    """Whether a kernel is among the packages."""
    return any(
        package.type == "rpm" and package.name in _KERNELS for package in packages
    )


def _is_built_for(arch: str, arches: Sequence[str]) -> bool:
    """An architecture may stand alone or among others: ``x86_64|aarch64``."""
    if not arches or arch in {"", "noarch"}:
        return True
    return any(arch in text.split("|") for text in arches)


def _same_branch(version: str, advisory: Advisory) -> bool:
    """A modular advisory that names no stream: the fix of the same upstream branch is of the same stream."""
    return any(
        _branch(fix) == _branch(version)
        for fix in _versions(advisory)
        if _MODULE.search(fix)
    )


def _branch(version: str) -> list[str]:
    """The first two numbers of the upstream version: ``12.1`` of ``1:12.1.5-3``."""
    upstream = version.rpartition(":")[2].partition("-")[0]
    return upstream.split(".")[:2]


def _versions(advisory: Advisory) -> Iterable[str]:
    return (version for one in advisory.ranges for _, version in one.events)


def fixes_of(advisory: Advisory) -> list[str]:
    """The versions that fix what an advisory is on; none for one that says not affected or not fixed."""
    return [
        version
        for one in advisory.ranges
        for kind, version in one.events
        if kind == "fixed" and version != "0"
    ]


def is_never(advisory: Advisory) -> bool:
    """Whether an advisory says that the package was never affected."""
    return any(("fixed", "0") in one.events for one in advisory.ranges)


def upstream_of(version: str) -> str:
    """The upstream version: ``5.4.17`` of ``5.4.17-2136.309.5.el8uek``."""
    return version.rpartition(":")[2].partition("-")[0]
