"""Which family judges the packages of a language ecosystem, and of software outside package managers."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.matching.families.base import family_at
from shipworthy.matching.interface import Advisories, Family
from shipworthy.model.bucket import CPE, ECOSYSTEMS, GENERIC
from shipworthy.model.package import Package
from shipworthy.model.products import is_product


LANGUAGES = frozenset(ECOSYSTEMS.values())
"""Types of packages that advisories are published for by ecosystem."""

_FAMILIES = {
    "bitnami": "bitnami:BitnamiFamily",
    "composer": "composer:ComposerFamily",
    "gem": "gem:GemFamily",
    GENERIC: "generic:GenericFamily",
    "golang": "golang:GolangFamily",
    "maven": "maven:MavenFamily",
    "npm": "npm:NpmFamily",
    "pypi": "pypi:PypiFamily",
}
"""Ecosystems with rules of their own; the others are plain."""


def is_known(type_: str, packages: Sequence[Package]) -> bool:
    """Whether advisories are published for any of ``packages``, which are of ``type_``."""
    if type_ == GENERIC:
        return any(is_product(package.name) for package in packages)
    return type_ in LANGUAGES


def is_held(type_: str, packages: Sequence[Package], advisories: Advisories) -> bool:
    """Whether the database holds advisories that ``packages`` of ``type_`` are judged by."""
    buckets = (GENERIC, CPE) if type_ == GENERIC else (type_,)
    known = is_known(type_, packages)
    return known and any(advisories.has(bucket) for bucket in buckets)


def family_for(type_: str, packages: Sequence[Package]) -> Family:
    """The family of the packages of ``type_``, which is their bucket too."""
    place = _FAMILIES.get(type_, "language:LanguageFamily")
    return family_at(place).of(type_, None, packages)
