"""A Red Hat image from its bytes to what it needs: os-release, rpm database, content sets, VEX."""

from __future__ import annotations

import json
from pathlib import Path

import imagebuilder as ib
import pytest
import redhatcases
import rpmdatabase
from csafwriter import repositories
from feedwriter import Feeds

from shipworthy import scan
from shipworthy.advisories.build import build


EUS = "rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_0"
OS_RELEASE = (
    b'ID="rhel"\nVERSION_ID="9.0"\nPRETTY_NAME="Red Hat Enterprise Linux 9.0 (Plow)"\n'
)
OLD = "root/buildinfo/content_manifests/ubi9-container-9.0.0-1576.json"
NEW = "usr/share/buildinfo/content-sets.json"


@pytest.fixture(scope="module")
def redhat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of one case with the map of repositories, by all installed importers."""
    root = tmp_path_factory.mktemp("redhat")
    feeds = Feeds(root / "feeds")
    where = ("redhat", "csaf", "v2", "vex", "2023", "cve-2023-38545.json")
    feeds.json(redhatcases.curl().vex(), *where)
    cpes = {EUS: ["cpe:/o:redhat:rhel_eus:9.0::baseos"]}
    feeds.json(repositories(cpes), "redhat", "metrics", "repository-to-cpe.json")
    build(feeds.root, root / "db")
    return root / "db"


def image(path: Path, *manifests: str) -> str:
    """An image with curl of 9.0, and content sets in these places."""
    curl = rpmdatabase.tags(
        "curl", "7.76.1", release="14.el9_0.4", vendor="Red Hat, Inc."
    )
    database, _ = rpmdatabase.sqlite(path, [rpmdatabase.header(curl)])
    base: ib.Tree = {
        "etc/os-release": OS_RELEASE,
        "var/lib/rpm/rpmdb.sqlite": database,
    }
    body = json.dumps({"metadata": {}, "content_sets": [EUS]}).encode()
    built = ib.image(base, dict.fromkeys(manifests, body))
    return f"oci:{ib.write_directory(built.layout_files(), path / 'layout')}"


@pytest.mark.parametrize(
    ("manifests", "fixed"),
    [
        ((OLD,), "7.76.1-14.el9_0.9"),
        ((NEW,), "7.76.1-14.el9_0.9"),
        ((OLD, NEW), "7.76.1-14.el9_0.9"),
        ((), "7.76.1-26.el9_3.2"),
    ],
)
def test_the_fix_is_that_of_the_images_stream(
    redhat: Path, tmp_path: Path, manifests: tuple[str, ...], fixed: str
) -> None:
    """With EUS's repositories it is EUS's, without any it is the main line's; also from the cache."""
    target = image(tmp_path, *manifests)
    for _ in range(2):
        result = scan(target, db=redhat, cache_dir=tmp_path / "cache")

        (finding,) = result.findings
        assert (finding.id, finding.severity) == ("CVE-2023-38545", "high")
        assert finding.severity_source == "redhat"
        assert finding.fixed_versions == (fixed,)
        assert result.distro is not None
        assert result.distro.channels == ((f"repo:{EUS}",) if manifests else ())
    links = {ref.id: ref.url for ref in finding.advisories}
    assert links["CVE-2023-38545"].startswith("https://access.redhat.com/security/cve/")
    assert all(
        url == f"https://access.redhat.com/errata/{id_}"
        for id_, url in links.items()
        if id_.startswith("RHSA-")
    )
