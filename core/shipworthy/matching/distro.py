"""Which family and bucket the packages of a distribution's own kind are judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shipworthy.matching.families.base import family_at
from shipworthy.matching.interface import Family
from shipworthy.model.bucket import os_bucket
from shipworthy.model.package import Distro, Package


OS_TYPES = frozenset({"deb", "apk", "rpm", "alpm"})
"""Types of packages that a distribution's advisories judge."""

_FILED_AS = {
    "amazon": "amzn",
    "centos": "redhat",
    "circle": "redhat",
    "oracle": "ol",
    "raspbian": "debian",
    "rhel": "redhat",
    "scientific": "redhat",
    "sl-micro": "sle-micro",
    "sled": "sles",
    "sles_sap": "sles",
}
_REBUILDS = frozenset({"almalinux", "rocky"})
"""Built from RHEL's sources under RHEL's versions."""
_TESTING = {"sid": "sid", "unstable": "sid", "forky": "14", "duke": "15"}
_KINDS = {
    "debian": "deb",
    "ubuntu": "deb",
    "alpine": "apk",
    "wolfi": "apk",
    "chainguard": "apk",
    "minimos": "apk",
    "echo": "deb",
    "arch": "alpm",
    "almalinux": "rpm",
    "rocky": "rpm",
    "redhat": "rpm",
    "sle": "rpm",
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


_FAMILIES = {
    "almalinux": "almalinux:AlmaFamily",
    "amzn": "amazon:AmazonFamily",
    "fedora": "fedora:FedoraFamily",
    "ol": "oracle:OracleFamily",
    "opensuse": "suse:SuseFamily",
    "redhat": "redhat:RedHatFamily",
    "sle": "suse:SuseFamily",
    "sles": "suse:SuseFamily",
    "ubuntu": "ubuntu:UbuntuFamily",
}
"""Distributions that have rules of their own; the others go by the type of their packages."""
_BY_TYPE = {
    "alpm": "alpm:AlpmFamily",
    "apk": "apk:ApkFamily",
    "deb": "deb:DebFamily",
    "rpm": "rpm:RpmFamily",
}


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


def stand_in(bucket: str) -> str:
    """The bucket that answers for ``bucket`` where a database lacks it; empty where none does."""
    distro, _, release = bucket.partition("-")
    return f"redhat-{release}" if distro in _REBUILDS and release else ""


def family_for(
    type_: str,
    bucket: str,
    packages: Iterable[Package],
    distro: Distro | None = None,
) -> Family | None:
    """The family of OS packages of ``type_`` in ``bucket``; ``None`` where its advisories are on another kind."""
    id_ = bucket.partition("-")[0]
    place = _FAMILIES.get(id_) or _BY_TYPE.get(type_)
    if _KINDS.get(id_, type_) != type_ or place is None:
        return None
    return family_at(place).of(bucket, distro, tuple(packages))
