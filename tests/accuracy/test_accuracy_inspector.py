"""
Findings for the reference service's SBOMs beside what the service said of them in May 2024.

Every difference is one of those that docs/accuracy.md explains, and the numbers there are these.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pytest
from accuracy.service import IMAGES, INSPECTOR, Comparison, Pair, compare
from support import SHARED

from shipworthy import scan
from shipworthy.advisories.build import build
from shipworthy.model.finding import Finding
from shipworthy.model.result import ScanResult


DOCUMENT = Path(__file__).parents[2] / "docs" / "accuracy.md"
FEEDS: tuple[str, ...] = (
    "alpine/v3.18",
    "debian/tracker.json",
    *(f"osv/{name}" for name in ("Alpine", "Debian", "Maven", "PyPI")),
    *(f"osv/{name}" for name in ("RubyGems", "Ubuntu", "npm")),
)

UNJUDGED = {"amazonlinux_latest": "amzn-2023", "ubuntu_latest": "ubuntu-22.04"}
"""Images of distributions that the feeds hold nothing of, or a sample."""
SILENT: dict[str, set[Pair]] = {
    "alpine_3.18.2": {
        ("CVE-2022-48174", "busybox"),
        ("CVE-2023-42366", "busybox"),
        ("CVE-2023-2975", "openssl"),
        ("CVE-2023-3446", "openssl"),
        ("CVE-2023-3817", "openssl"),
        ("CVE-2023-5363", "openssl"),
        ("CVE-2023-5678", "openssl"),
        ("CVE-2023-6129", "openssl"),
        ("CVE-2023-6237", "openssl"),
        ("CVE-2024-0727", "openssl"),
        ("CVE-2024-2511", "openssl"),
        ("CVE-2024-4603", "openssl"),
    },
    "node_latest": {
        ("CVE-2024-32021", "git"),
        ("CVE-2024-32465", "git"),
        ("CVE-2023-42282", "ip"),
    },
    "ruby_latest": {("CVE-2023-5363", "openssl"), ("CVE-2024-27281", "rdoc")},
}
"""What the service reports and the feeds at hand do not say."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the real feeds that these images can meet."""
    root = tmp_path_factory.mktemp("accuracy")
    for name in FEEDS:
        link = root / "feeds" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(SHARED / "feeds" / name)
    build(root / "feeds", root / "db")
    return root / "db"


@pytest.fixture(scope="module")
def results(database: Path) -> dict[str, ScanResult]:
    """Each image's SBOM, scanned."""
    return {
        image: scan(f"sbom:{INSPECTOR / 'sboms' / image}.json", db=database)
        for image in IMAGES
    }


@pytest.fixture(scope="module")
def compared(results: dict[str, ScanResult]) -> dict[str, Comparison]:
    """Each image's findings beside the service's."""
    return {image: compare(image, result) for image, result in results.items()}


@pytest.mark.parametrize("image", IMAGES)
def test_nothing_is_missing_but_what_is_explained(
    image: str,
    compared: dict[str, Comparison],
    results: dict[str, ScanResult],
) -> None:
    """What the service finds is found, but for kernel headers and what the feeds are silent on."""
    missing = {pair for pair in compared[image].only_service if pair[1] != "linux"}
    if image in UNJUDGED:
        told = [s for s in results[image].statuses if s.subject == UNJUDGED[image]]
        assert [True] == [status.partial for status in told]
        assert 3 == results[image].verdict.exit_code
        return
    assert SILENT.get(image, set()) == missing


def test_kernel_headers_are_counted(results: dict[str, ScanResult]) -> None:
    """The service lists hundreds of kernel vulnerabilities for headers; here they are one line that says so."""
    statuses = [
        s for s in results["node_latest"].statuses if s.subject == "kernel headers"
    ]
    assert ["linux-libc-dev 6.1.76-1"] == [
        s.message.rpartition(": ")[2] for s in statuses
    ]


@pytest.mark.parametrize("image", sorted(set(IMAGES) - set(UNJUDGED)))
def test_the_same_fixes(image: str, compared: dict[str, Comparison]) -> None:
    """Where both find it, the version that the service says repairs it is ours too."""
    found = compared[image]
    for pair in found.both:
        if service := found.service[pair]:
            ours = {
                version.removesuffix(".0")
                for finding in found.ours[pair]
                for version in finding.fixed_versions
            }
            assert service & ours, (pair, service, ours)


@pytest.mark.parametrize(
    "image",
    ["debian_latest", "nginx_latest", "node_latest", "python_latest", "ruby_latest"],
)
def test_what_only_we_find_is_so(image: str, compared: dict[str, Comparison]) -> None:
    """Dpkg and the tracker say so for Debian's packages; the others became known after the service answered."""
    if shutil.which("dpkg") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("dpkg is missing")
        pytest.skip("dpkg is not installed")
    for pair in compared[image].only_ours:
        for finding in compared[image].ours[pair]:
            if finding.package.type == "deb":
                assert _is_below_the_fix(finding), (pair, finding.fixed_versions)
            else:
                assert finding.published > "2024-05-22", pair


def test_the_document_tells_these_numbers(compared: dict[str, Comparison]) -> None:
    """The table of docs/accuracy.md is what this database gives."""
    rows = re.findall(
        r"^\| `(\w[\w.]*)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|",
        DOCUMENT.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert {
        image: (
            len(one.service),
            len(one.both),
            len(one.only_service),
            len(one.only_ours),
        )
        for image, one in compared.items()
    } == {image: tuple(map(int, numbers)) for image, *numbers in rows}


@lru_cache
def _tracker() -> Any:
    return json.loads((SHARED / "feeds" / "debian" / "tracker.json").read_bytes())


def _is_below_the_fix(finding: Finding) -> bool:
    """By the tracker's own text and dpkg's comparison, nothing of ours."""
    package = finding.package
    entry = _tracker()[package.source or package.name][finding.id]["releases"]
    fixed = entry["bookworm"]["fixed_version"]
    return _lower(package.source_version or package.version, fixed)


@cache
def _lower(installed: str, fixed: str) -> bool:
    arguments = ["dpkg", "--compare-versions", installed, "lt", fixed]
    return subprocess.run(arguments, check=False).returncode == 0
