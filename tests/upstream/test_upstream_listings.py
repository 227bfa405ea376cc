"""Which files each source has, by what its publisher's own lists say, and what a list may not make us do."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from shipworthy.advisories.feeds.interface import Feed
from shipworthy.advisories.upstream.listings import scores_path
from shipworthy.advisories.upstream.source import (
    Source,
    fault_of,
)
from shipworthy.advisories.upstream.table import SOURCES
from shipworthy.errors import FeedError


IMPORTERS: tuple[Feed, ...] = tuple(
    entry.load()() for entry in entry_points(group="shipworthy.feeds")
)
BY_NAME = {source.name: source for source in SOURCES}

REPOMD = """<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo">
  <data type="primary"><location href="repodata/primary.xml.gz"/></data>
  <data type="updateinfo"><location href="repodata/5c2a-updateinfo.xml.gz"/></data>
</repomd>
"""

AMAZON = {
    "2/extras-catalog.json": '{"topics": [{"n": "docker"}, {"n": "../x"}, {"n": "old"}]}',
    "2/core/latest/x86_64/mirror.list": "https://cdn.amazonlinux.com/2/core/2.0/x86_64/6b02\n",
    "2/extras/docker/latest/x86_64/mirror.list": "https://cdn.amazonlinux.com/2/extras/docker/2.0/x86_64/77aa\n",
    "2/core/2.0/x86_64/6b02/repodata/repomd.xml": REPOMD,
    "2/extras/docker/2.0/x86_64/77aa/repodata/repomd.xml": "<repomd/>",
    "al2022/core/mirrors/latest/x86_64/mirror.list": "https://cdn.amazonlinux.com/al2022/core/guids/1/x86_64/",
    "al2022/core/guids/1/x86_64/repodata/repomd.xml": REPOMD,
    "al2023/core/mirrors/latest/x86_64/mirror.list": "https://cdn.amazonlinux.com/al2023/core/guids/2/$basearch/",
    "al2023/core/guids/2/x86_64/repodata/repomd.xml": REPOMD,
}


@dataclass
class Lists:
    """A publisher's lists, at hand."""

    pages: dict[str, str] = field(default_factory=dict)
    year: int = 2004

    def text(self, url: str, *, optional: bool = False) -> str:
        """The page; only an optional one may be missing."""
        return self.pages[url] if url in self.pages or not optional else ""


def places(name: str, pages: dict[str, str] | None = None) -> dict[str, str]:
    """Address by path of a source's files."""
    targets = BY_NAME[name].targets(Lists(pages or {}))
    return {target.path: target.url for target in targets}


def test_osv_has_an_export_for_each_ecosystem() -> None:
    """Releases are in their ecosystem's; names are written into the address as addresses are."""
    pages = {"ecosystems.txt": "PyPI\nRed Hat\nUbuntu:22.04\n[EMPTY]\ncrates.io\n\n"}
    assert {
        "osv/PyPI/all.zip": "PyPI/all.zip",
        "osv/Red Hat/all.zip": "Red%20Hat/all.zip",
        "osv/[EMPTY]/all.zip": "%5BEMPTY%5D/all.zip",
        "osv/crates.io/all.zip": "crates.io/all.zip",
    } == places("osv", pages)


def test_alpine_has_the_branches_of_its_folder() -> None:
    """Both repositories of each, of which the second may be missing."""
    page = '<a href="../">../</a><a href="edge/">edge/</a><a href="v3.20/">v3.20/</a><a href="last-update">'
    assert [
        "alpine/edge/main.json",
        "alpine/edge/community.json",
        "alpine/v3.20/main.json",
        "alpine/v3.20/community.json",
    ] == list(places("alpine", {"": page}))
    optional = [t.optional for t in BY_NAME["alpine"].targets(Lists({"": page}))]
    assert [False, True, False, True] == optional


def test_alpine_tracker_has_its_branches() -> None:
    """As the tracker's first page links them or names them as data; each is asked for as data."""
    for page in (
        '<a href="/branch/3.22-main">3.22-main</a><a href="/branch/edge-community">',
        '{"3.22-main": {}, "edge-community": {}, "not-3.22-mainly": {}}',
    ):
        targets = list(BY_NAME["alpine-tracker"].targets(Lists({"": page})))
        assert [
            ("alpine/security/3.22-main.json", "branch/3.22-main"),
            ("alpine/security/edge-community.json", "branch/edge-community"),
        ] == [(t.path, t.url) for t in targets]
        assert {"application/ld+json"} == {t.accept for t in targets}


def test_red_hat_names_its_latest_archives() -> None:
    """In a text file beside them, and only an archive's name counts."""
    pages = {
        "csaf/v2/vex/archive_latest.txt": "csaf_vex_2024-10-18.tar.zst\n",
        "csaf/v2/advisories/archive_latest.txt": "csaf_advisories_2024-10-18.tar.zst",
    }
    assert {
        "redhat/csaf/v2/vex/csaf_vex_2024-10-18.tar.zst",
        "redhat/csaf/v2/advisories/csaf_advisories_2024-10-18.tar.zst",
        "redhat/metrics/repository-to-cpe.json",
    } == set(places("redhat", pages))
    pages["csaf/v2/vex/archive_latest.txt"] = "../../x.tar.zst"
    with pytest.raises(FeedError, match="expected an archive's name"):
        places("redhat", pages)


def test_suse_has_one_file_a_product() -> None:
    """The one that tells what is not fixed, where there is one; patches are the same by update."""
    names = [
        "suse.linux.enterprise.server.15-affected.xml.gz",
        "suse.linux.enterprise.server.15-patch.xml.gz",
        "suse.linux.enterprise.server.15.xml.gz",
        "opensuse.leap.15.6.xml.gz",
        "opensuse.leap.15.6.xml.gz.sha256",
        "README",
    ]
    page = "".join(f'<a href="./{name}">{name}</a>' for name in names)
    absolute = page.replace("./", "/pub/projects/security/oval/")
    assert places("suse", {"": absolute}) == places("suse", {"": page})
    assert [
        "opensuse.leap.15.6.xml.gz",
        "suse.linux.enterprise.server.15-affected.xml.gz",
    ] == list(places("suse", {"": page}).values())


def test_amazon_is_followed_to_its_update_information() -> None:
    """From mirror list to repository to file; an extra without any, or not there any more, is left out."""
    assert {
        "amazon/2/core/updateinfo.xml.gz": "2/core/2.0/x86_64/6b02/repodata/5c2a-updateinfo.xml.gz",
        "amazon/2022/core/updateinfo.xml.gz": "al2022/core/guids/1/x86_64/repodata/5c2a-updateinfo.xml.gz",
        "amazon/2023/core/updateinfo.xml.gz": "al2023/core/guids/2/x86_64/repodata/5c2a-updateinfo.xml.gz",
    } == places("amazon", AMAZON)


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/2/core",
        "<!DOCTYPE x>",
    ],
)
def test_amazon_is_followed_nowhere_else(page: str) -> None:
    """A mirror list that leaves the publisher's host is none."""
    pages = {**AMAZON, "2/core/latest/x86_64/mirror.list": page}
    with pytest.raises(FeedError, match="expected an address below"):
        places("amazon", pages)


def test_a_repository_without_entities() -> None:
    """``repomd.xml`` with a DTD is refused."""
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaa">]><repomd>&a;</repomd>'
    with pytest.raises(FeedError, match="expected XML"):
        places("amazon", {**AMAZON, "2/core/2.0/x86_64/6b02/repodata/repomd.xml": bomb})


def test_fedora_has_pages_by_the_number_of_updates() -> None:
    """Of Fedora's own releases; EPEL and containers are not."""
    query = "updates/?type=security&status=stable&releases=F42"
    releases = (
        '{"releases": [{"name": "F42", "id_prefix": "FEDORA"},'
        ' {"name": "EPEL-9", "id_prefix": "FEDORA-EPEL"}, {"name": "F42C", "id_prefix": "FEDORA-CONTAINER"}]}'
    )
    pages = {
        "releases/?state=current&rows_per_page=100": releases,
        f"{query}&rows_per_page=1": '{"total": 101, "updates": []}',
    }
    assert {
        "fedora/bodhi-F42-1.json": f"{query}&rows_per_page=100&page=1",
        "fedora/bodhi-F42-2.json": f"{query}&rows_per_page=100&page=2",
    } == places("fedora", pages)


def test_others_by_their_lists() -> None:
    """Photon's releases, OpenSSL's and httpd's records, NVD's years."""
    assert {"photon/cve_data_photon5.0.json"} == set(
        places("photon", {"photon_versions.json": '{"branches": ["5.0", "a/b"]}'})
    )
    assert {"projects/openssl/CVE-2014-0160.json": "secjson/CVE-2014-0160.json"} == (
        places("openssl", {"": '<dt><a href="#CVE-2014-0160">CVE-2014-0160</a></dt>'})
    )
    assert {"projects/httpd/CVE-2021-41773.json": "CVE-2021-41773.json"} == places(
        "httpd", {"": '<a href="CVE-2021-41773.json">CVE-2021-41773.json</a>'}
    )
    assert [f"nvdcve-2.0-{year}.json.gz" for year in (2002, 2003, 2004)] == list(
        places("nvd").values()
    )


def test_scores_lie_under_their_date(tmp_path: Path) -> None:
    """The importer reads the newest by name, so the name is the date in the first line."""
    line = b"#model_version:v2025.03.14,score_date:2026-08-15T00:00:00+0000\n"
    (tmp_path / "a").write_bytes(gzip.compress(line))
    assert "epss/epss_scores-2026-08-15.csv.gz" == scores_path(tmp_path / "a")
    for data in (gzip.compress(b"cve,epss"), b"\x1f\x8bno", b""):
        (tmp_path / "a").write_bytes(data)
        with pytest.raises(FeedError, match="expected EPSS scores"):
            scores_path(tmp_path / "a")


@pytest.mark.parametrize("name", [n for n in BY_NAME if n not in {"nvd", "epss"}])
def test_a_list_that_is_none_is_an_error(name: str) -> None:
    """Nothing is taken for published because nothing could be read, and nothing else is raised."""
    busy: dict[str, str] = defaultdict(lambda: "<html>busy</html>")
    try:
        targets = list(BY_NAME[name].targets(Lists(busy)))
    except FeedError:
        return
    asked = BY_NAME[name].targets(Lists()) if name != "osv" else ()
    assert name == "osv" or targets == list(asked)


def test_every_source_is_plain() -> None:
    """https, a base that ends as a folder, names and paths without anything odd."""
    for source in SOURCES:
        for base in filter(None, (source.base, source.index)):
            assert base.startswith("https://")
            assert base.endswith("/")
    fixed = [s for s in SOURCES if s.name in {"kev", "epss", "ubuntu", "debian", "nvd"}]
    for source in fixed:
        assert {""} == {fault_of(target) for target in source.targets(Lists())}


PAGES = {
    **AMAZON,
    "": '<a href="v3.20/">v3.20/</a><a href="/branch/3.22-main">'
    '<a href="suse.linux.enterprise.server.15-affected.xml.gz">'
    '<a href="CVE-2021-41773.json">',
    "ecosystems.txt": "npm",
    "csaf/v2/vex/archive_latest.txt": "csaf_vex_2024-10-18.tar.zst",
    "csaf/v2/advisories/archive_latest.txt": "csaf_advisories_2024-10-18.tar.zst",
    "photon_versions.json": '{"branches": ["5.0"]}',
    "releases/?state=current&rows_per_page=100": '{"releases": [{"name": "F42", "id_prefix": "FEDORA"}]}',
    "updates/?type=security&status=stable&releases=F42&rows_per_page=1": '{"total": 1}',
}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_what_a_source_fetches_is_what_an_importer_reads(
    source: Source, tmp_path: Path
) -> None:
    """Each of its files, lying where the source puts it, is read by an importer: refused or counted."""
    (tmp_path / "alpine" / "v3.20").mkdir(parents=True)
    for target in source.targets(Lists(PAGES, year=2003)):
        path = target.path.replace("-current.", "-2026-08-15.")
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"\x00 no feed")
        assert any(reads(importer, tmp_path) for importer in IMPORTERS), path
        place.unlink()


def reads(importer: Feed, root: Path) -> bool:
    """Whether an importer finds anything of its own below a directory."""
    try:
        return bool(list(importer.read(root)))
    except FeedError:
        return True


def test_every_importer_has_a_source(tmp_path: Path) -> None:
    """But malicious packages, whose records come with OSV's."""
    lonely = set()
    for importer in IMPORTERS:
        root = tmp_path / importer.name
        (root / "alpine" / "v3.20").mkdir(parents=True)
        for source in SOURCES:
            for target in source.targets(Lists(PAGES, year=2003)):
                place = root / target.path.replace("-current.", "-2026-08-15.")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(b"\x00 no feed")
        if not reads(importer, root):
            lonely.add(importer.name)
    assert {"malicious"} == lonely


def test_every_source_is_documented() -> None:
    """docs/database.md names each in its table, and no other."""
    text = (Path(__file__).parents[2] / "docs" / "database.md").read_text("utf-8")
    table = text.partition("### The sources")[2].partition("Not fetched")[0]
    named = re.findall(
        r"`([a-z-]+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE))
    )
    assert set(BY_NAME) == set(named)
