"""The daily workflow holds to what keeps a workflow safe: few rights, nothing foreign, nothing injected."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from feedserver import Publisher


PATH = Path(__file__).parents[2] / ".github" / "workflows" / "database.yml"
TEXT = PATH.read_text("utf-8")
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["publish"]["steps"]
RUNS = {step["name"]: step["run"] for step in STEPS if "run" in step}


def test_it_runs_daily_and_by_hand_and_never_by_a_stranger() -> None:
    """No event that a pull request or a comment can cause."""
    events = WORKFLOW[True]  # YAML 1.1 reads «on» so
    assert {"schedule", "workflow_dispatch"} == set(events)
    (schedule,) = events["schedule"]
    assert re.fullmatch(r"\d{1,2} \d{1,2} \* \* \*", schedule["cron"])


def test_it_has_only_the_rights_that_it_needs() -> None:
    """None by default; the one job reads the repository and writes packages."""
    assert {} == WORKFLOW["permissions"]
    assert ["publish"] == list(WORKFLOW["jobs"])
    assert {"contents": "read", "packages": "write"} == (
        WORKFLOW["jobs"]["publish"]["permissions"]
    )


def test_whatever_it_uses_is_pinned() -> None:
    """An action is named by its commit, with the version beside it; tags can be moved."""
    for line in TEXT.splitlines():
        if re.match(r"\s*(- )?uses:", line):
            assert re.search(r"@[0-9a-f]{40} # v\d", line), line
    assert all(("run" in step) != ("uses" in step) for step in STEPS)


def test_no_expression_reaches_a_script() -> None:
    """They stand in ``env`` alone, where a value is a value and no code."""
    assert all("${{" not in script for script in RUNS.values())
    outside = {k: v for step in STEPS for k, v in step.items() if k != "env"}
    assert "${{" not in str(outside)
    job = {k: v for k, v in WORKFLOW["jobs"]["publish"].items() if k != "steps"}
    assert "${{" not in str(job)


def test_secrets_are_where_they_are_needed() -> None:
    """The steps that install and read foreign data have neither the token nor the key to sign."""
    secret = {
        step["name"]: sorted(name for name in step.get("env", {}))
        for step in STEPS
        if "token" in str(step.get("env")) or "SIGN" in str(step.get("env"))
    }
    assert {
        "Get the repository at this commit": ["TOKEN"],
        "Publish": ["SIGN_KEY", "TOKEN"],
    } == secret


def test_it_ends_and_never_runs_twice_at_once() -> None:
    """A bound in time, and one run after the other."""
    assert 0 < WORKFLOW["jobs"]["publish"]["timeout-minutes"] <= 360
    assert {"group": "database", "cancel-in-progress": False} == WORKFLOW["concurrency"]


def test_it_verifies_before_it_publishes() -> None:
    """In this order: build, verify, publish; and it tells what was built."""
    names = [step["name"] for step in STEPS]
    assert names.index("Build") < names.index("Verify") < names.index("Publish")
    assert "GITHUB_STEP_SUMMARY" in RUNS["Tell"]


@pytest.mark.parametrize("name", RUNS)
def test_every_script_is_one(name: str) -> None:
    """Bash reads each without a complaint."""
    bash = shutil.which("bash")
    assert bash
    done = subprocess.run(
        [bash, "-n"], input=RUNS[name], capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)


@pytest.fixture
def step(
    tmp_path: Path, published: Publisher
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a step's script as the runner does, with publishers on this machine."""
    (tmp_path / "venv").symlink_to(Path(sys.prefix))
    (tmp_path / "bin").mkdir()
    sleep = tmp_path / "bin" / "sleep"
    sleep.write_text(f"#!/bin/sh\necho $1 >>{tmp_path / 'slept'}\n")
    sleep.chmod(0o755)

    def run(name: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", RUNS[name]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
                "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
                "SHIPWORTHY_ONLY": "alpine,debian,epss,kev,osv",
                "SHIPWORTHY_MIRROR": f"*={published.url}",
                "ALLOW_PARTIAL": "",
                **env,
            },
        )

    return run


def test_its_scripts_build_a_database(
    step: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """As the runner would: built, verified, and told in the summary without any markup of a feed's."""
    for name in ("Build", "Verify", "Tell"):
        assert 0 == step(name).returncode, name
    summary = (tmp_path / "summary.md").read_text()
    assert "osv/npm" in summary
    assert "not published" in summary
    assert all(line.startswith("    ") for line in summary.splitlines())
    assert not (tmp_path / "slept").exists()


def test_a_day_on_which_a_source_fails_publishes_nothing(
    step: Callable[..., subprocess.CompletedProcess[str]],
    published: Publisher,
    tmp_path: Path,
) -> None:
    """After three tries the step fails, unless whoever started it allows a part."""
    (published.root / "debian" / "data" / "json").unlink()

    assert 3 == step("Build").returncode
    assert ["300", "900"] == (tmp_path / "slept").read_text().split()
    assert 0 == step("Build", ALLOW_PARTIAL="true").returncode
    assert 2 == step("Build", SHIPWORTHY_ONLY="debain").returncode
