"""VEX is read from files, directories, repositories and attestations, whoever wrote them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

import pytest
from vexing import DIGEST, openvex, said

from shipworthy.errors import UsageError
from shipworthy.policy.vex import values
from shipworthy.policy.vex.read import (
    may_hold_vex,
    read_attached,
    read_vex_bytes,
)
from shipworthy.policy.vex.values import moment


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.3"
VEX = openvex(said(CVE, [BASH]))


def _notes(data: bytes) -> list[str]:
    return [note.message for note in read_vex_bytes("x.json", data).notes]


# Formats.


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"not json",
        b"\x00\xff",
        b'{"@context": "https://w3.org"}',
        b'{"bomFormat": "SPDX"}',
        b'{"document": {"csaf_version": "1.2"}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_vex_is_wrong_usage(data: bytes) -> None:
    """The message names the file and what was expected."""
    with pytest.raises(
        UsageError, match=r"x\.json: not a VEX document, expected OpenVEX"
    ):
        read_vex_bytes("x.json", data)


def test_openvex_0_0_1_writes_text_where_later_ones_write_objects() -> None:
    """Vulnerability, products and subcomponents are plain texts."""
    document = {
        "@context": "https://openvex.dev/ns",
        "timestamp": "2023-01-08T18:02:03.647787998-06:00",
        "statements": [
            {
                "vulnerability": CVE,
                "products": ["pkg:oci/debian"],
                "subcomponents": [BASH],
                "status": "fixed",
            }
        ],
    }
    (statement,) = read_vex_bytes("x", json.dumps(document).encode()).statements
    (product,) = statement.products
    assert statement.vulnerabilities == (CVE,)
    assert product.component.names == ("pkg:oci/debian",)
    assert [one.names for one in product.subcomponents] == [(BASH,)]


def test_identifiers_and_hashes_of_a_product_are_all_its_names() -> None:
    """The schema's ``@cpe23`` and the specification's ``cpe23`` alike."""
    product = {
        "@id": "urn:x",
        "identifiers": {
            "purl": BASH,
            "cpe23": "cpe:2.3:a:gnu:bash",
            "@cpe22": "cpe:/a:x",
        },
        "hashes": {"sha-256": "AB" * 32, "md5": "00"},
    }
    (statement,) = read_vex_bytes("x", openvex(said(CVE, [product]))).statements
    component = statement.products[0].component
    assert component.names == ("urn:x", BASH, "cpe:2.3:a:gnu:bash", "cpe:/a:x")
    assert component.hashes == ("md5:00", f"sha256:{'ab' * 32}")


def test_a_broken_statement_is_noted_and_the_others_count() -> None:
    """Each says which one it is, and why it does not count."""
    broken: list[object] = [
        17,
        said(CVE, []),
        said(CVE, [BASH], "harmless"),
        said(CVE, [BASH], justification="x"),
        {"products": [BASH], "status": "fixed"},
        said(CVE, [BASH]),
    ]
    found = read_vex_bytes("x.json", openvex(*broken))
    assert len(found.statements) == 1
    assert len(found.notes) == 5
    assert all(note.subject == "x.json" and not note.partial for note in found.notes)
    assert "statement 2: on CVE-2022-3715 names no product" in found.notes[1].message
    assert "'harmless', expected one of affected" in found.notes[2].message


def test_many_notes_become_a_count() -> None:
    """A document of nothing but broken statements does not flood the report."""
    notes = _notes(openvex(*[1] * 500))
    assert len(notes) == 21
    assert notes[-1] == "480 more like these"


def test_a_document_that_states_nothing_says_so() -> None:
    """An SBOM without analyses is no mistake, but no VEX either."""
    assert _notes(b'{"bomFormat": "CycloneDX"}') == ["document: makes no statement"]


def test_a_document_names_more_than_any_honest_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rest does not count, and that is said."""
    monkeypatch.setattr(values, "MAX_NAMES", 5)
    found = read_vex_bytes("x", openvex(*(said(CVE, [BASH]) for _ in range(9))))
    assert len(found.statements) == 2
    assert "more than 5 products" in found.notes[0].message


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01T00:00:01Z", 10**9),
        ("1970-01-01T00:00:00.000000002Z", 2),
        ("1970-01-01T01:00:01+01:00", 10**9),
        ("1970-01-01t00:00:01.5z", 1_500_000_000),
        ("1970-01-02", 86_400 * 10**9),
        ("1969-12-31T00:00:00Z", -1),
        ("2024-02-30T00:00:00Z", -1),
        ("yesterday", -1),
        (17, -1),
    ],
)
def test_times_are_compared_across_zones(text: object, nanoseconds: int) -> None:
    """Nine digits of a second, any zone; what is no time is older than anything."""
    assert moment(text) == nanoseconds


# Attestations.


def _statement(predicate: object, subject: object = ()) -> dict[str, object]:
    return {
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://openvex.dev/ns/v0.2.0",
        "subject": subject,
        "predicate": predicate,
    }


def _dsse(statement: Mapping[str, object], *, url: bool = False) -> dict[str, object]:
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    return {
        "payloadType": "application/vnd.in-toto+json",
        "payload": encode(json.dumps(statement).encode()).decode(),
        "signatures": [],
    }


def test_a_document_is_taken_out_of_what_it_is_wrapped_in() -> None:
    """in-toto, DSSE, a Sigstore bundle, cosign's own predicate."""
    document = json.loads(VEX)
    statement = _statement(document)
    for wrapped in (
        statement,
        _dsse(statement),
        _dsse(statement, url=True),
        {"mediaType": "application/x", "dsseEnvelope": _dsse(statement)},
        _dsse(_statement({"Data": VEX.decode(), "Timestamp": "2024"})),
    ):
        found = read_vex_bytes("x", json.dumps(wrapped).encode())
        assert [one.vulnerabilities for one in found.statements] == [(CVE,)]


def test_one_attestation_a_line_as_cosign_prints_them() -> None:
    """All of them are read, and what else is on a line is passed over."""
    one = json.dumps(_dsse(_statement(json.loads(VEX))))
    found = read_vex_bytes("x", f"{one}\n\nnote\n{one}\n".encode())
    assert len(found.statements) == 2
    assert len(found.sources) == 1


def test_a_statement_without_products_is_about_the_attestation_s_subject() -> None:
    """The subject cascades down (OpenVEX, ATTESTING.md); without one there is no product."""
    document = json.loads(openvex({**said(CVE, []), "products": None}))
    subject = [{"name": "registry.example/app", "digest": {"sha256": DIGEST[7:]}}]
    wrapped = _statement(document, subject)
    (statement,) = read_vex_bytes("x", json.dumps(wrapped).encode()).statements
    assert statement.products[0].component.hashes == (DIGEST,)
    assert not read_vex_bytes("x", json.dumps(document).encode()).statements


def test_envelopes_in_envelopes_end() -> None:
    """Nothing is unwrapped for ever."""
    wrapped: dict[str, object] = json.loads(VEX)
    for _ in range(9):
        wrapped = _dsse(wrapped)
    with pytest.raises(UsageError):
        read_vex_bytes("x", json.dumps(wrapped).encode())


def test_of_what_is_attached_only_vex_counts() -> None:
    """Provenance and SBOMs are for others; VEX that cannot be read is told."""
    found = read_attached(
        "app",
        [
            ("https://slsa.dev/provenance/v1", b'{"x": 1}'),
            ("https://cyclonedx.org/bom", b'{"bomFormat": "CycloneDX"}'),
            ("https://openvex.dev/ns/v0.2.0", VEX),
            ("application/vnd.openvex+json", b"broken"),
        ],
    )
    assert [one.source for one in found.statements] == ["app (attached 3)"]
    assert [one.subject for one in found.notes] == ["app (attached 4)"]
    assert not may_hold_vex("https://slsa.dev/provenance/v1")
    assert may_hold_vex("application/vnd.dsse.envelope.v1+json")
