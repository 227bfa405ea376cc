"""Red Hat's VEX documents and advisories become statements, one a package and channel."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import redhatcases
import zstandard
from csafwriter import Document, repositories
from feedwriter import Feeds

from shipworthy.advisories.feeds.interface import RecordRow, Row, Statement
from shipworthy.advisories.feeds.redhat import RedHatFeed
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Advisory, FeedInfo


EL8, EL9 = redhatcases.EL8, redhatcases.EL9
HOME = ("redhat", "csaf", "v2")


def lay(feeds: Feeds, *documents: dict[str, Any], kind: str = "vex") -> None:
    """The documents in the publisher's tree."""
    for document in documents:
        id_ = document["document"]["tracking"]["id"].lower().replace(":", "_")
        feeds.json(document, *HOME, kind, "2023", f"{id_}.json")


def rows(feeds: Feeds) -> list[Row]:
    """All that the importer gives."""
    return list(RedHatFeed().read(feeds.root))


def statements(feeds: Feeds) -> list[Advisory]:
    """The statements alone."""
    return [row.advisory for row in rows(feeds) if isinstance(row, Statement)]


def infos(feeds: Feeds) -> Mapping[str, FeedInfo]:
    """The accounts by the feed's name."""
    return {row.name: row for row in rows(feeds) if isinstance(row, FeedInfo)}


def only(
    found: list[Advisory], package: str, bucket: str, channel: str = ""
) -> Advisory:
    """The one statement on a package in a channel."""
    (one,) = [
        a
        for a in found
        if (a.package, a.bucket, a.channel) == (package, bucket, channel)
    ]
    return one


@pytest.fixture
def feeds(tmp_path: Path) -> Feeds:
    """An empty directory of feeds."""
    return Feeds(tmp_path)


def test_fixes_of_the_minor_releases_stand_in_one_statement(feeds: Feeds) -> None:
    """Each fix of the main line ends a range of its own; advisories, products and the date are kept."""
    lay(feeds, redhatcases.curl().vex())

    libcurl = only(statements(feeds), "libcurl", "redhat-9")

    assert libcurl.id == "CVE-2023-38545"
    assert libcurl.ranges[0].events == (
        ("introduced", "0"),
        ("fixed", "7.76.1-23.el9_2.4"),
        ("introduced", "7.76.1-24"),
        ("fixed", "7.76.1-26.el9_3.2"),
    )
    assert libcurl.also == ("RHSA-2023:5763", "RHSA-2023:6745")
    assert libcurl.cpes == (
        "cpe:/a:redhat:enterprise_linux:9::appstream",
        "cpe:/o:redhat:enterprise_linux:9::baseos",
    )
    assert libcurl.rating == "important"
    assert libcurl.fixed_on == "2023-11-07"
    assert libcurl.arches == ("aarch64", "x86_64")


def test_a_channel_has_a_statement_of_its_own(feeds: Feeds) -> None:
    """EUS is sold beside the release, so its fix is not the release's."""
    lay(feeds, redhatcases.curl().vex())

    eus = only(statements(feeds), "libcurl", "redhat-9", "eus-9.0")

    assert eus.ranges[0].events[-1] == ("fixed", "7.76.1-14.el9_0.9")
    assert eus.cpes == ("cpe:/o:redhat:rhel_eus:9.0::baseos",)


def test_debug_symbols_and_sources_of_builds_are_left_out(feeds: Feeds) -> None:
    """Nobody ships them, and they are most of what a document lists."""
    lay(feeds, redhatcases.curl().vex())

    assert {a.package for a in statements(feeds) if a.bucket == "redhat-9"} == {
        "curl",
        "libcurl",
        "libcurl-minimal",
    }


def test_never_affected_is_said(feeds: Feeds) -> None:
    """``known_not_affected`` is a statement that no version is affected, by source and by binary."""
    lay(feeds, redhatcases.curl().vex())

    found = statements(feeds)

    for name in ("curl", "curl.src"):
        never = only(found, name, "redhat-8")
        assert never.ranges[0].events == (("introduced", "0"), ("fixed", "0"))
        assert never.rating == ""


@pytest.mark.parametrize(
    ("status", "details", "state"),
    [
        ("known_affected", "Affected", "affected"),
        ("known_affected", "Fix deferred", "fix-deferred"),
        ("known_affected", "Will not fix", "will-not-fix"),
        ("known_affected", "Out of support scope", "end-of-life"),
        ("known_affected", "", "affected"),
        ("under_investigation", "", "under-investigation"),
    ],
)
def test_what_red_hat_means_to_do(
    feeds: Feeds, status: str, details: str, state: str
) -> None:
    """The remediation of an unfixed component tells its state; a workaround is none."""
    made = Document("CVE-2005-2541")
    lay(feeds, made.unfixed(EL8, "tar", status=status, details=details).vex())

    tar = only(statements(feeds), "tar", "redhat-8")

    assert (tar.fix_state, tar.ranges[0].events) == (state, (("introduced", "0"),))


def test_the_rating_is_the_components_own(feeds: Feeds) -> None:
    """Red Hat may rate one component otherwise than the vulnerability as a whole."""
    made = Document("CVE-2022-27943", severity="Moderate")
    made.unfixed(EL9, "gcc.src", rating="Low").unfixed(EL8, "gcc.src")
    lay(feeds, made.vex())

    found = statements(feeds)

    assert only(found, "gcc.src", "redhat-9").rating == "low"
    assert only(found, "gcc.src", "redhat-8").rating == "moderate"


def test_streams_of_a_module_are_told_apart(feeds: Feeds) -> None:
    """Each stream of nodejs has its own statement, by the label in the package URL."""
    lay(feeds, redhatcases.nodejs().vex())

    found = {a.modularity: a.ranges[0].events[-1][1] for a in statements(feeds)}

    assert found == {
        "nodejs:12": "1:12.22.5-1.module+el8.4.0+12242+af52a4c7",
        "nodejs:14": "1:14.17.5-1.module+el8.4.0+12247+e2879e58",
    }


def test_a_modules_prefix_is_no_part_of_the_name(feeds: Feeds) -> None:
    """``nodejs:18/nodejs`` is the package nodejs of that stream, in whatever form the URL has it."""
    made = Document("CVE-2023-44487").unfixed(EL8, "nodejs:18/nodejs")
    made.purls["nodejs:16/nodejs"] = "pkg:rpmmod/redhat/nodejs:16/nodejs"
    made._relate(EL8, "nodejs:16/nodejs", "known_affected")
    lay(feeds, made.vex())

    assert {(a.package, a.modularity) for a in statements(feeds)} == {
        ("nodejs", "nodejs:16"),
        ("nodejs", "nodejs:18"),
    }


def test_a_module_between_package_and_product(feeds: Feeds) -> None:
    """Older documents relate the package to a module and that to the product."""
    made = Document("CVE-2023-2454")
    label = "postgresql:15:9020020230619032405:rhel9"
    product = "AppStream-9.2.0.Z.MAIN.EUS"
    nevra = "postgresql-0:15.3-1.module+el9.2.0.z+19113+6f5d9d63.x86_64"
    made.purls[label] = f"pkg:rpmmod/redhat/{label.replace(':', '@', 1)}"
    made.purls[nevra] = (
        "pkg:rpm/redhat/postgresql@15.3-1.module%2Bel9.2.0.z%2B19113%2B6f5d9d63?arch=x86_64"
    )
    made.relations[f"{product}:{label}"] = (label, product)
    made._relate(f"{product}:{label}", nevra, "fixed")
    lay(feeds, made.vex())

    (found,) = statements(feeds)

    assert (found.modularity, found.package) == ("postgresql:15", "postgresql")


def test_the_highest_of_several_builds_for_one_minor_release_is_the_fix(
    feeds: Feeds,
) -> None:
    """A vulnerability repaired twice in a stream is repaired by the last, in rpm's order; all advisories stay."""
    made = Document("CVE-2024-0001")
    for release, rhsa in (("9", "RHSA-2024:0002"), ("10", "RHSA-2024:0010")):
        made.fixed("BaseOS-9.3.0.Z.MAIN", f"curl-0:1-{release}.el9_3", rhsa=rhsa)
    lay(feeds, made.vex())

    (found,) = statements(feeds)

    assert found.ranges[0].events == (("introduced", "0"), ("fixed", "1-10.el9_3"))
    assert found.also == ("RHSA-2024:0002", "RHSA-2024:0010")


def test_what_was_repaired_was_not_never_affected(feeds: Feeds) -> None:
    """A later minor release may never have had what an earlier one had to repair; the repair is told."""
    made = Document("CVE-2024-0001").fixed(
        "BaseOS-9.2.0.Z.MAIN.EUS", "curl-0:1-1.el9_2"
    )
    made.unfixed("BaseOS-9.3.0.Z.MAIN", "curl", "tar", status="known_not_affected")
    lay(feeds, made.vex())

    assert {a.package: a.ranges[0].events[-1] for a in statements(feeds)} == {
        "curl": ("fixed", "1-1.el9_2"),
        "tar": ("fixed", "0"),
    }


def test_other_products_are_kept_apart(feeds: Feeds) -> None:
    """OpenShift's packages for RHEL 9 are no statement on RHEL; what names no release is filed beside; containers and the vendor as a whole are not filed."""
    made = Document("CVE-2024-24786", severity="Moderate")
    made.fixed("9Base-RHOSE-4.16", "cri-tools-0:1.29.0-3.1.el9")
    made.unfixed("red_hat_openshift_container_platform_4", "openshift-clients")
    made.unfixed("red_hat_products", "anything", status="known_not_affected")
    made.container("red_hat_openshift_container_platform_4", "ose-cli-rhel9")
    lay(feeds, made.vex())

    found = {(a.bucket, a.package, a.cpes) for a in statements(feeds)}

    assert found == {
        ("redhat-9", "cri-tools", ("cpe:/a:redhat:openshift:4.16::el9",)),
        ("redhat-products", "openshift-clients", ("cpe:/a:redhat:openshift:4",)),
    }


def test_architectures(feeds: Feeds) -> None:
    """Built for noarch or for all of them, it is for any; else for those named."""
    made = Document("CVE-2024-0001")
    product = "BaseOS-9.3.0.Z.MAIN"
    made.fixed(product, "everywhere-0:1-1.el9_3", arches=("src", "noarch"))
    made.fixed(product, "full-0:1-1.el9_3", arches=_ALL_ARCHES)
    made.fixed(product, "one-0:1-1.el9_3", arches=("x86_64",))
    lay(feeds, made.vex())

    assert {a.package: a.arches for a in statements(feeds)} == {
        "everywhere": (),
        "full": (),
        "one": ("x86_64",),
    }


_ALL_ARCHES = ("aarch64", "i686", "ppc64le", "s390x", "x86_64")


def test_what_is_scored_nothing_and_not_rated_is_not_said(feeds: Feeds) -> None:
    """Red Hat leaves components of withdrawn vulnerabilities in the document with a score of 0."""
    document = redhatcases.tar().vex()
    document["document"]["aggregate_severity"] = {}
    document["vulnerabilities"][0]["scores"][0]["cvss_v3"]["baseScore"] = 0.0
    lay(feeds, document)

    assert statements(feeds) == []


def test_what_is_told_of_the_vulnerability(feeds: Feeds) -> None:
    """Title, text, score, weakness and links go to the record of the CVE."""
    lay(feeds, redhatcases.curl().vex())

    (row,) = [row for row in rows(feeds) if isinstance(row, RecordRow)]

    record = row.record
    assert (row.bucket, record.id, record.source) == ("cve", "CVE-2023-38545", "redhat")
    assert record.summary == "something: a flaw"
    assert record.cwes == ("CWE-119",)
    assert record.cvss[0].vector.startswith("CVSS:3.1/AV:N")
    assert record.references == (
        "https://access.redhat.com/security/cve/CVE-2023-38545",
    )
    assert record.published == "2023-10-11T00:00:00Z"


def test_advisories_give_what_no_vex_document_tells(feeds: Feeds) -> None:
    """An RHSA's document counts for CVEs that VEX lacks, and only for them."""
    lay(feeds, redhatcases.curl().vex())
    lay(
        feeds,
        redhatcases.curl().advisory("RHSA-2023:5763"),
        redhatcases.openssl().advisory("RHSA-2022:7288"),
        kind="advisories",
    )

    found = {(a.id, a.feed) for a in statements(feeds)}

    assert found == {
        ("CVE-2023-38545", "redhat/vex"),
        ("CVE-2022-3602", "redhat/advisories"),
    }
    assert {name: info.records for name, info in infos(feeds).items()} == {
        "redhat/vex": 1,
        "redhat/advisories": 2,
    }


def archive(path: Path, documents: Mapping[str, bytes]) -> None:
    """A ``tar.zst`` as the publisher packs it."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as tar:
        for name, data in documents.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    path.write_bytes(zstandard.compress(body.getvalue()))


def test_the_archive_and_the_tree(feeds: Feeds) -> None:
    """The newest archive is read; a document in the tree is its newer copy; a deleted one says nothing."""
    dump = {
        "2023/cve-2023-38545.json": redhatcases.tar().vex(),
        "2022/cve-2022-3602.json": redhatcases.openssl().vex(),
        "2020/cve-2020-11023.json": redhatcases.gcc().vex(status="deleted"),
    }
    for name, documents in (("csaf_vex_2024-01-01", {}), ("csaf_vex_2024-10-18", dump)):
        path = feeds.path(*HOME, "vex", f"{name}.tar.zst")
        archive(path, {k: json.dumps(v).encode() for k, v in documents.items()})
        path.with_suffix(".zst.sha256").write_text("… csaf_vex.tar.zst")
    lay(feeds, redhatcases.curl().vex())

    assert {a.id for a in statements(feeds)} == {"CVE-2023-38545", "CVE-2022-3602"}
    info = infos(feeds)["redhat/vex"]
    assert (info.records, info.skipped) == (3, 0)
    assert info.date == "2024-10-17T22:40:06Z"


def test_an_archive_that_is_none_is_refused(feeds: Feeds) -> None:
    """Only the archive as a whole can be refused."""
    path = feeds.path(*HOME, "vex", "csaf_vex_2024-10-18.tar.zst")
    path.write_bytes(b"\x28\xb5\x2f\xfd\x00broken")

    with pytest.raises(FeedError, match="expected a tar of JSON records"):
        rows(feeds)


def test_a_repository_is_filed_with_its_products(feeds: Feeds) -> None:
    """Content sets are looked up by name and give CPEs; a broken entry is counted."""
    eus = "rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_2"
    document = repositories({eus: ["cpe:/a:redhat:rhel_eus:9.2::appstream"]})
    document["data"]["broken"] = {"cpes": ["no cpe"]}
    document["data"]["empty"] = {"cpes": []}
    feeds.json(document, "redhat", "metrics", "repository-to-cpe.json")

    (found,) = statements(feeds)

    assert (found.bucket, found.package) == ("redhat-repositories", eus)
    assert found.cpes == ("cpe:/a:redhat:rhel_eus:9.2::appstream",)
    assert infos(feeds)["redhat/repositories"].skipped == 1


def test_a_map_of_repositories_that_is_none_is_refused(feeds: Feeds) -> None:
    """Another document under its name is not taken for an empty map."""
    feeds.json({"x": 1}, "redhat", "metrics", "repository-to-cpe.json")

    with pytest.raises(FeedError, match="no object 'data'"):
        rows(feeds)


def test_nothing_there_is_nothing_said(feeds: Feeds) -> None:
    """A directory without Red Hat's files gives no rows."""
    assert rows(feeds) == []
