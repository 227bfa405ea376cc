"""
Alpine, Wolfi and their kin: origins, branches, and what a distribution says of the programs in its packages.

Wolfi's and Go's records are taken out of the feeds beside the checkout; what is
written here is true to its publisher's form.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from feedwriter import Feeds, Json, osv, secdb
from judging import inventory, package
from support import SHARED

from shipworthy.advisories.build import build
from shipworthy.advisories.feeds.ecosystem import bucket_of
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.catalogers.distro import identify
from shipworthy.matching.distro import bucket_for, family_for
from shipworthy.matching.families.apk import ApkFamily
from shipworthy.matching.families.deb import DebFamily
from shipworthy.matching.match import match
from shipworthy.model.finding import Match
from shipworthy.model.package import Distro, Package


Database = Callable[[], AdvisoryStore]
FEEDS = SHARED / "feeds"
real = pytest.mark.skipif(
    not FEEDS.is_dir(), reason="the feeds are not beside the checkout"
)
WOLFI = Distro(id="wolfi", version="20230201")


@pytest.fixture
def feeds(tmp_path: Path) -> Feeds:
    """An empty directory of feeds."""
    return Feeds(tmp_path / "feeds")


@pytest.fixture
def database(feeds: Feeds, tmp_path: Path) -> Iterator[Database]:
    """Build what is in ``feeds`` now, and open it."""
    with ExitStack() as stack:

        def make() -> AdvisoryStore:
            build(feeds.root, tmp_path / "db")
            return stack.enter_context(AdvisoryStore.open(tmp_path / "db"))

        yield make


def found(
    store: AdvisoryStore, *packages: Package, distro: Distro = WOLFI
) -> tuple[Match, ...]:
    """What an image with these packages has."""
    result = match(inventory(*packages, distro=distro), store)
    assert not any(status.partial for status in result.statuses)
    return result.matches


def wolfi_fixes(*names: str) -> dict[str, Json]:
    """Those packages of Wolfi's own secdb."""
    document = json.loads((FEEDS / "wolfi" / "security.json").read_bytes())
    fixes = {row["pkg"]["name"]: row["pkg"]["secfixes"] for row in document["packages"]}
    return {name: fixes[name] for name in names}


def records(ecosystem: str, *ids: str) -> list[Json]:
    """Those records of an ecosystem's export."""
    with zipfile.ZipFile(FEEDS / "osv" / ecosystem / "all.zip") as archive:
        return [json.loads(archive.read(f"{id_}.json")) for id_ in ids]


def aactl(version: str) -> Package:
    """A program written in Go, packaged by Wolfi."""
    return package("apk", "aactl", version, arch="x86_64")


def module(name: str, version: str, owner: Package) -> Package:
    """A Go module in a binary that ``owner`` installed."""
    return package("golang", name, version, owner=owner.purl)


@real
def test_go_in_wolfi_is_decided_by_wolfi(feeds: Feeds, database: Database) -> None:
    """
    Wolfi's aactl 0.4.12-r19 has CVE-2024-45337 of golang.org/x/crypto: one finding, fixed in r20.

    At r20 Wolfi calls it fixed, whatever version of the module is seen. CVE-2023-45283,
    which is on Windows alone, Wolfi has never had: the standard library of Go 1.21.3 is not flagged for it.
    """
    feeds.wolfi(wolfi_fixes("aactl"))
    feeds.osv_zip("Go", *records("Go", "GO-2024-3321", "GO-2023-2185"))
    store = database()
    old, new = aactl("0.4.12-r19"), aactl("0.4.12-r20")
    crypto = ("golang.org/x/crypto", "v0.30.0")
    names = {"CVE-2024-45337", "CVE-2023-45283"}

    alone = found(store, package("golang", *crypto))
    assert [m.id for m in alone] == ["CVE-2024-45337"]

    inside = [module(*crypto, old), module("stdlib", "v1.21.3", old)]
    affected = [m for m in found(store, old, *inside) if m.id in names]
    assert [(m.id, m.package.name, m.fixed_versions) for m in affected] == [
        ("CVE-2024-45337", "aactl", ("0.4.12-r20",))
    ]
    assert affected[0].evidence[-1].notes == (
        "inside: pkg:golang/golang.org/x/crypto@v0.30.0",
    )
    inside = [module(*crypto, new), module("stdlib", "v1.21.3", new)]
    assert not [m for m in found(store, new, *inside) if m.id in names]


@real
def test_python_in_wolfi_is_decided_by_wolfi(feeds: Feeds, database: Database) -> None:
    """CVE-2023-43804 and urllib3: the package of one Python is judged by its origin, and so is what is in it."""
    feeds.wolfi(wolfi_fixes("py3-urllib3"))
    feeds.osv_zip("PyPI", *records("PyPI", "PYSEC-2023-192"))
    store = database()
    owner = package("apk", "py3.12-urllib3", "2.0.6-r0", source="py3-urllib3")
    inside = package("pypi", "urllib3", "2.0.5", owner=owner.purl)
    names = [m.id for m in found(store, owner, inside)]
    assert "CVE-2023-43804" not in names
    old = package("apk", "py3.12-urllib3", "2.0.5-r0", source="py3-urllib3")
    assert "CVE-2023-43804" in [m.id for m in found(store, old)]


@real
def test_what_wolfi_names_twice_is_one_finding(
    feeds: Feeds, database: Database
) -> None:
    """CVE-2024-45337 stands in secdb under two names and in OSV under Chainguard's own."""
    feeds.wolfi(wolfi_fixes("aactl"))
    feeds.osv_zip("Wolfi", *records("Wolfi", "CGA-76cj-vqcq-xpqm"))
    (match_,) = [
        m for m in found(database(), aactl("0.4.12-r19")) if m.id == "CVE-2024-45337"
    ]
    assert match_.aliases == ("CGA-76cj-vqcq-xpqm", "GHSA-v778-237x-gjrc")


def test_sub_packages_go_by_origin(feeds: Feeds, database: Database) -> None:
    """The libraries of openssl and its compat package are built from openssl; what apk makes up is nothing."""
    feeds.wolfi({"openssl": {"3.3.1-r1": ["CVE-2024-5535"]}})
    store = database()
    installed = [
        package("apk", name, "3.3.1-r0", source="openssl")
        for name in ("libcrypto3", "libssl3", "openssl-compat")
    ]
    made_up = package("apk", ".build-deps", "20240901", source="openssl")
    assert [m.package.name for m in found(store, *installed, made_up)] == [
        "libcrypto3",
        "libssl3",
        "openssl-compat",
    ]


@pytest.mark.parametrize("distro", ["wolfi", "chainguard", "minimos"])
def test_rolling_distributions_have_secdbs_of_their_own(
    feeds: Feeds, database: Database, distro: str
) -> None:
    """Each judges its own packages, whatever VERSION_ID says, and OSV's records of it join."""
    ecosystem = {"wolfi": "Wolfi", "chainguard": "Chainguard", "minimos": "MinimOS"}
    fixes = {"curl": {"8.6.0-r0": ["CVE-2024-0853"], "0": ["CVE-2023-52071"]}}
    feeds.json(secdb(fixes), distro, "security.json")
    feeds.osv_zip(
        ecosystem[distro],
        osv(
            "CGA-2222-3333-4444",
            ecosystem[distro],
            "curl",
            fixed="8.6.0-r0",
            upstream=["CVE-2024-0853"],
        ),
    )
    store = database()
    image = Distro(id=distro, version="20230214")
    (match_,) = found(store, package("apk", "curl", "8.5.0-r1"), distro=image)
    assert (match_.id, match_.fixed_versions) == ("CVE-2024-0853", ("8.6.0-r0",))
    assert match_.aliases == ("CGA-2222-3333-4444",)
    assert found(store, package("apk", "curl", "8.6.0-r0"), distro=image) == ()


def test_echo_is_debian_by_its_own_word(feeds: Feeds, database: Database) -> None:
    """Echo rebuilds Debian's packages; its language packages are another kind, and Debian's word is not its."""
    feeds.osv_zip(
        "Echo",
        osv(
            "ECHO-1234-5678-9012",
            "Echo",
            "python-pip",
            fixed="25.3+dfsg-1+e2",
            upstream=["CVE-2025-8869"],
        ),
    )
    pip = package("deb", "python3-pip", "25.3+dfsg-1", source="python-pip")
    (match_,) = found(database(), pip, distro=Distro(id="echo", version="1"))
    assert (match_.id, match_.fixed_versions) == (
        "CVE-2025-8869",
        ("25.3+dfsg-1+e2",),
    )
    assert isinstance(family_for("deb", "echo", ()), DebFamily)
    assert bucket_of("Echo:PyPI") == ""


@pytest.mark.parametrize(
    ("facts", "bucket"),
    [
        ({"ID": "alpine", "VERSION_ID": "3.19.1"}, "alpine-3.19"),
        ({"ID": "alpine", "VERSION_ID": "3.21_alpha20240807"}, "alpine-edge"),
        ({"ID": "postmarketos", "VERSION_ID": "v23.12"}, "alpine-3.19"),
        ({"ID": "postmarketos", "VERSION_ID": "edge"}, "alpine-edge"),
        ({"ID": "wolfi", "VERSION_ID": "20230201"}, "wolfi"),
        ({"ID": "chainguard", "VERSION_ID": "20230214"}, "chainguard"),
        ({"ID": "minimos", "VERSION_ID": "20241031"}, "minimos"),
    ],
)
def test_the_bucket_of_an_image(facts: dict[str, str], bucket: str) -> None:
    """Alpine by branch, postmarketOS by the branch that it is built on, the rolling ones by name."""
    distro = identify({"etc/os-release": facts})
    assert distro is not None
    assert bucket_for(distro) == bucket
    assert isinstance(family_for("apk", bucket, ()), ApkFamily)


def test_the_repositories_tell_the_branch(feeds: Feeds, database: Database) -> None:
    """An image of 3.19 that installs from edge is judged by edge."""
    feeds.secdb("v3.19", {"curl": {"8.5.0-r0": ["CVE-2023-46218"]}})
    feeds.secdb("edge", {"curl": {"8.7.1-r0": ["CVE-2024-2004"]}})
    distro = identify(
        {
            "etc/os-release": {"ID": "alpine", "VERSION_ID": "3.19.1"},
            "etc/apk/repositories": {"main": "edge"},
        }
    )
    assert distro is not None
    (match_,) = found(database(), package("apk", "curl", "8.5.0-r0"), distro=distro)
    assert match_.id == "CVE-2024-2004"
