"""What distribution an image is, from whatever release files are in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SHARED

from shipworthy.catalogers.distro import identify
from shipworthy.catalogers.interface import Evidence, LayerFile
from shipworthy.catalogers.osrelease import OsReleaseCataloger
from shipworthy.model.bucket import os_bucket
from shipworthy.model.package import Distro


VECTORS = SHARED / "conformance" / "packages" / "os-release"

FAMILIES = {"alma": "almalinux", "cbl-mariner": "mariner", "slem": "sle-micro"}
"""
Upstream's family to our id.

Ours are the names that each distribution's os-release and the advisory feeds use.
"""


def parse(path: str, data: bytes) -> list[Evidence]:
    """The evidence of one file."""
    return list(OsReleaseCataloger().parse([LayerFile(path=path, data=data)]))


def distro(**files: str) -> Distro | None:
    """What files with these contents state; ``__`` in a name is a slash, ``_`` a dash."""
    facts: dict[str, dict[str, str]] = {}
    for name, text in files.items():
        path = name.replace("__", "/").replace("_", "-")
        path = path.replace("debian-version", "debian_version")
        assert path in OsReleaseCataloger.wants.paths
        for evidence in parse(path, text.encode()):
            facts[evidence.path] = dict(evidence.facts)
    return identify(facts)


def vectors() -> list[Any]:
    """The cases upstream tests."""
    return [
        pytest.param(case, id=case["input"])
        for case in json.loads((VECTORS / "expected.json").read_text())
    ]


@pytest.mark.parametrize("case", vectors())
def test_upstream_vectors(case: dict[str, Any]) -> None:
    """
    Every release file means what upstream says it means.

    Upstream gives up on a distribution without a release; we keep its name and look
    nothing up, which is the empty bucket.
    """
    path = case["as_path"]
    data = Path(VECTORS / case["input"]).read_bytes()
    facts = {e.path: dict(e.facts) for e in parse(path, data)}
    found = identify(facts)

    if case["family"] is None:
        assert found is None or os_bucket(found) == ""
    else:
        assert found is not None
        expected = (FAMILIES.get(case["family"], case["family"]), case["version"])
        assert expected == (found.id, found.version)
        assert path == found.path


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('K="a b"', "a b"),
        ("K='a \"b\" $x \\n'", 'a "b" $x \\n'),
        (r'K="a \"b\" \$x \\ \` \n"', r'a "b" $x \ ` \n'),
        (r"K=a\ b\$", "a b$"),
        ("K=a b", "a b"),
        ('K="a" # comment', "a"),
        ('K="open', "open"),
        ("K=", ""),
        ('  K = "x"\r', "x"),
        ("K=first\nK=last", "last"),
    ],
)
def test_quoting(line: str, expected: str) -> None:
    """Values are unquoted as os-release(5) has it, and sloppy ones as far as they go."""
    (evidence,) = parse("etc/os-release", f"\ufeff# K=no\n{line}\n".encode())

    assert (("K", expected),) == evidence.facts


@pytest.mark.parametrize(
    ("id_", "version", "expected"),
    [
        ("rhel", "9.2", ("redhat", "redhat-9")),
        ("ol", "8.9", ("oracle", "oracle-8")),
        ("amzn", "2", ("amazon", "amazon-2")),
        ("amzn", "2018.03", ("amazon", "amazon-1")),
        ("amzn", "2023.3", ("amazon", "amazon-2023")),
        ("raspbian", "11", ("debian", "debian-11")),
        ("ubuntu", "22.04", ("ubuntu", "ubuntu-22.04")),
        ("wolfi", "20230201", ("wolfi", "wolfi")),
        ("minimos", "20241031", ("minimos", "minimos")),
        (
            "opensuse-tumbleweed",
            "20220412",
            ("opensuse-tumbleweed", "opensuse-tumbleweed"),
        ),
        ("opensuse", "42.3", ("opensuse-leap", "opensuse-leap-42.3")),
        ("mariner", "2.0.20240609", ("mariner", "mariner-2")),
        ("postmarketos", "v23.12", ("alpine", "alpine-3.19")),
        ("postmarketos", "edge", ("alpine", "alpine-edge")),
        ("alpine", "3.21.0_alpha20240923", ("alpine", "alpine-edge")),
        ("centos", "9", ("centos", "centos-9")),
        ("Rocky", "8.5", ("rocky", "rocky-8")),
        ("void", "", ("void", "")),
    ],
)
def test_other_names(id_: str, version: str, expected: tuple[str, str]) -> None:
    """Each distribution comes out by the name and bucket that its advisories go by."""
    found = distro(etc__os_release=f'ID="{id_}"\nVERSION_ID="{version}"\n')

    assert found is not None
    assert expected == (found.id, os_bucket(found))


@pytest.mark.parametrize("id_", ["linux", "unknown", "", "../x", "a b", "\x1b[0m"])
def test_what_is_no_name(id_: str) -> None:
    """A file that gives no usable name identifies nothing."""
    assert distro(etc__os_release=f"ID={id_}\nVERSION_ID=1\n") is None


def test_version_that_is_none_is_left_out() -> None:
    """Rubbish never becomes part of a bucket's name."""
    found = distro(etc__os_release="ID=debian\nVERSION_ID=../../12\n")

    assert found is not None
    assert found.version == ""


def test_etc_comes_before_usr_lib() -> None:
    """os-release(5): ``/etc`` overrides ``/usr/lib``."""
    found = distro(
        usr__lib__os_release="ID=debian\nVERSION_ID=11\n",
        etc__os_release="ID=debian\nVERSION_ID=12\nPRETTY_NAME='Debian 12'\n",
        etc__debian_version="11.3\n",
    )

    assert found == Distro(
        id="debian", version="12", name="Debian 12", path="etc/os-release"
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"etc__debian_version": "12.5\n"}, ("debian", "12.5", "", "debian-12")),
        (
            {"etc__debian_version": "trixie/sid\n"},
            ("debian", "13", "trixie", "debian-13"),
        ),
        ({"etc__debian_version": "sid"}, ("debian", "", "sid", "debian-sid")),
        (
            {"etc__os_release": "ID=debian\nVERSION_CODENAME=forky\n"},
            ("debian", "14", "forky", "debian-14"),
        ),
        (
            {
                "etc__os_release": "ID=debian\nVERSION_CODENAME=sid\n",
                "etc__debian_version": "forky/sid\n",
            },
            ("debian", "", "sid", "debian-sid"),
        ),
        (
            {"etc__os_release": 'ID=debian\nPRETTY_NAME="Debian GNU/Linux buster/sid"'},
            ("debian", "10", "buster", "debian-10"),
        ),
        (
            {"etc__os_release": "ID=debian\n", "etc__debian_version": "bookworm/sid"},
            ("debian", "12", "bookworm", "debian-12"),
        ),
    ],
)
def test_debian_by_code_name(
    files: dict[str, str], expected: tuple[str, str, str, str]
) -> None:
    """Testing goes by the number it will have, unstable by ``sid``."""
    found = distro(**files)

    assert found is not None
    assert expected == (found.id, found.version, found.codename, os_bucket(found))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'ID=linuxmint\nVERSION_ID="21.2"\nID_LIKE="ubuntu debian"\nUBUNTU_CODENAME=jammy',
            ("ubuntu", "22.04", "jammy"),
        ),
        (
            "ID=pop\nVERSION_ID=22.04\nUBUNTU_CODENAME=jammy",
            ("ubuntu", "22.04", "jammy"),
        ),
        (
            "ID=linuxmint\nVERSION_ID=6\nID_LIKE=debian\nDEBIAN_CODENAME=bookworm",
            ("debian", "12", "bookworm"),
        ),
        ("ID=linuxmint\nVERSION_ID=21.2", ("linuxmint", "21.2", "")),
        (
            "ID=rhcos\nVERSION_ID=4.12\nRHEL_VERSION=8.6",
            ("redhat", "8.6", ""),
        ),
    ],
)
def test_derived_distributions(text: str, expected: tuple[str, str, str]) -> None:
    """What is built on another's packages counts as that one, only where it says which release."""
    found = distro(etc__os_release=text)

    assert found is not None
    assert expected == (found.id, found.version, found.codename)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("etc__redhat_release", "CentOS release 6.10 (Final)", ("centos", "6.10")),
        ("etc__centos_release", "CentOS Stream release 9", ("centos", "9")),
        (
            "etc__redhat_release",
            "Red Hat Enterprise Linux Server release 6.9 (Santiago)",
            ("redhat", "6.9"),
        ),
        (
            "etc__enterprise_release",
            "Enterprise Linux Enterprise Linux Server release 5.11 (Carthage)",
            ("oracle", "5.11"),
        ),
        (
            "etc__system_release",
            "Amazon Linux AMI release 2018.03",
            ("amazon", "2018.03"),
        ),
        ("etc__system_release", "Amazon Linux release 2 (Karoo)", ("amazon", "2")),
        ("etc__fedora_release", "Fedora release 35 (Thirty Five)", ("fedora", "35")),
        (
            "etc__photon_release",
            "VMware Photon OS 4.0\nPHOTON_BUILD_NUMBER=2f5aad892\n",
            ("photon", "4.0"),
        ),
        (
            "etc__mariner_release",
            "CBL-Mariner 2.0.20220426\nMARINER_BUILD_NUMBER=24a2b07\n",
            ("mariner", "2.0"),
        ),
        (
            "etc__SuSE_release",
            "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
            ("sles", "11.4"),
        ),
        (
            "etc__SuSE_release",
            "openSUSE 13.2 (x86_64)\nVERSION = 13.2\nCODENAME = Harlequin\n",
            ("opensuse", "13.2"),
        ),
        (
            "etc__lsb_release",
            'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_CODENAME=trusty\nDISTRIB_DESCRIPTION="Ubuntu 14.04"',
            ("ubuntu", "14.04"),
        ),
        ("etc__alpine_release", "3.12.1\n", ("alpine", "3.12.1")),
    ],
)
def test_older_release_files(name: str, text: str, expected: tuple[str, str]) -> None:
    """Images from before os-release, or without it, are known by their older files."""
    found = distro(**{name: text})

    assert found is not None
    assert expected == (found.id, found.version)


def test_owner_file_beats_the_one_it_imitates() -> None:
    """Oracle has a redhat-release that names Red Hat, Ubuntu a debian_version."""
    oracle = distro(
        etc__redhat_release="Red Hat Enterprise Linux Server release 7.6 (Maipo)",
        etc__oracle_release="Oracle Linux Server release 7.6",
    )
    ubuntu = distro(
        etc__debian_version="bookworm/sid",
        etc__lsb_release="DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04",
    )

    assert oracle is not None
    assert oracle.id == "oracle"
    assert ubuntu is not None
    assert ubuntu.id == "ubuntu"


@pytest.mark.parametrize(
    ("repositories", "expected"),
    [
        ("https://dl-cdn.alpinelinux.org/alpine/v3.18/main\n", "alpine-3.18"),
        ("https://dl-cdn.alpinelinux.org/alpine/v3.19/main", "alpine-3.19"),
        ("http://m/alpine/edge/main/\nhttp://m/alpine/v3.18/main", "alpine-edge"),
        ("@edge http://m/alpine/edge/main\nhttp://m/alpine/v3.18/main", "alpine-3.18"),
        ("#http://m/alpine/edge/main\nhttp://m/alpine/v3.18/main", "alpine-3.18"),
        ("http://m/alpine/v3.18/main\nhttp://m/alpine/edge/testing", "alpine-3.18"),
        ("http://m/alpine/v3.18/main\nhttp://m/alpine/edge/community", "alpine-3.18"),
        ("http://m/alpine/v3.9/main\nhttp://m/alpine/v3.10/main", "alpine-3.10"),
        ("http://m/alpine/edge/community", "alpine-edge"),
        ("/media/cdrom/apks\nhttp://m/alpine/latest-stable/main", "alpine-3.18"),
    ],
)
def test_alpine_branch(repositories: str, expected: str) -> None:
    """The branch is the one that apk installs from by itself."""
    found = distro(
        etc__os_release="ID=alpine\nVERSION_ID=3.18.4",
        etc__apk__repositories=repositories,
    )

    assert found is not None
    assert expected == os_bucket(found)


def test_repositories_are_alpines_business_only() -> None:
    """Wolfi's images may carry any repositories file; they stay Wolfi."""
    found = distro(
        etc__os_release="ID=wolfi",
        etc__apk__repositories="http://m/alpine/v3.18/main",
    )

    assert found is not None
    assert (found.id, found.branch) == ("wolfi", "")


def test_release_missing_in_one_file_comes_from_another() -> None:
    """A nameless release is completed by a later file of the same distribution only."""
    found = distro(etc__os_release="ID=alpine", etc__alpine_release="3.15.4")
    other = distro(etc__os_release="ID=void", etc__alpine_release="3.15.4")

    assert found is not None
    assert (found.version, found.path) == ("3.15.4", "etc/os-release")
    assert other is not None
    assert other.version == ""


def test_rubbish_is_a_problem_where_os_release_should_be() -> None:
    """An os-release that assigns nothing is told; an empty one is nothing."""
    (evidence,) = parse("etc/os-release", b"\x00\xff\x7fELF")

    assert evidence.problems
    assert parse("etc/os-release", b"") == []


@pytest.mark.property
@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(OsReleaseCataloger.wants.paths)),
    st.binary() | st.text().map(lambda s: s.encode("utf-8", "replace")),
)
def test_no_bytes_break_it(path: str, data: bytes) -> None:
    """Whatever a release file holds, it ends in facts, a problem or nothing."""
    found = parse(path, data)

    identify({e.path: dict(e.facts) for e in found})


@pytest.mark.property
@settings(deadline=None, max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(sorted(OsReleaseCataloger.wants.paths)),
        st.dictionaries(
            st.sampled_from(
                ["ID", "VERSION_ID", "VERSION_CODENAME", "text", "main", "DISTRIB_ID"]
            ),
            st.sampled_from(
                ["debian", "alpine", "12", "sid", "edge", "3.18", "Fedora release 3"]
            )
            | st.text(max_size=20),
        ),
    )
)
def test_any_facts_give_a_clean_answer(facts: dict[str, dict[str, str]]) -> None:
    """What comes out is safe to be part of a bucket's name, whatever went in."""
    found = identify(facts)

    if found is not None:
        assert os_bucket(found).isascii()
        assert "/" not in os_bucket(found)
        assert found.path in facts
