"""
SUSE's products by the names that its OVAL and OSV files give them: which release, and on what terms.

Source: the products of https://www.suse.com/support/security/oval/ and
https://www.suse.com/lifecycle/. A service pack is one release with one line of every package; what
differs is who gets which update. Server, Desktop, modules and Micro bring them to every
subscriber; LTSS, ESPOS, SAP and the extensions are sold apart, so their updates are in a
channel of their own. Products with packages of their own beside the release (Manager, Storage,
OpenStack, Real Time, the one for Teradata) are not what images are made of.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple


class Product(NamedTuple):
    """Where a product's packages are judged, and what one needs to get its updates."""

    bucket: str
    channel: str = ""


LTSS = "ltss"
"""The channel of Long Term Service Pack Support."""

_ENTERPRISE = re.compile(
    r"(?:SUSE )?Linux Enterprise (?P<name>[A-Za-z][A-Za-z0-9 ]*?) "
    r"(?P<major>1[0-9])(?: SP(?P<pack>\d)|\.(?P<minor>\d))?"
    r"(?:[- ](?P<terms>[A-Za-z][A-Za-z -]*))?",
    re.ASCII,
)
_MICRO = re.compile(
    r"(?:SUSE )?Linux (?:Enterprise )?Micro(?: for Rancher)? (?P<release>\d\.\d{1,2})(?: .*)?",
    re.ASCII,
)
_LEAP = re.compile(
    r"(?:openSUSE )?Leap (?P<micro>Micro )?(?P<release>\d\d?\.\d)(?: NonFree)?",
    re.ASCII,
)
_OLD = re.compile(r"openSUSE (?P<release>1[0-3]\.\d)(?: NonFree)?", re.ASCII)
_OPEN = frozenset({"server", "desktop", "software development kit"})
_MODULE = "module for "
_SOLD = {
    "server for sap applications": "sap",
    "server business critical linux": "bcl",
    "server ltss": LTSS,
    "server ltss extended security": "ltss-extended-security",
    "server espos": "espos",
    "high performance computing": "hpc",
    "high performance computing ltss": LTSS,
    "high performance computing espos": "espos",
    "high availability extension": "high-availability",
    "workstation extension": "workstation-extension",
    "live patching": "live-patching",
    "module for live patching": "live-patching",
    "module for package hub": "package-hub",
}
_OTHER_BUILDS = frozenset({"teradata", "for-teradata", "raspberry-pi"})
_PACKAGE_HUB = re.compile(r"(?:SUSE )?Package Hub 15 SP(?P<pack>\d)", re.ASCII)


@lru_cache(maxsize=10_000)
def product_of(name: str) -> Product | None:
    """The product of that name, with or without ``SUSE`` or ``openSUSE`` before it; None for one that is no base of images."""
    if name.endswith("Tumbleweed"):
        return Product("opensuse-tumbleweed")
    if match := _LEAP.fullmatch(name):
        kind = "opensuse-leap-micro" if match["micro"] else "opensuse-leap"
        return Product(f"{kind}-{match['release']}")
    if match := _OLD.fullmatch(name):
        return Product(f"opensuse-{match['release']}")
    if match := _MICRO.fullmatch(name):
        return Product(f"sle-micro-{match['release']}")
    if match := _PACKAGE_HUB.fullmatch(name):
        return Product(f"sles-15.{match['pack']}", "package-hub")
    match = _ENTERPRISE.fullmatch(name)
    return _enterprise(match) if match else None


def _enterprise(match: re.Match[str]) -> Product | None:
    level = match["pack"] or match["minor"]
    bucket = f"sles-{match['major']}.{level}" if level else f"sles-{match['major']}"
    terms = "-".join((match["terms"] or "").lower().replace("-", " ").split())
    if terms in _OTHER_BUILDS:
        return None
    name = match["name"].lower()
    if name in _SOLD:
        return Product(bucket, terms or _SOLD[name])
    if name in _OPEN or name.startswith(_MODULE):
        return Product(bucket, terms)
    return None
