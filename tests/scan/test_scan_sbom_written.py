"""SBOMs that we write: the command, and that a scan of one finds what a scan of the image does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import jsonschema
import pytest
from bills import problems, write
from reports_sample import LIBSSL, SIX, sample
from scanning import BASE, EXAMPLE, OURS, dist_info

from shipworthy import ScanResult, scan
from shipworthy.listing import list_contents
from shipworthy.model.finding import Finding, Risk
from shipworthy.model.package import Distro, Location, Package
from shipworthy.reports.render import render
from shipworthy.sboms.cyclonedx import read_cyclonedx


SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/schema/result.schema.json").read_text()
)
NODE: ib.Tree = {
    "srv/node_modules/@acme/Thing/package.json": b'{"name": "@acme/Thing", "version": "1.0.0", "license": "MIT OR ISC"}',
    "var/lib/dpkg/info/python3-six.list": b"/usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA\n",
    **dist_info("six", "1.16.0", site="usr/lib/python3/dist-packages"),
}
"""A scoped package with a licence to choose, and one in a place of the distribution's."""


def known(package: Package) -> Package:
    """A package without the one thing that no SBOM holds: the files it installed."""
    return replace(package, file_list="", file_count=0)


def facts(result: ScanResult) -> list[Finding]:
    """Findings but for the risk, which goes by the ports that the image declares, and so orders them."""
    plain = [
        replace(one, risk=Risk(score=0.0, factors=()), package=known(one.package))
        for one in result.findings
    ]
    return sorted(plain, key=lambda one: (one.id, one.package.name))


def shipworthy(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """One run of the command, without a terminal and without a database."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": "/dev/null/none", **env},
    )


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The example as a docker archive."""
    return ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")


def test_an_sbom_of_ours_is_judged_as_its_image(database: Path, tmp_path: Path) -> None:
    """Packages, their layers and origin, and the findings come back as they were."""
    built = ib.image(BASE, OURS, NODE)
    archive = ib.write_archive(built.classic_files(), tmp_path / "image.tar")
    base = ib.write_archive(ib.image(BASE).classic_files(), tmp_path / "base.tar")
    first = scan(str(archive), db=database, cache=False, base=str(base))
    path = write(tmp_path / "image.cdx.json", first)

    again = scan(str(path), db=database, cache=False)

    assert [known(one) for one in first.packages] == list(again.packages)
    assert len(first.findings) >= 4
    assert facts(first) == facts(again)
    assert first.image.tags == again.image.tags
    assert first.image.image_id == again.image.image_id
    assert [one.diff_id for one in first.image.layers] == [
        one.diff_id for one in again.image.layers
    ]


def test_the_list_alone_is_judged_as_the_image(
    image: Path, database: Path, tmp_path: Path
) -> None:
    """What is listed without a database can be scanned later with one."""
    path = write(tmp_path / "x.json", list_contents(str(image), cache=False))

    result = scan(f"sbom:{path}", db=database)

    assert facts(scan(str(image), db=database, cache=False)) == facts(result)


def test_everything_that_a_scan_goes_by_comes_back() -> None:
    """Channels, branch, vendor, module, owner, marks and licences, which other producers leave out."""
    distro = Distro(
        id="redhat",
        version="9.4",
        name="Red Hat Enterprise Linux 9.4 (Plow)",
        id_like=("fedora",),
        branch="9",
        channels=("repo:a-rpms", "repo:b-rpms"),
    )
    rpm = Package(
        type="rpm",
        name="perl-libs",
        version="4:5.32.1-481.el9",
        purl="pkg:rpm/redhat/perl-libs@5.32.1-481.el9?arch=x86_64&distro=rhel-9.4&epoch=4",
        arch="x86_64",
        source="perl",
        source_version="5.32.1-481.el9.src",
        vendor="Red Hat, Inc.",
        modularity="perl:5.32:90001:abc",
        licences=("GPL+ or Artistic", "MIT"),
        locations=(Location(path="var/lib/rpm/rpmdb.sqlite", layer=0),),
        origin="base",
    )
    go = Package(
        type="golang",
        name="github.com/Acme/Tool",
        version="v1.2.3",
        purl="pkg:golang/github.com/acme/tool@1.2.3",
        locations=(
            Location(path="usr/bin/a", layer=1),
            Location(path="usr/bin/b", layer=2),
        ),
        notes=("main-module", "low-confidence"),
    )
    packages = (go, SIX, rpm)
    result = replace(sample(), distro=distro, packages=packages)

    image, inventory = read_cyclonedx(render(result, "cyclonedx"), target="x")

    assert (go, SIX, rpm) == (
        *(one for one in inventory.packages if one.type == "golang"),
        *(one for one in inventory.packages if one.type == "pypi"),
        *(one for one in inventory.packages if one.type == "rpm"),
    )
    assert distro == inventory.distro
    assert sample().image.tags == image.tags
    assert sample().image.base_name == image.base_name
    assert [one.diff_id for one in sample().image.layers] == [
        one.diff_id for one in image.layers
    ]


def test_words_of_ours_of_a_wrong_type_tell_nothing() -> None:
    """Somebody else may have written them."""
    made = json.loads(
        render(replace(sample(), packages=(LIBSSL,), findings=()), "cyclonedx")
    )
    library = made["components"][1]
    library["licenses"] = [7, {"license": [1]}, {"license": {"id": {}}}, {}]
    library["supplier"] = ["x"]
    library["evidence"] = {"occurrences": [{"location": 7}, "x"]}
    for one in library["properties"]:
        if one["name"].endswith("origin"):
            one["value"] = "nowhere"
    made["metadata"]["component"]["properties"] += [
        {"name": "shipworthy:image:manifestDigest", "value": "no digest"},
        {"name": "shipworthy:image:layer", "value": 7},
    ]

    _, inventory = read_cyclonedx(json.dumps(made).encode(), target="x")

    expected = replace(
        LIBSSL, licences=(), vendor="", locations=(), origin="unknown", file_list=""
    )
    assert (expected,) == inventory.packages


def test_the_command_lists_without_a_database(image: Path) -> None:
    """CycloneDX goes to stdout, a line to stderr, and nothing is claimed of vulnerabilities."""
    done = shipworthy("sbom", image)

    assert 0 == done.returncode
    assert problems("cyclonedx", done.stdout.encode()) == ""
    made = json.loads(done.stdout)
    assert 5 == len(made["components"])
    assert "vulnerabilities" not in made
    assert "timestamp" not in made["metadata"]
    assert "shipworthy: Listed 4 packages; nothing was looked up" in done.stderr


def test_several_forms_in_one_run(image: Path, tmp_path: Path) -> None:
    """Each is valid, and the day is written where it is given."""
    out = {name: tmp_path / name for name in ("cyclonedx", "cyclonedx-xml", "spdx")}
    done = shipworthy(
        "sbom",
        image,
        "-q",
        "--at=2026-11-27",
        *(f"-o{name}={path}" for name, path in out.items()),
    )

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    for name, path in out.items():
        assert problems(name, path.read_bytes()) == ""
        assert b"2026-11-27T00:00:00Z" in path.read_bytes()


def test_the_list_as_json_is_a_result_that_looked_for_nothing(image: Path) -> None:
    """It keeps to the schema."""
    made = json.loads(shipworthy("sbom", image, "-o", "json").stdout)

    jsonschema.validate(made, SCHEMA)
    assert [] == made["lookedFor"] == made["findings"]
    assert "nothing judged" in made["verdict"]["summary"]


def test_a_list_that_is_not_whole_says_so(tmp_path: Path) -> None:
    """What could not be read is told, the document is incomplete, and the exit code is 3 unless that is accepted."""
    built = ib.image({**BASE, "srv/broken.jar": b"not a zip"})
    path = ib.write_archive(built.classic_files(), tmp_path / "image.tar")

    done = shipworthy("sbom", path)

    assert 3 == done.returncode
    assert "srv/broken.jar" in done.stderr
    assert "incomplete" == json.loads(done.stdout)["compositions"][0]["aggregate"]
    accepted = shipworthy("sbom", path, "--allow-partial")
    assert (0, done.stdout) == (accepted.returncode, accepted.stdout)


def test_an_sbom_that_is_not_whole_passes_for_none_that_is(
    database: Path, tmp_path: Path
) -> None:
    """What was not listed cannot be judged, so the scan of it is as partial as that of the image."""
    built = ib.image({**BASE, "srv/broken.jar": b"not a zip"})
    path = ib.write_archive(built.classic_files(), tmp_path / "image.tar")
    bill = write(tmp_path / "x.json", list_contents(str(path), cache=False))

    result = scan(str(bill), db=database, fail_on="critical")

    assert "partial" == result.verdict.status
    assert "could not be read when the SBOM was written" in result.statuses[0].message


@pytest.mark.parametrize("name", ["html", "table", "openvex", "nonsense"])
def test_other_reports_are_wrong_usage(image: Path, name: str) -> None:
    """A page of an image that nothing was looked up for would look like one without findings."""
    done = shipworthy("sbom", image, "-o", name)

    assert (2, "") == (done.returncode, done.stdout)
    assert "cyclonedx, cyclonedx-xml, spdx or json" in done.stderr


def test_outputs_of_a_scan_do_not_disturb(image: Path) -> None:
    """A pipeline may have set them for all its steps."""
    done = shipworthy("sbom", image, "-q", SHIPWORTHY_OUTPUT="html=x.html")

    assert 0 == done.returncode


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """In one line, with exit code 3."""
    done = shipworthy("sbom", f"docker-archive:{tmp_path}/none.tar")

    assert 3 == done.returncode
    assert 1 == done.stderr.count("error:")
