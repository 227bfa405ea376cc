"""Small images with something to find, for tests of the whole chain."""

from __future__ import annotations

import imagebuilder as ib


OS_RELEASE = (
    b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'
)


def dpkg(*packages: str) -> bytes:
    """A status file of ``NAME VERSION [SOURCE]`` packages."""
    paragraphs = []
    for package in packages:
        name, version, *source = package.split()
        lines = [
            f"Package: {name}",
            "Status: install ok installed",
            "Architecture: amd64",
        ]
        lines += [f"Source: {source[0]}"] if source else []
        lines += [
            "Maintainer: Debian Developers <debian-devel@lists.debian.org>",
            f"Version: {version}",
        ]
        paragraphs.append("\n".join(lines))
    return ("\n\n".join(paragraphs) + "\n").encode()


def dist_info(
    name: str, version: str, site: str = "usr/lib/python3/site-packages"
) -> dict[str, ib.Node]:
    """A Python distribution as pip leaves it."""
    directory = f"{site}/{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    record = f"{name}/__init__.py,,\n{name}-{version}.dist-info/METADATA,,\n"
    return {
        f"{directory}/METADATA": metadata.encode(),
        f"{directory}/RECORD": record.encode(),
    }


BASE: ib.Tree = {
    "etc/os-release": OS_RELEASE,
    "var/lib/dpkg/status": dpkg(
        "libc6 2.36-9+deb12u1 glibc", "libssl3 3.0.11-1~deb12u2 openssl"
    ),
}
"""One Debian package that is vulnerable and one that is not."""

OURS: ib.Tree = {**dist_info("Django", "2.2"), **dist_info("Jinja2", "2.10.1")}
"""Two Python packages: one with a critical finding, one with a medium one."""

EXAMPLE = ib.image(BASE, OURS, compression="gzip")

DAY = "2026-11-20"
"""A day on which it is scanned."""
