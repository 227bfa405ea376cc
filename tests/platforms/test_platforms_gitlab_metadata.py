"""The component's text: complete, by GitLab's schema, and the same whatever is put into it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from gitlabbing import (
    JOB,
    README,
    TEMPLATE,
    WrongInputError,
    documents,
    interpolated,
)
from pipelining import HOSTILE

from shipworthy.cli.several import listed
from shipworthy_ci.command import TARGETS, command
from shipworthy_ci.earlier import TARGET_BRANCH


OF_THE_JOB = {
    "images",
    "block",
    "source",
    "revision",
    "wheelhouse",
    "job-image",
    "stage",
    "job-name",
    "job-suffix",
    "rules",
    "cache-policy",
    "expire-in",
    "expose-as",
}
"""Inputs that are no options of the command."""
NO_INPUT = {"ci", "password-stdin"}
"""Options that the component sets itself."""
GLOBAL = {
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "services",
    "stages",
    "variables",
    "workflow",
}


def inputs() -> dict[str, Any]:
    """Those that the component declares."""
    declared: dict[str, Any] = documents()[0]["spec"]["inputs"]
    return declared


def options() -> dict[str, click.Option]:
    """The options of the command by their long names without dashes."""
    return {
        next(name for name in one.opts if name.startswith("--"))[2:]: one
        for one in command.params
        if isinstance(one, click.Option)
    }


def test_every_option_is_an_input() -> None:
    """None is forgotten, none is invented."""
    assert set(options()) - NO_INPUT == set(inputs()) - OF_THE_JOB


def test_every_input_has_the_type_of_its_option() -> None:
    """Flags are booleans, what repeats is a list, choices are options; the default says nothing, or what the command's does."""
    for name, option in options().items():
        if name in NO_INPUT:
            continue
        declared = inputs()[name]
        kind = "boolean" if option.is_flag else "array" if option.multiple else "string"
        assert kind == declared["type"], name
        if isinstance(option.type, click.Choice):
            assert list(option.type.choices) == declared["options"]
        if kind == "string":
            known = {"", ".shipworthy/data", str(option.default)}
            assert declared["default"] in known, name
        else:
            assert declared["default"] == ([] if kind == "array" else False)


def test_every_input_reaches_its_variable() -> None:
    """And each text is checked to be one line of printable ASCII."""
    told = interpolated()[JOB]["variables"]
    named = dict(
        re.findall(
            r"^    (SHIPWORTHY_\w+): \|-?\n      \$\[\[ inputs\.([\w-]+) \]\]$",
            TEMPLATE.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    expected = {
        str(option.envvar): name
        for name, option in options().items()
        if name not in NO_INPUT
    }
    own = {f"SHIPWORTHY_{n.upper()}": n for n in ("source", "revision", "wheelhouse")}
    assert named == expected | own | {TARGETS: "images"}
    assert set(told) == {*named, "SHIPWORTHY_CI"}
    for name, declared in inputs().items():
        assert 1024 >= len(declared["description"])
        if declared["type"] == "string" and "options" not in declared:
            pattern = declared["regex"]
            assert re.fullmatch(r"\^.*\$", pattern), name
            for bad in ("\n", "\r", "\x85", "\u2028", "\x00"):
                assert not re.fullmatch(pattern[1:-1], f"a{bad}b"), name


def test_no_input_stands_in_the_script() -> None:
    """What a shell reads is the same in every project, and a shell can read it."""
    text = TEMPLATE.read_text(encoding="utf-8")
    script = text[text.index("  script:") : text.index("  cache:")]
    assert "$[[" not in script
    (lines,) = interpolated()[JOB]["script"]
    for shell in ("sh", "bash"):
        subprocess.run([shell, "-n", "-c", lines], check=True)
    assert ["3", '"$code"'] == re.findall(r"^ *exit (\S+)$", lines, re.MULTILINE)


def test_nothing_is_global_but_the_job() -> None:
    """A component leaves the pipeline around it alone."""
    made = interpolated(job_suffix=" x")
    assert not GLOBAL & set(made)
    assert {".shipworthy-block-true", ".shipworthy-block-false", f"{JOB} x"} == set(
        made
    )
    assert not {"before_script", "after_script"} & set(made[f"{JOB} x"])


EVIL = (
    *HOSTILE,
    "\n  script: [touch owned]\n",
    "a\u2028b: c",
    "'\"",
    "- x",
    "# x",
    "$[[ inputs.db ]]",
    "]",
    "!!python/object/apply:os.system [x]",
    " leading",
    "%s\\n\\",
)


@pytest.mark.parametrize("text", EVIL)
def test_no_value_changes_the_rest(text: str) -> None:
    """A text is refused or arrives as it is; a list arrives whole; nothing else is another than before."""
    plain = interpolated()
    for name, declared in inputs().items():
        if name in {"job-name", "job-suffix", "rules"}:
            continue
        value = {"string": text, "array": [text, "b"], "boolean": True}
        try:
            made = interpolated(**{name: value[declared["type"]]})
        except WrongInputError:
            continue
        changed = made[JOB]
        if name in OF_THE_JOB - {"images", "source", "wheelhouse"}:
            continue
        if declared["type"] != "boolean":
            variable = TARGETS
            if name != "images":
                variable = f"SHIPWORTHY_{name.upper().replace('-', '_')}"
            told = changed["variables"].pop(variable)
            arrived = listed(told) if declared["type"] == "array" else told
            expected = [text, "b"] if declared["type"] == "array" else text.strip()
            assert expected == arrived or name == "report-dir", name
            del made
            assert {**plain[JOB]["variables"], variable: ""} == {
                **changed["variables"],
                variable: "",
            }
            assert plain[JOB]["script"] == changed["script"]


def test_the_gate_is_red_or_yellow() -> None:
    """As ``block`` says, and nothing but a closed gate is ever yellow."""
    for block, expected in ((True, False), (False, {"exit_codes": [1]})):
        made = interpolated(block=block)
        assert expected == made[made[JOB]["extends"]]["allow_failure"]


def test_schemas(tmp_path: Path) -> None:
    """Both documents are GitLab's, by the schema of its editor."""
    paths = []
    for name, content in (("spec", documents()[0]), ("jobs", interpolated())):
        path = tmp_path / f"{name}.gitlab-ci.yml"
        path.write_text(json.dumps(content), encoding="utf-8")
        paths.append(str(path))
    call = [sys.executable, "-m", "check_jsonschema", "--builtin-schema"]
    done = subprocess.run(
        [*call, "vendor.gitlab-ci", *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr


def test_the_readme_names_every_input() -> None:
    """And none that is not there."""
    text = README.read_text(encoding="utf-8")
    begin = text.index("## Inputs")
    part = text[begin : text.index("\n## ", begin + 1)]
    rows = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([a-z-]+)`", row)]

    assert sorted(inputs()) == sorted(named)
    assert TARGET_BRANCH in part


def test_a_new_user_copies_few_lines() -> None:
    """The first example is a whole pipeline with inputs that are taken."""
    text = README.read_text(encoding="utf-8")
    example = text.split("```yaml\n")[1].partition("```")[0]

    assert 15 >= len(example.splitlines())
    pipeline = yaml.safe_load(example)
    (included,) = pipeline["include"]
    given = {**included["inputs"], "revision": "0" * 40}
    assert interpolated(**given)[JOB]
    assert "build" in pipeline
