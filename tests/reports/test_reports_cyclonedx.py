"""What CycloneDX says of a result, in JSON and in XML."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from bills import bill, problems, said
from defusedxml.ElementTree import fromstring
from reports_endings import ended
from reports_sample import (
    LIBSSL,
    LOG4J,
    LOG4SHELL,
    SIX_UNKNOWN,
    bare,
    sample,
    undecided,
    warned,
)

from shipworthy.model.finding import CvssScore, Finding, Suppressed
from shipworthy.model.package import Package
from shipworthy.model.result import ScanResult
from shipworthy.policy.vex.read import read_vex
from shipworthy.reports.bom import identified
from shipworthy.reports.render import render


BOM = "{http://cyclonedx.org/schema/bom/1.6}"
ALL = (bare, ended, sample, undecided, warned)


def component(result: ScanResult, name: str) -> dict[str, Any]:
    """The component of that name."""
    found: list[dict[str, Any]] = bill(result)["components"]
    return next(one for one in found if one["name"] == name)


def vulnerability(result: ScanResult, id_: str) -> dict[str, Any]:
    """The first vulnerability of that identifier."""
    found: list[dict[str, Any]] = bill(result)["vulnerabilities"]
    return next(one for one in found if one["id"] == id_)


def only(*findings: Finding, suppressed: tuple[Suppressed, ...] = ()) -> ScanResult:
    """The sample with other findings."""
    return replace(sample(), findings=findings, suppressed=suppressed)


def stating(*licences: str) -> list[dict[str, Any]]:
    """What is written of a package with these licences."""
    package = replace(LIBSSL, licences=licences)
    found: list[dict[str, Any]] = component(
        replace(sample(), packages=(package,)), "libssl3"
    ).get("licenses", [])
    return found


@pytest.mark.parametrize("name", ["cyclonedx", "cyclonedx-xml"])
@pytest.mark.parametrize("result", ALL)
def test_every_result_is_valid(result: Any, name: str) -> None:
    """The strict validators of CycloneDX 1.6 find nothing in any kind of result."""
    assert problems(name, render(result(), name)) == ""


@pytest.mark.parametrize("name", ["cyclonedx", "cyclonedx-xml"])
def test_the_validators_see_what_is_wrong(name: str) -> None:
    """They are no rubber stamps: a word that the standard does not know is found."""
    data = render(sample(), name).replace(b"CVSSv31", b"CVSSv99")
    assert problems(name, data) != ""


def test_the_subject_is_the_image() -> None:
    """The image is named by its repository and tag, and by a package URL with its digest."""
    made = bill(sample())["metadata"]
    image = made["component"]
    digest = "9f" * 32
    assert (image["type"], image["name"], image["version"]) == (
        "container",
        "registry.example/shop",
        "1.4",
    )
    assert image["purl"] == (
        f"pkg:oci/shop@sha256:{digest}?arch=amd64&repository_url=registry.example%2Fshop"
    )
    assert image["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert said(image)["image:base:name"] == "docker.io/library/debian:12-slim"
    assert made["timestamp"] == "2026-08-20T00:00:00Z"
    assert made["tools"]["components"][0]["name"] == "shipworthy"


def test_what_is_not_known_is_left_out() -> None:
    """A directory has no digest, no package URL and, judged on no day, no time."""
    made = bill(bare())["metadata"]
    assert "timestamp" not in made
    assert made["component"].keys() == {"type", "bom-ref", "name", "properties"}
    assert made["component"]["name"] == "dir:rootfs"


def test_the_serial_number_is_of_the_content() -> None:
    """The same result has the same number, another one another."""
    first, again = bill(sample())["serialNumber"], bill(sample())["serialNumber"]
    other = bill(replace(sample(), packages=sample().packages[:-1]))["serialNumber"]
    assert first == again != other
    assert UUID(first.removeprefix("urn:uuid:")).version == 5


def test_a_number_is_put_where_it_belongs_whatever_others_say() -> None:
    """A text that looks as the member does keeps what it says, and so does a member of a member."""
    member = f'\n  "number": "urn:uuid:{UUID(int=0)}"'
    content = {"a": [member, {"number": f"urn:uuid:{UUID(int=0)}"}], "z": member}
    number, written = identified(content, "number")
    assert json.loads(written) == {**content, "number": number}
    assert identified({**content, "z": ""}, "number")[0] != number


def test_packages_are_components_with_all_that_is_known() -> None:
    """Maven's group stands in ``group``; each place has the layer that brought it."""
    found = component(sample(), "log4j-core")
    assert found["group"] == "org.apache.logging.log4j"
    assert found["bom-ref"] == found["purl"] == LOG4J.purl
    assert found["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert found["evidence"]["occurrences"][0] == {
        "location": "/srv/shop.war!/WEB-INF/lib/log4j-core-2.14.1.jar",
        "additionalContext": "sha256:" + "3d" * 32,
    }
    assert said(found) == {
        "package:type": "maven",
        "package:origin": "own",
        "package:layer": "2",
    }
    ssl = component(sample(), "libssl3")
    assert said(ssl)["package:source"] == "openssl"
    assert ssl["supplier"]["name"] == LIBSSL.vendor


def test_the_operating_system_is_a_component_and_all_is_in_the_image() -> None:
    """The image depends on everything that is listed; of what packages need nothing is claimed."""
    made = bill(sample())
    system = made["components"][0]
    assert (system["type"], system["name"], system["version"]) == (
        "operating-system",
        "debian",
        "12",
    )
    refs = [one["bom-ref"] for one in made["components"]]
    assert len(refs) == len(set(refs)) == 8
    assert made["dependencies"] == [{"ref": "image", "dependsOn": refs}]


def test_references_are_unique_and_do_not_depend_on_others() -> None:
    """Two packages with one package URL, and ones without any, are told apart; what is added beside them renames nothing."""
    twin = replace(LOG4J, modularity="other:1")
    nameless = Package(type="generic", name="tool", version="")
    packages = (LOG4J, twin, nameless, replace(nameless, version="2"))
    refs = [
        one["bom-ref"]
        for one in bill(replace(sample(), packages=packages))["components"]
    ]
    assert len(set(refs)) == len(refs)
    fewer = bill(replace(sample(), packages=packages[:1] + packages[2:]))["components"]
    assert {one["bom-ref"] for one in fewer} < set(refs)


def test_licences_stand_where_they_belong() -> None:
    """Identifiers of SPDX's list as such, one expression alone, and everything else by its name."""
    assert stating("mit") == [{"license": {"id": "MIT"}}]
    assert stating("MIT or apache-2.0") == [{"expression": "MIT OR Apache-2.0"}]
    assert stating("MIT", "GPL-2.0-only") == [
        {"license": {"id": "MIT"}},
        {"license": {"id": "GPL-2.0-only"}},
    ]
    assert stating("GPLv2+ and BSD") == [{"license": {"name": "GPLv2+ and BSD"}}]
    # The standard allows an expression only alone.
    assert stating("MIT OR ISC", "Zlib") == [
        {"license": {"name": "MIT OR ISC"}},
        {"license": {"id": "Zlib"}},
    ]
    assert stating("NOASSERTION", "") == []


def test_a_vulnerability_has_every_score_with_its_method() -> None:
    """The rating that counts comes first, then each publisher's score by the version of CVSS."""
    found = vulnerability(sample(), "CVE-2021-44228")
    rated = [
        (one["source"]["name"], one["method"], one["severity"], one.get("score"))
        for one in found["ratings"]
    ]
    assert rated == [
        ("ghsa", "other", "critical", None),
        ("ghsa", "CVSSv31", "critical", 10.0),
        ("nvd", "CVSSv2", "critical", 9.3),
        ("cna", "CVSSv4", "critical", 10.0),
    ]
    assert found["source"]["url"] == "https://nvd.nist.gov/vuln/detail/CVE-2021-44228"
    assert found["references"][0]["id"] == "GHSA-jfh8-c2jp-5v3q"
    assert found["cwes"] == [20, 502, 917]
    assert found["published"] == "2021-12-10T00:40:56Z"
    assert found["affects"] == [
        {"ref": LOG4J.purl, "versions": [{"version": "2.14.1", "status": "affected"}]}
    ]
    assert "2.15.0" in found["recommendation"]
    assert found["advisories"][0]["url"].endswith("jfh8-c2jp-5v3q")
    assert not any("javascript" in one["url"] for one in found["advisories"])
    told = said(found)
    assert (told["epss:score"], told["kev:dueDate"]) == ("0.94358", "2021-12-24")
    assert (told["risk"], told["state"]) == ("100", "new")
    assert told["fingerprint"] == LOG4SHELL.fingerprint


@pytest.mark.parametrize(
    ("severity", "written"),
    [("negligible", "info"), ("none", "none"), ("unknown", "unknown")],
)
def test_severities_that_the_standard_calls_otherwise(
    severity: Any, written: str
) -> None:
    """Debian's ``negligible`` is ``info``; unknown stays unknown, and our own word stands beside it."""
    found = vulnerability(only(replace(LOG4SHELL, severity=severity)), LOG4SHELL.id)
    assert found["ratings"][0]["severity"] == written
    assert said(found)["severity"] == severity


def test_scores_of_no_version_that_is_known() -> None:
    """A method that the standard has no word for is ``other``; a score of 0 is written."""
    score = CvssScore(source="x", version="9.9", vector="", score=0.0)
    found = vulnerability(only(replace(LOG4SHELL, cvss=(score,))), LOG4SHELL.id)
    assert found["ratings"][1] == {
        "source": {"name": "x"},
        "score": 0.0,
        "severity": "none",
        "method": "other",
    }


def test_nothing_is_said_of_what_nobody_spoke_about() -> None:
    """A finding has an analysis only where VEX or the policy gives one."""
    assert "analysis" not in vulnerability(sample(), "CVE-2022-28346")
    assert vulnerability(sample(), "CVE-2021-44228")["analysis"]["state"] == (
        "exploitable"
    )
    watched = vulnerability(sample(), "GHSA-vh95-rmgr-6w4m")["analysis"]
    assert watched["state"] == "in_triage"


def test_vex_keeps_its_status_and_justification() -> None:
    """What others stated is told in the standard's own words, and the package is then unaffected."""
    found = vulnerability(sample(), "CVE-2024-7002")
    assert found["analysis"]["state"] == "not_affected"
    assert found["analysis"]["justification"] == "code_not_reachable"
    assert "vex/shop.json" in found["analysis"]["detail"]
    assert found["affects"][0]["versions"][0]["status"] == "unaffected"
    fixed = replace(sample().suppressed[-1], vex_status="fixed", justification="")
    assert (
        vulnerability(only(suppressed=(fixed,)), "CVE-2024-7002")["analysis"]["state"]
        == "resolved"
    )


def test_a_justification_without_counterpart_is_told_in_words() -> None:
    """``vulnerable_code_cannot_be_controlled_by_adversary`` has no counterpart in CycloneDX."""
    item = replace(
        sample().suppressed[-1],
        justification="vulnerable_code_cannot_be_controlled_by_adversary",
    )
    found = vulnerability(only(suppressed=(item,)), "CVE-2024-7002")["analysis"]
    assert "justification" not in found
    assert "cannot be controlled by adversary" in found["detail"]


@pytest.mark.parametrize(
    "justification", ["requires_configuration", "protected_by_compiler"]
)
def test_a_justification_of_cyclonedx_stays_what_it_is(justification: str) -> None:
    """OpenVEX has no word for it, or one that says less."""
    item = replace(sample().suppressed[-1], justification=justification)
    found = vulnerability(only(suppressed=(item,)), "CVE-2024-7002")["analysis"]
    assert found["justification"] == justification


@pytest.mark.parametrize(
    ("reason", "expires", "state"),
    [
        ("we accept the risk", "", "exploitable"),
        ("the compressor is not linked into the shop", "2026-08-25", "exploitable"),
        ("", "", "exploitable"),
        ("the compressor is not linked into the shop", "", "not_affected"),
    ],
)
def test_an_accepted_risk_is_never_published_as_not_affected(
    reason: str, expires: str, state: str
) -> None:
    """Only a reason without an end that speaks of no accepted risk makes it not affected."""
    item = Suppressed(
        finding=SIX_UNKNOWN,
        reason=reason,
        rule="suppression",
        entry="PYSEC-2099-1",
        source="shipworthy.yaml:3",
        expires=expires,
    )
    found = vulnerability(only(suppressed=(item,)), "PYSEC-2099-1")
    assert found["analysis"]["state"] == state
    status = "unaffected" if state == "not_affected" else "affected"
    assert found["affects"][0]["versions"][0]["status"] == status
    assert said(found)["suppression:source"] == "shipworthy.yaml:3"


def test_it_can_be_read_as_vex(tmp_path: Path) -> None:
    """What is published says no more than what was said: only the statement of others takes anything out."""
    path = tmp_path / "shop.cdx.json"
    path.write_bytes(render(sample(), "cyclonedx"))
    read = read_vex(path)
    assert read.notes == ()
    told = {(one.vulnerabilities[0], one.status) for one in read.statements}
    assert told == {
        ("CVE-2021-44228", "affected"),
        ("CVE-2024-7001", "affected"),
        ("CVE-2024-7002", "not_affected"),
        ("GHSA-vh95-rmgr-6w4m", "under_investigation"),
        ("PYSEC-2099-1", "affected"),
    }


def test_an_end_of_support_is_the_operating_systems() -> None:
    """What is found of the distribution itself affects its component, and says of what kind it is."""
    made = bill(ended())
    ends = [
        one
        for one in made["vulnerabilities"]
        if one["affects"][0]["ref"] == "operating-system"
    ]
    assert [said(one)["kind"] for one in ends] == ["end-of-life"]


def test_an_unread_part_makes_it_incomplete() -> None:
    """Part of the sample's image stayed unread, and the standard has a word for it."""
    assert bill(sample())["compositions"][0]["aggregate"] == "incomplete"
    assert "compositions" not in bill(warned())


def test_what_nothing_was_looked_up_for_does_not_claim_that_nothing_is_there() -> None:
    """An inventory has no list of vulnerabilities; a scan that found none has an empty one."""
    listed = replace(sample(), findings=(), suppressed=(), looked_for=frozenset())
    assert "vulnerabilities" not in bill(listed)
    assert b"vulnerabilities" not in render(listed, "cyclonedx-xml")
    assert bill(bare())["vulnerabilities"] == []


def test_xml_says_the_same() -> None:
    """Both forms have the same components, vulnerabilities, ratings and analyses."""
    made = bill(sample())
    root = fromstring(render(sample(), "cyclonedx-xml"))
    assert root.get("serialNumber") == made["serialNumber"]
    listed = root.findall(f"{BOM}components/{BOM}component")
    assert [one.get("bom-ref") for one in listed] == [
        one["bom-ref"] for one in made["components"]
    ]
    found = root.findall(f"{BOM}vulnerabilities/{BOM}vulnerability")
    for element, whole in zip(found, made["vulnerabilities"], strict=True):
        assert element.findtext(f"{BOM}id") == whole["id"]
        assert element.findtext(f"{BOM}detail", "") == whole.get("detail", "")
        assert len(element.findall(f"{BOM}ratings/{BOM}rating")) == len(
            whole["ratings"]
        )
        state = element.findtext(f"{BOM}analysis/{BOM}state", "")
        assert state == whole.get("analysis", {}).get("state", "")


def test_times_that_are_none_are_left_out() -> None:
    """A day becomes its midnight; what is no time is not written as one."""
    odd = replace(LOG4SHELL, published="2021-12-10", modified="2021-13-45T00:00:00Z")
    found = vulnerability(only(odd), LOG4SHELL.id)
    assert found["published"] == "2021-12-10T00:00:00Z"
    assert "updated" not in found
