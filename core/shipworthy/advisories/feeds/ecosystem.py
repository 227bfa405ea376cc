"""
OSV's ecosystem names as buckets.

Source: OSV schema, "Defined ecosystems" (https://ossf.github.io/osv-schema/). A suffix
after a colon is a release of a distribution, or for a language an alternative registry,
which does not change what a package is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from shipworthy.advisories.feeds.suse_products import product_of
from shipworthy.model.bucket import ECOSYSTEMS, SCHEMES


_RELEASED = {
    "Debian": "debian",
    "AlmaLinux": "almalinux",
    "Rocky Linux": "rocky",
    "Photon OS": "photon",
}
_AZURE = {"1": "mariner-1", "2": "mariner-2"}
"""Releases of Azure Linux from when it was called CBL-Mariner, as it still says in images."""
_ROLLING = {
    "Wolfi": "wolfi",
    "Chainguard": "chainguard",
    "MinimOS": "minimos",
    "Echo": "echo",
}
"""Without releases; a suffix (``Echo:PyPI``) is another kind of package."""
_SLUG = re.compile(r"[^a-z0-9._]+")
_NUMBER = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
_UBUNTU = re.compile(r"\d\d\.\d\d", re.ASCII)
_MAX = 100


@lru_cache(maxsize=10_000)
def bucket_of(ecosystem: str) -> str:
    """
    The bucket of an OSV ecosystem; empty for one whose versions nobody here can compare.

    Ubuntu's FIPS, Realtime and vendor lines get buckets of their own: they are other builds on
    other version lines. Plain Ubuntu Pro continues the release and shares its bucket; its
    advisories carry a channel, see :mod:`shipworthy.advisories.feeds.channels`. Red Hat's products do too, by the parts of their CPE.
    """
    base, _, rest = ecosystem.partition(":")
    if len(ecosystem) > _MAX or not ecosystem.isprintable():
        return ""
    if base in ECOSYSTEMS:
        return ECOSYSTEMS[base]
    if base in _ROLLING:
        return "" if rest else _ROLLING[base]
    if base in _RELEASED:
        return _released(_RELEASED[base], rest)
    rule = _RULES.get(base)
    return rule(rest) if rule else ""


@lru_cache(maxsize=10_000)
def channel_of(ecosystem: str) -> str:
    """What one needs beside the release itself to get an ecosystem's updates (SUSE's LTSS and the like); empty for nothing."""
    base, _, rest = ecosystem.partition(":")
    product = product_of(rest) if _RULES.get(base) is _suse else None
    return product.channel if product else ""


@lru_cache(maxsize=10_000)
def feed_of(ecosystem: str) -> str:
    """The name under which an ecosystem's advisories say where they come from: ``osv/Debian``."""
    return f"osv/{ecosystem.partition(':')[0]}"


@lru_cache(maxsize=10_000)
def is_language(bucket: str) -> bool:
    """Whether a bucket is a language ecosystem and not a release of a distribution."""
    return bucket in SCHEMES and bucket in ECOSYSTEMS.values()


def _slug(text: str) -> str:
    return _SLUG.sub("-", text.lower()).strip("-")


def _released(distro: str, rest: str) -> str:
    number = _NUMBER.match(rest)
    return f"{distro}-{number[0].partition('.')[0]}" if number else ""


def _alpine(rest: str) -> str:
    if rest == "edge":
        return "alpine-edge"
    number = _NUMBER.match(rest.removeprefix("v"))
    return f"alpine-{'.'.join(number[0].split('.')[:2])}" if number else ""


def _ubuntu(rest: str) -> str:
    parts = rest.split(":")
    release = next((p for p in parts if _UBUNTU.fullmatch(p)), "")
    lines = [_slug(p) for p in parts if p not in {release, "LTS"}]
    if lines == ["pro"]:
        lines = []
    elif lines[:1] == ["pro"] and lines[1:2] and lines[1].startswith("fips"):
        lines = ["pro", "fips"]
    return "-".join(["ubuntu", release, *filter(None, lines)]) if release else ""


def _red_hat(rest: str) -> str:
    """``enterprise_linux:9::baseos`` is the main line of RHEL 9; ``rhel_eus:9.2::…`` is not."""
    product, _, tail = rest.partition(":")
    version = tail.partition(":")[0]
    if product == "enterprise_linux" and _NUMBER.fullmatch(version):
        return f"redhat-{version.partition('.')[0]}"
    if product.startswith("rhel_") and _NUMBER.fullmatch(version):
        return f"redhat-{version}-{_slug(product.removeprefix('rhel_'))}"
    slug = _slug(rest)
    return f"redhat-{slug}" if slug else ""


def _azure(rest: str) -> str:
    return _AZURE.get(rest) or _released("azurelinux", rest)


def _suse(rest: str) -> str:
    """``Linux Enterprise Module for Basesystem 15 SP5``, ``Leap 15.5``."""
    product = product_of(rest)
    return product.bucket if product else ""


_RULES = {
    "Alpine": _alpine,
    "Azure Linux": _azure,
    "Red Hat": _red_hat,
    "SUSE": _suse,
    "Ubuntu": _ubuntu,
    "openSUSE": _suse,
}
"""How distributions name their releases, after the colon."""
