"""
Buckets: the names of the database's shards, shared by its builder and by matching.

A bucket is one place to look a package up in: a release of a distribution
(``debian-12``, ``alpine-3.18``) or a language ecosystem by its purl type (``pypi``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

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
    "generic": "generic",
    "cpe": "generic",
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
    "sle": "rpm",
    "sles": "rpm",
    "ol": "rpm",
    "azurelinux": "rpm",
    "mariner": "rpm",
    "minimos": "apk",
    "echo": "deb",
    "amzn": "rpm",
    "photon": "rpm",
    "fedora": "rpm",
    "arch": "alpm",
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

GENERIC = "generic"
"""Software outside package managers, by what its own projects say."""

CPE = "cpe"
"""The same software by NVD's product configurations, filed under ``vendor:product``."""

BY_SOURCE = frozenset(
    {"debian", "ubuntu", "alpine", "wolfi", "chainguard", "minimos", "echo"}
    | {"azurelinux", "mariner", "photon", "fedora"}
)
"""Distributions whose advisories go by source package; the others go by binary package."""

_ROLLING = frozenset(
    {"arch", "chainguard", "echo", "minimos", "opensuse-tumbleweed", "wolfi"}
)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@]*@)?")
REDHAT_PRODUCTS = "redhat-products"
"""What Red Hat says of products whose name tells no release of RHEL."""
REDHAT_REPOSITORIES = "redhat-repositories"
"""Red Hat's repositories by the name of their content set, with the CPEs of what they hold."""

_WHOLE: dict[str, dict[str, int]] = {
    "redhat": {"redhat/vex": 1, "redhat/advisories": 1},
    "ubuntu": {"ubuntu/osv": 1, "ubuntu/vex": 1, "osv/Ubuntu": 1_000},
}
"""
Feeds that claim to tell all of a distribution, where others carry single advisories of it; and how
many records they have at least: OSV's export of Ubuntu has tens of thousands, or is a sample.
"""

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
    if distro.id == "amzn" and parts[0].startswith("201"):
        return "amzn-1"  # Amazon Linux 1 counts by the dates of its releases: 2018.03
    return f"{distro.id}-{parts[0]}"


def scheme_of(bucket: str) -> str:
    """The version scheme that a bucket's ranges are written in."""
    return SCHEMES.get(bucket, "") or SCHEMES.get(bucket.partition("-")[0], "semver")


def is_covered(bucket: str, feeds: Mapping[str, int]) -> bool:
    """
    Tell whether a database made of ``feeds`` can answer for ``bucket``, and not only hold something in it.

    ``feeds`` is how many records each feed had.

    A few bulletins that came by the way, such as those of OSV's export on Red Hat, must not make a
    release look judged.
    """
    whole = _WHOLE.get(bucket.partition("-")[0])
    return whole is None or any(feeds.get(f, 0) >= n for f, n in whole.items())


def normal_name(bucket: str, name: str) -> str:
    """
    The name under which a bucket files a package.

    PyPI by PEP 503, crates with ``_`` as ``-``, NuGet, Composer, Hex and Pub in lower case, Swift
    by URL without scheme and ``.git`` and with the host in lower case (GitHub: all of it), CocoaPods
    without the subspec; all others as they are.
    """
    if bucket == "pypi":
        return _PEP503.sub("-", name).lower()
    if bucket == "cargo":
        return name.replace("_", "-").lower()
    if bucket in {"nuget", "composer", "hex", "pub"}:
        return name.lower()
    if bucket == "swift":
        return _swift_name(name)
    if bucket == "cocoapods":
        return name.partition("/")[0]
    return name


def _swift_name(name: str) -> str:
    plain = _URL.sub("", name).removesuffix("/").removesuffix(".git")
    host, slash, path = plain.partition("/")
    host = host.lower()
    return f"{host}{slash}{path.lower() if host == 'github.com' else path}"
