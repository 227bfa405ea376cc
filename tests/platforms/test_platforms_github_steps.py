"""The action's first and last steps by themselves: which keys they name, what they keep, what they need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from runnerlog import read_log, read_outputs

from shipworthy_ci.github import action
from shipworthy_ci.github.action_inputs import read_inputs


def test_the_branch_that_a_change_goes_to(tmp_path: Path) -> None:
    """A pull request's base, a merge queue's base, else the branch itself."""
    event = tmp_path / "event.json"
    queued = {"GITHUB_EVENT_NAME": "merge_group", "GITHUB_EVENT_PATH": str(event)}
    for text in ('{"merge_group": {"base_ref": "refs/heads/main"}}', "[" * 99_999, "1"):
        event.write_text(text)
        expected = "main" if "base_ref" in text else ""
        assert expected == action.target_branch(queued)
    assert "main" == action.target_branch({"GITHUB_BASE_REF": "main"})
    assert "a/b" == action.target_branch({"GITHUB_REF": "refs/heads/a/b"})


def test_steps_are_told_apart_by_their_title_or_their_images(tmp_path: Path) -> None:
    """Two steps of a job share neither baseline nor artifact; tags and folders make no difference."""

    def named(**inputs: str) -> tuple[str, str]:
        environment = {
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_JOB": "build",
            "GITHUB_REF": "refs/heads/main",
            **{f"ACTION_{name}": value for name, value in inputs.items()},
        }
        read, errors = read_inputs(environment)
        assert read is not None
        assert [] == errors
        told = action.outputs_before(read, environment)
        return told["artifact"], told["baseline-prefix"]

    assert named(IMAGE="a/app-x.tar") == named(TARGET="b/app-x.tar")
    assert named(IMAGE="app.tar") != named(IMAGE="db.tar")
    assert named(IMAGE="app-1.tar", TITLE="app") == named(IMAGE="x.tar", TITLE="app")


def test_results_are_kept_without_following_links(tmp_path: Path) -> None:
    """Of one image and of several; nothing else of the reports, and nothing that an image or a policy linked."""
    reports, place = tmp_path / "reports", tmp_path / "kept"
    for name in ("", "one", "two"):
        (reports / name).mkdir(exist_ok=True)
    (reports / "one/result.json").write_text("{}")
    (reports / "one/report.html").write_text("")
    (reports / "two/result.json").symlink_to("/etc/passwd")
    place.mkdir()
    (place / "result.json").write_text("an earlier one's")

    assert action.keep_results(reports, place)
    assert ["one/result.json"] == [
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.is_file()
    ]
    assert not action.keep_results(tmp_path / "none", place)


def test_what_cannot_be_kept_is_told_and_fails_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The verdict stands, and no cache is written."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/result.json").write_text("{}")
    (tmp_path / "file").touch()
    environment = {
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_REF": "refs/heads/main",
        "ACTION_FOLLOW": "true",
        "ACTION_REPORT_DIR": str(tmp_path / "reports"),
        "ACTION_BASELINE_DIR": str(tmp_path / "file/below"),
        "ACTION_CACHE_DIR": str(tmp_path / "none"),
        "ACTION_DATA_PREFIX": "data-",
    }

    assert 0 == action.after(environment)
    assert ["shipworthy: nothing kept for the next run"] == read_log(
        capsys.readouterr().out
    ).titles
    assert not (tmp_path / "output").exists()
    assert 0 == action.after(environment | {"ACTION_FOLLOW": "false"})
    told = read_outputs((tmp_path / "output").read_text())
    assert ("false", "false") == (told["save-baseline"], told["save-data"])


def test_the_first_step_needs_nothing_installed(tmp_path: Path) -> None:
    """It runs before the tool is there: with the standard library and the checkout alone."""
    script = Path(action.ROOT, "plugins/github_steps.py")
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-S", script, "before"],
        cwd=tmp_path,
        env={"GITHUB_OUTPUT": str(tmp_path / "output"), "ACTION_IMAGE": "app.tar"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    told = read_outputs((tmp_path / "output").read_text())
    assert told["tool-key"].startswith("shipworthy-tool-")
