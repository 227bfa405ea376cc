"""The OpenVEX report: valid, honest, and understood by whoever reads it back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from policing import scanned
from reports_sample import DJANGO_SQL, LOG4SHELL, ZLIB_OVERFLOW, bare, sample
from vexing import image

from shipworthy.model.finding import Suppressed
from shipworthy.model.image import ImageInfo
from shipworthy.model.result import ScanResult
from shipworthy.policy.vex.match import Vexed, apply_vex
from shipworthy.policy.vex.parents import parents_of
from shipworthy.policy.vex.read import read_vex_bytes
from shipworthy.reports.document import to_document
from shipworthy.reports.render import render


# What the OpenVEX 0.2.0 schema demands, written from its description.
TEXT = {"type": "string"}
URI = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:."}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}


def _record(required: list[str], **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {
            key.replace("__", "@"): value for key, value in properties.items()
        },
    }


def _set(items: object) -> dict[str, object]:
    return {"type": "array", "uniqueItems": True, "items": items}


COMPONENT = {
    "__id": URI,
    "identifiers": _record([], purl=TEXT),
    "hashes": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"sha-256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
    },
}
STATEMENT: dict[str, Any] = _record(
    ["vulnerability", "status"],
    vulnerability=_record(["name"], name=TEXT, aliases=_set(TEXT)),
    products=_set(
        _record([], **COMPONENT, subcomponents=_set(_record([], **COMPONENT)))
    ),
    status={"enum": ["not_affected", "affected", "fixed", "under_investigation"]},
    justification={
        "enum": [
            "component_not_present",
            "vulnerable_code_not_present",
            "vulnerable_code_not_in_execute_path",
            "vulnerable_code_cannot_be_controlled_by_adversary",
            "inline_mitigations_already_exist",
        ]
    },
    impact_statement=TEXT,
    action_statement=TEXT,
    status_notes=TEXT,
)
STATEMENT["allOf"] = [
    {
        "if": {"properties": {"status": {"const": "not_affected"}}},
        "then": {
            "oneOf": [
                {"required": ["justification"]},
                {"required": ["impact_statement"]},
            ]
        },
    },
    {
        "if": {"properties": {"status": {"const": "affected"}}},
        "then": {"required": ["action_statement"]},
    },
]
SCHEMA = _record(
    ["@context", "@id", "author", "timestamp", "version", "statements"],
    __context={"const": "https://openvex.dev/ns/v0.2.0"},
    __id=URI,
    author=TEXT,
    role=TEXT,
    tooling=TEXT,
    timestamp=TIME,
    version={"type": "integer", "minimum": 1},
    statements=_set(STATEMENT),
)

BY_VEX = Suppressed(
    finding=LOG4SHELL,
    reason="not affected: vulnerable code not present: the lookup class was taken out",
    rule="vex",
    entry="CVE-2021-44228 not_affected",
    source="vex/app.json",
    owner="Example Security",
    vex_status="not_affected",
    justification="vulnerable_code_not_present",
)


def result(*suppressed: Suppressed, of: ImageInfo | None = None) -> ScanResult:
    """A result that has these taken out, of an image with a digest."""
    return replace(
        bare(), suppressed=suppressed, image=of or image("registry.example/team/shop:1")
    )


def written(one: ScanResult) -> Mapping[str, Any]:
    """The report, which must hold by the schema."""
    document: Mapping[str, Any] = json.loads(render(one, "openvex"))
    jsonschema.validate(document, SCHEMA)
    return document


def the_statement(one: ScanResult) -> Mapping[str, Any]:
    """The report's only statement."""
    (statement,) = written(one)["statements"]
    found: Mapping[str, Any] = statement
    return found


def read_back(one: ScanResult, of: ImageInfo | None = None) -> Vexed:
    """What the report makes of the same findings when it is given as VEX."""
    findings = tuple(item.finding for item in one.suppressed)
    scan = scanned(findings, image=of or one.image)
    statements = read_vex_bytes("own.json", render(one, "openvex")).statements
    return apply_vex(findings, statements, scan, parents_of(scan.packages))


def by_policy(reason: str, **more: str) -> Suppressed:
    """A finding that an entry of the policy takes out."""
    fields = {"rule": "suppression", "entry": "CVE-2021-44228", "source": "s.yaml:4"}
    return Suppressed(finding=LOG4SHELL, reason=reason, **{**fields, **more})


def test_the_image_is_the_product_and_the_package_its_subcomponent() -> None:
    """Whoever has the image finds it by digest, and in it the package by purl."""
    (product,) = the_statement(result(BY_VEX))["products"]
    assert product["@id"] == (
        "pkg:oci/shop@sha256:4482958b4461ff7d9fabc24b3a9ab1e9a2c85ece07b2db1840c7cbc01d053e90"
    )
    assert product["identifiers"]["purl"] == (
        f"{product['@id']}?arch=amd64&repository_url=registry.example%2Fteam%2Fshop"
    )
    (part,) = product["subcomponents"]
    assert part["@id"] == "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"


def test_a_statement_of_vex_keeps_its_status_and_justification() -> None:
    """What a vendor said stays the vendor's: its label, and where it was said."""
    statement = the_statement(result(BY_VEX))
    assert statement["status"] == "not_affected"
    assert statement["justification"] == "vulnerable_code_not_present"
    assert statement["status_notes"].startswith(
        "As stated by Example Security in vex/app.json"
    )
    assert statement["vulnerability"]["aliases"] == ["GHSA-jfh8-c2jp-5v3q"]


@pytest.mark.parametrize(
    ("label", "key", "value"),
    [
        ("code_not_reachable", "justification", "vulnerable_code_not_in_execute_path"),
        ("protected_at_perimeter", "impact_statement", BY_VEX.reason),
        ("", "impact_statement", BY_VEX.reason),
    ],
)
def test_labels_of_cyclonedx_are_said_in_openvex_s_words(
    label: str, key: str, value: str
) -> None:
    """A label that means the same becomes that; any other is told in words, never both."""
    statement = the_statement(result(replace(BY_VEX, justification=label)))
    assert statement[key] == value


def test_fixed_stays_fixed() -> None:
    """A statement that says fixed needs no justification."""
    statement = the_statement(
        result(replace(BY_VEX, vex_status="fixed", justification=""))
    )
    assert statement["status"] == "fixed"
    assert "justification" not in statement


def test_a_reason_without_an_end_is_an_impact_statement() -> None:
    """The entry's own words say why the image is not affected."""
    statement = the_statement(
        result(by_policy("the lookup class is removed from the jar"))
    )
    assert statement["status"] == "not_affected"
    assert statement["impact_statement"] == "the lookup class is removed from the jar"
    assert "justification" not in statement


@pytest.mark.parametrize(
    ("item", "action"),
    [
        (
            by_policy("the lookup class is removed", expires="2027-01-31"),
            "Accepted until 2027-01-31: the lookup class is removed",
        ),
        (
            by_policy("no fix", entry="CVE-2021-44228, until there is a fix"),
            "Accepted until there is a fix: no fix",
        ),
        (by_policy("risk accepted by Jo"), "Accepted: risk accepted by Jo"),
        (by_policy("won't fix"), "Accepted: won't fix"),
        (by_policy("temporarily"), "Accepted: temporarily"),
        (
            by_policy("ignored as CVE-2021-44228", rule="ignore"),
            "Ignored on the command line; no reason was given.",
        ),
    ],
)
def test_an_accepted_risk_is_never_published_as_not_affected(
    item: Suppressed, action: str
) -> None:
    """What has an end, speaks of acceptance or gives no reason leaves the image affected."""
    statement = the_statement(result(item))
    assert statement["status"] == "affected"
    assert statement["action_statement"] == action


def test_packages_of_which_the_same_is_said_stand_in_one_statement() -> None:
    """One reason for two packages is one statement with both; another reason is another."""
    other = replace(LOG4SHELL, package=DJANGO_SQL.package)
    one = result(BY_VEX, replace(BY_VEX, finding=other))
    (product,) = the_statement(one)["products"]
    assert len(product["subcomponents"]) == 2
    two = result(BY_VEX, replace(by_policy("not loaded"), finding=other))
    assert len(written(two)["statements"]) == 2


@pytest.mark.parametrize(
    "of",
    [
        image("registry.example/team/shop:1"),
        image(),
        image("1.0", kind="oci"),
        image("debian:12"),
        image(
            "shop:1", kind="docker-archive", digest="", image_id="sha256:" + "1a" * 32
        ),
        ImageInfo(target="dir:/srv", kind="dir"),
    ],
)
def test_read_back_it_takes_out_the_same_findings(of: ImageInfo) -> None:
    """What was not affected or fixed is so again, however the image is called."""
    one = result(
        BY_VEX,
        replace(BY_VEX, finding=ZLIB_OVERFLOW, vex_status="fixed", justification=""),
        replace(by_policy("the view is not routed"), finding=DJANGO_SQL),
        of=of,
    )
    again = read_back(one)
    assert not again.kept
    assert {item.finding.id for item in again.suppressed} == {
        LOG4SHELL.id,
        ZLIB_OVERFLOW.id,
        DJANGO_SQL.id,
    }


def test_read_back_for_another_image_it_takes_out_nothing() -> None:
    """A statement on one image is none on the next."""
    one = result(BY_VEX)
    assert not read_back(
        one, of=image("other:2", digest="sha256:" + "0" * 64)
    ).suppressed


def test_read_back_an_accepted_risk_stays_in_and_is_marked() -> None:
    """Who reads it is told that the image is affected."""
    (kept,) = read_back(result(by_policy("risk accepted"))).kept
    assert kept.vex_status == "affected"


def test_findings_that_count_are_not_in_it() -> None:
    """A scanner's finding is no statement of the vendor."""
    one = replace(sample(), suppressed=())
    assert written(one)["statements"] == []


def test_the_id_is_made_of_the_content_and_the_day_is_the_verdict_s() -> None:
    """Same result, same bytes; other content, other id; no clock."""
    one = replace(result(BY_VEX), verdict=replace(bare().verdict, day="2026-11-26"))
    assert render(one, "openvex") == render(one, "openvex")
    assert written(one)["timestamp"] == "2026-11-26T00:00:00Z"
    other = replace(one, suppressed=(replace(BY_VEX, vex_status="fixed"),))
    assert written(one)["@id"] != written(other)["@id"]
    assert re.fullmatch(r"urn:shipworthy:vex:[0-9a-f]{64}", written(one)["@id"])


def test_what_the_image_says_arrives_harmless() -> None:
    """Escapes for terminals and commands of pipelines are written out, the words stay."""
    hostile = "a\x1b[2J ##vso[task.setvariable]b \u202e"
    data = render(result(by_policy(hostile)), "openvex")
    assert b"\x1b" not in data
    assert b"##vso" not in data
    assert "\u202e".encode() not in data
    statement = json.loads(data)["statements"][0]
    assert statement["impact_statement"] == hostile.strip()


def test_it_is_made_from_the_json_result_alone() -> None:
    """A saved result gives the same report."""
    saved = json.loads(json.dumps(to_document(result(BY_VEX))))
    from shipworthy.reports.interface import open_report

    assert open_report("openvex").render(saved) == render(result(BY_VEX), "openvex")
