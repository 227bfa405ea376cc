"""The published schema of the policy file, and that it says what the reader says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shipworthy.errors import UsageError
from shipworthy.policy.document.nodes import plain
from shipworthy.policy.document.parse import parse
from shipworthy.policy.document.problems import Problems
from shipworthy.policy.document.read import read_document
from shipworthy.policy.document.schema import schema


PUBLISHED = (
    Path(__file__).resolve().parents[3] / "docs" / "schema" / "policy.schema.json"
)

VALID = {
    "nothing": "",
    "the issue's own": """
extends: [base.yaml]
rules:
  - name: fixable-criticals
    when: {all: [{severity: critical}, {fix-available: true}, {not: {severity-is: unknown}}]}
    effect: fail
  - name: nothing-low
    when: {fix-available: true, severity: low}
    effect: fail
    max: 0
suppressions:
  - id: CVE-2021-44228
    package: pkg:maven/org.apache.logging.log4j/log4j-core
    reason: the lookup class is removed from the jar     # required
    owner: payments
    expires: 2027-01-31
""",
    "JSON": '{"rules": [{"name": "a", "when": {"severity": "high"}, "max": {"high": 2, "other": 9}}]}',
    "every key of a rule": """
rules:
  - {name: a, description: why, when: {any: [{severity: [high, unknown]}]}, effect: inform, max: 3,
     undecided: fail, locked: true, suppressible: false, of: finding}
  - {name: shared, effect: fail}
""",
    "every key of an entry": """
suppressions:
  - {id: [CVE-2024-1, GHSA-x], package: [openssl, "lib*"], version: ">=1, <2 || =3", path: usr/**, layer: [3, "sha256:0123456789ab"],
     image: "registry.example/*", origin: own, type: deb, fix-state: [fixed, will-not-fix], reason: "no",
     owner: me, expires: "2027-01-31", until: fix-available, about: [vulnerability, secret]}
""",
    "every key of the file": """
version: 1
extends: []
rules: []
disable: [old]
suppressions: []
ignore-files: [.trivyignore]
vex: [vex/]
baseline: last.json
undecided: fail
partial: warn
expiring-within: 14d
limits: {owner: required, expires: required, longest: 12 weeks}
scan: {fail-on: high, max: critical=0, only-fixed: true, output: [json=r.json], port: 1}
""",
}

BAD = {
    "an unknown key": "rule: []",
    "a list": "[]",
    "a word": "hello",
    "a second version": "version: 2",
    "a text for a list": "extends: base.yaml",
    "nothing for a list": "rules:",
    "a rule without a name": "rules: [{when: {severity: high}}]",
    "a blank name": "rules: [{name: ' ', when: {severity: high}}]",
    "a built-in name": "rules: [{name: fail-on, when: {severity: high}}]",
    "a built-in limit": "rules: [{name: max-high, when: {severity: high}}]",
    "an unknown effect": "rules: [{name: a, when: {severity: high}, effect: block}]",
    "an empty condition": "rules: [{name: a, when: {}}]",
    "an empty all": "rules: [{name: a, when: {all: []}}]",
    "an unknown question": "rules: [{name: a, when: {colour: red}}]",
    "a number for a severity": "rules: [{name: a, when: {severity: 7}}]",
    "a list for not": "rules: [{name: a, when: {not: [{severity: high}]}}]",
    "a negative limit": "rules: [{name: a, when: {severity: high}, max: -1}]",
    "half a finding": "rules: [{name: a, when: {severity: high}, max: 0.5}]",
    "a limit of no severity": "rules: [{name: a, when: {severity: high}, max: {hgih: 1}}]",
    "a word for a flag": "rules: [{name: a, when: {severity: high}, locked: no}]",
    "an unknown kind": "rules: [{name: a, when: {severity: high}, of: findings}]",
    "no reason": "suppressions: [{id: CVE-2024-1}]",
    "a blank reason": "suppressions: [{id: CVE-2024-1, reason: ' '}]",
    "no selector": "suppressions: [{image: app, type: deb, origin: own, reason: x}]",
    "a number for an id": "suppressions: [{id: 2024, reason: x}]",
    "a date half written": "suppressions: [{id: CVE-2024-1, reason: x, expires: 2026-1-1}]",
    "until something": "suppressions: [{id: CVE-2024-1, reason: x, until: tomorrow}]",
    "an unknown origin": "suppressions: [{id: CVE-2024-1, reason: x, origin: unknown}]",
    "an unknown state": "suppressions: [{id: CVE-2024-1, reason: x, fix-state: wontfix}]",
    "an unquoted version": "suppressions: [{package: a, reason: x, version: 2.10}]",
    "days without a number": "expiring-within: soon",
    "days without end": "expiring-within: 99999",
    "an optional demand": "limits: {owner: optional}",
    "no demand": "limits: {}",
    "an option with a mapping": "scan: {fail-on: {a: b}}",
}


def read_plain(text: str) -> object:
    """The file as a JSON document; nothing is an empty one."""
    problems = Problems("p.yaml")
    root = parse(text.encode(), problems)
    problems.raise_any()
    return plain(root) if root is not None else {}


@pytest.fixture(scope="module")
def validator() -> Any:
    """A validator of the published schema."""
    published = json.loads(PUBLISHED.read_text())
    Draft202012Validator.check_schema(published)
    return Draft202012Validator(published)


def test_the_published_schema_is_that_of_the_code() -> None:
    """What editors read is made from the tables that the reader goes by; tools/schema.py writes it."""
    written = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"

    assert PUBLISHED.read_text() == written


@pytest.mark.parametrize("text", VALID.values(), ids=VALID.keys())
def test_what_is_right_is_right_by_both(validator: Any, text: str) -> None:
    """The reader takes it, and the schema finds nothing wrong with it."""
    read_document("p.yaml", text.encode())

    assert not list(validator.iter_errors(read_plain(text)))


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_wrong_by_both(validator: Any, text: str) -> None:
    """The reader refuses it with its line, and an editor marks it."""
    with pytest.raises(UsageError, match=r"^p\.yaml:1: "):
        read_document("p.yaml", text.encode())

    assert list(validator.iter_errors(read_plain(text)))
