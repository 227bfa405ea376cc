"""Which family and bucket the packages of a distribution's own kind are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shipworthy.matching.families.apk import ApkFamily
from shipworthy.matching.families.deb import DebFamily
from shipworthy.matching.families.rpm import RpmFamily, has_kernel
from shipworthy.matching.families.ubuntu import UbuntuFamily, fips_buckets
from shipworthy.matching.interface import Family
from shipworthy.model.bucket import os_bucket
from shipworthy.model.package import Distro, Package


OS_TYPES = frozenset({"deb", "apk", "rpm", "alpm"})
"""Types of packages that a distribution's advisories judge."""

_FILED_AS = {"rhel": "redhat", "raspbian": "debian", "sled": "sles"}
_TESTING = {"sid": "sid", "unstable": "sid", "forky": "14", "duke": "15"}
_KINDS = {
    "debian": "deb",
    "ubuntu": "deb",
    "alpine": "apk",
    "wolfi": "apk",
    "chainguard": "apk",
    "almalinux": "rpm",
    "rocky": "rpm",
    "redhat": "rpm",
    "sles": "rpm",
    "suse": "rpm",
    "opensuse": "rpm",
    "amzn": "rpm",
    "ol": "rpm",
    "photon": "rpm",
    "azurelinux": "rpm",
    "mariner": "rpm",
    "fedora": "rpm",
    "centos": "rpm",
}


_RPM_FAMILIES: dict[str, type[RpmFamily]] = {}
"""Distributions of rpm packages that have rules of their own; the others are plain."""


def bucket_for(distro: Distro) -> str:
    """
    The bucket that holds advisories for the release; empty where the release cannot be told.

    Debian's testing and unstable carry no number and go by their code name.
    """
    filed = replace(distro, id=_FILED_AS.get(distro.id, distro.id))
    bucket = os_bucket(filed)
    if not bucket and filed.id == "debian":
        codename = filed.codename.partition("/")[0].lower()
        release = _TESTING.get(codename, "")
        return f"debian-{release}" if release else ""
    return bucket


def family_for(
    type_: str,
    bucket: str,
    packages: Iterable[Package],
    distro: Distro | None = None,
) -> Family | None:
    """The family of OS packages of ``type_`` in ``bucket``; ``None`` where its advisories are on another kind."""
    kind = _KINDS.get(bucket.partition("-")[0], type_)
    if kind != type_:
        return None
    if bucket.startswith("ubuntu-"):
        more = fips_buckets(bucket, packages)
        return UbuntuFamily(bucket=bucket, more=more, distro=distro)
    if type_ == "deb":
        return DebFamily(bucket=bucket, distro=distro)
    if type_ == "apk":
        return ApkFamily(bucket=bucket, distro=distro)
    if type_ == "rpm":
        made = _RPM_FAMILIES.get(bucket.partition("-")[0], RpmFamily)
        return made(bucket=bucket, distro=distro, has_kernel=has_kernel(packages))
    return None
