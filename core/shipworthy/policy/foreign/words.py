"""
What other tools call package types, languages, ecosystems and distributions, in our words.

Sources: anchore/syft ``syft/pkg/type.go`` and ``language.go``; OSV schema, "Defined ecosystems"; namespaces of
anchore/grype (``grype/db/v5/namespace``); ids of Snyk's vulnerability database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shipworthy.model.bucket import ECOSYSTEMS


SYFT_TYPES: Mapping[str, str] = {
    "alpm": "alpm",
    "apk": "apk",
    "binary": "generic",
    "cocoapods": "cocoapods",
    "conan": "conan",
    "dart-pub": "pub",
    "deb": "deb",
    "dotnet": "nuget",
    "gem": "gem",
    "go-module": "golang",
    "hackage": "hackage",
    "hex": "hex",
    "java-archive": "maven",
    "npm": "npm",
    "php-composer": "composer",
    "python": "pypi",
    "R-package": "cran",
    "rpm": "rpm",
    "rust-crate": "cargo",
    "swift": "swift",
}
"""Grype's ``package.type`` to purl type."""

LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "R": ("cran",),
    "c++": ("conan",),
    "dart": ("pub",),
    "dotnet": ("nuget",),
    "elixir": ("hex",),
    "erlang": ("hex",),
    "go": ("golang",),
    "haskell": ("hackage",),
    "java": ("maven",),
    "javascript": ("npm",),
    "php": ("composer",),
    "python": ("pypi",),
    "ruby": ("gem",),
    "rust": ("cargo",),
    "swift": ("cocoapods", "swift"),
}
"""Grype's ``package.language`` to purl types."""

OSV_DISTROS: Mapping[str, tuple[str, str]] = {
    "AlmaLinux": ("rpm", "almalinux"),
    "Alpine": ("apk", "alpine"),
    "Azure Linux": ("rpm", "azurelinux"),
    "Chainguard": ("apk", "chainguard"),
    "Debian": ("deb", "debian"),
    "Echo": ("deb", "echo"),
    "MinimOS": ("apk", "minimos"),
    "Photon OS": ("rpm", "photon"),
    "Red Hat": ("rpm", "redhat"),
    "Rocky Linux": ("rpm", "rocky"),
    "SUSE": ("rpm", "sles"),
    "Ubuntu": ("deb", "ubuntu"),
    "Wolfi": ("apk", "wolfi"),
    "openEuler": ("rpm", "openeuler"),
}
"""OSV ecosystem to purl type and distribution."""

GRYPE_DISTROS: Mapping[str, tuple[str, str]] = {
    "almalinux": ("rpm", "almalinux"),
    "alpine": ("apk", "alpine"),
    "amazonlinux": ("rpm", "amazon"),
    "azurelinux": ("rpm", "azurelinux"),
    "chainguard": ("apk", "chainguard"),
    "debian": ("deb", "debian"),
    "echo": ("deb", "echo"),
    "mariner": ("rpm", "mariner"),
    "minimos": ("apk", "minimos"),
    "oraclelinux": ("rpm", "oracle"),
    "redhat": ("rpm", "redhat"),
    "rockylinux": ("rpm", "rocky"),
    "sles": ("rpm", "sles"),
    "ubuntu": ("deb", "ubuntu"),
    "wolfi": ("apk", "wolfi"),
}
"""The distribution in one of Grype's namespaces to purl type and distribution."""

_SNYK_TYPES: Mapping[str, str] = {
    "COCOAPODS": "cocoapods",
    "DOTNET": "nuget",
    "GOLANG": "golang",
    "HEX": "hex",
    "JAVA": "maven",
    "JS": "npm",
    "PHP": "composer",
    "PUB": "pub",
    "PYTHON": "pypi",
    "RUBY": "gem",
    "RUST": "cargo",
    "SWIFT": "swift",
}
_SNYK_OS: Mapping[str, str] = {
    "ALPINE": "apk",
    "AMZN": "rpm",
    "CENTOS": "rpm",
    "CHAINGUARD": "apk",
    "DEBIAN": "deb",
    "MINIMOS": "apk",
    "ORACLE": "rpm",
    "RHEL": "rpm",
    "ROCKY": "rpm",
    "SLES": "rpm",
    "UBUNTU": "deb",
    "WOLFI": "apk",
}
_SNYK = re.compile(r"SNYK-([A-Z]+)[0-9]*-", re.IGNORECASE)
_RELEASE = re.compile(r"v?([0-9]+(?:\.[0-9]+)?)(?:\.[0-9]+)*(?::LTS)?")
_BY_TWO = frozenset({"alpine", "ubuntu"})
"""Distributions whose releases have two numbers."""
_NUMBERED_WITH_NOUGHT = frozenset({"azurelinux", "mariner", "photon"})
"""Distributions that call release 3 ``3.0``."""


def snyk_type(id_: str) -> tuple[str, bool]:
    """The purl type that an id of Snyk's is about and whether it is an operating system's; empty where it does not tell."""
    found = _SNYK.match(id_)
    if found is None:
        return ("npm", False) if id_.startswith("npm:") else ("", False)
    word = found[1].upper()
    if word in _SNYK_OS:
        return _SNYK_OS[word], True
    return _SNYK_TYPES.get(word, ""), False


def osv_ecosystem(text: str) -> tuple[str, str] | None:
    """
    The purl type and the distribution (with its release where there is a suffix) that OSV's ``text`` names.

    The distribution is empty for a language's ecosystem; ``None`` where no package of an image can be of ``text``.
    """
    name, colon, suffix = text.partition(":")
    if name in OSV_DISTROS:
        type_, distro = OSV_DISTROS[name]
        if not colon:
            return type_, distro
        named = release(distro, suffix)
        return (type_, named) if named else None
    if colon or name not in ECOSYSTEMS:
        return None
    return ECOSYSTEMS[name], ""


def release(distro: str, text: str) -> str:
    """``alpine-3.20`` for ``alpine`` and ``v3.20``; empty where ``text`` is no release as ours are counted."""
    found = _RELEASE.fullmatch(text)
    if found is None:
        return ""
    number = found[1]
    if distro in _BY_TWO:
        return f"{distro}-{number}" if "." in number else ""
    if distro == "sles":
        return f"{distro}-{number}"
    major, dot, minor = number.partition(".")
    if dot and not (minor == "0" and distro in _NUMBERED_WITH_NOUGHT):
        return ""
    return f"{distro}-{major}"


def grype_namespace(text: str) -> tuple[tuple[str, ...], str, bool] | None:
    """
    The purl types, the distribution and whether NVD's configurations are meant, of a namespace of Grype's.

    ``None`` where it names nothing that is told apart here.
    """
    if text == "nvd:cpe":
        return (), "", True
    parts = text.split(":")
    if len(parts) == 3 and parts[:2] == ["github", "language"]:
        types = LANGUAGES.get(parts[2], ())
        return (types, "", False) if types else None
    if len(parts) != 4 or parts[1] != "distro" or parts[2] not in GRYPE_DISTROS:
        return None
    type_, distro = GRYPE_DISTROS[parts[2]]
    named = distro if parts[3] == "rolling" else release(distro, parts[3])
    return ((type_,), named, False) if named else None
