"""
What the readers of CI reports demand, written from their published rules for the tests.

GitLab's container scanning report: the rules of ``container-scanning-report-format.json`` 15.1.4 for what we write, with
no unknown field let through. Code quality: GitLab's documentation and ``codeclimate.json`` of its sources. JUnit: the rules of
``junit-10.xsd`` of Jenkins' xUnit plug-in for the elements that we write. Jenkins' native format: ``JsonBaseParser`` of
analysis-model, which throws for a field of another type.
"""

from __future__ import annotations

from typing import Any


FILLED = {"type": "string", "minLength": 1}
WEB = {"type": "string", "pattern": "^(https?|ftp)://.+"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


def _text(most: int, least: int = 0) -> dict[str, object]:
    return {"type": "string", "minLength": least, "maxLength": most}


def _one(*words: str) -> dict[str, object]:
    return {"type": "string", "enum": list(words)}


def _list(items: object, least: int = 0, most: int = 1 << 20) -> dict[str, object]:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _object(required: str, optional: str = "", **properties: object) -> dict[str, Any]:
    assert set(properties) == {*required.split(), *optional.split()}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


def _vector(least: int, pattern: str) -> dict[str, object]:
    text = {"type": "string", "minLength": least, "maxLength": 128, "pattern": pattern}
    return _object("vendor vector", vendor=FILLED, vector=text)


# Metrics of CVSS 2 and 3 with the values that their specifications give them.
_METRICS_2 = [
    "AV:[NAL]",
    "AC:[LMH]",
    "Au:[MSN]",
    "C:[NPC]",
    "I:[NPC]",
    "A:[NPC]",
    "E:(U|POC|F|H|ND)",
    "RL:(OF|TF|W|U|ND)",
    "RC:(UC|UR|C|ND)",
    "CDP:(N|L|LM|MH|H|ND)",
    "TD:(N|L|M|H|ND)",
    "CR:(L|M|H|ND)",
    "IR:(L|M|H|ND)",
    "AR:(L|M|H|ND)",
]
_METRICS_3 = [
    "AV:[NALP]",
    "AC:[LH]",
    "PR:[NLH]",
    "UI:[NR]",
    "S:[UC]",
    "C:[NLH]",
    "I:[NLH]",
    "A:[NLH]",
    "E:[XUPFH]",
    "RL:[XOTWU]",
    "RC:[XURC]",
    "CR:[XLMH]",
    "IR:[XLMH]",
    "AR:[XLMH]",
    "MAV:[XNALP]",
    "MAC:[XLH]",
    "MPR:[XNLH]",
    "MUI:[XNR]",
    "MS:[XUC]",
    "MC:[XNLH]",
    "MI:[XNLH]",
    "MA:[XNLH]",
]
_TWO, _THREE = ("|".join(metrics) for metrics in (_METRICS_2, _METRICS_3))

_SCANNER = _object(
    "id name version vendor",
    id=FILLED,
    name=FILLED,
    version=FILLED,
    vendor=_object("name", name=FILLED),
)
_VULNERABILITY = _object(
    "id name description severity solution identifiers links details location",
    "cvss_vectors flags",
    id={"type": "string", "pattern": UUID},
    name=_text(255, 1),
    description=_text(1048576),
    severity=_one("Info", "Unknown", "Low", "Medium", "High", "Critical"),
    solution=_text(7000),
    identifiers=_list(
        _object(
            "type name value", "url", type=FILLED, name=FILLED, value=FILLED, url=WEB
        ),
        1,
        20,
    ),
    cvss_vectors=_list(
        {
            "oneOf": [
                _vector(16, f"^(({_TWO})/)*({_TWO})$"),
                _vector(32, f"^CVSS:3[.][01]/(({_THREE})/)*({_THREE})$"),
            ]
        },
        1,
        10,
    ),
    links=_list(_object("url", url=WEB)),
    details={
        "type": "object",
        "additionalProperties": _object(
            "type name value",
            type={"const": "text"},
            name=FILLED,
            value={"type": "string"},
        ),
    },
    flags=_list(
        _object(
            "type origin description",
            type=_one("flagged-as-likely-false-positive"),
            origin=FILLED,
            description=FILLED,
        )
    ),
    location=_object(
        "dependency operating_system image",
        "default_branch_image",
        dependency=_object(
            "package version",
            package=_object("name", name={"type": "string"}),
            version={"type": "string"},
        ),
        operating_system=FILLED,
        image=FILLED,
        default_branch_image=_text(255, 1),
    ),
)
GITLAB = _object(
    "version scan vulnerabilities remediations",
    version={"const": "15.1.4"},
    scan=_object(
        "analyzer end_time messages scanner start_time status type",
        analyzer=_SCANNER,
        scanner=_SCANNER,
        start_time=TIME,
        end_time=TIME,
        messages=_list(
            _object("level value", level=_one("info", "warn", "fatal"), value=FILLED)
        ),
        status=_one("success", "failure"),
        type=_one("container_scanning", "container_scanning_for_registry"),
    ),
    vulnerabilities=_list(_VULNERABILITY),
    # Those that are listed need a patch in base64, which no scan can make.
    remediations=_list({}, 0, 0),
)
"""The container scanning report."""

CODE_QUALITY = _list(
    _object(
        "type check_name description categories severity fingerprint location",
        type={"const": "issue"},
        check_name=FILLED,
        description=FILLED,
        categories=_list(_one("Security"), 1),
        severity=_one("info", "minor", "major", "critical", "blocker"),
        fingerprint={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        location=_object(
            "path lines",
            # Relative, and nowhere upwards.
            path={
                "type": "string",
                "pattern": r"^(?![./])(?!.*(^|/)\.\.(/|$))[\w./:-]+$",
            },
            lines=_object("begin", begin={"type": "integer", "minimum": 1}),
        ),
    )
)
"""The code quality report."""

WARNINGS_NG = _object(
    "issues",
    issues=_list(
        _object(
            "fileName severity type category packageName moduleName message description fingerprint "
            "additionalProperties lineStart",
            severity=_one("ERROR", "HIGH", "NORMAL", "LOW"),
            lineStart={"type": "integer", "minimum": 0},
            fileName={"type": "string", "pattern": r"^(?![./])[\w./:-]+$"},
            type=FILLED,
            category=FILLED,
            packageName=FILLED,
            moduleName=FILLED,
            message=FILLED,
            description=FILLED,
            fingerprint=FILLED,
            additionalProperties=FILLED,
        )
    ),
)
"""Jenkins' native format."""

JUNIT = """<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="seconds">
    <xs:restriction base="xs:string"><xs:pattern value="[0-9]{1,3}(\\.[0-9]{0,3})?"/></xs:restriction>
  </xs:simpleType>
  <xs:complexType name="outcome" mixed="true">
    <xs:attribute name="type" type="xs:string"/>
    <xs:attribute name="message" type="xs:string"/>
  </xs:complexType>
  <xs:element name="testcase">
    <xs:complexType>
      <xs:choice minOccurs="0" maxOccurs="1">
        <xs:element name="skipped" type="outcome"/>
        <xs:element name="error" type="outcome"/>
        <xs:element name="failure" type="outcome"/>
        <xs:element name="system-out" type="xs:string"/>
      </xs:choice>
      <xs:attribute name="name" type="xs:string" use="required"/>
      <xs:attribute name="classname" type="xs:string" use="required"/>
      <xs:attribute name="time" type="xs:string"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="properties">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="property" minOccurs="0" maxOccurs="unbounded">
          <xs:complexType>
            <xs:attribute name="name" type="xs:string" use="required"/>
            <xs:attribute name="value" type="xs:string" use="required"/>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
  <xs:element name="testsuites">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="testsuite" minOccurs="1" maxOccurs="unbounded">
          <xs:complexType>
            <xs:sequence>
              <xs:element ref="properties" minOccurs="0"/>
              <xs:element ref="testcase" minOccurs="1" maxOccurs="unbounded"/>
            </xs:sequence>
            <xs:attribute name="name" type="xs:string" use="required"/>
            <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
            <xs:attribute name="skipped" type="xs:nonNegativeInteger"/>
            <xs:attribute name="time" type="seconds"/>
            <xs:attribute name="timestamp" type="xs:dateTime"/>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
      <xs:attribute name="name" type="xs:string"/>
      <xs:attribute name="time" type="seconds"/>
      <xs:attribute name="tests" type="xs:nonNegativeInteger"/>
      <xs:attribute name="failures" type="xs:nonNegativeInteger"/>
      <xs:attribute name="errors" type="xs:nonNegativeInteger"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""
"""JUnit; narrower than the plug-in's schema, which lets a suite without cases pass."""
