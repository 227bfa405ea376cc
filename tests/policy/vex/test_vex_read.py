"""VEX is read from files, directories, repositories and attestations, whoever wrote them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policing import scanned
from vexing import DIGEST, WHY, found, ids, image, openvex, said

from shipworthy.errors import UsageError
from shipworthy.policy.vex import read, values
from shipworthy.policy.vex.match import apply_vex
from shipworthy.policy.vex.parents import Parents
from shipworthy.policy.vex.read import (
    may_hold_vex,
    read_attached,
    read_vex,
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


# Places.


def test_a_file_becomes_a_source_with_its_digest(tmp_path: Path) -> None:
    """The result can say which bytes were read."""
    path = tmp_path / "app.vex.json"
    path.write_bytes(VEX)
    (source,) = read_vex(path).sources
    assert source.name == str(path)
    assert source.kind == "vex"
    assert len(source.digest) == len("sha256:") + 64


def test_nothing_there_is_wrong_usage(tmp_path: Path) -> None:
    """The path is named."""
    for path in (tmp_path / "missing", "a\0b", tmp_path):
        with pytest.raises(UsageError, match=r"missing|a.b|no VEX document"):
            read_vex(path)


def test_a_directory_is_read_one_level_deep(tmp_path: Path) -> None:
    """Its own documents, in the order of names; what is no VEX is noted, other files are not looked at."""
    (tmp_path / "b.json").write_bytes(VEX)
    (tmp_path / "a.vex").write_bytes(VEX)
    (tmp_path / "c.json").write_bytes(b"{}")
    (tmp_path / "readme.txt").write_bytes(b"x")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "d.json").write_bytes(VEX)
    found = read_vex(tmp_path)
    assert [Path(one.source).name for one in found.statements] == ["a.vex", "b.json"]
    assert [Path(one.subject).name for one in found.notes] == ["c.json"]


def test_a_link_out_of_the_directory_is_not_followed(tmp_path: Path) -> None:
    """One that stays inside is, as Kubernetes mounts its files."""
    (tmp_path / "out.json").write_bytes(VEX)
    place = tmp_path / "vex"
    (place / "..data").mkdir(parents=True)
    (place / "..data" / "in.json").write_bytes(VEX)
    (place / "in.json").symlink_to("..data/in.json")
    (place / "out.json").symlink_to("../out.json")
    found = read_vex(place)
    assert [Path(one.source).name for one in found.statements] == ["in.json"]
    assert "leads out of the directory" in found.notes[0].message


def _repository(place: Path, *locations: str, document: bytes = VEX) -> None:
    (place / "0.1" / "pkg").mkdir(parents=True)
    (place / "vex-repository.json").write_text('{"name": "test"}')
    (place / "0.1" / "pkg" / "bash.json").write_bytes(document)
    (place / "bash-vex.json").write_bytes(VEX)
    packages = [{"id": "pkg:deb/debian/bash", "location": one} for one in locations]
    (place / "0.1" / "index.json").write_text(json.dumps({"packages": packages}))


def test_a_repository_is_read_by_its_index(tmp_path: Path) -> None:
    """Each document once, however often it is named; given itself or the directory above."""
    _repository(tmp_path / "default", "pkg/bash.json", "./pkg/../pkg/bash.json")
    for path in (tmp_path, tmp_path / "default"):
        assert len(read_vex(path).statements) == 1


@pytest.mark.parametrize(
    "location",
    [
        "../bash-vex.json",
        "/etc/passwd",
        "pkg/../../bash-vex.json",
        "link.json",
        "",
        "a\0b",
    ],
)
def test_a_location_outside_of_the_repository_is_not_read(
    location: str, tmp_path: Path
) -> None:
    """However it leads there; the rest of the repository is."""
    _repository(tmp_path, location, "pkg/bash.json")
    (tmp_path / "0.1" / "link.json").symlink_to("../bash-vex.json")
    found = read_vex(tmp_path)
    assert len(found.statements) == 1
    assert "lies outside of the repository, not read" in found.notes[0].message


def test_repositories_in_an_order_are_asked_in_that_order(tmp_path: Path) -> None:
    """What the first one says counts, whatever is newer or more careful; where it is silent, the next is asked."""
    for name, document in (
        ("vendor", openvex(said(CVE, [BASH]), timestamp="2020-01-01T00:00:00Z")),
        ("other", openvex(said(CVE, [BASH], "under_investigation"), version=2)),
        ("silent", openvex(said("CVE-1", [BASH]))),
    ):
        _repository(tmp_path / name, "pkg/bash.json", document=document)
    for order, gone in (
        (("vendor", "other"), [CVE]),
        (("other", "vendor"), []),
        (("silent", "vendor", "other"), [CVE]),
        (("silent",), []),
        ((), []),
    ):
        read_ = read_vex(tmp_path, order=order).statements
        scan = scanned([found(CVE, BASH)], image=image())
        assert ids(apply_vex(scan.findings, read_, scan, Parents())) == gone
    for wrong in ("missing", "..", "", "vendor/0.1"):
        with pytest.raises(UsageError, match="no VEX repository"):
            read_vex(tmp_path, order=[wrong])


def test_too_many_statements_are_cut_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory of millions does not fill the memory."""
    monkeypatch.setattr(read, "MAX_STATEMENTS", 3)
    for name in "ab":
        (tmp_path / f"{name}.json").write_bytes(openvex(*[said(CVE, [BASH])] * 2))
    found = read_vex(tmp_path)
    assert len(found.statements) == 3
    assert found.notes[-1].message == "only 3 statements are held"


# Hostile.

_WORDS = st.sampled_from(
    [
        "@context",
        "@id",
        "statements",
        "vulnerability",
        "name",
        "products",
        "subcomponents",
        "status",
        "justification",
        "identifiers",
        "purl",
        "hashes",
        "timestamp",
        "version",
        "document",
        "csaf_version",
        "tracking",
        "product_tree",
        "branches",
        "product",
        "product_id",
        "relationships",
        "full_product_name",
        "category",
        "product_reference",
        "relates_to_product_reference",
        "vulnerabilities",
        "cve",
        "ids",
        "text",
        "product_status",
        "known_not_affected",
        "flags",
        "label",
        "product_ids",
        "threats",
        "details",
        "bomFormat",
        "components",
        "bom-ref",
        "analysis",
        "state",
        "affects",
        "ref",
        "versions",
        "range",
        "metadata",
        "component",
        "type",
        "payload",
        "payloadType",
        "_type",
        "predicate",
        "subject",
        "dsseEnvelope",
        "product_identification_helper",
        "cpe",
        "product_groups",
        "group_id",
        "group_ids",
    ]
)
_VALUES = st.sampled_from(
    [
        "https://openvex.dev/ns/v0.2.0",
        "2.0",
        "CycloneDX",
        "csaf_vex",
        "not_affected",
        "fixed",
        "exploitable",
        CVE,
        BASH,
        WHY,
        "P1",
        "P2",
        "default_component_of",
        "installed_with",
        "impact",
        "vers:deb/>=1|<2",
        "urn:cdx:3e671687/1#x",
        "https://in-toto.io/Statement/v1",
        "e30=",
        "2024-01-01T00:00:00Z",
        "container",
    ]
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | _VALUES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=6)
    ),
    max_leaves=25,
)
_HEADS = st.sampled_from(
    [
        {"@context": "https://openvex.dev/ns"},
        {"document": {"csaf_version": "2.0", "category": "csaf_vex"}},
        {"bomFormat": "CycloneDX"},
        {"payloadType": "x"},
        {"_type": "https://in-toto.io/Statement/v1"},
        {},
    ]
)


@pytest.mark.property
@settings(max_examples=300, deadline=None)
@given(head=_HEADS, body=st.dictionaries(_WORDS, _JSON, max_size=6))
def test_nothing_but_wrong_usage_escapes(
    head: dict[str, object], body: dict[str, object]
) -> None:
    """Any JSON at all in any format is read, noted or refused."""
    data = json.dumps({**body, **head}).encode()
    try:
        found = read_vex_bytes("x", data)
    except UsageError:
        return
    assert all(one.vulnerabilities and one.products for one in found.statements)
