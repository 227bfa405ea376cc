"""``shipworthy explain`` as its users meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import imagebuilder as ib
import pytest
from sbomwriter import syft_of
from scanning import EXAMPLE

from shipworthy import render, scan
from shipworthy.advisories.build import build
from shipworthy.model.package import Inventory


FEEDS = Path(__file__).resolve().parents[2] / "examples/feeds"
LIBSSL = "pkg:deb/debian/libssl3@3.0.11-1~deb12u1?arch=amd64&upstream=openssl"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database, a saved result and an SBOM of the same image."""
    root = tmp_path_factory.mktemp("explain")
    build(FEEDS, root / "db")
    archive = ib.write_archive(EXAMPLE.classic_files(), root / "image.tar")
    result = scan(
        str(archive),
        db=root / "db",
        cache=False,
        fail_on="high",
        ignore=["CVE-2019-14232"],
    )
    (root / "result.json").write_bytes(render(result, "json"))
    inventory = Inventory(distro=result.distro, packages=result.packages)
    (root / "image.cdx.json").write_bytes(syft_of(inventory))
    return root


def explain(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One run in ``place``, without a database in the user's cache."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", "explain", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=place,
        env={**os.environ, "XDG_CACHE_HOME": "/dev/null/none"},
    )


def as_json(place: Path, *arguments: str) -> list[dict[str, Any]]:
    """The explanations for programs."""
    done = explain(place, *arguments, "--json")
    assert 0 == done.returncode, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_a_finding_from_the_result_alone(place: Path) -> None:
    """Name, range, comparison, place, fix, severity and exploitation, without a database."""
    done = explain(place, "result.json", "CVE-2023-4911")

    assert (0, "") == (done.returncode, done.stderr)
    for words in (
        "CVE-2023-4911 in libc6 2.36-9+deb12u1",
        "glibc in debian-12: the source package of libc6",
        "2.36-9+deb12u1 is below 2.36-9+deb12u3 by dpkg's order",
        "var/lib/dpkg/status, since layer 0",
        "made by: RUN step 0",
        "fixed in 2.36-9+deb12u3",
        "high, by osv",
        "known to be exploited since 2023-11-21",
        "of 100",
    ):
        assert words in done.stdout, words


def test_a_finding_by_alias_and_for_programs(place: Path) -> None:
    """Any name of the vulnerability finds it; the shape is plain values."""
    (found,) = as_json(place, "result.json", "debian-cve-2023-4911")

    assert ("finding", "CVE-2023-4911") == (found["subject"], found["id"])
    assert "libc6" == found["package"]["name"]
    assert "< 2.36-9+deb12u3" == found["evidence"][0]["constraint"]
    assert {"source": "osv", "score": 7.8}.items() <= found["severity"]["scores"][
        0
    ].items()
    assert found["suppressed"] is None


def test_with_the_database_the_rows_are_shown(place: Path) -> None:
    """Ranges as they are written, and whether it is the database that judged."""
    (found,) = as_json(place, "result.json", "CVE-2023-4911", "--db", "db")

    assert found["database"]["isTheOneThatJudged"]
    (row,) = found["database"]["advisories"]
    assert ["introduced 0 fixed 2.36-9+deb12u3"] == row["ranges"]
    done = explain(place, "result.json", "CVE-2023-4911", "--db", "db")
    assert "introduced 0 fixed 2.36-9+deb12u3" in done.stdout


def test_a_suppressed_finding_says_by_what(place: Path) -> None:
    """What the policy took out can be explained as well."""
    (found,) = as_json(place, "result.json", "CVE-2019-14232")

    assert found["suppressed"]["rule"]
    assert "suppressed" in explain(place, "result.json", "CVE-2019-14232").stdout


@pytest.mark.parametrize("source", ["result.json", "image.cdx.json"])
def test_why_a_package_does_not_match(place: Path, source: str) -> None:
    """libssl3 has the fix of CVE-2023-5363; a result and an SBOM tell it alike."""
    (found,) = as_json(place, source, "--package", "libssl3", "--db", "db")

    (said,) = found["vulnerabilities"]
    assert ("CVE-2023-5363", "not affected") == (said["id"], said["verdict"])
    assert "fixed" == said["advisories"][0]["outcome"]
    assert "openssl" == found["lookedUp"]["name"]
    done = explain(place, source, "CVE-2023-5363", "--package", "openssl", "--db", "db")
    assert "which is this version" in done.stdout


def test_a_package_without_a_result(place: Path) -> None:
    """A purl and a distribution are enough."""
    arguments = ("--package", LIBSSL, "--distro", "debian-12", "--db", "db")
    (found,) = as_json(place, *arguments)

    assert "affected" == found["vulnerabilities"][0]["verdict"]
    (django,) = as_json(place, "--package", "pkg:pypi/django@4.2", "--db", "db")
    assert {"not affected"} == {v["verdict"] for v in django["vulnerabilities"]}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "nothing to explain"),
        (("result.json",), 2, "nothing to explain"),
        (("result.json", "CVE-2023-4912"), 2, "did you mean CVE-2023-4911"),
        (("result.json", "CVE-2023-4911", "--package", "Django"), 3, "/dev/null"),
        (("result.json", "--package", "libc7", "--db", "db"), 2, "did you mean libc6"),
        (("result.json", "--package", "libc6", "--db", "none"), 3, "none"),
        (("result.json", "--package", "libc6"), 3, "/dev/null"),
        (("--package", LIBSSL, "--db", "db"), 2, "--distro debian-12"),
        (("--package", "openssl", "--db", "db"), 2, "is not a package URL"),
        (("--package", LIBSSL, "--distro", "!", "--db", "db"), 2, "no distribution"),
        (("result.json", "X", "--distro", "debian-12"), 2, "without a result"),
        (("none.json", "CVE-1"), 3, "none.json"),
        (("image.tar", "CVE-1"), 2, "not JSON"),
        (("db/index.json", "CVE-1"), 2, "not a shipworthy result"),
    ],
)
def test_what_cannot_be_explained(
    place: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """2 for an id or package that is not there, 3 without a database or a file."""
    done = explain(place, *arguments)

    assert code == done.returncode, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "" == done.stdout


def test_help_names_the_command(place: Path) -> None:
    """The group lists it and it tells its exit codes."""
    assert "no such finding or package" in explain(place, "--help").stdout


def test_an_sbom_named_as_a_target(place: Path) -> None:
    """What a scan takes as ``sbom:PATH`` is explained under the same name."""
    arguments = ("--package", "libc6", "--db", "db")
    named = explain(place, "sbom:image.cdx.json", *arguments)

    assert 0 == named.returncode, named.stderr
    assert explain(place, "image.cdx.json", *arguments).stdout == named.stdout
