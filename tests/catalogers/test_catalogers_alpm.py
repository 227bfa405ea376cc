"""pacman's packages and their files, from healthy and broken databases."""

from __future__ import annotations

from pathlib import Path

import imagebuilder as ib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.catalogers.alpm import AlpmCataloger
from shipworthy.catalogers.interface import Evidence, LayerFile


LOCAL = "var/lib/pacman/local"
XZ = "xz-5.6.1-2"
# libalpm's form, with the facts of a real package
DESC = """\
%NAME%
xz

%VERSION%
5.6.1-2

%BASE%
xz

%DESC%
Library and command line tools for XZ and LZMA compressed files

%ARCH%
x86_64

%BUILDDATE%
1711670929

%PACKAGER%
Frederik Schwan <freswa@archlinux.org>

%LICENSE%
GPL
LGPL
custom

%VALIDATION%
pgp

"""
FILES = """\
%FILES%
usr/
usr/bin/
usr/bin/xz
usr/lib/liblzma.so.5.6.1

%BACKUP%
etc/x	0123
"""


def parse(text: str, path: str = f"{LOCAL}/{XZ}/desc") -> list[Evidence]:
    """The evidence of one file."""
    return list(AlpmCataloger().parse([LayerFile(path=path, data=text.encode())]))


def test_a_package() -> None:
    """Name, version, architecture, packager and licences; a base of the same name is no source."""
    (evidence,) = parse(DESC)
    (seen,) = evidence.packages
    assert (seen.type, seen.name, seen.version, seen.arch, seen.source) == (
        "alpm",
        "xz",
        "5.6.1-2",
        "x86_64",
        "",
    )
    assert seen.vendor == "Frederik Schwan <freswa@archlinux.org>"
    assert seen.licences == ("GPL", "LGPL", "custom")


def test_a_split_package_has_a_base() -> None:
    """gcc-libs is built from gcc, and has an epoch-free version of two dots and a build."""
    text = DESC.replace("%NAME%\nxz", "%NAME%\ngcc-libs").replace(
        "%BASE%\nxz", "%BASE%\ngcc"
    )
    (evidence,) = parse(text, f"{LOCAL}/gcc-libs-14.1.1+r1+g43b730b9134-1/desc")
    assert evidence.packages[0].source == "gcc"


def test_the_files_of_a_package() -> None:
    """They are joined by the directory's name; directories are nobody's."""
    (package,) = parse(DESC)
    (files,) = parse(FILES, f"{LOCAL}/{XZ}/files")
    assert files.files_of == package.packages[0].key
    assert files.file_list.split("\0") == ["usr/bin/xz", "usr/lib/liblzma.so.5.6.1"]


@pytest.mark.parametrize(
    "path",
    [
        "desc",
        "usr/share/desc",
        f"{LOCAL}/desc",
        f"{LOCAL}/a/b/desc",
        f"x/{LOCAL}/a/desc",
    ],
)
def test_only_the_database_is_read(path: str) -> None:
    """Files of that name elsewhere are nobody's packages."""
    assert parse(DESC, path) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "%NAME%\n",
        "%NAME%\nxz\n",
        "%NAME%\n../x\n\n%VERSION%\n1-1\n",
        "%NAME%\nxz\n\n%VERSION%\n1\n",
        "%NAME%\nxz\n\n%VERSION%\n1 -1\n",
        "\0" * 100,
    ],
)
def test_what_is_no_package_is_told(text: str) -> None:
    """A description without name or version is a problem and no package."""
    (evidence,) = parse(text)
    assert evidence.packages == ()
    assert len(evidence.problems) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[options]\n\n[core]\nInclude = /etc/pacman.d/mirrorlist\n", False),
        ("#[core-testing]\n#Include = /etc/pacman.d/mirrorlist\n", False),
        ("[core-testing]\nInclude = /etc/pacman.d/mirrorlist\n", True),
        ("[testing]\r\n", True),
    ],
)
def test_an_image_may_install_from_testing(text: str, told: bool) -> None:
    """A repository that is not commented out is a channel."""
    facts = [e.facts for e in parse(text, "etc/pacman.conf")]
    assert facts == ([(("channel:testing", "1"),)] if told else [])


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_read(data: bytes) -> None:
    """Nothing raises."""
    for name in ("desc", "files"):
        list(
            AlpmCataloger().parse(
                [LayerFile(path=f"{LOCAL}/{XZ}/{name}", data=DESC.encode() + data)]
            )
        )


def test_an_arch_image_end_to_end(tmp_path: Path) -> None:
    """An image of Arch shows its packages with their package URL, and what pip-like packages they own."""
    from shipworthy import scan
    from shipworthy.advisories.build import build

    feeds = tmp_path / "feeds" / "arch"
    feeds.mkdir(parents=True)
    (feeds / "all.json").write_text(
        '[{"name":"AVG-2851","packages":["xz"],"status":"Fixed","severity":"Critical",'
        '"affected":"5.6.0-1","fixed":"5.6.1-2","issues":["CVE-2024-3094"],"advisories":["ASA-202403-1"]}]'
    )
    build(tmp_path / "feeds", tmp_path / "db")
    old = DESC.replace("5.6.1-2", "5.6.1-1")
    image = ib.image(
        {
            "usr/lib/os-release": b"ID=arch\nNAME=Arch\nBUILD_ID=rolling\n",
            f"{LOCAL}/xz-5.6.1-1/desc": old.encode(),
            f"{LOCAL}/xz-5.6.1-1/files": FILES.encode(),
        }
    )
    layout = ib.write_directory(image.layout_files(), tmp_path / "layout")
    result = scan(f"oci:{layout}", db=tmp_path / "db", cache=False)
    (finding,) = result.findings
    assert (finding.id, finding.severity, finding.fixed_versions) == (
        "CVE-2024-3094",
        "critical",
        ("5.6.1-2",),
    )
    assert finding.package.purl == "pkg:alpm/arch/xz@5.6.1-1?arch=x86_64&distro=arch"
    assert finding.package.files == ("usr/bin/xz", "usr/lib/liblzma.so.5.6.1")
    assert finding.advisories[0].url == "https://security.archlinux.org/AVG-2851"
