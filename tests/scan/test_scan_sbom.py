"""An SBOM as a target: the same findings as the image it was made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import imagebuilder as ib
import pytest
from sbomwriter import component, document, syft_of, trivy_of
from scanning import EXAMPLE

from shipworthy import ScanResult, scan
from shipworthy.model.package import Inventory


def facts(result: ScanResult) -> list[tuple[object, ...]]:
    """What a finding says, but for the layer."""
    return [
        (
            finding.id,
            finding.aliases,
            finding.package.name,
            finding.package.version,
            finding.package.source,
            [place.path for place in finding.package.locations],
            finding.severity,
            finding.severity_source,
            finding.fix_state,
            finding.fixed_versions,
            finding.advisories,
            finding.evidence,
        )
        for finding in result.findings
    ]


@pytest.mark.parametrize("write", [syft_of, trivy_of])
def test_the_same_findings_as_the_image(
    write: Callable[[Inventory], bytes], database: Path, tmp_path: Path
) -> None:
    """
    An image and what two producers would write of it are judged alike.

    Only the risk may differ: an SBOM does not say which ports the image declares.
    """
    archive = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")
    image = scan(str(archive), db=database, cache=False)
    inventory = Inventory(distro=image.distro, packages=image.packages)
    path = tmp_path / "image.cdx.json"
    path.write_bytes(write(inventory))

    result = scan(str(path), db=database, fail_on="high")

    assert 4 == len(facts(result))
    assert facts(image) == facts(result)
    assert "fail" == result.verdict.status
    assert "sbom" == result.image.kind
    assert {s.message for s in image.statuses} == {s.message for s in result.statuses}


def test_what_has_no_purl_closes_the_way_to_a_pass(
    database: Path, tmp_path: Path
) -> None:
    """A package nobody can judge is not passed over."""
    path = tmp_path / "x.json"
    path.write_bytes(document({"type": "library", "name": "openssl", "version": "1"}))

    assert "partial" == scan(f"sbom:{path}", db=database, fail_on="low").verdict.status


def test_a_base_is_no_use_for_an_sbom_and_is_told(
    database: Path, tmp_path: Path
) -> None:
    """The variable may be set for a whole pipeline, so it is no error."""
    path = tmp_path / "x.json"
    path.write_bytes(document(component("pkg:pypi/django@2.2")))

    result = scan(f"sbom:{path}", db=database, base="oci:base")
    assert ["base"] == [s.source for s in result.statuses if s.subject == "oci:base"]


def test_command_line_reads_standard_input(database: Path) -> None:
    """``sbom:-`` takes the SBOM out of a pipe; every report can be made of it."""
    data = document(component("pkg:pypi/django@2.2", "Django"))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "shipworthy",
            "scan",
            "sbom:-",
            "--db",
            str(database),
            "-o",
            "json",
        ],
        input=data,
        capture_output=True,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": "/dev/null/none"},
    )

    assert 0 == done.returncode, done.stderr
    result = json.loads(done.stdout)
    assert {"name": "sbom:-", "kind": "sbom"} == result["target"]
    assert "CVE-2019-14234" in {finding["id"] for finding in result["findings"]}


def test_command_line_names_what_is_wrong(database: Path, tmp_path: Path) -> None:
    """A JSON file that is something else is no image and no SBOM: exit 3 and one line."""
    path = tmp_path / "x.json"
    path.write_text('{"spdxVersion": "SPDX-2.3"}')
    done = subprocess.run(
        [sys.executable, "-m", "shipworthy", "scan", str(path), "--db", str(database)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert 3 == done.returncode
    assert "an SPDX document, expected CycloneDX" in done.stderr
    assert "Traceback" not in done.stderr
