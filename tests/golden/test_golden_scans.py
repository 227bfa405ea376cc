"""
Three images that the tests build, scanned with three small feeds, against checked-in results.

Each image is a small copy of a kind that pipelines build all day; each expected finding was worked out by
hand from the advisories beside it. ``SHIPWORTHY_UPDATE_GOLDEN=1`` rewrites the results: read
the difference before you keep it.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from scanning import BASE, dist_info, dpkg

from shipworthy import render, scan
from shipworthy.advisories.build import build


HERE = Path(__file__).resolve().parent / "scans"

SITE = "usr/local/lib/python3.11/site-packages"

PYTHON: list[ib.Tree] = [
    BASE,
    {
        **dist_info("Django", "2.2.3", SITE),
        **dist_info("Jinja2", "2.10", SITE),
        **dist_info("requests", "2.20.0", SITE),
        **dist_info("urllib3", "1.24.1", f"opt/venv/{SITE[10:]}"),
        **dist_info("urllib3", "1.24.2", SITE),
    },
]
"""Old packages on Debian: a Django past one fix and not the other, one urllib3 of two, a fixed requests."""

ALPINE_RELEASE = b'ID=alpine\nVERSION_ID=3.18.9\nPRETTY_NAME="Alpine Linux v3.18"\n'
APK = b"""\
P:libcrypto3
V:3.1.0-r3
A:x86_64
o:openssl
L:Apache-2.0
F:lib
R:libcrypto.so.3

P:musl
V:1.2.4-r3
A:x86_64
o:musl
L:MIT

P:ssl_client
V:1.36.1-r7
A:x86_64
o:busybox
L:GPL-2.0-only
"""


def _npm(path: str, name: str, version: str) -> dict[str, ib.Node]:
    document = json.dumps({"name": name, "version": version, "license": "MIT"})
    return {f"{path}/node_modules/{name}/package.json": document.encode()}


NODE_ALPINE: list[ib.Tree] = [
    {
        "etc/os-release": ALPINE_RELEASE,
        "etc/apk/repositories": b"https://mirror.example/alpine/v3.18/main\n",
        "lib/apk/db/installed": APK,
    },
    {
        "app/package.json": b'{"name": "app", "version": "1.0.0", "private": true}',
        **_npm("app", "lodash", "4.17.20"),
        **_npm("app", "minimist", "1.2.6"),
        **_npm("app/node_modules/optimist", "minimist", "0.2.1"),
        **_npm("app", "@scope/tool", "1.0.0-rc.1"),
        "app/node_modules/lodash/test/fixtures/package.json": b'{"name": "minimist", "version": "0.0.1"}',
    },
]
"""Alpine with npm: a source package fixed later, a nested old minimist, a fixture that is no package."""

WHITEOUTS: list[ib.Tree] = [
    BASE,
    {
        **dist_info("Django", "2.2.3", SITE),
        **dist_info("Jinja2", "2.10", SITE),
        **dist_info("urllib3", "1.24.1", SITE),
        **_npm("srv/old", "lodash", "4.17.20"),
    },
    {
        f"{SITE}/.wh.Django-2.2.3.dist-info": b"",
        **dist_info("Django", "2.2.4", SITE),
        f"{SITE}/.wh.Jinja2-2.10.dist-info": b"",
        "srv/old/.wh..wh..opq": b"",
    },
    {
        **dist_info("Jinja2", "2.10", SITE),
        "var/lib/dpkg/status": dpkg(
            "libc6 2.36-9+deb12u3 glibc", "libssl3 3.0.9-1 openssl"
        ),
    },
]
"""Upgraded, removed and brought back, hidden by an opaque directory, and a package downgraded on top."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the golden feeds."""
    path = tmp_path_factory.mktemp("golden") / "db"
    build(HERE / "feeds", path)
    return path


@pytest.mark.golden
@pytest.mark.parametrize(
    ("name", "trees"),
    [("python", PYTHON), ("node-alpine", NODE_ALPINE), ("whiteouts", WHITEOUTS)],
)
def test_the_findings_are_those_worked_out_by_hand(
    name: str,
    trees: list[ib.Tree],
    database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every byte of the JSON result is as it was when somebody last read it."""
    monkeypatch.chdir(tmp_path)
    ib.write_directory(ib.image(*trees, compression="none").layout_files(), Path(name))
    result = scan(f"oci:{name}", db=database, cache=False, fail_on="high")
    # The database's digest is of compressed bytes, which another zlib writes otherwise.
    steady = replace(result, database=replace(result.database, digest="sha256:…"))
    data = render(steady, "json")
    golden = HERE / f"{name}.json"
    if os.environ.get("SHIPWORTHY_UPDATE_GOLDEN"):
        golden.write_bytes(data)

    assert json.loads(golden.read_bytes()) == json.loads(data)
    assert golden.read_bytes() == data


BY_HAND = {
    "python": {
        "CVE-2019-14234 Django 2.2.3",
        "CVE-2019-14232 Django 2.2.3",
        "CVE-2023-4911 libc6 2.36-9+deb12u1",
        "CVE-2019-10906 Jinja2 2.10",
        "CVE-2020-28493 Jinja2 2.10",
        "CVE-2019-11324 urllib3 1.24.1",
    },
    # CVE-2023-0464 of openssl was fixed in 3.1.0-r1, before what is installed.
    "node-alpine": {
        "CVE-2021-44906 minimist 0.2.1",
        "CVE-2021-23337 lodash 4.17.20",
        "CVE-2023-1255 libcrypto3 3.1.0-r3",
    },
    "whiteouts": {
        "CVE-2023-5363 libssl3 3.0.9-1",
        "CVE-2019-10906 Jinja2 2.10",
        "CVE-2020-28493 Jinja2 2.10",
        "CVE-2019-11324 urllib3 1.24.1",
    },
}


@pytest.mark.golden
@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_the_golden_results_say_what_the_advisories_say(name: str) -> None:
    """The lists by hand, so that a rewritten golden file cannot drift."""
    document = json.loads((HERE / f"{name}.json").read_bytes())

    assert BY_HAND[name] == {
        f"{f['id']} {f['package']['name']} {f['package']['version']}"
        for f in document["findings"]
    }
