"""Any JSON at all is read, noted or refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vexing import WHY

from shipworthy.errors import UsageError
from shipworthy.policy.vex.read import (
    read_vex_bytes,
)


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.3"


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
