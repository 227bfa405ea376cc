"""What tests call CSAF is CSAF: the documents that they are given, held against the validator of the standard's editor."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
import redhatcases
from csafvex import csaf, named, relation
from npm import installed


pytestmark = pytest.mark.functional

LIBRARY = "@secvisogram/csaf-validator-lib"
VALIDATOR = f"{LIBRARY}@2.0.10"
# The schema of CSAF 2.0 and the mandatory tests of its section 6.1; one process for all documents.
PROGRAM = f"""
import validate from "{LIBRARY}/validate.js"
import * as basic from "{LIBRARY}/basic.js"
import {{ readFileSync }} from "node:fs"
const told = {{}}
for (const [name, document] of Object.entries(JSON.parse(readFileSync(0)))) {{
  const {{ tests }} = await validate(Object.values(basic), document)
  told[name] = tests.flatMap((test) =>
    test.errors.map((error) => `${{test.name}} ${{error.instancePath}}: ${{error.message}}`))
}}
console.log(JSON.stringify(told))
"""
FLAG = {"label": "component_not_present", "group_ids": ["g"]}
THREAT = {"category": "impact", "details": "Not built in.", "product_ids": ["lib"]}
REMEDY = {"category": "vendor_fix", "details": "Update.", "product_ids": ["lib"]}
CASES = (
    redhatcases.curl,
    redhatcases.gcc,
    redhatcases.gcc_deferred,
    redhatcases.glibc,
    redhatcases.httpd,
    redhatcases.kernel,
    redhatcases.nodejs,
    redhatcases.openssl,
    redhatcases.tar,
)
WRONG = "wrong"


def documents() -> dict[str, Any]:
    """Every kind of document that tests write, and one that lacks what the standard asks for."""
    made: dict[str, Any] = {}
    for case in CASES:
        made[f"vex {case.__name__}"] = case().vex()
        made[f"advisory {case.__name__}"] = case().advisory("RHSA-2023:5763")
    for status in (
        "known_not_affected",
        "fixed",
        "known_affected",
        "under_investigation",
    ):
        made[f"advisory {status}"] = json.loads(csaf(status))
    made["vex flag"] = json.loads(csaf(category="csaf_vex", flags=[FLAG]))
    made["vex threat"] = json.loads(csaf(category="csaf_vex", threats=[THREAT]))
    affected = csaf("known_affected", category="csaf_vex", remediations=[REMEDY])
    made["vex affected"] = json.loads(affected)
    both = relation("both", "lib", "os", "default_component_of")
    system = named("os", cpe="cpe:/o:redhat:enterprise_linux:9::baseos")
    part = csaf(ids_=("both",), names=(system,), relations=(both,))
    made["part of a platform"] = json.loads(part)
    made[WRONG] = json.loads(csaf(ids_=("nowhere",), category="csaf_vex"))
    del made[WRONG]["document"]["title"]
    return made


def test_documents_are_csaf() -> None:
    """Schema and mandatory tests find nothing in any of them, and find what is wrong where something is."""
    place = installed(VALIDATOR)
    node = shutil.which("node")
    assert node is not None  # npm is there
    done = subprocess.run(
        [node, "--input-type=module", "--eval", PROGRAM],
        cwd=place,
        input=json.dumps(documents()),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    told: dict[str, list[str]] = json.loads(done.stdout)
    wrong = "\n".join(told.pop(WRONG))
    assert "must have required property 'title'" in wrong
    assert "mandatoryTest_6_1_1 " in wrong
    assert {name: found for name, found in told.items() if found} == {}
    assert len(told) > 20
