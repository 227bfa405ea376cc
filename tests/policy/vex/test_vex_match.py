"""Statements fit findings by vulnerability, product and status, as the specifications say."""

from __future__ import annotations

import json
from itertools import permutations
from time import perf_counter
from typing import Any

import pytest
from policing import scanned
from vexing import (
    DIGEST,
    WHY,
    found,
    ids,
    image,
    openvex,
    package_of,
    part,
    said,
    statements,
    vexed,
)

from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Distro
from shipworthy.policy.vex.match import VexChoice, apply_vex
from shipworthy.policy.vex.parents import Parents


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.1-2%2Bdeb11u1?arch=amd64&distro=debian-11"
OCI = f"pkg:oci/debian@{DIGEST}"
LOG4J = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"


def _fits(product: object, purl: str = BASH, **more: Any) -> bool:
    """Whether a statement on the product takes out a finding in the package."""
    document = openvex(said(CVE, [product]))
    return bool(vexed([found(CVE, purl)], document, **more).suppressed)


# Vulnerabilities.


@pytest.mark.parametrize(
    "vulnerability",
    [
        "CVE-2021-44228",
        "cve-2021-44228",
        {"name": "GHSA-jfh8-c2jp-5v3q"},
        {"name": "LOG4SHELL", "aliases": ["GHSA-jfh8-c2jp-5v3q"]},
        {"@id": "CVE-2021-44228"},
        {"@id": "https://nvd.nist.gov/vuln/detail/CVE-2021-44228", "name": "Log4Shell"},
    ],
)
def test_a_vulnerability_is_known_by_any_of_its_names(vulnerability: object) -> None:
    """Id and aliases of both sides are the same vulnerability."""
    finding = found("CVE-2021-44228", LOG4J, aliases=("GHSA-jfh8-c2jp-5v3q",))
    assert ids(vexed([finding], openvex(said(vulnerability, [LOG4J]))))


def test_another_vulnerability_of_the_same_package_stays() -> None:
    """CVE-2021-45046 is not CVE-2021-44228."""
    finding = found("CVE-2021-45046", LOG4J)
    assert not ids(vexed([finding], openvex(said("CVE-2021-44228", [LOG4J]))))


# Products that are packages.


@pytest.mark.parametrize(
    ("statement", "fits"),
    [
        (BASH, True),
        ("pkg:deb/debian/bash", True),
        ("pkg:deb/debian/bash@5.1-2%2Bdeb11u1", True),
        ("pkg:deb/debian/bash@5.1-2+deb11u1", True),
        ("pkg:DEB/Debian/Bash", True),
        ("pkg:deb/debian/bash@5.2.15-2", False),
        ("pkg:deb/debian/bash-static", False),
        ("pkg:deb/ubuntu/bash", False),
        ("pkg:rpm/debian/bash", False),
        ("pkg:deb/debian/bash?arch=amd64", True),
        ("pkg:deb/debian/bash?arch=arm64", False),
        ("pkg:deb/debian/bash?distro=debian-11", True),
        ("pkg:deb/debian/bash?distro=debian-12", False),
        ("pkg:deb/debian/bash?distro=bullseye", True),
        ("pkg:deb/debian/bash?epoch=0", True),
        ("pkg:deb/debian/bash?epoch=1", False),
        ("pkg:deb/debian/bash@5.1-2+deb11u1?epoch=1", False),
        ("pkg:deb/debian/bash?vcs_url=git%2Bhttps://x.example/bash", False),
        ("bash", False),
        ("https://www.gnu.org/software/bash/", False),
        ("pkg:", False),
    ],
)
def test_a_purl_in_a_statement_is_a_pattern(statement: str, fits: bool) -> None:
    """What it names must agree, what it leaves out may be anything."""
    distro = Distro(id="debian", version="11", codename="bullseye")
    assert _fits(statement, distro=distro) == fits


@pytest.mark.parametrize(
    ("statement", "package", "fits"),
    [
        ("pkg:pypi/Zope_Interface", "pkg:pypi/zope.interface@5.0", True),
        ("pkg:npm/%40angular/core@1", "pkg:npm/%40angular/core@1", True),
        ("pkg:npm/angular/core@1", "pkg:npm/%40angular/core@1", True),
        ("pkg:npm/core@1", "pkg:npm/%40angular/core@1", False),
        (
            "pkg:golang/github.com/Docker/cli",
            "pkg:golang/github.com/docker/cli@v1",
            True,
        ),
        ("pkg:golang/example.com/m@1.2.3", "pkg:golang/example.com/m@v1.2.3", True),
        ("pkg:maven/a/b@1?type=jar", "pkg:maven/a/b@1", True),
        ("pkg:maven/a/b@1?type=war", "pkg:maven/a/b@1", False),
        ("pkg:maven/a/b@1?classifier=x", "pkg:maven/a/b@1", False),
        ("pkg:maven/a/b?repository_url=x.example", "pkg:maven/a/b@1", False),
        ("pkg:nuget/Newtonsoft.Json", "pkg:nuget/newtonsoft.json@13", True),
        ("pkg:rpm/redhat/tar@1.34?epoch=2", "pkg:rpm/redhat/tar@1.34?epoch=2", True),
        ("pkg:rpm/redhat/tar@2:1.34", "pkg:rpm/redhat/tar@1.34?epoch=2", True),
        ("pkg:rpm/redhat/tar@1.34", "pkg:rpm/redhat/tar@1.34?epoch=2", True),
        ("pkg:rpm/redhat/tar@1:1.34", "pkg:rpm/redhat/tar@1.34?epoch=2", False),
        ("pkg:rpm/redhat/bash", "pkg:rpm/rhel/bash@5.1.8-6.el9", True),
        ("pkg:rpm/redhat/bash", "pkg:rpm/centos/bash@5.1.8-6.el9", False),
    ],
)
def test_names_and_versions_go_by_the_rules_of_the_type(
    statement: str, package: str, fits: bool
) -> None:
    """Names that are the same by the package-url specification are the same here."""
    assert _fits(statement, package) == fits


def test_a_source_package_covers_the_packages_built_from_it() -> None:
    """Red Hat writes ``pkg:rpm/redhat/openssl?arch=src`` and means openssl-libs."""
    libs = package_of(
        "pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?arch=x86_64",
        source="openssl",
        source_version="3.0.7-24.el9",
    )
    finding = found("CVE-2023-0286", libs)
    for version, fits in (("", True), ("@3.0.7-24.el9", True), ("@3.0.1-1.el9", False)):
        statement = said("CVE-2023-0286", [f"pkg:rpm/redhat/openssl{version}?arch=src"])
        assert bool(ids(vexed([finding], openvex(statement)))) == fits


def test_an_application_is_known_by_its_cpe() -> None:
    """Software outside package managers goes by the CPE that is filed for it."""
    curl = package_of("pkg:generic/curl@8.5.0")
    for cpe, fits in (
        ("cpe:2.3:a:haxx:curl:8.5.0:*:*:*:*:*:*:*", True),
        ("cpe:/a:haxx:curl", True),
        ("cpe:2.3:a:haxx:curl:8.4.0:*:*:*:*:*:*:*", False),
        ("cpe:2.3:a:haxx:wget:8.5.0:*:*:*:*:*:*:*", False),
    ):
        product = {"identifiers": {"cpe23": cpe}}
        assert _fits(product, "pkg:generic/curl@8.5.0", packages=[curl]) == fits


# Products that are the image.


@pytest.mark.parametrize(
    ("product", "fits"),
    [
        (OCI, True),
        (OCI.replace(":", "%3A").replace("pkg%3A", "pkg:"), True),
        ("pkg:oci/debian", True),
        ("pkg:oci/mismatch", False),
        (f"pkg:oci/debian@sha256:{'0' * 64}", False),
        (f"{OCI}?repository_url=docker.io/library/debian", True),
        (f"{OCI}?repository_url=index.docker.io%2Flibrary", True),
        (f"{OCI}?repository_url=index.docker.io%2Flibrary%2Fdebian&arch=amd64", True),
        (f"{OCI}?repository_url=ghcr.io/x/debian", False),
        (f"{OCI}?arch=arm64", False),
        (f"{OCI}?tag=12", True),
        ("pkg:oci/debian?tag=12", True),
        ("pkg:oci/debian?tag=11", False),
        ("pkg:oci/debian?repository_url=ghcr.io/x/debian&tag=12", False),
        ("pkg:docker/library/debian@12", True),
        ("pkg:docker/debian@11", False),
        ("debian:12", True),
        ("docker.io/library/debian:12", True),
        ("debian:11", False),
        ("ghcr.io/x/debian:12", False),
        (f"debian@{DIGEST}", True),
        (DIGEST, True),
        (DIGEST[7:], True),
        ("debian", False),
    ],
)
def test_the_image_is_known_by_purl_reference_and_digest(
    product: str, fits: bool
) -> None:
    """Everything that the statement names and the scan knows must agree."""
    assert _fits(product, of=image("debian:12")) == fits
    assert _fits(part(product, "pkg:deb/debian/bash"), of=image("debian:12")) == fits
    assert not _fits(part(product, "pkg:deb/debian/dash"), of=image("debian:12"))


def test_an_image_without_a_name_is_known_by_its_digest_alone() -> None:
    """A purl without a digest could mean any image of the name."""
    assert _fits(OCI, of=image())
    assert _fits(f"{OCI}?tag=12", of=image("12", kind="oci"))
    assert not _fits(f"{OCI}?tag=12", of=image("11", kind="oci"))
    assert not _fits("pkg:oci/debian", of=image())
    assert not _fits("pkg:oci/12", of=image("12", kind="oci"))


def test_a_tag_of_one_registry_says_nothing_of_another() -> None:
    """The same image is gcr.io/foo/alpine:1.0 and alpine:latest; gcr.io/foo/alpine:latest it is not."""
    of = image("gcr.io/foo/alpine:1.0", "alpine:latest")
    assert _fits("pkg:oci/alpine?repository_url=gcr.io/foo/alpine&tag=1.0", of=of)
    assert not _fits(
        "pkg:oci/alpine?repository_url=gcr.io/foo/alpine&tag=latest", of=of
    )


def test_an_image_is_known_by_the_digest_of_its_index() -> None:
    """What a registry's tag points to is often an index for several platforms."""
    index = "sha256:" + "1f" * 32
    of = image("debian:12", index_digests=(index,))
    assert _fits(f"pkg:oci/debian@{index}", of=of)
    assert _fits(f"pkg:oci/debian@{index}?arch=amd64", of=of)
    assert not _fits(f"pkg:oci/debian@{index}?arch=arm64", of=of)


def test_hashes_name_the_image() -> None:
    """A product may be known by its digest alone."""
    assert _fits({"hashes": {"sha-256": DIGEST[7:]}})
    assert not _fits({"hashes": {"sha-256": "0" * 64}})


def test_a_broken_list_of_subcomponents_does_not_widen_a_statement() -> None:
    """What was to be about one package must not become about the whole image."""
    several: list[object] = ["pkg:deb/debian/dash", {"@id": "x"}, [{}], [17]]
    for broken in several:
        assert not _fits({"@id": OCI, "subcomponents": broken})


def test_an_operating_system_is_known_by_its_cpe() -> None:
    """Red Hat's products are platforms: packages of another release are not meant."""
    purl = "pkg:rpm/redhat/bash@5.1.8-6.el9?arch=x86_64"
    product = part("cpe:/o:redhat:enterprise_linux:9::baseos", "pkg:rpm/redhat/bash")
    assert _fits(product, purl, distro=Distro(id="rhel", version="9.4"))
    assert not _fits(product, purl, distro=Distro(id="rhel", version="8.10"))
    assert not _fits(product, purl, distro=Distro(id="rocky", version="9.4"))


# Statuses.


@pytest.mark.parametrize("status", ["not_affected", "fixed"])
def test_what_is_not_affected_or_fixed_is_taken_out(status: str) -> None:
    """With status, justification and source, and the statement is listed as used."""
    result = vexed([found(CVE, BASH)], openvex(said(CVE, [BASH], status)))
    (item,) = result.suppressed
    assert not result.kept
    assert (item.rule, item.source, item.vex_status) == ("vex", "vex-0.json", status)
    assert item.justification == (WHY if status == "not_affected" else "")
    assert item.owner == "Example"
    (use,) = result.uses
    assert (use.entry, use.source, use.state, use.count) == (
        item.entry,
        item.source,
        "used",
        1,
    )


@pytest.mark.parametrize("status", ["affected", "under_investigation"])
def test_what_is_affected_or_not_yet_known_stays_and_is_marked(status: str) -> None:
    """The finding says what the statement says."""
    statement = said(CVE, [BASH], status, action_statement="update")
    result = vexed([found(CVE, BASH)], openvex(statement))
    assert [one.vex_status for one in result.kept] == [status]
    assert not result.suppressed
    assert not result.uses


def test_not_affected_without_a_reason_does_not_count() -> None:
    """OpenVEX asks for a justification or an impact statement."""
    bare = said(CVE, [BASH], justification="")
    assert not ids(vexed([found(CVE, BASH)], openvex(bare)))
    unknown = said(CVE, [BASH], justification="because")
    assert not ids(vexed([found(CVE, BASH)], openvex(unknown)))
    told = said(CVE, [BASH], justification="", impact_statement="not called")
    (item,) = vexed([found(CVE, BASH)], openvex(told)).suppressed
    assert item.reason == "not affected: not called"


def test_the_newest_statement_counts() -> None:
    """Under investigation, then not affected, then affected after all."""
    course = [
        said(CVE, [BASH], "under_investigation", timestamp="2024-01-01T00:00:00Z"),
        said(CVE, [BASH], timestamp="2024-01-02T00:00:00.000000001Z"),
        said(CVE, [BASH], "affected", timestamp="2024-01-02T02:30:00+02:00"),
    ]
    assert not ids(vexed([found(CVE, BASH)], openvex(*course[:1])))
    assert ids(vexed([found(CVE, BASH)], openvex(*course[:2])))
    (kept,) = vexed([found(CVE, BASH)], openvex(*course)).kept
    assert kept.vex_status == "affected"


def test_a_statement_without_a_time_has_that_of_its_document() -> None:
    """Times cascade down; an update of the statement counts, one of the document does not."""
    old = openvex(
        said(CVE, [BASH]),
        timestamp="2023-01-01T00:00:00Z",
        last_updated="2025-01-01T00:00:00Z",
    )
    new = openvex(said(CVE, [BASH], "affected"), **{"@id": "urn:other"})
    assert not ids(vexed([found(CVE, BASH)], old, new))
    updated = openvex(said(CVE, [BASH], last_updated="2025-01-01T00:00:00Z"))
    assert ids(vexed([found(CVE, BASH)], updated, new))


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (("not_affected", "affected"), "affected"),
        (("fixed", "affected", "under_investigation"), "affected"),
        (("not_affected", "under_investigation"), "under_investigation"),
        (("not_affected", "fixed"), "fixed"),
    ],
)
def test_of_equally_new_statements_the_more_careful_one_counts_in_any_order(
    statuses: tuple[str, ...], status: str
) -> None:
    """The order of statements and of documents decides nothing."""
    for order in permutations(statuses):
        documents = [
            openvex(said(CVE, [BASH], one), **{"@id": f"urn:{one}"}) for one in order
        ]
        for given in (documents, [openvex(*(said(CVE, [BASH], one) for one in order))]):
            result = vexed([found(CVE, BASH)], *given)
            marks = [one.vex_status for one in result.suppressed]
            assert marks + [one.vex_status for one in result.kept] == [status]


def test_a_later_version_of_a_document_takes_the_earlier_one_s_place() -> None:
    """Even where both say the same time."""
    first = openvex(said(CVE, [BASH], "affected"), version=1)
    second = openvex(said(CVE, [BASH]), version=2)
    for order in ((first, second), (second, first)):
        assert ids(vexed([found(CVE, BASH)], *order))


def test_a_statement_on_the_image_yields_to_a_newer_one_on_the_package() -> None:
    """They are about the same finding."""
    whole = said(CVE, [OCI], timestamp="2023-01-01T00:00:00Z")
    assert not ids(
        vexed([found(CVE, BASH)], openvex(whole, said(CVE, [BASH], "affected")))
    )
    newer = said(CVE, [OCI], timestamp="2025-01-01T00:00:00Z")
    assert ids(vexed([found(CVE, BASH)], openvex(newer, said(CVE, [BASH], "affected"))))


def test_a_choice_says_which_statements_may_take_out() -> None:
    """As Grype's rules with vex-status and vex-justification."""
    document = openvex(said(CVE, [BASH]), said("CVE-2", [BASH], "fixed"))
    findings = [found(CVE, BASH), found("CVE-2", BASH)]
    for choice, gone in (
        (VexChoice(status="fixed"), ["CVE-2"]),
        (VexChoice(status="not_affected"), [CVE]),
        (VexChoice(status="not_affected", justification=WHY), [CVE]),
        (VexChoice(status="not_affected", justification="component_not_present"), []),
        (VexChoice(status="affected"), []),
    ):
        assert ids(vexed(findings, document, choices=[choice])) == gone


# What is told.


def test_statements_that_fit_nothing_are_counted_and_not_listed() -> None:
    """A vendor's VEX is on much that is not here."""
    others = [said(f"CVE-2020-{n}", ["pkg:npm/x"]) for n in range(5)]
    result = vexed([found(CVE, BASH)], openvex(said(CVE, [BASH]), *others))
    assert [use.count for use in result.uses] == [1]
    (note,) = result.notes
    assert note.message == "1 of 6 statements are on what was found here"
    assert not note.partial


def test_findings_keep_their_order_and_entries_their_names() -> None:
    """Two statements that read the same are told apart; suppressed findings name theirs."""
    twice = [
        said(CVE, ["pkg:deb/debian/bash"], impact_statement=words) for words in "ab"
    ]
    findings = [found("CVE-1", BASH), found(CVE, BASH), found("CVE-3", BASH)]
    result = vexed(findings, openvex(*twice))
    assert [one.id for one in result.kept] == ["CVE-1", "CVE-3"]
    assert result.suppressed[0].entry == result.uses[0].entry


# SBOMs.


def _cyclonedx(ref: str, **more: object) -> bytes:
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "vulnerabilities": [
            {
                "id": CVE,
                "analysis": {"state": "not_affected"},
                "affects": [{"ref": ref}],
            }
        ],
    }
    return json.dumps({**document, **more}).encode()


SERIAL = "3e671687-395b-41f5-a30f-a58921a69b79"


@pytest.mark.parametrize(
    ("serial", "version", "fits"),
    [
        (f"urn:uuid:{SERIAL}", 1, True),
        (f"urn:uuid:{SERIAL.upper()}", 0, True),
        (f"urn:uuid:{SERIAL}", 2, False),
        ("urn:uuid:wrong", 1, False),
        ("", 0, False),
    ],
)
def test_a_bom_link_holds_for_that_sbom_alone(
    serial: str, version: int, fits: bool
) -> None:
    """Its serial number must agree, and its version where both are told."""
    of = ImageInfo(target="x", kind="sbom", serial=serial, serial_version=version)
    for ref in (BASH, "bom-ref-of-bash"):
        link = f"urn:cdx:{SERIAL}/1#{ref.replace('%', '%25')}"
        parents = Parents(refs={"bom-ref-of-bash": BASH})
        result = vexed([found(CVE, BASH)], _cyclonedx(link), of=of, parents=parents)
        assert bool(result.suppressed) == fits


def test_a_bom_ref_is_looked_up_in_its_own_document() -> None:
    """A document with components names them by purl."""
    inner = {"bom-ref": "b1", "type": "library", "name": "bash", "purl": BASH}
    assert ids(vexed([found(CVE, BASH)], _cyclonedx("b1", components=[inner])))
    assert not ids(vexed([found(CVE, BASH)], _cyclonedx("b2", components=[inner])))


def test_a_document_about_an_image_holds_in_that_image() -> None:
    """The analysis of one image's bash is none of another's."""
    subject = {"bom-ref": "i", "type": "container", "name": "debian", "purl": OCI}
    document = _cyclonedx(BASH, metadata={"component": subject})
    assert ids(vexed([found(CVE, BASH)], document, of=image("debian:12")))
    other = image("debian:12", digest="sha256:" + "0" * 64)
    assert not ids(vexed([found(CVE, BASH)], document, of=other))


def test_what_names_nothing_affected_is_about_the_document_s_subject() -> None:
    """The whole image where that is the subject; nothing where the subject cannot be known."""
    subject = {"bom-ref": "i", "type": "container", "name": "debian", "purl": OCI}
    document = json.loads(_cyclonedx(BASH, metadata={"component": subject}))
    del document["vulnerabilities"][0]["affects"]
    finding = found(CVE, BASH)
    assert ids(vexed([finding], json.dumps(document).encode(), of=image("debian:12")))
    document["metadata"]["component"] = {"type": "application", "name": "sample-app"}
    assert not ids(vexed([finding], json.dumps(document).encode()))


# Speed.


def test_many_findings_and_many_statements_do_not_multiply() -> None:
    """5,000 findings and 20,000 statements: filed by vulnerability, each is looked at once."""
    purls = [f"pkg:npm/p{n}@1.0.0" for n in range(500)]
    findings = [found(f"CVE-2024-{n}", purls[n % 500]) for n in range(5000)]
    several = (said(f"CVE-2024-{n}", [purls[n % 500]]) for n in range(20_000))
    whole = (said("CVE-1", [OCI], impact_statement=f"{n}") for n in range(20_000))
    of_one = [found("CVE-1", purls[n % 500]) for n in range(5000)]
    for all_findings, document in (
        (findings, openvex(*several)),
        (of_one, openvex(*whole)),
    ):
        many = statements(document)
        scan = scanned(all_findings, image=image())
        start = perf_counter()
        result = apply_vex(all_findings, many, scan, Parents())
        assert len(result.suppressed) == 5000
        assert perf_counter() - start < 10
