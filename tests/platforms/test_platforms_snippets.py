"""The examples for CI systems: short, valid by the systems' own schemas, and their scripts run over images of every kind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pipelining import Images, variables


ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples/ci"
SCHEMAS = {
    "azure-pipelines": "azure-pipelines",
    "bitbucket-pipelines": "bitbucket-pipelines",
    "circleci": "circle-ci",
    "drone": "drone-ci",
    "woodpecker": "woodpecker-ci",
}
NAMES = (*SCHEMAS, "tekton")
DATABASE = "oci://registry.example/shipworthy-db"


def read(name: str) -> Any:
    """The example as YAML."""
    return yaml.safe_load((EXAMPLES / f"{name}.yml").read_text("utf-8"))


def script_of(name: str) -> tuple[str, dict[str, str]]:
    """The script of the step that scans, and the variables that it has."""
    document = read(name)
    if name == "azure-pipelines":
        step = next(one for one in document["steps"] if "bash" in one)
        return step["bash"], step["env"]
    if name == "bitbucket-pipelines":
        (step,) = (one["step"] for one in document["pipelines"]["default"])
        return "\n".join(step["script"]), {}
    if name == "circleci":
        job = document["jobs"]["image-scan"]
        (script,) = (one["run"] for one in job["steps"] if "run" in one)
        return script, job["environment"]
    if name == "tekton":
        (step,) = document["spec"]["steps"]
        usual = {
            f"$(params.{one['name']})": one["default"]
            for one in document["spec"]["params"]
        }
        given = {
            one["name"]: usual.get(one["value"], one["value"]) for one in step["env"]
        }
        return step["script"], given
    scan = document["steps"][0]
    return "\n".join(scan["commands"]), scan["environment"]


def test_nothing_is_left_out() -> None:
    """Every example is tried here, and the page leads to it."""
    page = (ROOT / "docs/ci/README.md").read_text("utf-8")
    found = sorted(path.stem for path in EXAMPLES.iterdir())

    assert sorted(NAMES) == found
    assert all(f"(../../examples/ci/{name}.yml)" in page for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_short_and_keeps_the_reports(name: str) -> None:
    """At most fifteen lines; the reports are kept where the gate closes, too."""
    text = (EXAMPLES / f"{name}.yml").read_text("utf-8")

    assert len(text.splitlines()) <= 15
    kept = {
        "azure-pipelines": "condition: always()",
        "bitbucket-pipelines": "capture-on: always",
        "circleci": "when: always",
        "tekton": "workingDir: $(workspaces.source.path)",
    }
    assert kept.get(name, "status: [success, failure]") in text


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_valid(name: str) -> None:
    """By the schema that the system publishes."""
    more = ["--data-transform", "azure-pipelines"] if name == "azure-pipelines" else []
    done = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema", *more),
            *("--builtin-schema", f"vendor.{SCHEMAS[name]}", EXAMPLES / f"{name}.yml"),
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stdout


def test_the_task_of_tekton() -> None:
    """What the API asks of a Task; parameters reach the script as variables alone."""
    task = read("tekton")

    assert ("tekton.dev/v1", "Task") == (task["apiVersion"], task["kind"])
    assert task["metadata"]["name"]
    (step,) = task["spec"]["steps"]
    assert {"name", "image", "workingDir", "securityContext", "env", "script"} == set(
        step
    )
    assert "$(" not in step["script"]
    assert all(set(one) == {"name", "value"} for one in step["env"])


@pytest.mark.parametrize("name", [name for name in NAMES if name != "woodpecker"])
def test_its_script_decides_the_step(
    tmp_path: Path, images: Images, database: Path, name: str
) -> None:
    """Each image ends it as it should and leaves its reports where the example takes them from."""
    plugins = tmp_path / "shipworthy/plugins"
    plugins.mkdir(parents=True)
    tool = Path(sys.executable).parent
    (plugins / "bootstrap.py").write_text(f"print({str(tool / 'shipworthy')!r})\n")
    script, given = script_of(name)
    environment = variables(
        **{k: v.replace(DATABASE, str(database)) for k, v in given.items()}
    )
    environment["PATH"] = f"{tool}:{environment['PATH']}"
    for which, code in (("passing", 0), ("failing", 1), ("broken", 3), ("hostile", 1)):
        folder = tmp_path / which
        folder.mkdir()
        (folder / "image.tar").symlink_to(getattr(images, which))
        done = subprocess.run(
            ["bash", "-ec", script.replace(DATABASE, str(database))], cwd=folder, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False,
        )  # fmt: skip
        facts = (folder / "shipworthy-report/facts.env").read_text()
        assert (code, True) == (done.returncode, f"EXIT_CODE={code}\n" in facts), (
            done.stdout
        )
        assert (folder / "shipworthy-report/junit.xml").exists() is (which != "broken")


def test_the_two_drones_scan_alike() -> None:
    """So one of them is enough to try."""
    assert script_of("drone") == script_of("woodpecker")
