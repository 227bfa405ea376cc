"""From a root file system to a finding by OVAL: a distroless Mariner, a base image of SLES."""

from __future__ import annotations

from pathlib import Path

import imagebuilder as ib
import pytest
from ovalwriter import Azure, Oval, Suse, all_of, any_of
from support import SHARED

from shipworthy import ScanResult, scan
from shipworthy.advisories.build import build


RPM = SHARED / "conformance" / "rpmdb"
pytestmark = pytest.mark.skipif(
    not RPM.is_dir(), reason="the conformance data is not beside the checkout"
)


def scanned(
    tmp_path: Path, document: Oval, feed: str, files: dict[str, bytes]
) -> ScanResult:
    """The root file system, scanned with what the document says."""
    document.write(tmp_path / "feeds" / feed)
    build(tmp_path / "feeds", tmp_path / "db")
    root = ib.write_directory(files, tmp_path / "root")
    return scan(f"dir:{root}", db=tmp_path / "db", cache=False)


def test_a_distroless_mariner(tmp_path: Path) -> None:
    """The manifest names sources, and Microsoft's CVEs go by them."""
    document = Azure()
    document.says("CVE-2023-0286", "openssl", ("less than", "0:1.1.1k-22.cm2"))
    document.says("CVE-2022-0778", "openssl", ("less than", "0:1.1.1k-14.cm2"))
    result = scanned(
        tmp_path,
        document,
        "azurelinux/cbl-mariner-2.0-oval.xml",
        {
            "etc/os-release": b'ID=mariner\nVERSION_ID="2.0"\n',
            "var/lib/rpmmanifest/container-manifest-2": (
                RPM / "manifest" / "container-manifest-2"
            ).read_bytes(),
        },
    )
    (finding,) = result.findings
    assert (finding.id, finding.package.name, finding.severity) == (
        "CVE-2023-0286",
        "openssl-libs",
        "high",
    )
    assert finding.severity_source == "azurelinux"
    assert finding.fixed_versions == ("1.1.1k-22.cm2",)


def test_a_base_image_of_sles(tmp_path: Path) -> None:
    """os-release says ``sles`` and the service pack; the database is NDB."""
    document = Suse()
    base = document.product(
        "SUSE Linux Enterprise Module for Basesystem 15 SP3",
        "sle-module-basesystem",
        "15.3",
    )
    fixed = document.below("glibc", "0:2.31-150300.9.12.1", "(aarch64|x86_64)")
    document.cve(
        "CVE-2022-23218",
        all_of(base, any_of(fixed)),
        updates=["SUSE-SU-2022:0330-1"],
        severity="Moderate",
    )
    result = scanned(
        tmp_path,
        document,
        "suse/oval/suse.linux.enterprise.15-affected.xml",
        {
            "etc/os-release": b'NAME="SLES"\nVERSION="15-SP3"\nVERSION_ID="15.3"\nID="sles"\n',
            "usr/lib/sysimage/rpm/Packages.db": (
                RPM / "sle15-bci" / "Packages.db"
            ).read_bytes(),
        },
    )
    (finding,) = result.findings
    assert (finding.id, finding.package.name, finding.severity) == (
        "CVE-2022-23218",
        "glibc",
        "medium",
    )
    assert finding.severity_source == "suse"
    assert [(ref.id, ref.url) for ref in finding.advisories] == [
        ("CVE-2022-23218", "https://www.suse.com/security/cve/CVE-2022-23218.html"),
        (
            "SUSE-SU-2022:0330-1",
            "https://www.suse.com/support/update/announcement/2022/suse-su-20220330-1/",
        ),
    ]
