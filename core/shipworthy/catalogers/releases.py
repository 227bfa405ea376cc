"""
Names of distributions and of their releases.

Sources: each distribution's os-release file, wiki.debian.org/DebianReleases,
wiki.ubuntu.com/Releases, wiki.postmarketos.org/wiki/Releases. A new release adds a line.
"""

from __future__ import annotations

from shipworthy.model.bucket import UBUNTU_CODENAMES


ALIASES: dict[str, str] = {
    "alma": "almalinux",
    "almalinuxos": "almalinux",
    "amzn": "amazon",
    "archarm": "arch",
    "cbl-mariner": "mariner",
    "ol": "oracle",
    "raspbian": "debian",
    "rhel": "redhat",
    "rockylinux": "rocky",
    "sl": "scientific",
    "sl-micro": "sle-micro",
    "sle-micro-rancher": "sle-micro",
    "sle_hpc": "sles",
    "sles_sap": "sles",
    "suse-microos": "sle-micro",
    "tumbleweed": "opensuse-tumbleweed",
}
"""os-release ``ID`` to the id used here, where they differ."""

ANONYMOUS = frozenset({"", "linux", "unknown", "none"})
"""What os-release files say that do not say what they are."""

TITLES: dict[str, str] = {
    "red hat": "redhat",
    "redhatenterprise": "redhat",
    "centos": "centos",
    "rocky": "rocky",
    "almalinux": "almalinux",
    "oracle": "oracle",
    "enterprise linux enterprise linux": "oracle",
    "fedora": "fedora",
    "amazon": "amazon",
    "scientific": "scientific",
    "circle": "circle",
    "cloudlinux": "cloudlinux",
    "openeuler": "openeuler",
    "vmware photon": "photon",
    "photon": "photon",
    "microsoft azure linux": "azurelinux",
    "azure linux": "azurelinux",
    "cbl-mariner": "mariner",
    "common base linux mariner": "mariner",
    "suse linux enterprise desktop": "sled",
    "suse linux enterprise micro": "sle-micro",
    "suse linux enterprise": "sles",
    "suse": "sles",
    "opensuse leap": "opensuse-leap",
    "opensuse tumbleweed": "opensuse-tumbleweed",
    "opensuse": "opensuse",
    "wolfi": "wolfi",
    "chainguard": "chainguard",
}
"""How the title in a one-line release file or in ``lsb-release`` begins, and whose it is; the first that fits counts."""

DEBIAN: dict[str, str] = {
    "squeeze": "6",
    "wheezy": "7",
    "jessie": "8",
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
    "duke": "15",
}
"""Debian's releases by code name, those to come included."""

UBUNTU: dict[str, str] = UBUNTU_CODENAMES
"""Ubuntu's releases by code name."""

POSTMARKETOS: dict[str, str] = {
    "20.05": "3.12",
    "21.03": "3.13",
    "21.06": "3.14",
    "21.12": "3.15",
    "22.06": "3.16",
    "22.12": "3.17",
    "23.06": "3.18",
    "23.12": "3.19",
    "24.06": "3.20",
    "24.12": "3.21",
    "25.06": "3.22",
    "25.12": "3.23",
    "edge": "edge",
}
"""postmarketOS's releases, and the branch of Alpine that each is built on."""
