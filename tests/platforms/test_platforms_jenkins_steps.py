"""What scanImage does beside scanning: getting shipworthy, other plug-ins' steps, credentials, and the examples."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest
from jenkinsing import LIBRARY, Case, Told, builds, noting, seen
from pipelining import Images


pytestmark = pytest.mark.functional

SCAN = "return scanImage(input)"
PYTHON = """\
#!/bin/sh
printf '%s\\n' "$@" >called
[ "$SHIPWORTHY_VERSION" = 9.9.9 ] && exit 3
echo {tool}
"""
"""An interpreter in Python's place that is asked to install."""
EXAMPLES = sorted((LIBRARY / "examples").glob("*.Jenkinsfile"))
MAKE = """\
image:
\tcp {image} shop.tar
worker:
\tcp {passing} worker.tar
push:
\ttouch pushed
"""
WANTED = {"junit": True, "recordIssues": True, "publishHTML": True}
CREDENTIALS = {
    "ci-registry": {"username": "robot", "password": 'p"a$s\\word'},
    "hook": {"secret": "s3cret"},
}


def cases(tool: Path, python: Path, database: Path) -> list[Case]:
    """The builds of this module."""
    sure: dict[str, object] = {"tool": str(tool), "image": "a"}
    asked = {
        **sure,
        "registryCredentials": {"registry.example:5000": "ci-registry"},
        "secrets": {"TOKEN": "hook"},
    }
    made = [
        Case(
            name="global",
            pipeline="scanImage(image: 'a')",
            environment={"SHIPWORTHY_TOOL": str(tool)},
        ),
        Case(
            name="version",
            pipeline=SCAN,
            given={
                "image": "a",
                "version": "1.0",
                "sha256": "ab",
                "python": str(python),
            },
        ),
        Case(
            name="source",
            pipeline=SCAN,
            given={"image": "a", "source": "sw; touch owned", "python": str(python)},
        ),
        Case(
            name="uninstalled",
            pipeline=SCAN,
            given={
                "image": "a",
                "version": "9.9.9",
                "sha256": "ab",
                "python": str(python),
            },
        ),
        Case(name="absent", pipeline=SCAN, given={"image": "a", "tool": "/nowhere/sw"}),
        Case(
            name="windows",
            pipeline=SCAN,
            given={"image": "a & calc"},
            more={"unix": False, "powershell": 127},
        ),
        Case(
            name="published", pipeline=SCAN, given={**sure, **WANTED, "image": "a.tar"}
        ),
        Case(
            name="gates",
            pipeline=SCAN,
            given={
                **sure,
                "recordIssues": {
                    "qualityGates": [{"threshold": 1}],
                    "skipBlames": True,
                },
                "publishHTML": {"reportName": "Ours"},
            },
        ),
        Case(name="unpublished", pipeline=SCAN, given={**sure, "junit": False}),
        Case(
            name="bare",
            pipeline=SCAN,
            given={**sure, **WANTED},
            more={"missing": ["junit", "issues", "publishHTML"]},
        ),
        Case(
            name="secret", pipeline=SCAN, given=asked, more={"credentials": CREDENTIALS}
        ),
        Case(name="nosecret", pipeline=SCAN, given=asked),
    ]
    made.append(
        Case(
            name="readme",
            pipeline=_first_block().replace("@Library('shipworthy') _", ""),
            environment={
                "PATH": f"{python.parent}:/usr/bin:/bin",
                "SHIPWORTHY_PYTHON": str(python),
            },
        )
    )
    made += [
        Case(
            name=f"{path.stem}-{which}",
            pipeline=path.read_text().replace("@Library('shipworthy') _", ""),
            environment={"SHIPWORTHY_DB": str(database)},
        )
        for path in EXAMPLES
        for which in ("passing", "failing")
    ]
    return made


def _first_block() -> str:
    text = (LIBRARY / "README.md").read_text()
    return text.split("```groovy\n", 1)[1].split("```", 1)[0]


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, images: Images, database: Path
) -> dict[str, Told]:
    """What became of all builds, run in one process."""
    folder = tmp_path_factory.mktemp("jenkins")
    tool, python = noting(folder / "noting"), folder / "python"
    python.write_text(PYTHON.format(tool=tool))
    (folder / "docker").write_text('#!/bin/sh\n[ "$1 $2" = "save -o" ] && : >"$3"\n')
    for one in (python, folder / "docker"):
        one.chmod(0o755)
    for path in EXAMPLES:
        for which in ("passing", "failing"):
            workspace = folder / f"{path.stem}-{which}"
            workspace.mkdir()
            image, passing = getattr(images, which), images.passing
            (workspace / "Makefile").write_text(
                MAKE.format(image=image, passing=passing)
            )
    return builds(folder, cases(tool, python, database))


def test_the_tool_is_found_or_installed_as_the_call_says(told: dict[str, Told]) -> None:
    """A path, a release by version and hash through the bootstrap, a checkout; else what the administrator set."""
    assert "passed" == told["version"].returned["status"]
    called = (told["version"].workspace / "called").read_text().splitlines()
    home = f"{told['version'].workspace}@tmp/shipworthy"
    assert [f"{home}/a/bootstrap.py", "--version", "1.0", "--sha256", "ab"] == called[
        :-2
    ]
    assert ["--into", f"{home}/tool"] == called[-2:]
    assert (Path(home) / "a/bootstrap.py").read_bytes() == (
        LIBRARY / "resources/shipworthy/bootstrap.py"
    ).read_bytes()
    called = (told["source"].workspace / "called").read_text().splitlines()
    assert ["sw; touch owned/plugins/bootstrap.py", "--source", "sw; touch owned"] == (
        called[:3]
    )
    assert "a\n" == seen(told["global"])["SHIPWORTHY_TARGET"]


def test_what_cannot_be_started_is_no_verdict(told: dict[str, Told]) -> None:
    """It fails the build, and says what is missing."""
    assert "shipworthy could not be installed" in told["uninstalled"].error
    for name in ("absent", "windows"):
        assert "shipworthy is not on this agent" in told[name].error
        assert "archiveArtifacts" in told[name].names


def test_windows_gets_a_script_of_its_own(told: dict[str, Told]) -> None:
    """The same for every call, through PowerShell, which expands no variable in what it read from one."""
    (call,) = told["windows"].all("powershell")

    assert (LIBRARY / "resources/shipworthy/scan.ps1").read_text() == call["script"]
    assert [] == told["windows"].all("sh")


def test_reports_go_to_other_plug_ins_on_request(told: dict[str, Told]) -> None:
    """After they were archived; JUnit's cases decide nothing, the issues are told apart by the call's name."""
    one = told["published"]

    assert ["archiveArtifacts", "junit", "recordIssues", "publishHTML", "echo"] == (
        list(one.names[-5:])
    )
    (junit,) = one.all("junit")
    assert "shipworthy-report/a.tar/**/junit.xml" == junit["testResults"]
    assert junit["skipMarkingBuildUnstable"]
    (issues,) = one.all("recordIssues")
    assert {
        "pattern": "shipworthy-report/a.tar/**/warnings-ng.json",
        "id": "shipworthy-a_tar",
        "name": "shipworthy a.tar",
    } == issues["tool"]["arguments"]
    (page,) = one.all("publishHTML")
    assert {
        "reportDir": "shipworthy-report/a.tar",
        "reportFiles": "report/index.html",
        "reportTitles": "a.tar",
        "reportName": "shipworthy a.tar",
    }.items() <= page["target"].items()
    assert not WANTED.keys() & set(told["unpublished"].names)


def test_a_plug_ins_own_arguments_can_be_given(told: dict[str, Told]) -> None:
    """A map in place of true is handed on, and beats what is usual."""
    (issues,) = told["gates"].all("recordIssues")
    (page,) = told["gates"].all("publishHTML")

    assert [{"threshold": 1}] == issues["qualityGates"]
    assert "tool" in issues
    assert "Ours" == page["target"]["reportName"]


def test_a_plug_in_that_is_not_there_is_named(told: dict[str, Told]) -> None:
    """All of them, and the verdict all the same; the reports are kept."""
    one = told["bare"]

    assert "FAILURE" == one.result
    for name in ("(junit)", "(warnings-ng)", "(htmlpublisher)", "Fit to ship"):
        assert name in one.error
    assert "archiveArtifacts" in one.names


def test_credentials_are_bound_and_gone_afterwards(told: dict[str, Told]) -> None:
    """Registries' passwords as docker keeps them, for the program alone; no secret in the log or in a step."""
    one = told["secret"]
    got = seen(one)

    auth = json.loads(got["config"])["auths"]["registry.example:5000"]["auth"]
    assert 'robot:p"a$s\\word' == b64decode(auth).decode()
    assert ("0o100600", "s3cret") == (got["mode"], got["TOKEN"])
    assert not Path(got["DOCKER_CONFIG"]).exists()
    assert "the password is ****" in one.log
    for secret in ('p"a$s\\word', "s3cret", auth):
        assert secret not in one.log
        assert secret not in json.dumps([dict(step) for step in one.steps])


def test_reports_are_archived_when_the_scan_is_cut_off(told: dict[str, Told]) -> None:
    """Whatever ends it, here credentials that nobody stored; that error stays the build's."""
    one = told["nosecret"]

    assert "archiveArtifacts" == one.names[-1]
    assert "ci-registry" in one.error


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_do_what_they_say(told: dict[str, Told], path: Path) -> None:
    """Each scans a real image: a good one is pushed, a bad one never."""
    good, bad = (told[f"{path.stem}-{which}"] for which in ("passing", "failing"))

    assert "SUCCESS" == good.result, good.log
    assert ("FAILURE" if path.stem == "declarative" else "UNSTABLE") == bad.result, (
        bad.log
    )
    assert "Do not ship" in bad.log
    assert not (bad.workspace / "pushed").exists()
    if path.stem != "kubernetes":
        assert (good.workspace / "pushed").exists()


def test_the_readme_begins_with_what_can_be_copied(told: dict[str, Told]) -> None:
    """At most fifteen lines, and they run as they stand."""
    one = told["readme"]

    assert 15 >= len(_first_block().splitlines())
    assert "SUCCESS" == one.result, one.log
    assert "shop.tar\n" == seen(one)["SHIPWORTHY_TARGET"]
    assert "high" == seen(one)["SHIPWORTHY_FAIL_ON"]
