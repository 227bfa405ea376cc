"""The action itself, step by step as a runner takes it, from hostile inputs to the verdict."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from compositing import Ran, Runner, checkout, value_of
from pipelining import HOSTILE, Images, variables


POLICY = "rules:\n  - name: new\n    when: {state: new}\n    effect: fail\n"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as a runner downloads it."""
    return checkout(tmp_path_factory.mktemp("action") / "shipworthy")


@pytest.fixture
def runner(tmp_path: Path, database: Path) -> Runner:
    """A machine that runs on a push to main."""
    environment = variables(
        GITHUB_ACTIONS="true",
        GITHUB_JOB="build",
        GITHUB_RUN_ID="1",
        GITHUB_RUN_ATTEMPT="1",
        GITHUB_REF="refs/heads/main",
        GITHUB_EVENT_NAME="push",
        RUNNER_OS="Linux",
        RUNNER_ARCH="X64",
        SHIPWORTHY_DB=database,
    )
    return Runner(folder=tmp_path, environment=environment)


def scan(
    runner: Runner, source: Path, *, extra: dict[str, str], **inputs: object
) -> Ran:
    """Run the action as it is used from its folder; ``fail_on`` is input ``fail-on``."""
    given = {name.replace("_", "-"): str(value) for name, value in inputs.items()}
    return runner.run(source / "github-action", given, extra)


def kept(runner: Runner, kind: str) -> list[str]:
    """What the stand-ins for caches and uploads hold."""
    return sorted(path.name for path in (runner.folder / "store" / kind).glob("*"))


def test_a_gate_that_closes(runner: Runner, source: Path, images: Images) -> None:
    """Everything is uploaded and kept before the last step fails."""
    ran = scan(
        runner,
        source,
        extra={},
        image=images.failing,
        fail_on="critical",
        upload_sarif="true",
    )

    assert (True, 1) == (ran.failed, ran.code)
    assert "failure" == ran.steps["Verdict"]
    assert {"success"} == {
        outcome
        for name, outcome in ran.steps.items()
        if name not in {"Verdict", "Restore the baseline", "Save the baseline"}
    }
    outputs = ran.outputs
    assert ("failed", "1", "true", "1") == tuple(
        outputs[name]
        for name in ("verdict", "exit-code", "threshold-exceeded", "critical")
    )
    reports = runner.folder / "store/artifacts" / outputs["artifact-name"]
    assert (reports / "report.html").is_file()
    assert ["github.sarif"] == kept(runner, "sarif")
    assert "Do not ship" in ran.summary
    assert "shipworthy: gate closed by rule fail-on" in ran.log.titles
    assert ["data", "tool"] == [key.split("-")[1] for key in kept(runner, "cache")]


def test_an_image_that_passes_from_the_top(
    runner: Runner, source: Path, images: Images
) -> None:
    """The file at the repository's top is the same action; caches and artifacts can be left alone."""
    inputs = {"target": str(images.passing), "cache": "false", "upload-report": "False"}
    ran = runner.run(source, inputs)

    assert not ran.failed
    assert ("passed", "0", "false") == tuple(
        ran.outputs[name] for name in ("verdict", "exit-code", "threshold-exceeded")
    )
    assert [] == kept(runner, "cache") + kept(runner, "artifacts")


def test_an_image_that_cannot_be_scanned(
    runner: Runner, source: Path, images: Images
) -> None:
    """The step fails with another code and another title than a closed gate, whatever may fail."""
    ran = scan(runner, source, extra={}, image=images.broken, no_fail="true")

    assert (True, 3) == (ran.failed, ran.code)
    assert ("error", "3", "false") == tuple(
        ran.outputs[name] for name in ("verdict", "exit-code", "threshold-exceeded")
    )
    assert ran.log.titles[0].startswith("shipworthy: could not scan")


def test_hostile_inputs(runner: Runner, source: Path, images: Images) -> None:
    """No input is run, ends a line or becomes another output; the workflow's variables stand in for inputs."""
    workspace = runner.folder / "workspace"
    (workspace / "shipworthy_ci").mkdir()
    (workspace / "shipworthy_ci/__init__.py").write_text("raise SystemExit(77)")
    (workspace / "json.py").write_text("raise SystemExit(77)")
    evil = "alpine; touch owned $(touch owned) `touch owned`\n::error::owned\n${{ github.token }}"
    ran = scan(
        runner,
        source,
        extra={"SHIPWORTHY_FAIL_ON": "low"},
        image=f"{evil}\n{images.failing}",
        title="x' || touch owned; echo \"\n::error::owned",
        ignore="\n".join(HOSTILE),
        artifact_name="a$(touch owned)",
        report_dir="out $(touch owned)",
    )

    assert (True, 3) == (ran.failed, ran.code)
    assert "true" == ran.outputs["threshold-exceeded"]
    assert "owned" not in {one.data for one in ran.log.commands}
    assert [] == list(runner.folder.rglob("owned*"))
    assert ["a$(touch owned)"] == kept(runner, "artifacts")
    assert all(set(key) <= set(KEY) for key in kept(runner, "cache"))


KEY = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"


def test_wrong_inputs_are_told_before_anything_is_done(
    runner: Runner, source: Path
) -> None:
    """Each in a message of its own that names it."""
    ran = scan(
        runner,
        source,
        extra={},
        image="a.tar",
        target="b.tar",
        cache="yes",
        upload_sarif="1",
        artifact_name="a/b",
        baseline="target-branch",
        baseline_from="x",
    )

    assert (True, 2) == (ran.failed, ran.code)
    names = ("cache", "upload-sarif", "target", "baseline-from", "artifact-name")
    assert [f"shipworthy: wrong input {name}" for name in names] == ran.log.titles
    assert ("error", "2") == (ran.outputs["verdict"], ran.outputs["exit-code"])
    assert "skipped" == ran.steps["Install"]


def test_a_runner_without_python(runner: Runner, source: Path) -> None:
    """It is told what to do, and nothing passes for a scan."""
    tools = runner.folder / "bin"
    tools.mkdir()
    (tools / "bash").symlink_to(str(shutil.which("bash")))
    runner.environment["PATH"] = str(tools)
    ran = scan(runner, source, extra={}, image="a.tar")

    assert (True, 3) == (ran.failed, ran.code)
    assert ["shipworthy: no Python"] == ran.log.titles
    assert ("error", "3", "false") == tuple(
        ran.outputs[name] for name in ("verdict", "exit-code", "threshold-exceeded")
    )


def test_only_what_a_change_adds(runner: Runner, source: Path, images: Images) -> None:
    """A push keeps its result for changes to its branch; without one everything is new."""
    (runner.folder / "workspace/shipworthy.yaml").write_text(POLICY)
    pull = {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_BASE_REF": "main",
        "GITHUB_RUN_ID": "2",
    }
    inputs = {"image": images.failing, "baseline": "target-branch", "cache": "false"}
    inputs |= {"upload_report": "false"}
    push = scan(runner, source, extra={}, **inputs)
    change = scan(runner, source, extra=pull, **inputs)
    other = scan(runner, source, extra=pull | {"GITHUB_BASE_REF": "1.x"}, **inputs)

    assert (1, 0, 1) == (push.code, change.code, other.code)
    assert ("0", "success", "skipped") == (
        change.outputs["new"],
        change.steps["Restore the baseline"],
        change.steps["Save the baseline"],
    )
    assert 1 == len(kept(runner, "cache"))


def test_expressions_are_as_simple_as_the_runner_of_these_tests() -> None:
    """Which evaluates as GitHub's does what it takes at all."""
    context = {"a": {"b": "x", "c": ""}, "failed": True}
    cases = {
        "a.b == 'x'": True,
        "a.c || 'y'": "y",
        "a.c || a.d || 'z'": "z",
        "always() && a.b != ''": True,
        "success() && a.b == 'x'": False,
        "a.b && 'yes'": "yes",
    }
    assert cases == {text: value_of(text, context) for text in cases}
    with pytest.raises(AssertionError):
        value_of("toJSON(a)", context)
