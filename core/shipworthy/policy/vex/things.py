"""
Packages as statements may name them: by purl (package-url specification, ECMA-427) or CPE.

A purl in a statement is a pattern. Type, namespace and name must be the package's own by the rules
of the type; a version that it leaves out may be any, one that it names must be the installed one;
qualifiers that it names must agree. A qualifier that only describes (architecture, distribution,
source package, epoch) agrees where the package does not tell it; one that says where the package
comes from (``repository_url``, ``vcs_url``, ``checksum``, …) has to be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from shipworthy.errors import ParseError
from shipworthy.model.package import Distro, Package
from shipworthy.model.products import cpes_of
from shipworthy.model.purl_parse import PackageUrl, parse_purl
from shipworthy.values import dataclass


Key = tuple[str, str, str]
"""Type, namespace and name, as they are compared."""

_SEPARATORS = re.compile(r"[-_.]+")
_EPOCH = re.compile(r"([0-9]{1,10}):(.*)", re.DOTALL)
_WITH_EPOCH = frozenset({"deb", "rpm"})
_DESCRIBES = frozenset({"arch", "distro", "upstream", "epoch"})
_SOURCES = frozenset({"src", "source"})
SEVERAL = "*"
"""The processor of a package or image for several, which no statement names."""
_SAME_ARCH = {"amd64": "x86_64", "arm64": "aarch64", "386": "i386", "i686": "i386"}
# Vendors and tools name one distribution in two ways; os-release has the first, most vendors write the second.
_VENDORS = {
    "rhel": "redhat",
    "sles": "suse",
    "ol": "oracle",
    "oraclelinux": "oracle",
    "amzn": "amazon",
    "amazonlinux": "amazon",
}
_DEFAULTS = {"maven": {"type": "jar"}}
_CPE = "cpe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A purl or CPE of a statement, taken apart."""

    key: Key
    version: str = ""
    epoch: str = ""
    qualifiers: Mapping[str, str]
    subpath: str = ""

    def covers(self, thing: Thing) -> bool:
        """Whether the package is one that is meant, its name taken for granted."""
        if self.qualifiers.get("arch") in _SOURCES and self.key[0] != _CPE:
            return self._covers_source(thing)
        if self.version and self.version not in thing.versions:
            return False
        if self.epoch and thing.epoch and int(self.epoch) != int(thing.epoch):
            return False
        if self.subpath and self.subpath != thing.subpath:
            return False
        return all(thing.agrees(key, value) for key, value in self.qualifiers.items())

    def _covers_source(self, thing: Thing) -> bool:
        """Whether the package was built from the source package that is meant."""
        if self.key not in {thing.key, thing.source_key}:
            return False
        others = (pair for pair in self.qualifiers.items() if pair[0] != "arch")
        return (not self.version or self.version in thing.source_versions) and all(
            thing.agrees(key, value) for key, value in others
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A package of the image, by everything that a statement could know it by."""

    key: Key
    versions: frozenset[str]
    epoch: str = ""
    qualifiers: Mapping[str, str]
    distros: frozenset[str] = frozenset()
    subpath: str = ""
    source: str = ""
    source_versions: frozenset[str] = frozenset()
    cpes: tuple[Key, ...] = ()
    package: Package | None = None

    @property
    def source_key(self) -> Key:
        """The key of the source package's purl."""
        return (self.key[0], self.key[1], self.source)

    @property
    def keys(self) -> tuple[Key, ...]:
        """All keys under which statements on it can be filed."""
        others = (
            (self.source_key,) if self.source and self.source != self.key[2] else ()
        )
        return (self.key, *others, *self.cpes)

    def agrees(self, key: str, value: str) -> bool:
        """Whether a qualifier of a statement does not contradict the package."""
        own = self.qualifiers.get(key, "")
        if key == "distro":
            return self._of_distro(own, value)
        if key == "arch":
            return not own or _SAME_ARCH.get(own, own) == _SAME_ARCH.get(value, value)
        if key == "upstream":
            own = own or self.source
            return not own or own.partition("@")[0] == value.partition("@")[0]
        if key == "epoch":
            return True  # compared with the version
        return (own or _DEFAULTS.get(self.key[0], {}).get(key, "")) == value

    def _of_distro(self, own: str, value: str) -> bool:
        known = {own, *self.distros} - {""}
        # debian-12 is meant to hold for debian-12.5 too.
        return not known or any(
            one == value or one.startswith(f"{value}.") for one in known
        )


def pattern_of(name: str) -> Pattern | None:
    """The pattern that a purl or CPE is; ``None`` for anything else."""
    if name[:4].lower() == "cpe:":
        return _cpe_pattern(name)
    url = _parsed(name) if name[:4].lower() == "pkg:" else None
    if url is None:
        return None
    epoch, version = _epoch_and_version(url)
    return Pattern(
        key=_key(url),
        version=version,
        epoch=epoch,
        qualifiers=url.qualifiers,
        subpath=url.subpath,
    )


def thing_of(
    purl: str, package: Package | None = None, distro: Distro | None = None
) -> Thing | None:
    """The package under ``purl``, with all that is known of it; ``None`` where that is no purl."""
    url = _parsed(purl)
    if url is None:
        return None
    epoch, version = _epoch_and_version(url)
    versions = {version}
    qualifiers = dict(url.qualifiers)
    source, source_versions = "", {version}
    cpes: tuple[Key, ...] = ()
    if package is not None:
        own_epoch, own = _split(url.type, package.version)
        versions.add(own)
        epoch = epoch or own_epoch
        if package.arch:
            qualifiers.setdefault("arch", package.arch)
        elif package.is_of_several:
            qualifiers["arch"] = SEVERAL
        source = package.source
        if package.source_version:
            source_versions = {_split(url.type, package.source_version)[1]}
        else:
            source_versions = set(versions)
        if url.type == "generic":
            cpes = tuple(_cpe_keys(package.name))
    if url.type in _WITH_EPOCH:
        epoch = epoch or "0"
    return Thing(
        key=_key(url),
        versions=frozenset(versions - {""}),
        epoch=epoch,
        qualifiers=qualifiers,
        distros=_distros(url.type, distro),
        subpath=url.subpath,
        source=source,
        source_versions=frozenset(source_versions - {""}),
        cpes=cpes,
        package=package,
    )


def _distros(type_: str, distro: Distro | None) -> frozenset[str]:
    """What the image's distribution goes by in purls of its packages."""
    if distro is None or type_ not in {"deb", "rpm", "apk", "alpm"}:
        return frozenset()
    names = {distro.version, distro.branch, distro.codename} - {""}
    found = {f"{distro.id}-{name}" for name in names}
    return frozenset({*found, distro.codename, "" if found else distro.id} - {""})


@lru_cache(maxsize=1 << 16)
def _parsed(text: str) -> PackageUrl | None:
    try:
        return parse_purl(text)
    except ParseError:
        return None


def _key(url: PackageUrl) -> Key:
    space, name = url.namespace, url.name
    if url.type in {"golang", "nuget"}:
        space, name = space.lower(), name.lower()
    elif url.type == "pypi":
        name = _SEPARATORS.sub("-", name)
    elif url.type == "rpm":
        space = _VENDORS.get(space, space)
    elif url.type == "npm":
        space = space.lower().removeprefix("@")
    return (url.type, space, name)


def _epoch_and_version(url: PackageUrl) -> tuple[str, str]:
    epoch, version = _split(url.type, url.version)
    told = url.qualifiers.get("epoch", "")
    is_number = told.isascii() and told.isdigit() and len(told) <= 10
    return (told if is_number else "") or epoch, version


def _split(type_: str, version: str) -> tuple[str, str]:
    """Epoch and version; of Go's versions the ``v`` is taken off."""
    if type_ in _WITH_EPOCH and (found := _EPOCH.fullmatch(version)):
        return found[1], found[2]
    if type_ == "golang" and version[:1] == "v":
        return "", version[1:]
    return "", version


def _cpe_keys(name: str) -> Iterator[Key]:
    for cpe in cpes_of(name):
        vendor, _, product = cpe.partition(":")
        yield (_CPE, vendor, product)


def _cpe_pattern(name: str) -> Pattern | None:
    """An application's CPE that names no more than vendor, product and version."""
    parts = cpe_parts(name)
    if len(parts) < 3 or parts[0] != "a" or any(parts[4:]):
        return None
    return Pattern(
        key=(_CPE, parts[1], parts[2]),
        version=parts[3] if len(parts) > 3 else "",
        qualifiers={},
    )


def cpe_parts(name: str) -> list[str]:
    """The attributes of a CPE 2.2 or 2.3 from the part on, any as nothing; none where it is no CPE."""
    lowered = name.lower()
    for prefix in ("cpe:2.3:", "cpe:/"):
        if lowered.startswith(prefix):
            parts = lowered[len(prefix) :].split(":")
            return [
                "" if part in {"*", "-"} else part.replace("\\", "") for part in parts
            ]
    return []
