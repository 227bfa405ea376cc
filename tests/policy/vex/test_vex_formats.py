"""CSAF and CycloneDX come to the same statements as OpenVEX."""

from __future__ import annotations

import json
from typing import Any

import pytest
from csafvex import CVE, LIBS, csaf, named, relation
from vexing import DIGEST, WHY, found, ids, image, package_of, vexed

from shipworthy.model.package import Distro
from shipworthy.policy.vex.match import Vexed
from shipworthy.policy.vex.parents import parents_of_pairs
from shipworthy.policy.vex.read import read_vex_bytes


OCI = f"pkg:oci/debian@{DIGEST}"


# CSAF.


def _vexed(document: bytes, **more: Any) -> Vexed:
    return vexed([found(CVE, LIBS)], document, **more)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("known_not_affected", "not_affected"),
        ("fixed", "fixed"),
        ("first_fixed", "fixed"),
        ("known_affected", "affected"),
        ("first_affected", "affected"),
        ("last_affected", "affected"),
        ("under_investigation", "under_investigation"),
        ("recommended", ""),
    ],
)
def test_each_product_status_of_csaf_is_one_of_vex(status: str, said: str) -> None:
    """A recommended version says what to install, not what is affected."""
    result = _vexed(csaf(status))
    marks = [one.vex_status for one in result.suppressed]
    assert marks + [one.vex_status for one in result.kept] == [said]


@pytest.mark.parametrize("who", [{"product_ids": ["lib"]}, {"group_ids": ["g"]}])
def test_a_flag_justifies_its_products(who: dict[str, object]) -> None:
    """By product or by group."""
    flag = {"label": "vulnerable_code_not_present", **who}
    (item,) = _vexed(csaf(flags=[flag], category="csaf_vex")).suppressed
    assert item.justification == "vulnerable_code_not_present"
    other = {**flag, "product_ids": ["other"], "group_ids": ["none"]}
    assert not ids(_vexed(csaf(flags=[other], category="csaf_vex")))


def test_a_threat_of_the_category_impact_says_why() -> None:
    """In words, or with a label of its own that stands before the flag's."""
    threat = {"category": "impact", "details": "The class was removed."}
    (item,) = _vexed(csaf(threats=[threat], category="csaf_vex")).suppressed
    assert item.reason == "not affected: The class was removed."
    flag = {"label": "component_not_present", "product_ids": ["lib"]}
    both = csaf(threats=[{**threat, "details": WHY}], flags=[flag])
    assert _vexed(both).suppressed[0].justification == WHY


def test_the_profile_vex_asks_why_something_is_not_affected() -> None:
    """An impact statement shall exist (section 4.5); an advisory need not have one."""
    assert ids(_vexed(csaf()))
    strict = csaf(category="csaf_vex")
    assert not ids(_vexed(strict))
    note = read_vex_bytes("x", strict).notes[0]
    assert "known_not_affected without a flag" in note.message


def test_a_vulnerability_without_a_cve_is_known_by_its_ids() -> None:
    """``cve`` is optional in CSAF."""
    ids_ = [{"system_name": "GitHub", "text": "GHSA-x4qr-2fvf-3mr5"}]
    finding = found(CVE, LIBS, aliases=("GHSA-x4qr-2fvf-3mr5",))
    assert ids(vexed([finding], csaf(cve=None, ids=ids_)))


def test_a_product_that_nothing_identifies_is_noted() -> None:
    """A name in words could be anything."""
    found_ = read_vex_bytes("x", csaf(ids_=("unknown",)))
    assert not found_.statements
    assert "unknown has no purl, CPE or hash" in found_.notes[0].message


@pytest.mark.parametrize(
    "category",
    [
        "default_component_of",
        "external_component_of",
        "optional_component_of",
        "installed_on",
    ],
)
def test_a_component_of_the_image_is_meant_in_that_image(category: str) -> None:
    """The relationship makes a product of both."""
    document = csaf(
        ids_=("both",),
        names=(named("img", purl=OCI),),
        relations=(relation("both", "lib", "img", category),),
    )
    assert ids(_vexed(document, of=image("debian:12")))
    other = image("debian:12", digest="sha256:" + "0" * 64)
    assert not ids(_vexed(document, of=other))


def test_a_component_of_a_platform_is_meant_on_that_platform() -> None:
    """As Red Hat writes: openssl-libs as a component of BaseOS 9.2, which has only a CPE."""
    document = csaf(
        ids_=("both",),
        names=(named("os", cpe="cpe:/o:redhat:enterprise_linux:9::baseos"),),
        relations=(relation("both", "lib", "os", "default_component_of"),),
    )
    assert ids(_vexed(document, distro=Distro(id="rhel", version="9.2")))
    assert not ids(_vexed(document, distro=Distro(id="rhel", version="8.8")))
    assert not ids(_vexed(document))


def test_what_is_installed_with_something_is_meant_where_both_are() -> None:
    """The other product stands beside it and does not contain it."""
    document = csaf(
        ids_=("both",),
        names=(named("app", purl="pkg:rpm/redhat/httpd"),),
        relations=(relation("both", "lib", "app", "installed_with"),),
    )
    httpd = package_of("pkg:rpm/redhat/httpd@2.4.57-5.el9")
    assert ids(_vexed(document, packages=[httpd]))
    assert not ids(_vexed(document))


def test_a_component_of_a_component_of_the_image() -> None:
    """Chains of relationships hold link by link."""
    outer = "pkg:rpm/redhat/httpd"
    document = csaf(
        ids_=("chain",),
        names=(named("img", purl=OCI), named("app", purl=outer)),
        relations=(
            relation("in", "app", "img", "default_component_of"),
            relation("chain", "lib", "in", "default_component_of"),
        ),
    )
    inside = parents_of_pairs([(f"{outer}@2.4", LIBS)])
    assert ids(_vexed(document, parents=inside, of=image("debian:12")))
    assert not ids(_vexed(document, of=image("debian:12")))
    both = parents_of_pairs([(f"{outer}@2.4", LIBS), ("", LIBS)])
    assert not ids(_vexed(document, parents=both, of=image("debian:12")))


def test_relationships_in_a_circle_end() -> None:
    """A product that is a component of itself is none."""
    document = csaf(
        ids_=("a",),
        relations=(
            relation("a", "lib", "b", "installed_on"),
            relation("b", "lib", "a", "installed_on"),
        ),
    )
    assert not ids(_vexed(document))


# CycloneDX.


def _cyclonedx(
    state: str, versions: list[dict[str, str]] | None = None, **analysis: object
) -> bytes:
    affected = {"ref": LIBS.partition("@")[0], "versions": versions}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "vulnerabilities": [
            {"id": CVE, "analysis": {"state": state, **analysis}, "affects": [affected]}
        ],
    }
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("not_affected", "not_affected"),
        ("false_positive", "not_affected"),
        ("resolved", "fixed"),
        ("resolved_with_pedigree", "fixed"),
        ("exploitable", "affected"),
        ("in_triage", "under_investigation"),
        ("unheard_of", ""),
    ],
)
def test_each_state_of_cyclonedx_is_a_status_of_vex(state: str, said: str) -> None:
    """A state that is not in the specification says nothing."""
    result = _vexed(_cyclonedx(state))
    marks = [one.vex_status for one in result.suppressed]
    assert marks + [one.vex_status for one in result.kept] == [said]


def test_a_finding_of_somebody_is_no_statement() -> None:
    """Vulnerabilities without analysis are what a scanner wrote into its SBOM."""
    document = json.loads(_cyclonedx("not_affected"))
    del document["vulnerabilities"][0]["analysis"]
    assert not read_vex_bytes("x", json.dumps(document).encode()).statements


@pytest.mark.parametrize(
    ("versions", "fits"),
    [
        ([{"version": "3.0.7-6.el9_2"}], True),
        ([{"version": "3.0.1-1.el9"}], False),
        ([{"range": "vers:rpm/>=3.0.0|<3.0.7-10"}], True),
        ([{"range": "vers:rpm/<3.0.0|>=3.1"}], False),
        ([{"range": "vers:rpm/<1|>=3.0.0"}], True),
        ([{"range": "vers:rpm/>3.0.0|!=3.0.7-6.el9_2"}], False),
        ([{"range": "vers:rpm/*"}], True),
        ([{"range": "whatever"}], False),
        ([{"version": "1"}, {"range": "vers:rpm/3.0.7-6.el9_2"}], True),
        ([{}], False),
    ],
)
def test_versions_limit_what_is_meant(
    versions: list[dict[str, str]], fits: bool
) -> None:
    """By the order of the package's own scheme; what cannot be compared does not fit."""
    assert bool(ids(_vexed(_cyclonedx("resolved", versions)))) == fits


def test_the_analysis_s_own_date_stands_before_the_document_s() -> None:
    """``lastUpdated`` is when the analysis changed."""
    document = _cyclonedx(
        "not_affected", detail="not called", lastUpdated="2024-01-01T00:00:01Z"
    )
    (statement,) = read_vex_bytes("x", document).statements
    assert statement.time == 1_704_067_201 * 10**9
    assert statement.impact == "not called"
