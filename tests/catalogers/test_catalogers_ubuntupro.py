"""Which channels of Ubuntu Pro an image is set up to install from."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.catalogers.distro import identify
from shipworthy.catalogers.interface import LayerFile
from shipworthy.catalogers.osrelease import OsReleaseCataloger
from shipworthy.catalogers.ubuntupro import STATUS, UbuntuProCataloger


LISTS = "var/lib/apt/lists"
SOURCES = "etc/apt/sources.list.d"

INFRA = """\
# Written by ubuntu-pro-client
Types: deb
URIs: https://esm.ubuntu.com/infra/ubuntu
Suites: noble-infra-security noble-infra-updates
Components: main
Signed-By: /usr/share/keyrings/ubuntu-pro-esm-infra.gpg
"""


def channels(path: str, data: str | bytes) -> list[str]:
    """The channels that one file names, as the distribution has them."""
    body = data.encode() if isinstance(data, str) else data
    found = UbuntuProCataloger().parse([LayerFile(path=path, data=body)])
    return [key.removeprefix("channel:") for e in found for key, _ in e.facts]


def status(*, attached: object = True, **services: str) -> str:
    """The client's own account."""
    listed = [{"name": n.replace("_", "-"), "status": s} for n, s in services.items()]
    return json.dumps({"attached": attached, "services": listed})


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        (f"{SOURCES}/ubuntu-esm-infra.sources", INFRA, ["esm-infra"]),
        (
            f"{SOURCES}/ubuntu-esm-apps.sources",
            "Types: deb deb-src\nURIs: https://esm.ubuntu.com/apps/ubuntu/\nSuites: x\n",
            ["esm-apps"],
        ),
        (f"{SOURCES}/ubuntu-esm-infra.sources", f"Enabled: no\n{INFRA}", []),
        (f"{SOURCES}/x.sources", f"Types: deb-src\n{INFRA[41:]}", []),
        (
            f"{SOURCES}/x.sources",
            "Types: deb\nURIs:\n https://archive.ubuntu.com/ubuntu\n"
            " https://esm.ubuntu.com/fips-updates/ubuntu\nSuites: x\n\n" + INFRA,
            ["esm-infra", "fips-updates"],
        ),
        (
            f"{SOURCES}/ubuntu-esm-infra.list",
            "deb https://esm.ubuntu.com/infra/ubuntu xenial-infra-security main\n",
            ["esm-infra"],
        ),
        (
            f"{SOURCES}/ubuntu-fips.list",
            "deb [arch=amd64 signed-by=/k] https://esm.ubuntu.com/fips/ubuntu focal main\n",
            ["fips"],
        ),
        (
            "etc/apt/sources.list",
            (
                "deb http://archive.ubuntu.com/ubuntu xenial main\n"
                "deb https://esm.ubuntu.com/apps/ubuntu xenial-apps-security main\r\n"
            ),
            ["esm-apps"],
        ),
        (
            f"{SOURCES}/ubuntu-esm-precise.list",
            "deb https://esm.ubuntu.com/ubuntu precise main\n",
            ["esm-infra"],
        ),
        (
            f"{SOURCES}/ubuntu-esm-infra.list",
            (
                "# deb https://esm.ubuntu.com/infra/ubuntu xenial-infra-security main\n"
                "deb-src https://esm.ubuntu.com/infra/ubuntu xenial-infra-security main\n"
            ),
            [],
        ),
        (
            f"{SOURCES}/x.list",
            (
                "deb https://esm.ubuntu.com.example.org/infra/ubuntu xenial main\n"
                "deb https://example.org/?https://esm.ubuntu.com/infra/ubuntu xenial main\n"
                "deb https://esm.ubuntu.com/other/ubuntu xenial main\n"
            ),
            [],
        ),
        (f"{SOURCES}/ubuntu-esm-infra.list.distUpgrade", INFRA, []),
        (
            f"{LISTS}/esm.ubuntu.com_apps_ubuntu_dists_jammy-apps-security_InRelease",
            "",
            ["esm-apps"],
        ),
        (STATUS, status(esm_infra="enabled", esm_apps="disabled"), ["esm-infra"]),
        (STATUS, status(esm_infra="enabled", livepatch="enabled"), ["esm-infra"]),
        (STATUS, status(attached=False, esm_infra="enabled"), []),
        (STATUS, status(attached="yes", esm_infra="enabled"), []),
        (STATUS, '{"attached": true, "services": 5}', []),
        (STATUS, '{"attached": true, "services": [5, {"status": "enabled"}]}', []),
        (STATUS, "[]", []),
        (STATUS, "{", []),
        (STATUS, "9" * 5_000, []),
        (STATUS, "[" * 100_000, []),
    ],
)
def test_what_a_file_says(path: str, text: str, found: list[str]) -> None:
    """Enabled binary sources at Canonical's own address, fetched lists, and the client's account."""
    assert channels(path, text) == found


def test_what_is_read() -> None:
    """Sources and lists of the machine's apt; not the client's own, and no token."""
    wants = UbuntuProCataloger.wants
    wanted = {*wants.paths, *wants.prefixes}
    assert f"{SOURCES}" in wants.prefixes
    assert (
        f"{LISTS}/esm.ubuntu.com_infra_ubuntu_dists_xenial-infra-updates_InRelease"
        in wants.paths
    )
    assert not any("apt-esm" in path or "private" in path for path in wanted)


def test_the_distribution_has_the_channels() -> None:
    """Those of all visible files, sorted."""
    release = b'ID=ubuntu\nVERSION_ID="22.04"\n'
    os_release = LayerFile(path="etc/os-release", data=release)
    sources = [
        LayerFile(path=f"{SOURCES}/ubuntu-esm-infra.sources", data=INFRA.encode()),
        LayerFile(path=STATUS, data=status(esm_apps="enabled").encode()),
    ]
    evidence = [
        *OsReleaseCataloger().parse([os_release]),
        *UbuntuProCataloger().parse(sources),
    ]
    distro = identify({e.path: dict(e.facts) for e in evidence})
    assert distro is not None
    assert (distro.id, distro.channels) == ("ubuntu", ("esm-apps", "esm-infra"))


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [STATUS, "etc/apt/sources.list", f"{SOURCES}/a.sources", f"{SOURCES}/a.list"]
    ),
    st.binary(max_size=500)
    | st.text(alphabet='debURIsTyp: \n\thttps/.umco#-[]{}":,', max_size=500).map(
        str.encode
    ),
)
def test_whatever_a_file_holds(path: str, data: bytes) -> None:
    """Channels or none; nothing escapes."""
    assert isinstance(channels(path, data), list)
