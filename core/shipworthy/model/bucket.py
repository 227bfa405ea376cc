"""
Buckets: the names of the database's shards, shared by its builder and by matching.

A bucket is one place to look a package up in: a release of a distribution
(``debian-12``, ``alpine-3.18``) or a language ecosystem by its purl type (``pypi``).
"""

from __future__ import annotations

import re

from shipworthy.model.package import Distro


ECOSYSTEMS: dict[str, str] = {
    "PyPI": "pypi",
    "npm": "npm",
    "Maven": "maven",
    "Go": "golang",
    "crates.io": "cargo",
    "RubyGems": "gem",
    "NuGet": "nuget",
    "Packagist": "composer",
    "Hex": "hex",
    "Hackage": "hackage",
    "GHC": "ghc",
    "CRAN": "cran",
    "Pub": "pub",
    "SwiftURL": "swift",
    "Bitnami": "bitnami",
}
"""OSV ecosystem to bucket, where the bucket is a purl type."""

SCHEMES: dict[str, str] = {
    "pypi": "pep440",
    "npm": "semver",
    "maven": "maven",
    "golang": "golang",
    "cargo": "semver",
    "gem": "gem",
    "nuget": "nuget",
    "composer": "composer",
    "hex": "semver",
    "hackage": "hackage",
    "ghc": "hackage",
    "cran": "cran",
    "pub": "pub",
    "swift": "semver",
    "bitnami": "semver",
    "debian": "deb",
    "ubuntu": "deb",
    "alpine": "apk",
    "wolfi": "apk",
    "chainguard": "apk",
    "almalinux": "rpm",
    "rocky": "rpm",
    "redhat": "rpm",
    "suse": "rpm",
    "opensuse": "rpm",
}
"""Bucket (or its part before the first dash) to version scheme."""

UBUNTU_CODENAMES: dict[str, str] = {
    "precise": "12.04",
    "trusty": "14.04",
    "xenial": "16.04",
    "bionic": "18.04",
    "cosmic": "18.10",
    "disco": "19.04",
    "eoan": "19.10",
    "focal": "20.04",
    "groovy": "20.10",
    "hirsute": "21.04",
    "impish": "21.10",
    "jammy": "22.04",
    "kinetic": "22.10",
    "lunar": "23.04",
    "mantic": "23.10",
    "noble": "24.04",
    "oracular": "24.10",
    "plucky": "25.04",
    "questing": "25.10",
    "resolute": "26.04",
    "stonking": "26.10",
}
"""Ubuntu's releases by code name (wiki.ubuntu.com/Releases)."""

BY_SOURCE = frozenset({"debian", "ubuntu", "alpine", "wolfi", "chainguard"})
"""Distributions whose advisories go by source package; the others go by binary package."""

_ROLLING = frozenset({"arch", "chainguard", "minimos", "opensuse-tumbleweed", "wolfi"})
_PEP503 = re.compile(r"[-_.]+")


def os_bucket(distro: Distro) -> str:
    """
    The bucket of a distribution's release: ``debian-12``, ``alpine-3.18``, ``almalinux-9``, ``wolfi``.

    Empty where the release cannot be told, so nothing can be looked up.
    """
    if distro.id in _ROLLING:
        return distro.id
    release = distro.branch or distro.version
    if not release:
        return ""
    parts = release.split(".")
    if distro.id == "alpine":
        return f"alpine-{release if release == 'edge' else '.'.join(parts[:2])}"
    if distro.id == "ubuntu":
        return f"ubuntu-{'.'.join(parts[:2])}"
    if distro.id.startswith(("opensuse", "sle")):
        return f"{distro.id}-{release}"
    return f"{distro.id}-{parts[0]}"


def scheme_of(bucket: str) -> str:
    """The version scheme that a bucket's ranges are written in."""
    return SCHEMES.get(bucket, "") or SCHEMES.get(bucket.partition("-")[0], "semver")


def normal_name(bucket: str, name: str) -> str:
    """
    The name under which a bucket files a package.

    PyPI by PEP 503, crates with ``_`` as ``-``, NuGet, Composer and Hex in lower case;
    all others as they are.
    """
    if bucket == "pypi":
        return _PEP503.sub("-", name).lower()
    if bucket == "cargo":
        return name.replace("_", "-").lower()
    if bucket in {"nuget", "composer", "hex", "pub"}:
        return name.lower()
    return name
