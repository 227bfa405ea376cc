"""
Which channel a slice of a publisher's record stands for: where the fix it names is sold or kept apart.

Ubuntu Pro repairs packages beyond what the release's open archive gets: ``esm-infra`` is for
main and restricted, ``esm-apps`` for universe and multiverse. Both are the release's own
sources with patches on top, so a plain Pro slice speaks of the release itself. FIPS,
Realtime and BlueField are other builds and have buckets of their own; the lines of FIPS
(``fips`` as it was certified, ``fips-updates``) share one, because records put both into the
same slice.

Sources: https://documentation.ubuntu.com/security/security-updates/osv/, and the records
themselves: the package URL's ``distro`` says ``jammy``, ``esm-infra/jammy``,
``esm-apps/jammy``; the oldest release is written both ``trusty/esm`` and
``esm-infra-legacy/trusty``, and which of the two repaired a package cannot be told from that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from shipworthy.advisories.feeds.ecosystem import channel_of as of_suse
from shipworthy.model.bucket import UBUNTU_CODENAMES


ESM = "esm"
"""Ubuntu Pro, where it is not told which part of it."""
ELTS = "elts"
"""Freexian's Extended LTS for Debian."""

_PRO = re.compile(r"Ubuntu:Pro:\d\d\.\d\d(?::LTS)?", re.ASCII)
_FIPS = re.compile(r"Ubuntu:Pro:(FIPS(?:-[a-z]+)?):", re.ASCII)
_FIPS_LINES = frozenset({"fips", "fips-updates", "fips-preview"})
_DISTRO = re.compile(r"[?&]distro=([A-Za-z0-9./%_-]{1,60})", re.ASCII)
_INFRA_ONLY = "(Infra-only)"


def channel_of(id_: str, ecosystem: str, entry: Mapping[str, object]) -> str:
    """The channel of one entry of an OSV record's ``affected``; empty for what is open to all."""
    if id_.startswith("ELA-"):
        return ELTS
    if channel := of_suse(ecosystem):
        return channel
    fips = _FIPS.match(ecosystem)
    if not fips and not _PRO.fullmatch(ecosystem):
        return ""
    package = entry.get("package")
    purl = package.get("purl") if isinstance(package, dict) else None
    place = place_of(distro_of(purl)) if isinstance(purl, str) else None
    if place and place[1] and (place[1] in _FIPS_LINES) == bool(fips):
        return place[1]
    if fips:
        return fips[1].lower()
    specific = entry.get("ecosystem_specific")
    availability = specific.get("availability") if isinstance(specific, dict) else ""
    infra = isinstance(availability, str) and _INFRA_ONLY in availability
    return "esm-infra" if infra else ESM


def distro_of(purl: str) -> str:
    """The ``distro`` of a package URL of Ubuntu's: ``jammy``, ``esm-apps/jammy``; empty where there is none."""
    found = _DISTRO.search(purl)
    return found[1].replace("%2F", "/").removeprefix("ubuntu/") if found else ""


@lru_cache(maxsize=1_000)
def place_of(distro: str) -> tuple[str, str] | None:
    """
    The bucket and the channel that such a ``distro`` stands for; ``None`` for what no image is judged by.

    Those are releases not known here, and builds that only machines run (Realtime,
    BlueField) or that are other software (ROS).
    """
    first, _, second = distro.partition("/")
    if not second:
        release = UBUNTU_CODENAMES.get(first)
        return (f"ubuntu-{release}", "") if release else None
    if second == "esm":
        first, second = "esm-infra", first
    release = UBUNTU_CODENAMES.get(second)
    if release is None:
        return None
    if first in _FIPS_LINES:
        return f"ubuntu-{release}-pro-fips", first
    channel = "esm-infra" if first == "esm-infra-legacy" else first
    if channel in {"esm-infra", "esm-apps"}:
        return f"ubuntu-{release}", channel
    return None
