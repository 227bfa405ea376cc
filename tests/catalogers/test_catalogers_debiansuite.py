"""Unstable and testing call themselves the same; where apt installs from tells them apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.catalogers.debiansuite import DebianSuiteCataloger
from shipworthy.catalogers.distro import identify
from shipworthy.catalogers.interface import LayerFile
from shipworthy.catalogers.osrelease import OsReleaseCataloger
from shipworthy.matching.distro import bucket_for


SOURCES = "etc/apt/sources.list.d/debian.sources"
FORKY = 'PRETTY_NAME="Debian GNU/Linux forky/sid"\nID=debian\nVERSION_CODENAME=forky\n'
BOOKWORM = (
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
    "VERSION_CODENAME=bookworm\n"
)
STANZA = """\
Types: deb
# http://snapshot.debian.org/archive/debian/20261101T000000Z
URIs: {address}
Suites: {suites}
Components: main
"""


def stanza(suites: str, address: str = "http://archive.example/debian") -> str:
    """A source as Debian's images write it."""
    return STANZA.format(address=address, suites=suites)


def bucket(release: str, path: str = "etc/os-release", **files: str) -> str:
    """Where packages of an image with this release file and these sources are looked up."""
    evidence = list(
        OsReleaseCataloger().parse([LayerFile(path=path, data=release.encode())])
    )
    for name, text in files.items():
        source = SOURCES if name == "sources" else "etc/apt/sources.list"
        file = LayerFile(path=source, data=text.encode())
        evidence += DebianSuiteCataloger().parse([file])
    distro = identify({e.path: dict(e.facts) for e in evidence})
    return bucket_for(distro) if distro else ""


@pytest.mark.parametrize(
    ("release", "sources", "expected"),
    [
        (FORKY, stanza("sid"), "debian-sid"),
        (FORKY, stanza("unstable experimental"), "debian-sid"),
        (FORKY, stanza("testing testing-updates"), "debian-14"),
        (FORKY, stanza("forky") + "\n" + stanza("sid"), "debian-14"),
        (FORKY, stanza("sid", "http://apt.example.org/sid"), "debian-14"),
        (
            FORKY,
            stanza("sid", "http://snapshot.debian.org/archive/debian/20261101T000000Z"),
            "debian-sid",
        ),
        (FORKY, "", "debian-14"),
        (BOOKWORM, stanza("sid"), "debian-12"),
    ],
)
def test_unstable_is_known_by_its_sources(
    release: str, sources: str, expected: str
) -> None:
    """Only where nothing but unstable is installed from; a numbered release stays what it is."""
    assert bucket(release, sources=sources) == expected


def test_the_older_files() -> None:
    """``debian_version`` and ``sources.list`` say the same as their successors."""
    line = "deb http://archive.example/debian sid main\n"
    assert bucket("forky/sid\n", "etc/debian_version", list=line) == "debian-sid"
    assert bucket("forky/sid\n", "etc/debian_version") == "debian-14"
    assert bucket("12.5\n", "etc/debian_version", list=line) == "debian-12"


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500))
def test_whatever_a_file_holds(data: bytes) -> None:
    """Suites or none; nothing escapes."""
    for path in (SOURCES, "etc/apt/sources.list"):
        list(DebianSuiteCataloger().parse([LayerFile(path=path, data=data)]))
