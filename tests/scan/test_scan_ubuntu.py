"""An Ubuntu image from its layers to the verdict: what Ubuntu Pro repairs, and who gets it."""

from __future__ import annotations

from pathlib import Path

import imagebuilder as ib
import pytest
from feedwriter import Feeds
from scanning import dpkg
from ubuntuwriter import canonical, slice_of, ubuntu_cve

from shipworthy import ScanResult, scan
from shipworthy.advisories.build import build


RELEASE = b'ID=ubuntu\nVERSION_ID="16.04"\nPRETTY_NAME="Ubuntu 16.04.7 LTS"\n'
XENIAL: ib.Tree = {
    "etc/os-release": RELEASE,
    "var/lib/dpkg/status": dpkg("libssl1.0.0 1.0.2g-1ubuntu4.20 openssl"),
    "etc/apt/sources.list": b"deb http://archive.ubuntu.com/ubuntu xenial main\n",
    # what the client keeps for machines without a subscription
    "var/lib/ubuntu-advantage/apt-esm/etc/apt/sources.list.d/ubuntu-esm-infra.list": (
        b"deb https://esm.ubuntu.com/infra/ubuntu xenial-infra-security main\n"
    ),
}
PRO: ib.Tree = {
    "etc/apt/sources.list.d/ubuntu-esm-infra.list": (
        b"deb https://esm.ubuntu.com/infra/ubuntu xenial-infra-security main\n"
    )
}


@pytest.fixture(name="xenial")
def _xenial(tmp_path: Path) -> Path:
    """A database with one vulnerability that only esm-infra repairs."""
    feeds = Feeds(tmp_path / "feeds")
    fixed = "1.0.2g-1ubuntu4.20+esm2"
    entry = slice_of("Ubuntu:Pro:16.04:LTS", "openssl", fixed, "esm-infra/xenial")
    canonical(feeds, ubuntu_cve("CVE-2022-0778", entry, priority="high"))
    build(feeds.root, tmp_path / "db")
    return tmp_path / "db"


def scanned(database: Path, tmp_path: Path, *layers: ib.Tree) -> ScanResult:
    """What a gate on fixable high findings says of an image of these layers."""
    root = ib.write_directory(ib.image(*layers).layout_files(), tmp_path / "image")
    return scan(
        f"oci:{root}", db=database, cache=False, fail_on="high", only_fixed=True
    )


def test_without_ubuntu_pro_the_fix_is_out_of_reach(
    xenial: Path, tmp_path: Path
) -> None:
    """The finding is there, with what the image lacks, and the gate lets it pass."""
    result = scanned(xenial, tmp_path, XENIAL)

    (found,) = result.findings
    assert (found.id, found.fix_state) == ("CVE-2022-0778", "will-not-fix")
    assert found.advisories[0].needs == "Ubuntu Pro (esm-infra)"
    assert result.verdict.status == "pass"


def test_with_ubuntu_pro_it_closes_the_gate(xenial: Path, tmp_path: Path) -> None:
    """A layer that sets up ESM is enough."""
    result = scanned(xenial, tmp_path, XENIAL, PRO)

    (found,) = result.findings
    assert (found.fix_state, found.fixed_versions) == (
        "fixed",
        ("1.0.2g-1ubuntu4.20+esm2",),
    )
    assert result.verdict.status == "fail"
