"""
Which packages a policy's words mean: a name, a glob on it, or a package URL.

A purl means every package that has all of its parts; what it leaves out may be anything
(package-url specification; VEX matches so, too). So ``pkg:npm/lodash`` is every version,
``pkg:deb/debian/openssl?arch=amd64`` one architecture. For packages of distributions the namespace
may be left out. A name is the ecosystem's own: ``group:artifact`` for Maven, ``@scope/name`` for npm,
written in any way that the ecosystem takes for the same. In both, ``*`` stands for anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from shipworthy.errors import ParseError
from shipworthy.model.bucket import normal_name
from shipworthy.model.package import Package
from shipworthy.model.purl_parse import PackageUrl, parse_purl
from shipworthy.policy.conditions.interface import Expected
from shipworthy.policy.globs import is_glob, loose


OS_TYPES = frozenset({"alpm", "apk", "deb", "os", "rpm"})
"""Types of what a distribution is made of; ``os`` is the distribution itself."""

Named = tuple[str, str, str]
"""Type, name and purl of a package: what it is told by."""


def named(package: Package) -> Named:
    """What ``package`` is told by."""
    return package.type, package.name, package.purl


def packages_meant(text: str) -> Callable[[Named], bool]:
    """
    Whether ``text`` means a package.

    Raises:
        Expected: It begins like a purl and is none.
    """
    return _by_purl(text) if text[:4].lower() == "pkg:" else _by_name(text)


def _by_name(text: str) -> Callable[[Named], bool]:
    if is_glob(text):
        meant = loose(text)
        return lambda one: meant(one[1]) or meant(normal_name(one[0], one[1]))
    return lambda one: (
        one[1] == text or normal_name(one[0], one[1]) == normal_name(one[0], text)
    )


def _by_purl(text: str) -> Callable[[Named], bool]:
    try:
        wished = parse_purl(text)
    except ParseError as error:
        if not is_glob(text):
            raise Expected("a package URL, such as pkg:npm/lodash") from error
        whole = loose(text)
        return lambda one: whole(one[2])
    path = _path(wished)
    same_path, same_version = loose(path), loose(wished.version)
    anywhere = wished.type in OS_TYPES and not wished.namespace

    def meant(one: Named) -> bool:
        found = _parts(one)
        if found is None or found.type != wished.type:
            return False
        return (
            (same_path(_path(found)) or (anywhere and same_path(found.name)))
            and (not wished.version or same_version(found.version))
            and wished.qualifiers.items() <= found.qualifiers.items()
            and (not wished.subpath or wished.subpath == found.subpath)
        )

    return meant


def _path(purl: PackageUrl) -> str:
    return f"{purl.namespace}/{purl.name}" if purl.namespace else purl.name


def _parts(one: Named) -> PackageUrl | None:
    return _parsed(one[2]) if one[2] else None


@lru_cache(maxsize=1 << 16)
def _parsed(purl: str) -> PackageUrl | None:
    try:
        return parse_purl(purl)
    except ParseError:
        return None
