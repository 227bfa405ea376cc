"""Which family judges the packages of a language ecosystem, and of software outside package managers."""

from __future__ import annotations

from collections.abc import Iterable

from shipworthy.matching.families.bitnami import BitnamiFamily
from shipworthy.matching.families.composer import ComposerFamily
from shipworthy.matching.families.gem import GemFamily
from shipworthy.matching.families.generic import GenericFamily
from shipworthy.matching.families.golang import GolangFamily
from shipworthy.matching.families.language import LanguageFamily
from shipworthy.matching.families.maven import MavenFamily
from shipworthy.matching.families.npm import NpmFamily, npms_in
from shipworthy.matching.families.pypi import PypiFamily
from shipworthy.matching.interface import Advisories, Family
from shipworthy.model.bucket import CPE, ECOSYSTEMS, GENERIC
from shipworthy.model.package import Package
from shipworthy.model.products import is_product


LANGUAGES = frozenset(ECOSYSTEMS.values())
"""Types of packages that advisories are published for by ecosystem."""

_FAMILIES: dict[str, type[LanguageFamily]] = {
    "bitnami": BitnamiFamily,
    "composer": ComposerFamily,
    "gem": GemFamily,
    GENERIC: GenericFamily,
    "golang": GolangFamily,
    "maven": MavenFamily,
    "npm": NpmFamily,
    "pypi": PypiFamily,
}
"""Ecosystems with rules of their own; the others are plain."""


def is_known(type_: str, packages: Iterable[Package]) -> bool:
    """Whether advisories are published for any of ``packages``, which are of ``type_``."""
    if type_ == GENERIC:
        return any(is_product(package.name) for package in packages)
    return type_ in LANGUAGES


def is_held(type_: str, packages: Iterable[Package], advisories: Advisories) -> bool:
    """Whether the database holds advisories that ``packages`` of ``type_`` are judged by."""
    buckets = (GENERIC, CPE) if type_ == GENERIC else (type_,)
    known = is_known(type_, packages)
    return known and any(advisories.has(bucket) for bucket in buckets)


def family_for(type_: str, packages: Iterable[Package]) -> Family:
    """The family of the packages of ``type_``, which is their bucket too."""
    if type_ == "npm":
        return NpmFamily(bucket=type_, npms=npms_in(packages))
    return _FAMILIES.get(type_, LanguageFamily)(bucket=type_)
