"""CycloneDX statements on SBOMs and images, and many statements on many findings."""

from __future__ import annotations

import json
from time import perf_counter

import pytest
from policing import scanned
from vexing import (
    DIGEST,
    found,
    ids,
    image,
    openvex,
    said,
    statements,
    vexed,
)

from shipworthy.model.image import ImageInfo
from shipworthy.policy.vex.match import apply_vex
from shipworthy.policy.vex.parents import Parents


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.1-2%2Bdeb11u1?arch=amd64&distro=debian-11"
OCI = f"pkg:oci/debian@{DIGEST}"


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
