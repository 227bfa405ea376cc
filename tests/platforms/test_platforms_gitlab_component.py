"""The component in pipelines, run by gitlab-ci-local: right and wrong inputs, and what each job ends as."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gitlabbing import JOB, Piped, commit, including, project, run
from pipelining import HOSTILE, Images


EVIL = "x\"' ; touch owned; $(touch owned) `touch owned` #{x} $[[ inputs.db ]] %s \\"


def component(suffix: str, **inputs: object) -> dict[str, Any]:
    """One use of the component of several in a pipeline."""
    included = including(job_suffix=suffix, expose_as=f"report{suffix}", **inputs)
    return dict(included["include"][0])


@pytest.fixture(scope="module")
def piped(
    tmp_path_factory: pytest.TempPathFactory, images: Images, database: Path
) -> Piped:
    """One pipeline with a job for each image, and some that cannot work."""
    usual: dict[str, object] = {"db": [str(database)], "fail_on": "critical"}
    jobs = [
        component("-pass", images=[str(images.passing)], **usual),
        component("-red", images=[str(images.failing)], **usual),
        component("-yellow", images=[str(images.failing)], block=False, **usual),
        component("-broken", images=[str(images.broken)], block=False, **usual),
        component(
            "-hostile",
            images=[str(images.hostile), *HOSTILE[:6]],
            block=False,
            title=EVIL,
            ignore=[EVIL, *HOSTILE],
            policy="none",
            **usual,
        ),
        component("-lost", images=["x"], block=False, source="nowhere", **usual),
        component("-crash", images=["x"], block=False, source="crash", **usual),
        component("-wrong", images=["x"], block=False, at="2026-13-40", **usual),
    ]
    folder = tmp_path_factory.mktemp("pipeline") / "shop"
    return run(project(folder, {"include": jobs}))


@pytest.mark.parametrize(
    ("job", "state", "told"),
    [
        ("-pass", "PASS", "PASSED: Fit to ship (exit code 0)"),
        ("-red", "FAIL 1", "GATE CLOSED: Do not ship (exit code 1)"),
        ("-yellow", "WARN 1", "GATE CLOSED: Do not ship (exit code 1)"),
        ("-broken", "FAIL 3", "NO VERDICT: Not scanned (exit code 3)"),
        ("-hostile", "FAIL 3", "Of 7 images 1 not fit to ship, 6 not wholly scanned"),
        ("-lost", "FAIL 3", "ERROR: `source` input: expected a folder"),
        ("-crash", "FAIL 3", "ERROR: could not scan: shipworthy broke off"),
        ("-wrong", "FAIL 2", "ERROR: `at` input:"),
    ],
)
def test_what_a_job_ends_as(piped: Piped, job: str, state: str, told: str) -> None:
    """A closed gate is red or yellow as asked for; all else that goes wrong is red, and looks different."""
    log = piped.of(JOB + job)

    assert state == piped.state_of(JOB + job), log
    assert told in log


def test_reports_are_handed_on_whatever_the_verdict(piped: Piped) -> None:
    """By the names that the component tells GitLab."""
    for job in ("-pass", "-red", "-yellow"):
        there = {path.name for path in piped.artifacts(JOB + job).iterdir()}
        assert {
            "gl-container-scanning-report.json",
            "gl-code-quality-report.json",
            "junit.xml",
            "metrics.txt",
            "report.html",
            "sbom.cdx.json",
        } <= there
    assert {"metrics.txt"} == {
        path.name for path in piped.artifacts(f"{JOB}-broken").iterdir()
    }


def test_hostile_values_stay_values(piped: Piped) -> None:
    """Quotes, substitutions and expressions in inputs neither run nor end anything; they arrive as they are."""
    assert [] == list(piped.folder.rglob("owned*"))
    for place in piped.folder.glob(f".gitlab-ci-local/artifacts/{JOB}-hostile/**/*"):
        assert "owned" != place.name
    log = piped.of(f"{JOB}-hostile")
    told = "|'|n|]`$(touch owned)`${{ github.token }}: no such file or directory"
    assert told in log
    assert 7 == log.count("_started")


def test_as_a_published_component(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """From a project of its own with ``templates/`` at its top; several images, one of them an earlier job's artifact."""
    source = tmp_path / "source"
    config = including()
    project(source, config)
    (source / "tool/plugins").rename(source / "plugins")
    revision = commit(source)
    inputs = {
        "images": ["out/app.tar", str(images.failing)],
        "db": [str(database)],
        "stage": "scan",
        "source": source.as_uri(),
        "revision": revision,
        "block": False,
        "fail-on": "high",
        "max": "critical=9",
    }
    place = "$CI_SERVER_FQDN/$CI_PROJECT_PATH/image-scan@$CI_COMMIT_SHA"
    build = {
        "stage": "build",
        "script": [f"mkdir out && cp '{images.passing}' out/app.tar"],
        "artifacts": {"paths": ["out/"]},
    }
    folder = project(
        tmp_path / "shop",
        {
            "stages": ["build", "scan"],
            "include": [{"component": place, "inputs": inputs}],
            "build": build,
        },
        templates=True,
    )
    done = run(folder)

    assert "WARN 1" == done.state_of(JOB), done.log
    assert "Of 2 images 1 fit to ship, 1 not (exit code 1)" in done.log
    reports = done.artifacts(JOB)
    assert 2 == len(list(reports.glob("*/report.html")))
    found = json.loads((reports / "gl-container-scanning-report.json").read_text())
    assert 4 == len(found["vulnerabilities"])


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"notify_on": "sometimes"}, "notify-on"),
        ({"fail_on": "high\nscript: [touch owned]"}, "fail-on"),
        ({"title": "two\nlines"}, "title"),
        ({"images": "app.tar"}, "images"),
        ({"block": "no"}, "block"),
        ({"revision": "main"}, "revision"),
        ({"report_dir": "a dir: x"}, "report-dir"),
        ({"job_name": '"x": {}'}, "job-name"),
    ],
)
def test_wrong_inputs_stop_the_pipeline(
    tmp_path: Path, inputs: dict[str, object], told: str
) -> None:
    """Outside of the options, of another form or type: nothing runs, and the input is named."""
    done = run(project(tmp_path / "shop", including(**inputs)), "--list")

    assert done.code
    assert f"`{told}` input" in done.log, done.log


def test_rules_can_be_replaced_and_the_job_switched_off(tmp_path: Path) -> None:
    """GitLab's own variable switches it off, and the rules are an input."""
    folder = project(tmp_path / "shop", including())
    assert JOB in run(folder, "--list").log
    off = run(folder, "--list", CONTAINER_SCANNING_DISABLED="true")
    assert JOB not in off.log
    never = project(tmp_path / "other", including(rules=[{"when": "manual"}]))
    assert "manual" in run(never, "--list").log
