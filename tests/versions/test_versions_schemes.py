"""What each scheme takes, refuses and holds for equal, beyond the published vectors."""

from __future__ import annotations

import subprocess
import sys

import pytest

from shipworthy import versions
from shipworthy.errors import UsageError, VersionError
from shipworthy.versions.interface import MAX_LENGTH
from shipworthy.versions.nevra import parse_nevra


ASCENDING = {
    "alpm": (
        "1 1.0a 1.0b 1.0beta 1.0p 1.0pre 1.0rc 1.0 1.0-1 1.0-1.1 1.0-2 1.0-10 1.0.a"
        " 1.0.a.1 1.0.1 1.0..1 1.1 1.1.1 1.2 2.0 3.0.0 1:1-1 2:0.1-1"
    ),
    "deb": (
        "1.0~~ 1.0~~a 1.0~ 1.0~rc1-1 1.0 1.0-0+deb1 1.0-1~bpo1 1.0-1 1.0-1+b1 1.0a 1.0+1"
        " 1.0-1-1 1.0.1 1.10 1:0.1"
    ),
    "apk": (
        "1.0_alpha 1.0_alpha1 1.0_beta 1.0_pre1 1.0_rc2 1.0_rc10 1.0 1.0-r0 1.0-r1 1.0-r10"
        " 1.0_git20240101 1.0_p1 1.0_p1-r1 1.0a 1.0b 1.0.1 1.05 1.1 1.9 1.10"
    ),
    "rpm": (
        "1.0~rc1-1 1.0-1 1.0-1.el9 1.0-1.el9_2 1.0-2 1.0^git1-1 1.0.a-1 1.0.1-1 1.1-1 1:0.1-1"
    ),
    "pep440": (
        "2.0-bulbasaur 1.dev0 1.0a1.dev1 1.0a1 1.0b2 1.0rc1 1.0 1.0+abc 1.0+5 1.0.post1.dev1"
        " 1.0.post1 1.0.1 1.1 1!0.1"
    ),
    "semver": "1.0.0-0 1.0.0-1 1.0.0-alpha 1.0.0-beta 1.0.0 1.0.1-0 1.0.1 1.0.1.5 1.0.2 1.10",
    "golang": (
        "v0.0.0-20180116102854-5a71ef0e047d v0.0.1 v1.2.3-pre v1.2.3"
        " v1.2.4-0.20240101000000-abcdefabcdef v1.2.4-rc1 v1.2.4 go1.20beta1 go1.20rc2"
        " go1.20rc10 go1.20 go1.20.1 go1.21.0"
    ),
    "maven": (
        "1-alpha 1-alpha-2 1-alpha-10 1-beta 1-milestone 1-rc 1-SNAPSHOT 1 1-sp 1-foo"
        " 1-foo-1 1-1 1-1.1 1.0.1 1.1-alpha 1.1 1.1.redhat-2 1.2 1.10"
    ),
    "gem": "1.0.a 1.0.a.1 1.0.b.0.c 1.0.b 1.0.b.1 1 1.0.0.1 1.0.1 1.1.pre 1.1 1.10",
    "nuget": "1.0-a 1.0-a.1 1.0-a.b 1.0-B 1.0 1.0.0.1 1.0.1 1.10",
    "composer": "dev-main 1.0-dev 1.0-alpha1 1.0-beta2 1.0RC1 1.0 1.0.0 1.0.1 1.0p1 1.1 1.10",
    "hackage": "0 0.1 0.1.0 0.1.1 0.10 1",
    "cran": "0.1 0.1-0 0.1-1 0.1.2 0.10 1",
    "generic": (
        "0.9.8zh 1.0.2-beta1 1.0.2 1.0.2a 1.0.2k 1.0.2u 1.0.2za 1.0.2zg 1.1.1-pre9 1.1.1 1.1.1w"
        " 1.1.1zb 1.22.0-0 1.22rc1 1.22.0 3.0.0-alpha1 3.0.0-beta2 3.0.0 3.0.8 3.12.0 3.12.0-2"
        " 3.13.0a1 3.13.0b2 3.13.0rc1 3.13.0 8u342 1.8.0_352 9.0.0.M1 9.0.0.M27 9.0.0 9.2p1"
        " 9.3 9.3p1 9.3p2 12.2.0-258092 12.2.0 17beta1 17rc1 17.1"
    ),
    "pub": "1.0.0-a 1.0.0-a+1 1.0.0 1.0.0+1 1.0.0+a 1.0.1",
}
"""Versions in strictly rising order."""

EQUAL = {
    "alpm": "1.0-1 0:1.0-1 1_0-1 01.00-01 :1.0-1",
    "deb": "1.0 0:1.0 1.0-0 01.00",
    "apk": "1.2-r3 v1.2-r3 1.2.r3 1.2-r03",
    "rpm": "1.0-1 0:1.0-1 1.00-01 1_0-1",
    "pep440": "1.0a1 1.0.0-alpha.1 V1.0_a1 1a01",
    "semver": "1.2.0-rc.1 v1.2.0-rc.1 1.2-rc.1+build 1.2.0.rc.1 =1.2.0-rc.1 V1.2rc.1",
    "golang": "go1.22rc1 1.22rc1 v1.22.0-rc.1 1.22.0-rc.1+auto",
    "maven": "1.0 1 1.0.0 1.ga 1-Final 1.0.RELEASE 1.0.jre8 1.0.jdk11",
    "gem": "1.2.pre.1 1.2.0.pre.1 1.2-1 1.2-1-java 1.2-1-x86_64-linux-musl",
    "nuget": "1.0-RC 1.0.0-rc v1.0.0.0-rc+meta",
    "composer": "1.0RC1 1.0-rc.1 v1.0rc1",
    "hackage": "1.2 1.02 1.2-tag",
    "cran": "1.2-3 1.2.3 01.2.3",
    "generic": "8u352 1.8.0_352 1.8.0_352-b08 8.0.352 v8.0.352 8.0.352+8-LTS 8.0.352-custom",
    "pub": "1.2 v1.2.0",
}
"""Versions that are one."""

REFUSED = {
    "alpm": ["", "1 0", "1:", "-1", "1.0é"],
    "deb": [
        "",
        "1:",
        ":1",
        "a:1",
        "-1",
        "1.0-",
        "1 0",
        "1.0é",
        "99999999999:1",
        "1\t0",
    ],
    "apk": ["", "1 0", "1.0é"],
    "rpm": ["", "1 0", "1:", "-1"],
    "pep440": ["", "1.0 beta", "1.0é", "١.٢"],
    "semver": [
        "",
        "v",
        "1.x",
        "1.*",
        "x",
        "latest",
        "^1.0",
        "1.0.0-",
        "1 0",
        "١.٢.٣",
        "1..2",
    ],
    "golang": ["", "(devel)", "unknown", "devel +0a1b2c", "v", "go"],
    "maven": ["", "1 0"],
    "gem": ["v1.0", "1.0-", "1..0", "1.0é", "a"],
    "nuget": ["", "a", "1.0-", "1.0-é"],
    "composer": ["", "1 0", "1.0é"],
    "hackage": ["", "1.", "a", "1.a"],
    "cran": ["", "1.", "1.a", "-1"],
    "generic": ["", "v", "latest", "1.x", "1.*", "1.0é", "1.2foo", "١.٢"],
    "pub": ["", "any", "^1.0.0"],
}


def test_every_scheme_is_described() -> None:
    """The tables above speak of all schemes."""
    assert set(ASCENDING) == set(EQUAL) == set(REFUSED) == set(versions.SCHEMES)


@pytest.mark.parametrize("name", versions.SCHEMES)
def test_order(name: str) -> None:
    """Versions rise in the order listed, each against each."""
    listed = ASCENDING[name].split()
    wrong = [
        (a, b)
        for i, a in enumerate(listed)
        for j, b in enumerate(listed)
        if versions.compare(name, a, b) != (i > j) - (i < j)
    ]

    assert not wrong


@pytest.mark.parametrize("name", versions.SCHEMES)
def test_equal(name: str) -> None:
    """Ways to write one version have one key, which hashes alike."""
    keys = {versions.scheme(name).key(text) for text in EQUAL[name].split()}

    assert len(keys) == 1


@pytest.mark.parametrize("name", versions.SCHEMES)
def test_refused(name: str) -> None:
    """What the scheme does not allow raises one line that names it."""
    for text in REFUSED[name]:
        with pytest.raises(VersionError) as caught:
            versions.scheme(name).key(text)
        assert "\n" not in caught.value.message
        assert name in caught.value.message


@pytest.mark.parametrize("name", versions.SCHEMES)
@pytest.mark.parametrize(
    "text",
    [
        "1" * 1_000_000,
        "1." * 10_000 + "1",
        "1-" * 10_000,
        "\x00",
        "1.0\x00",
        "1.0\n2.0",
        "\ud800",
    ],
    ids=["megabyte", "segments", "hyphens", "nul", "nul-after", "lines", "surrogate"],
)
def test_hostile(name: str, text: str) -> None:
    """Absurd text is refused at once with a short message."""
    with pytest.raises(VersionError) as caught:
        versions.scheme(name).key(text)

    assert len(caught.value.message) < 250


@pytest.mark.parametrize("name", versions.SCHEMES)
def test_longest(name: str) -> None:
    """The longest number and the most numbers that are allowed still make a key."""
    key = versions.scheme(name).key

    assert key("9" * MAX_LENGTH) > key("9" * (MAX_LENGTH - 1))
    assert key("1." * (MAX_LENGTH // 2 - 1) + "2") > key(
        "1." * (MAX_LENGTH // 2 - 1) + "1"
    )
    with pytest.raises(VersionError):
        key("9" * (MAX_LENGTH + 1))


def test_unknown_scheme() -> None:
    """A scheme that does not exist is the caller's mistake, with the known ones as a hint."""
    with pytest.raises(UsageError, match="calver") as caught:
        versions.scheme("calver")

    assert "pep440" in caught.value.hint
    with pytest.raises(UsageError):
        versions.scheme("interface")


def test_schemes_are_loaded_when_asked_for() -> None:
    """Asking for one scheme loads none of the others."""
    script = (
        "import sys; from shipworthy.versions import scheme; scheme('deb');"
        "print(sorted(m for m in sys.modules if m.startswith('shipworthy.versions.')))"
    )
    out = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout

    assert out == "['shipworthy.versions.deb', 'shipworthy.versions.interface']\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("go1.22.3", "1.22.3"),
        ("go1.22.3 X:boringcrypto", "1.22.3"),
        ("1.22.3 X:boringcrypto", "1.22.3"),
        ("go1.22", "1.22.0"),
        ("go1.22rc1", "1.22.0-rc.1"),
        ("1.21.0-fips", "1.21.0"),
        ("go1.19.4-google", "1.19.4"),
        ("go1.18.2b7", "1.18.2"),
        ("devel go1.23-0a1b2c Fri Jan 5", "1.23.0-0"),
        ("v1.2.3-rc1", "v1.2.3-rc1"),
    ],
)
def test_toolchains(text: str, expected: str) -> None:
    """A Go toolchain is named as the Go vulnerability database names it."""
    assert versions.scheme("golang").normalise(text) == expected


@pytest.mark.parametrize(
    "text", ["", "1.0", "a-", "a-1:", "a-1:2", "x" * 5000, "a 1-1"]
)
def test_no_label(text: str) -> None:
    """A label without version and release is refused."""
    with pytest.raises(VersionError):
        parse_nevra(text)


def test_label_with_dots_in_its_release() -> None:
    """The last part of a label is an architecture only if it is one."""
    assert parse_nevra("bash-5.1.8-6.el9_1.x86_64").arch == "x86_64"
    assert parse_nevra("bash-5.1.8-6.el9_1").release == "6.el9_1"
    assert parse_nevra("gpg-pubkey-3.1-5.noarch").name == "gpg-pubkey"


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("1.0a", "1.0b"),
        ("1.0rc", "1.0"),
        ("1.0", "1.0.a"),
        ("1.0.a", "1.0.1"),
        ("2.0", "1:1.0"),
        ("1.5-1", "1.5-2"),
        ("1.0.", "1.0.1"),
        ("0.9.8.p-1", "0.9.8.1-1"),
        ("8.4.0-1", "8.5.0-1"),
        ("5.6.0-1", "5.6.1-2"),
    ],
)
def test_pacman_orders_as_vercmp_documents(lower: str, higher: str) -> None:
    """The chains of vercmp(8), and versions that Arch's groups name."""
    assert versions.compare("alpm", lower, higher) == -1
    assert versions.compare("alpm", higher, lower) == 1
