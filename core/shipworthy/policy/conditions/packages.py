"""Which software it is: ``package``, ``version``, ``package-type`` and ``licence``."""

from __future__ import annotations

from typing import ClassVar

from shipworthy.errors import ParseError, UsageError, VersionError
from shipworthy.model.bucket import ECOSYSTEMS
from shipworthy.model.package import Package
from shipworthy.model.purl_parse import parse_purl
from shipworthy.policy.conditions.asking import (
    SOFTWARE,
    TEXTS,
    Question,
    nearest,
    one_or_many,
    texts,
)
from shipworthy.policy.conditions.interface import Atom, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Kind
from shipworthy.policy.globs import any_of, is_glob, loose
from shipworthy.policy.licences import falls_under
from shipworthy.policy.naming import OS_TYPES, named, scheme_of_type
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass
from shipworthy.versions.constraint import satisfies


_GROUPS = ("os", "language")
_TYPES = frozenset(
    OS_TYPES
    | set(ECOSYSTEMS.values())
    | {
        "alpm",
        "bazel",
        "cocoapods",
        "conan",
        "conda",
        "generic",
        "github",
        "huggingface",
    }
    | {"julia", "luarocks", "mlflow", "oci", "opam", "otp", "qpkg", "swid", "wordpress"}
)
_MEANT = {
    "alpine": "apk",
    "crates.io": "cargo",
    "debian": "deb",
    "dotnet": "nuget",
    "go": "golang",
    "java": "maven",
    "javascript": "npm",
    "node": "npm",
    "php": "composer",
    "python": "pypi",
    "ruby": "gem",
    "rust": "cargo",
    "ubuntu": "deb",
}
_NOT_LANGUAGES = OS_TYPES | {"bitnami", "generic", "github", "oci", "swid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _AboutSoftware(Question):
    kinds: ClassVar[frozenset[Kind]] = SOFTWARE


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageIs(_AboutSoftware):
    """The package is meant by one of these names, globs or purls."""

    packages: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where it is meant."""
        meant = [named(text).fits for text in self.packages]
        return view.where_package(
            view.named, lambda subject: any(fits(subject) for fits in meant)
        )

    def words(self) -> str:
        """``matching pkg:npm/lodash``."""
        return f"matching {one_or_many(self.packages)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionIn(_AboutSoftware):
    """The package's version is in a range, by the order of its own package system."""

    range: str

    def select(self, view: View) -> Selection:
        """Where it is in the range; a version that has no place in the order cannot be told."""
        return view.where_package(_versioned, self._holds)

    def _holds(self, one: tuple[str, str]) -> bool | None:
        scheme = scheme_of_type(one[0])
        if not scheme:
            return None
        try:
            return satisfies(scheme, one[1], self.range)
        except VersionError:
            return None

    def doubt(self) -> str:
        """``at a version that cannot be compared``."""
        return "at a version that cannot be compared"

    def words(self) -> str:
        """``at version >= 2.0, < 2.15``."""
        return f"at version {self.range}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageTypeIs(_AboutSoftware):
    """The package's type is one of these, or of the distribution (``os``) or a language (``language``)."""

    types: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where it is."""
        return view.where_package(_type, self._holds)

    def _holds(self, type_: str) -> bool:
        if type_ in self.types:
            return True
        if type_ in OS_TYPES:
            return "os" in self.types
        return "language" in self.types and type_ not in _NOT_LANGUAGES

    def words(self) -> str:
        """``of package type npm or from the distribution``."""
        plain = [one for one in self.types if one not in _GROUPS]
        told = [f"of package type {one_or_many(plain)}"] if plain else []
        if "os" in self.types:
            told.append("from the distribution")
        if "language" in self.types:
            told.append("from a programming language")
        return one_or_many(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceIs(_AboutSoftware):
    """
    Who uses the package must take one of these licences.

    Of a choice, only where all alternatives are among them. Where no licence is stated, or one in
    words that are no licence's name, it cannot be told.
    """

    natural: ClassVar[Kind] = "package"
    licences: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where one is stated."""
        meant = any_of(loose(one.casefold()) for one in self.licences)
        return view.where_package(
            _licences,
            lambda stated: falls_under(stated, lambda name: meant(name.casefold())),
        )

    def doubt(self) -> str:
        """``without a known licence``."""
        return "without a known licence"

    def words(self) -> str:
        """``licensed under GPL-3.0*``."""
        return f"licensed under {one_or_many(self.licences)}"


def _versioned(package: Package) -> tuple[str, str]:
    return package.type, package.version


def _type(package: Package) -> str:
    return package.type


def _licences(package: Package) -> tuple[str, ...]:
    return package.licences


def _packages(value: object) -> PackageIs:
    found = texts(value, "the name of a package, a glob on it or a package URL")
    for text in found:
        if text[:4].lower() == "pkg:" and not is_glob(text):
            _check_purl(text)
    return PackageIs(packages=found)


def _check_purl(text: str) -> None:
    try:
        parse_purl(text)
    except ParseError as error:
        raise Expected("a package URL, such as pkg:npm/lodash") from error


def _range(value: object) -> VersionIn:
    what = "a range of versions, such as '>= 2.0, < 2.15'"
    if not isinstance(value, str) or not value.strip():
        raise Expected(what)
    try:
        satisfies("generic", "1", value)
    except (VersionError, UsageError) as error:
        raise Expected(what) from error
    return VersionIn(range=value.strip())


def _types(value: object) -> PackageTypeIs:
    found = [
        text.lower() for text in texts(value, "the type of a package, such as npm")
    ]
    for text in found:
        if text not in _TYPES and text != "language":
            near = _MEANT.get(text) or nearest(text, {*_TYPES, *_GROUPS})
            raise Expected(
                "a type of package, such as npm, or os or language", near=near
            )
    return PackageTypeIs(types=tuple(dict.fromkeys(found)))


ATOMS = (
    Atom(
        key="package",
        parse=_packages,
        schema=TEXTS,
        words="the package is meant by one of these names, globs or package URLs",
    ),
    Atom(
        key="version",
        parse=_range,
        schema={"type": "string", "minLength": 1},
        words="the package's version is in this range, by the order of its package system",
    ),
    Atom(
        key="package-type",
        parse=_types,
        schema=TEXTS,
        words="the package's type, or os for all of the distribution and language for all of languages",
    ),
    Atom(
        key="licence",
        parse=lambda value: LicenceIs(
            licences=texts(value, "an SPDX licence, such as GPL-3.0-only")
        ),
        schema=TEXTS,
        words="who uses the package must take one of these licences; * stands for anything",
    ),
)
