"""Short CSAF documents with one vulnerability, for tests of what they say as VEX; tests hold them against a validator."""

from __future__ import annotations

import json


CVE = "CVE-2023-0286"
LIBS = "pkg:rpm/redhat/openssl-libs@3.0.7-6.el9_2?arch=x86_64"
SPARE = "pkg:rpm/redhat/openssl-perl@3.0.7-6.el9_2?arch=x86_64"
DAY = "2024-01-01T00:00:00Z"


def named(id_: str, **helper: object) -> dict[str, object]:
    """A product that a purl, a CPE or a hash identifies."""
    return {"product_id": id_, "name": id_, "product_identification_helper": helper}


def relation(id_: str, part: str, whole: str, category: str) -> dict[str, object]:
    """A product that is one as a part of another."""
    return {
        "category": category,
        "product_reference": part,
        "relates_to_product_reference": whole,
        "full_product_name": {"product_id": id_, "name": id_},
    }


def csaf(
    status: str = "known_not_affected",
    ids_: tuple[str, ...] = ("lib",),
    *,
    names: tuple[dict[str, object], ...] = (),
    relations: tuple[dict[str, object], ...] = (),
    category: str = "csaf_security_advisory",
    **vulnerability: object,
) -> bytes:
    """A CSAF document with one vulnerability."""
    branches = [
        {"category": "product_version", "name": "x", "product": one}
        for one in (named("lib", purl=LIBS), named("spare", purl=SPARE), *names)
    ]
    document = {
        "document": {
            "category": category,
            "csaf_version": "2.0",
            "publisher": {
                "category": "vendor",
                "name": "Example",
                "namespace": "https://example.com",
            },
            "title": "One vulnerability",
            "tracking": {
                "id": "EX-1",
                "version": "1",
                "status": "final",
                "current_release_date": DAY,
                "initial_release_date": DAY,
                "revision_history": [{"date": DAY, "number": "1", "summary": "First"}],
            },
        },
        "product_tree": {
            "branches": [{"category": "vendor", "name": "x", "branches": branches}],
            **({"relationships": list(relations)} if relations else {}),
            "product_groups": [{"group_id": "g", "product_ids": ["lib", "spare"]}],
        },
        "vulnerabilities": [
            {
                "cve": CVE,
                "notes": [{"category": "description", "text": "A flaw."}],
                "product_status": {status: list(ids_)},
                **vulnerability,
            }
        ],
    }
    return json.dumps(document).encode()
