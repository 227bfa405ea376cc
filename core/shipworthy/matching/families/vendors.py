"""
Who built a package: the distribution, whose advisories judge it, or somebody else.

A package of another repository has the distribution's name and format but its own
versions, so the distribution's advisories say nothing of it (reports against other
scanners: EPEL, Remi, PPAs, NodeSource, PGDG).
"""

from __future__ import annotations

import re


_RPM_VENDORS: dict[str, tuple[str, ...]] = {
    "almalinux": ("almalinux", "cloudlinux"),
    "rocky": ("rocky",),
    "rhel": ("red hat",),
    "redhat": ("red hat",),
    "centos": ("centos", "red hat"),
    "circle": ("circle",),
    "scientific": ("scientific linux", "red hat"),
    "fedora": ("fedora",),
    "amzn": ("amazon",),
    "amazon": ("amazon",),
    "ol": ("oracle",),
    "oracle": ("oracle",),
    "sle": ("suse", "opensuse"),
    "sles": ("suse", "opensuse"),
    "suse": ("suse", "opensuse"),
    "opensuse": ("opensuse", "suse"),
    "photon": ("vmware", "broadcom"),
    "azurelinux": ("microsoft",),
    "mariner": ("microsoft",),
}
_NO_VENDOR = frozenset({"", "(none)"})

_DEB_DOMAINS = frozenset(
    [
        "azul.com",
        "bell-sw.com",
        "cloudflare.com",
        "confluent.io",
        "dan.cx",  # Yarn
        "datadoghq.com",
        "docker.com",
        "eclipse.org",  # Temurin
        "elastic.co",
        "f5.com",
        "gitlab.com",
        "grafana.com",
        "hashicorp.com",
        "influxdata.com",
        "kubernetes.io",
        "mariadb.org",
        "microsoft.com",
        "mongodb.com",
        "newrelic.com",
        "nginx.com",
        "nginx.org",
        "nodesource.com",
        "nvidia.com",
        "oss.oracle.com",
        "percona.com",
        "rabbitmq.com",
        "redis.com",
        "redis.io",
        "sury.org",
        "tailscale.com",
        "varnish-software.com",
    ]
)
_MAIL = re.compile(r"<[^<>@]{1,100}@([A-Za-z0-9.-]{1,200})>")
_DEB_VERSION = re.compile(
    r"nodesource|\.pgdg\d|sury\.org|ppa\d|~ppa|\+ppa|\+maria~"
    # nginx.org, docker.com and redis.io end theirs in the release's code name
    r"|~(?:stretch|buster|bullseye|bookworm|trixie|forky|xenial|bionic|focal|jammy|noble)\d?\Z",
    re.IGNORECASE,
)


def is_third_party_rpm(distro: str, vendor: str) -> bool:
    """Whether the header's ``Vendor`` is somebody other than the distribution; no vendor is nobody else."""
    known = _RPM_VENDORS.get(distro.partition("-")[0])
    folded = vendor.strip().lower()
    return (
        known is not None and folded not in _NO_VENDOR and not folded.startswith(known)
    )


def is_third_party_deb(maintainer: str, version: str) -> bool:
    """
    Whether the maintainer's mail domain or the version is that of another repository.

    Debian's own maintainers write from many addresses, so only known others count.
    """
    if _DEB_VERSION.search(version):
        return True
    found = _MAIL.search(maintainer)
    if found is None:
        return False
    parts = found.group(1).lower().split(".")
    return any(".".join(parts[start:]) in _DEB_DOMAINS for start in range(len(parts)))
