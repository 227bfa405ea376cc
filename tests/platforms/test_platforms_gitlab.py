"""``shipworthy ci`` as a job of GitLab: its log, its reports, its conventions and its exit code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fakeregistry import fake_registry
from gitlabbing import ANSI, sections
from imagesheld import hold
from pipelining import HOSTILE, Images, variables
from reports_ci import read_codequality, read_gitlab
from scanning import EXAMPLE

from shipworthy_ci.gitlab.log import section_name
from shipworthy_ci.gitlab.platform import GitlabPlatform
from shipworthy_ci.platform import Remembering, choose


FIGURE = re.compile(r'[a-z_]+\{image="(?:[^"\\]|\\.)*"(?:,severity="[a-z]+")?\} \d+')
REPORTS = {
    "findings.csv",
    "gl-code-quality-report.json",
    "gl-container-scanning-report.json",
    "junit.xml",
    "metrics.txt",
    "report.html",
    "result.json",
    "sbom.cdx.json",
    "summary.md",
}


def job(
    folder: Path, *arguments: str | Path, **environment: str | Path
) -> subprocess.CompletedProcess[str]:
    """A job of a pipeline, with its log as it is: carriage returns are part of GitLab's marks."""
    told = {"GITLAB_CI": "true", "CI_PROJECT_DIR": folder, **environment}
    done = subprocess.run(
        [sys.executable, "-m", "shipworthy", "ci", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        cwd=folder,
        env=variables(**told),
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8")
    )


def test_it_is_chosen_where_gitlab_runs_the_job() -> None:
    """By the variable that its runners set, and by name."""
    assert isinstance(choose("", {"GITLAB_CI": "true"}), GitlabPlatform)
    assert isinstance(choose("gitlab", {}), Remembering)


@pytest.mark.parametrize(
    ("which", "code", "told", "colour"),
    [
        ("passing", 0, "PASSED: Fit to ship", "32;1"),
        ("failing", 1, "GATE CLOSED: Do not ship", "31;1"),
        ("broken", 3, "NO VERDICT: Not scanned", "35;1"),
        ("hostile", 1, "GATE CLOSED: Do not ship", "31;1"),
    ],
)
def test_the_verdict_decides_the_job(
    tmp_path: Path,
    images: Images,
    database: Path,
    which: str,
    code: int,
    told: str,
    colour: str,
) -> None:
    """Passed, closed and not scanned end differently and look different; reports are there also when the gate closes."""
    image = getattr(images, which)
    done = job(tmp_path, image, "--db", database, "--fail-on", "critical")

    assert code == done.returncode, done.stdout
    last = done.stdout.splitlines()[-1]
    assert f"\x1b[{colour}mshipworthy: {told} (exit code {code})\x1b[0m" == last
    written = {path.name for path in (tmp_path / "shipworthy-report").iterdir()}
    assert written == ({"metrics.txt"} if which == "broken" else REPORTS)
    opened, text = sections(done.stdout)
    assert 1 == len(opened)
    assert not re.search(r"\x1b|\r", ANSI.sub("", text))


def test_hostile_names_end_no_section(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Nothing of an image is an escape, a section or a command, in the log and in the figures."""
    evil = tmp_path / "a\x1b[0Ksection_end:1:x\r\x1b[0K.tar"
    evil.write_bytes(images.hostile.read_bytes())
    done = job(tmp_path, evil, "--db", database)

    opened, text = sections(done.stdout)
    assert 1 == len(opened)
    assert "\\x1b[0Ksection_end" in text
    assert not (tmp_path / "owned").exists()
    lines = (tmp_path / "shipworthy-report/metrics.txt").read_text().splitlines()
    assert "# EOF" == lines[-1]
    assert [] == [x for x in lines if x[0] != "#" and not FIGURE.fullmatch(x)]


def test_section_names_are_those_that_gitlab_takes() -> None:
    """Whatever the title holds; each is another."""
    names = [section_name(text, at) for at, text in enumerate((*HOSTILE, "", "é" * 99))]

    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", name) for name in names)


def test_figures_are_comparable_between_runs(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Counts by severity under a name without tag and folder, so that a merge request shows what changed."""
    job(tmp_path, images.failing, "--db", database)
    text = (tmp_path / "shipworthy-report/metrics.txt").read_text()

    assert 'shipworthy_findings{image="failing",severity="critical"} 1\n' in text
    assert 'shipworthy_scanned{image="failing"} 1\n' in text
    assert text.count("# TYPE") == text.count("# HELP") == 6


def test_several_images_are_one_report_of_a_kind(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """GitLab takes one file; one image that could not be scanned makes it that of a failed scan."""
    names = json.dumps([str(images.broken), str(images.failing), str(images.hostile)])
    done = job(tmp_path, SHIPWORTHY_TARGET=names, SHIPWORTHY_DB=database)

    assert 3 == done.returncode, done.stdout
    folder = tmp_path / "shipworthy-report"
    made = read_gitlab((folder / "gl-container-scanning-report.json").read_bytes())
    parts = [
        json.loads(path.read_text())
        for path in folder.glob("*/gl-container-scanning-report.json")
    ]
    assert 2 == len(parts)
    ids = {one["id"] for part in parts for one in part["vulnerabilities"]}
    assert sorted(ids) == sorted(one["id"] for one in made["vulnerabilities"])
    assert "failure" == made["scan"]["status"]
    assert f"not scanned: {images.broken}" in {
        one["value"] for one in made["scan"]["messages"]
    }
    issues = read_codequality((folder / "gl-code-quality-report.json").read_bytes())
    assert len(issues) == len({one["fingerprint"] for one in issues}) > 4
    assert "success" in {part["scan"]["status"] for part in parts}


def test_an_earlier_run_s_report_does_not_pass_for_this_one_s(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Where no image could be scanned there is no report of several."""
    both = (images.failing, images.hostile)
    job(tmp_path, *both, "--db", database)
    done = job(tmp_path, images.broken, "nowhere", "--db", database)

    assert 3 == done.returncode
    assert not list((tmp_path / "shipworthy-report").glob("gl-*.json"))


def test_the_image_of_the_default_branch_is_named(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """As GitLab's variable says, so that it knows findings again that this branch did not bring."""
    main = "registry.example.com/shop/main:latest"
    job(tmp_path, images.failing, "--db", database, CS_DEFAULT_BRANCH_IMAGE=main)
    path = tmp_path / "shipworthy-report/gl-container-scanning-report.json"
    found = read_gitlab(path.read_bytes())["vulnerabilities"]

    assert {main} == {one["location"]["default_branch_image"] for one in found}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 2, "ERROR: `image` input: no target: name what to scan"),
        (["IMAGE", "--fail-on", "hihg"], 2, "ERROR: `fail-on` input: "),
        (["IMAGE", "--nope"], 2, "ERROR: `nope` input: No such option"),
        (["IMAGE", "--db", "nowhere"], 3, "NO VERDICT: Not scanned"),
        (["IMAGE", "--fail-on", "high", "--no-fail"], 0, "\x1b[33;1mshipworthy: GATE"),
        (["BROKEN", "--no-fail"], 3, "NO VERDICT"),
        (["registry:127.0.0.1:9/a/b:1"], 3, "NO VERDICT"),
        (
            ["IMAGE", "--baseline", "target-branch", "--baseline-from", "x"],
            2,
            "exclude each other",
        ),
        (["IMAGE", "--baseline", "target-branch"], 0, "everything is new"),
    ],
)
def test_options(
    tmp_path: Path,
    images: Images,
    database: Path,
    arguments: list[str],
    code: int,
    told: str,
) -> None:
    """Wrong ones are told as GitLab tells of inputs, apart from what could not be scanned."""
    known = {"IMAGE": str(images.failing), "BROKEN": str(images.broken)}
    call = [known.get(one, one) for one in arguments]
    done = job(tmp_path, *call, SHIPWORTHY_DB=database)

    assert (code, True) == (done.returncode, told in done.stdout), done.stdout
    assert "Traceback" not in done.stdout


def test_gitlab_s_own_variables_are_understood(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Image, threshold, what has a fix, Dockerfile and log level, as its container scanning reads them."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/Dockerfile").write_text("FROM debian:12\nRUN step 1\n")
    told: dict[str, str | Path] = {
        "CS_IMAGE": images.failing,
        "CS_SEVERITY_THRESHOLD": "CRITICAL",
        "CS_IGNORE_UNFIXED": "true",
        "CS_DOCKERFILE_PATH": "app/Dockerfile",
        "SECURE_LOG_LEVEL": "error",
    }
    done = job(tmp_path, SHIPWORTHY_DB=database, SHIPWORTHY_FAIL_ON="", **told)

    assert 1 == done.returncode, done.stdout
    assert "GATE CLOSED" in done.stdout
    issues = (tmp_path / "shipworthy-report/gl-code-quality-report.json").read_text()
    places = {one["location"]["path"] for one in json.loads(issues)}
    assert {"app/Dockerfile"} == places


def test_no_secret_is_printed(tmp_path: Path, images: Images, database: Path) -> None:
    """Whatever goes wrong with a note."""
    done = job(
        tmp_path,
        images.passing,
        "--db",
        database,
        "--comment",
        CI_API_V4_URL="http://127.0.0.1:1/api/v4",
        CI_PROJECT_ID="1",
        CI_MERGE_REQUEST_IID="12",
        SHIPWORTHY_GITLAB_TOKEN="glpat-secret with a blank",
        CI_JOB_TOKEN="job-secret",
    )

    assert 0 == done.returncode
    assert "no comment: SHIPWORTHY_GITLAB_TOKEN: expected a token" in done.stdout
    assert "secret" not in done.stdout


@pytest.mark.parametrize("mine", [True, False])
def test_the_projects_registry_is_read_with_the_jobs_rights(
    tmp_path: Path, database: Path, mine: bool
) -> None:
    """The job's user opens the project's own registry, and is never told to another."""
    with fake_registry() as fake:
        fake.tokens, fake.users = True, {"gitlab-ci-token": "job-secret"}
        hold(fake, EXAMPLE, "1")
        done = job(
            tmp_path,
            "--from",
            "registry",
            CS_IMAGE=f"{fake.host}/shop/app:1",
            CI_REGISTRY=fake.host if mine else "registry.example.com",
            CI_REGISTRY_USER="gitlab-ci-token",
            CI_REGISTRY_PASSWORD="job-secret",
            SHIPWORTHY_DB=database,
            SHIPWORTHY_FAIL_ON="critical",
        )

    assert "job-secret" not in done.stdout
    if mine:
        assert (1, True) == (done.returncode, "CVE-2019-14234" in done.stdout)
    else:
        assert (3, True) == (done.returncode, "NO VERDICT" in done.stdout), done.stdout
        assert not any("Basic" in one for one in fake.authorizations)
