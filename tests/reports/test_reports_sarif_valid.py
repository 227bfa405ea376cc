"""The SARIF report before others: the schema of the standard, and Microsoft's Multitool with GitHub's rules."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from npm import installed
from reports_endings import ended
from reports_sample import (
    LOG4SHELL,
    ZLIB_OVERFLOW,
    bare,
    sample,
    undecided,
    warned,
)

from shipworthy.model.result import ScanResult
from shipworthy.reports.render import render


pytestmark = pytest.mark.functional

MULTITOOL = "@microsoft/sarif-multitool-linux@5.7.0"
PLACELESS, UNKNOWN = "placeless.sarif", "wrong-level.sarif"
"""Logs that are wrong: a result without a place; a level that is none of SARIF's, after which no other log is read."""
READ = "SARIF2005"
"""Warns that a tool has no address of its own: ours has none, so the warning is the proof that a log was read."""
# It would ask the web for every address in a log.
SETTINGS = """<?xml version="1.0" encoding="utf-8"?>
<Properties>
  <Properties Key="SARIF2006.UrisShouldBeReachable.Options">
    <Property Key="RuleEnabled" Value="Disabled" />
  </Properties>
</Properties>
"""


def hostile() -> ScanResult:
    """Texts that the format would act on, or that no address, id or tag may hold."""
    text = "[a](1) {0} <b> \u202e ##vso[x] ::error::"
    package = replace(LOG4SHELL.package, name=text, version="", purl="", locations=())
    finding = replace(
        LOG4SHELL, id=text, title=text, package=package, references=(text,)
    )
    return replace(sample(), findings=(finding, replace(finding, id="", title="")))


def many() -> ScanResult:
    """Some dozens of rules."""
    found = tuple(
        replace(ZLIB_OVERFLOW, id=f"CVE-2023-{at:05}", fingerprint=f"{at:032x}")
        for at in range(40)
    )
    return replace(sample(), findings=found)


SAMPLES = {
    "bare": bare,
    "closed": sample,
    "ended": ended,
    "hostile": hostile,
    "many": many,
    "undecided": undecided,
    "warned": warned,
}


@pytest.fixture(scope="module")
def multitool() -> Path:
    """The directory of the program, with its schema beside it."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        pytest.skip("the validator is built for Linux on x86-64")
    name = MULTITOOL.rpartition("@")[0]
    return installed(MULTITOOL) / "node_modules" / name


def validated(multitool: Path, place: Path) -> set[tuple[str, str]]:
    """
    File and rule of all that is wrong in the logs of a directory.

    The program's exit code does not tell, and a log that it cannot read it passes over in silence.
    """
    program, told = multitool / "Sarif.Multitool", place / "told.json"
    program.chmod(0o755)
    settings = place / "settings.xml"
    settings.write_text(SETTINGS)
    logs = sorted(place.glob("*.sarif"))
    command = [str(program), "validate", *map(str, logs)]
    command += ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--config"]
    command += [str(settings), "--output", str(told), "--log", "ForceOverwrite"]
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        timeout=300,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    (run,) = json.loads(told.read_text("utf-8-sig"))["runs"]
    assert run["invocations"][0]["executionSuccessful"]
    found = {(_file(one), one["ruleId"]) for one in run["results"]}
    unread = {(log.name, "not read") for log in logs if (log.name, READ) not in found}
    return {one for one in found if one[1] != READ} | unread


@lru_cache(maxsize=1)
def schema_of(multitool: Path) -> jsonschema.Draft202012Validator:
    """A validator by the schema that the program comes with."""
    schema = json.loads((multitool / "sarif-2.1.0.json").read_text("utf-8-sig"))
    return jsonschema.Draft202012Validator(schema)


def _file(result: dict[str, Any]) -> str:
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    return str(location["uri"]).rpartition("/")[2]


@pytest.fixture(scope="module")
def told(
    multitool: Path, tmp_path_factory: pytest.TempPathFactory
) -> set[tuple[str, str]]:
    """File and rule of all that is wrong, of good logs and of two that are not: the program takes seconds to start."""
    place = tmp_path_factory.mktemp("logs")
    for name, result in SAMPLES.items():
        (place / f"{name}.sarif").write_bytes(render(result(), "sarif"))
    (place / "github.sarif").write_bytes(render(sample(), "sarif-github"))
    log = json.loads(render(sample(), "sarif"))
    del log["runs"][0]["results"][0]["locations"]
    (place / PLACELESS).write_text(json.dumps(log))
    log["runs"][0]["results"][1]["level"] = "critical"
    (place / UNKNOWN).write_text(json.dumps(log))
    return validated(multitool, place)


def test_multitool_finds_nothing_wrong(told: set[tuple[str, str]]) -> None:
    """No sample breaks the schema, a rule of the standard or one of GitHub's."""
    assert {one for one in told if one[0] not in {PLACELESS, UNKNOWN}} == set()


def test_multitool_would_tell(told: set[tuple[str, str]]) -> None:
    """The validator sees a result without a place, and cannot read a level that is none of SARIF's."""
    assert (UNKNOWN, "not read") in told
    assert (PLACELESS, "not read") not in told
    assert PLACELESS in {file for file, _ in told}


@pytest.mark.parametrize("form", ["sarif", "sarif-github"])
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_logs_keep_to_the_schema(multitool: Path, name: str, form: str) -> None:
    """Every log is valid by the JSON Schema of SARIF 2.1.0, as the validator's package has it."""
    validator = schema_of(multitool)
    assert list(validator.iter_errors(json.loads(render(SAMPLES[name](), form)))) == []
