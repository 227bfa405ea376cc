"""The recipe and the meta-runner: made from one source, right by their formats, equal, and with every option."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import teamcity_files
import teamcity_inputs
import xmlschema
import yaml
from defusedxml import ElementTree
from jsonschema import Draft202012Validator
from pipelining import without
from teamcitying import parse

from shipworthy_ci.command import TARGETS, command
from shipworthy_ci.teamcity.artifacts import USUAL
from shipworthy_ci.teamcity.tab import NAME, START


ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).parent / "teamcity"
RECIPE: dict[str, Any] = yaml.safe_load(
    (ROOT / "teamcity/recipe.yml").read_text("utf-8")
)
XML = ElementTree.fromstring((ROOT / "teamcity/meta-runner.xml").read_bytes())
VALIDATOR = Draft202012Validator(
    json.loads((DATA / "recipe.schema.json").read_text("utf-8"))
)


def inputs() -> dict[str, dict[str, Any]]:
    """Those of the recipe by their names."""
    return {name: one for entry in RECIPE["inputs"] for name, one in entry.items()}


def test_the_files_are_what_their_source_makes() -> None:
    """Making them anew gives the same bytes."""
    for path, text in teamcity_files.files().items():
        assert text == path.read_text("utf-8"), (
            f"{path.name}: run tools/teamcity_files.py"
        )


def test_the_recipe_is_one() -> None:
    """By the rules of public recipes, which are the stricter ones."""
    assert [] == [error.message for error in VALIDATOR.iter_errors(RECIPE)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "short/x"},
        {"title": "x" * 51},
        {"version": "1.0-beta"},
        {"steps": []},
        {"steps": [{"script": "x", "uses": "acme/other@1.0"}]},
        {"more": 1},
        {"inputs": [{"a": {"type": "text"}}]},
        {"inputs": [{"a": {"type": "boolean", "default": ""}}]},
        {"inputs": [{"a": {"type": "text", "default": "", "description": "x" * 251}}]},
    ],
)
def test_the_schema_finds_what_is_wrong(wrong: dict[str, Any]) -> None:
    """A recipe that breaks a rule does not pass."""
    assert not VALIDATOR.is_valid(RECIPE | wrong)


def test_the_meta_runner_is_one() -> None:
    """By what the documentation says one is made of."""
    xmlschema.XMLSchema(DATA / "meta-runner.xsd").validate(
        ROOT / "teamcity/meta-runner.xml"
    )


def test_both_have_the_same_inputs_and_run_the_same() -> None:
    """Names, kinds, defaults, words and script of the one are those of the other."""
    kinds = {"checkbox": "boolean"}
    of_xml = {}
    for one in XML.findall("settings/parameters/param"):
        spec = parse(f"##teamcity[{one.get('spec')}]")  # its syntax is that of messages
        required = spec.attributes.get("validationMode") == "not_empty"
        of_xml[one.get("name")] = {
            "type": kinds.get(spec.name, spec.name),
            "label": spec.attributes["label"],
            "description": spec.attributes["description"],
            "required": required,
            **({} if required else {"default": one.get("value")}),
        }
    (script,) = (
        one.text
        for one in XML.findall("settings/build-runners/runner/parameters/param")
        if one.get("name") == "script.content"
    )

    assert inputs() == of_xml
    assert [step["script"] for step in RECIPE["steps"]] == [script]


def test_every_option_has_an_input() -> None:
    """What the command takes can be given, and nothing is given that it does not take."""
    options = {option.envvar for option in command.params if option.envvar} | {TARGETS}
    given = {one.variable for one in teamcity_inputs.INPUTS if one.variable}

    assert options == given
    flags = {
        o.envvar for o in command.params if getattr(o, "is_flag", False) and o.envvar
    }
    ticks = {one.variable for one in teamcity_inputs.INPUTS if one.kind == "boolean"}
    assert flags == ticks


def test_no_input_is_put_into_the_script() -> None:
    """TeamCity replaces what stands between percent signs; there is none, and every input is a variable."""
    assert "%" not in RECIPE["steps"][0]["script"]
    assert all(name.startswith("env.input_") for name in inputs())


def test_the_script_is_clean() -> None:
    """By shellcheck, with everything that it can find."""
    tool = shutil.which("shellcheck")
    if tool is None:
        without("shellcheck")
    done = subprocess.run(
        [str(tool), "--enable=check-unassigned-uppercase,deprecate-which", "-"],
        input=RECIPE["steps"][0]["script"], capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert ("", 0) == (done.stdout, done.returncode)


def test_a_new_user_copies_fifteen_lines() -> None:
    """What the page begins with is short, balanced, and names inputs and the tab's page as they are."""
    text = (ROOT / "teamcity/README.md").read_text("utf-8")
    block = text.partition("```kotlin\n")[2].partition("```")[0]

    assert len(block.splitlines()) <= 15
    assert block.count("{") == block.count("}")
    assert set(re.findall(r"env\.input_\w+", text)) == set(inputs())
    assert f"{USUAL}/{NAME}!{START}" in block
