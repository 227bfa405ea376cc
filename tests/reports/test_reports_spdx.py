"""What SPDX says of a result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from bills import bill, problems
from reports_endings import ended
from reports_sample import LIBSSL, LOG4J, bare, sample, undecided, warned

from shipworthy.reports.licence_terms import expression, references
from shipworthy.reports.render import render


def package(made: dict[str, Any], name: str) -> dict[str, Any]:
    """The package of that name."""
    found: list[dict[str, Any]] = made["packages"]
    return next(one for one in found if one["name"] == name)


def stating(*licences: str) -> tuple[str, list[dict[str, Any]]]:
    """What is declared for a package with these licences, and what the document explains."""
    result = replace(sample(), packages=(replace(LIBSSL, licences=licences),))
    made = bill(result, "spdx")
    return (
        package(made, "libssl3")["licenseDeclared"],
        made.get("hasExtractedLicensingInfos", []),
    )


@pytest.mark.parametrize("result", [bare, ended, sample, undecided, warned])
def test_every_result_is_valid(result: Any) -> None:
    """The validator of the SPDX tools finds nothing in any kind of result."""
    assert problems("spdx", render(result(), "spdx")) == ""


def test_the_validator_sees_what_is_wrong() -> None:
    """It is no rubber stamp: a licence that nobody explains is found."""
    data = render(sample(), "spdx").replace(b'"Apache-2.0"', b'"Apache-99"')
    assert problems("spdx", data) != ""


def test_the_document_is_the_same_for_the_same_result() -> None:
    """Namespace and time come from the result: its content and its day."""
    made = bill(sample(), "spdx")
    assert made["spdxVersion"] == "SPDX-2.3"
    assert made["creationInfo"] == {
        "created": "2026-08-20T00:00:00Z",
        "creators": ["Tool: shipworthy-0.1.0"],
    }
    other = bill(replace(sample(), packages=sample().packages[1:]), "spdx")
    assert made["documentNamespace"].startswith("urn:uuid:")
    assert made["documentNamespace"] != other["documentNamespace"]
    assert bill(bare(), "spdx")["creationInfo"]["created"] == "1970-01-01T00:00:00Z"


def test_the_image_contains_its_packages() -> None:
    """The document describes the image, which contains the system and every package."""
    made = bill(sample(), "spdx")
    ids = [one["SPDXID"] for one in made["packages"]]
    assert len(set(ids)) == len(ids) == 9
    assert made["relationships"][0] == {
        "spdxElementId": "SPDXRef-DOCUMENT",
        "relationshipType": "DESCRIBES",
        "relatedSpdxElement": "SPDXRef-Image",
    }
    assert [
        one["relatedSpdxElement"]
        for one in made["relationships"]
        if one["relationshipType"] == "CONTAINS"
    ] == ids[1:]
    image = made["packages"][0]
    assert image["checksums"] == [{"algorithm": "SHA256", "checksumValue": "9f" * 32}]
    assert image["externalRefs"][0]["referenceLocator"].startswith("pkg:oci/shop@")
    assert "not complete" in made["comment"]


def test_a_package_has_its_purl_supplier_and_places() -> None:
    """The maintainer is the supplier, with the address where SPDX has it; places say the layer."""
    found = package(bill(sample(), "spdx"), "libssl3")
    assert found["externalRefs"][0]["referenceLocator"] == LIBSSL.purl
    assert found["supplier"] == (
        "Organization: Debian OpenSSL Team (pkg-openssl-devel@alioth-lists.debian.net)"
    )
    assert found["sourceInfo"].startswith(
        "built from openssl 3.0.11-1~deb12u2; seen in"
    )
    assert "1b1b" in found["sourceInfo"]


def test_identifiers_are_legal_and_unique() -> None:
    """Names may hold anything, and two packages may differ in nothing but their places."""
    odd = replace(LOG4J, name="über/../'log4j'")
    moved = replace(LOG4J, locations=LOG4J.locations[:1])
    result = replace(sample(), packages=(LOG4J, odd, moved, LOG4J))
    ids = [one["SPDXID"] for one in bill(result, "spdx")["packages"]]
    assert len(set(ids)) == len(ids)


def test_licences_are_expressions_or_explained() -> None:
    """What the licence list does not hold becomes a reference that the document explains in the package's words."""
    assert stating("mit or Apache-2.0") == ("MIT OR Apache-2.0", [])
    assert stating("MIT OR ISC", "Zlib") == ("(MIT OR ISC) AND Zlib", [])
    assert stating() == ("NOASSERTION", [])
    declared, explained = stating("GPLv2+ and BSD")
    assert declared == explained[0]["licenseId"]
    assert explained[0]["extractedText"] == "GPLv2+ and BSD"
    declared, explained = stating("MIT AND LicenseRef-Fedora-Public-Domain")
    assert declared == "MIT AND LicenseRef-Fedora-Public-Domain"
    assert explained[0]["licenseId"] == "LicenseRef-Fedora-Public-Domain"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("mit", "MIT"),
        (
            "GPL-2.0-only with classpath-exception-2.0",
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ),
        ("(MIT or ISC) and zlib", "(MIT OR ISC) AND Zlib"),
        ("Apache-1.1+", "Apache-1.1+"),
        ("MIT ISC", ""),
        ("MIT OR", ""),
        ("(MIT", ""),
        ("MIT)", ""),
        ("MIT WITH MIT", ""),
        ("(MIT OR ISC) WITH LLVM-exception", ""),
        ("Apache-2.0 WITH LLVM-exception WITH LLVM-exception", ""),
        ("LLVM-exception", ""),
        ("BSD", ""),
        ("()", ""),
        ("", ""),
    ],
)
def test_expressions(text: str, written: str) -> None:
    """Only what SPDX's grammar and list hold is an expression, in the list's spelling."""
    assert expression(text) == written


def test_references_in_an_expression() -> None:
    """Each licence that the list does not hold, once."""
    assert references("LicenseRef-b AND (MIT OR LicenseRef-a) AND LicenseRef-b") == [
        "LicenseRef-a",
        "LicenseRef-b",
    ]


def test_findings_are_advisories_and_annotations() -> None:
    """An advisory is a reference of the package; severity, fix and decision are told in words."""
    made = bill(sample(), "spdx")
    found = package(made, LOG4J.name)
    advisory = found["externalRefs"][1]
    assert advisory["referenceCategory"] == "SECURITY"
    assert advisory["referenceLocator"].endswith("GHSA-jfh8-c2jp-5v3q")
    assert advisory["comment"] == "CVE-2021-44228"
    (note,) = found["annotations"]
    assert note["annotator"] == "Tool: shipworthy-0.1.0"
    assert note["comment"].startswith("CVE-2021-44228: critical (ghsa); CVSS 3.1 10.0")
    assert "known to be exploited" in note["comment"]
    ignored = package(made, "six")["annotations"][0]["comment"]
    assert "VEX status affected" in ignored
    stated = package(made, "@acme/minimist")["annotations"][-1]["comment"]
    assert "VEX status not_affected" in stated


def test_nothing_looked_up_is_nothing_told() -> None:
    """An inventory says nothing of vulnerabilities."""
    listed = replace(sample(), looked_for=frozenset())
    assert b"annotations" not in render(listed, "spdx")
    assert b"SECURITY" not in render(listed, "spdx")
