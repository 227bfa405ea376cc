"""The snippets for CI systems without a platform of their own: each is what its system takes, and its step does what it says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from pipelining import Images, variables


ROOT = Path(__file__).resolve().parents[2]
SNIPPETS = ROOT / "docs" / "ci"
SCHEMAS = {
    "azure-pipelines": "azure-pipelines",
    "bitbucket-pipelines": "bitbucket-pipelines",
    "circleci": "circle-ci",
    "drone": "drone-ci",
    "woodpecker": "woodpecker-ci",
}
"""The published schemas that are among check-jsonschema's."""

NAMES = (*SCHEMAS, "tekton")
PROGRAM = f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m shipworthy "$@"\n'
BOOTSTRAP = """\
import pathlib, sys
into = pathlib.Path(sys.argv[sys.argv.index("--into") + 1])
into.mkdir()
tool = into / "shipworthy"
tool.write_text(pathlib.Path(__file__).with_name("program").read_text())
tool.chmod(0o755)
print(tool.resolve())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The step that scans, as its system runs it."""

    script: str
    environment: Mapping[str, str] = field(default_factory=dict)
    shell: tuple[str, ...] = ("sh", "-e")


def snippet(name: str) -> Any:
    """A snippet as YAML."""
    return yaml.safe_load((SNIPPETS / f"{name}.yml").read_text())


def scanning(name: str) -> Step:
    """The scan of a snippet."""
    document = snippet(name)
    if name == "azure-pipelines":
        step = document["steps"][1]
        return Step(script=step["script"], environment=step["env"], shell=("bash",))
    if name == "bitbucket-pipelines":
        script = document["pipelines"]["default"][1]["step"]["script"]
        return Step(script="\n".join(script))
    if name == "circleci":
        job = document["jobs"]["image"]
        run = next(
            step["run"]["command"]
            for step in job["steps"]
            if isinstance(step, dict) and isinstance(step.get("run"), dict)
        )
        shell = ("bash", "-eo", "pipefail")
        return Step(script=run, environment=job["environment"], shell=shell)
    if name == "tekton":
        spec = document["spec"]
        defaults = {
            f"$(params.{one['name']})": one["default"] for one in spec["params"]
        }
        (step,) = spec["steps"]
        environment = {one["name"]: defaults[one["value"]] for one in step["env"]}
        return Step(script=step["script"], environment=environment)
    (step,) = document["steps"]
    return Step(script="\n".join(step["commands"]), environment=step["environment"])


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository that is cloned instead of shipworthy's, with a bootstrap that installs nothing, and a commit of it."""
    folder = tmp_path_factory.mktemp("source")
    (folder / "plugins").mkdir()
    (folder / "plugins" / "bootstrap.py").write_text(BOOTSTRAP)
    (folder / "plugins" / "program").write_text(PROGRAM)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *arguments], cwd=folder, check=True)
    shown = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True
    )
    return folder, shown.stdout.decode().strip()


def run_step(
    step: Step, folder: Path, source: tuple[Path, str], database: Path
) -> subprocess.CompletedProcess[str]:
    """The script as it stands, with what a user fills in filled in, in a clean environment."""
    tools = folder / "bin"
    tools.mkdir()
    (tools / "shipworthy").write_text(PROGRAM)
    (tools / "shipworthy").chmod(0o755)
    path, commit = source
    script = step.script.replace("https://github.com/OWNER/shipworthy", str(path))
    script = script.replace("COMMIT", commit).replace(
        "oci://registry.example/security/shipworthy-db", str(database)
    )
    environment = {**step.environment, "SHIPWORTHY_DB": str(database)}
    if environment.get("SHIPWORTHY_REPORT_DIR", "").startswith(
        "/tmp/"
    ):  # it is written nowhere
        environment["SHIPWORTHY_REPORT_DIR"] = "report"
    kept = variables(**environment, HOME=folder)
    kept["PATH"] = f"{tools}{os.pathsep}{kept['PATH']}"
    return subprocess.run(
        [*step.shell, "-c", script],
        cwd=folder,
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("which", "code", "told"),
    [
        ("passing", 0, "Fit to ship"),
        ("failing", 1, "Do not ship"),
        ("broken", 3, "Not scanned"),
        ("hostile", 1, "Do not ship"),
    ],
)
def test_the_verdict_decides_the_step(
    tmp_path: Path,
    images: Images,
    database: Path,
    source: tuple[Path, str],
    name: str,
    which: str,
    code: int,
    told: str,
) -> None:
    """The step passes, fails at the gate, and fails otherwise where it could not scan; the reports lie where the snippet takes them from."""
    (tmp_path / "app.tar").symlink_to(getattr(images, which))

    done = run_step(scanning(name), tmp_path, source, database)

    assert (code, True) == (done.returncode, told in done.stdout), done.stdout
    assert not (tmp_path / "owned").exists()
    folder = tmp_path / kept_folder(name)
    wanted = set() if which == "broken" else {"junit.xml", "report.html", "result.json"}
    assert wanted <= {path.name for path in folder.iterdir()}


def kept_folder(name: str) -> str:
    """The folder that the snippet keeps, or nobody keeps."""
    document = snippet(name)
    if name == "azure-pipelines":
        *_, tests, published = document["steps"]
        assert tests["inputs"]["testResultsFiles"].startswith(published["publish"])
        return str(published["publish"])
    if name == "bitbucket-pipelines":
        step = document["pipelines"]["default"][1]["step"]
        (kept,) = step["artifacts"]["upload"]
        assert kept["capture-on"] == "always"
        return str(kept["paths"][0]).removesuffix("/**")
    if name == "circleci":
        *_, tests, kept = document["jobs"]["image"]["steps"]
        assert tests["store_test_results"] == kept["store_artifacts"]
        return str(kept["store_artifacts"]["path"])
    return "report" if name == "woodpecker" else "shipworthy-report"


@pytest.mark.parametrize(("name", "schema"), SCHEMAS.items())
def test_a_snippet_is_what_its_system_takes(name: str, schema: str) -> None:
    """The published schema has nothing against it."""
    checker = Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run(
        [checker, "--builtin-schema", f"vendor.{schema}", SNIPPETS / f"{name}.yml"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_tekton_task_has_what_a_task_must_have() -> None:
    """Kind, version, steps with a name, and every variable that it uses is declared."""
    task = snippet("tekton")
    text = (SNIPPETS / "tekton.yml").read_text()

    assert (task["apiVersion"], task["kind"]) == ("tekton.dev/v1", "Task")
    declared = {f"params.{one['name']}" for one in task["spec"]["params"]}
    declared |= {f"workspaces.{one['name']}.path" for one in task["spec"]["workspaces"]}
    assert set(re.findall(r"\$\(([^)]+)\)", text)) == declared


@pytest.mark.parametrize("name", NAMES)
def test_no_script_takes_anything_from_outside(name: str) -> None:
    """Values of the system and its users reach the program through the environment, never through a script's text."""
    script = scanning(name).script
    assert not re.search(r"\$\{\{|<<|\$\((?!python3 )|\$\[", script)


@pytest.mark.parametrize("name", NAMES)
def test_every_snippet_is_short_and_on_the_page(name: str) -> None:
    """It can be copied at a glance, and the overview leads to it."""
    assert len((SNIPPETS / f"{name}.yml").read_text().splitlines()) <= 30
    assert f"({name}.yml)" in (SNIPPETS / "README.md").read_text()
