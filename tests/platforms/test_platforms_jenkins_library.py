"""Jenkins' shared library on Jenkins' own engine: real pipelines, real scripts, real scans."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jenkinsing import LIBRARY, Case, Told, builds
from pipelining import HOSTILE, Images


pytestmark = pytest.mark.functional

SCAN = "def found = scanImage(input)\necho 'went on'\nreturn found"
COMMANDS = re.compile(
    r"^(?:\[Pipeline\]|Finished:|ERROR:)|\x1b|##(?:vso|teamcity)?\[|^::", re.MULTILINE
)
NEW = "rules:\n  - name: new\n    when: {state: new}\n    effect: fail\n"


def cases(images: Images, database: Path, policy: Path, archive: Path) -> list[Case]:
    """The builds of this module, run in this order."""
    db = str(database)

    def scan(name: str, **given: object) -> Case:
        return Case(name=name, pipeline=SCAN, given={"db": db, **given})

    failing, passing = str(images.failing), str(images.passing)
    side_by_side = (
        "return parallel(a: { scanImage(input.one) }, b: { scanImage(input.one) },"
        " c: { scanImage(input.other) })"
    )
    copied = (
        "copyArtifacts(projectName: 'shop/main', selector: lastSuccessful(), optional: true,"
        " filter: 'shipworthy-report/**', target: 'before')\n"
    ) + SCAN
    both = {
        "db": db,
        "images": [failing, passing],
        "policy": str(policy),
        "baselineFrom": "before",
        "publishHTML": True,
        "onFail": "unstable",
    }
    return [
        scan("passing", image=passing, failOn="critical"),
        scan("failing", image=failing, failOn="critical"),
        scan("unstable", image=failing, max={"critical": 0}, onFail="unstable"),
        scan("told", image=failing, failOn=["critical", "unknown"], onFail="success"),
        scan("nofail", image=failing, failOn="critical", noFail=True),
        scan("broken", image=str(images.broken), onFail="success"),
        scan("hostile", image=str(images.hostile), failOn="low", onFail="unstable"),
        scan(
            "several", images=[str(images.broken), failing, passing], failOn="critical"
        ),
        scan("wrong", image=failing, failOn="hihg"),
        Case(
            name="parallel",
            pipeline=side_by_side,
            given={
                "one": {
                    "db": db,
                    "image": failing,
                    "failOn": "low",
                    "onFail": "unstable",
                },
                "other": {"db": db, "image": passing, "failOn": "low"},
            },
        ),
        Case(name="main", pipeline=copied, given=both),
        Case(
            name="branch",
            pipeline=copied,
            given=both,
            more={"artifacts": str(archive / "main@archive")},
        ),
    ]


@pytest.fixture(scope="module")
def told(
    tmp_path_factory: pytest.TempPathFactory, images: Images, database: Path
) -> dict[str, Told]:
    """What became of all builds, run in one process."""
    folder = tmp_path_factory.mktemp("jenkins")
    policy = folder / "new.yaml"
    policy.write_text(NEW)
    return builds(folder, cases(images, database, policy, folder))


@pytest.mark.parametrize(
    ("name", "result", "words", "went_on"),
    [
        ("passing", "SUCCESS", "", True),
        ("failing", "FAILURE", "shipworthy: Do not ship (1 critical, 2 high,", False),
        ("unstable", "UNSTABLE", "", True),
        ("told", "SUCCESS", "", True),
        ("nofail", "SUCCESS", "", True),
        ("broken", "FAILURE", "shipworthy could not scan or judge: ", False),
        ("several", "FAILURE", "shipworthy could not scan or judge: ", False),
        ("wrong", "FAILURE", "shipworthy was called wrongly: ", False),
        ("hostile", "UNSTABLE", "", True),
    ],
)
def test_the_verdict_decides_what_the_build_becomes(
    told: dict[str, Told], name: str, result: str, words: str, went_on: bool
) -> None:
    """A closed gate becomes what the call says; what could not be scanned fails whatever it says, in other words."""
    one = told[name]

    assert (result, went_on) == (one.result, "went on" in one.log), one.log
    assert one.error.startswith(words)
    assert bool(words) == bool(one.error)


def test_reports_are_kept_before_anything_is_decided(told: dict[str, Told]) -> None:
    """They are artifacts of the build whatever came of it, and the verdict is spoken last."""
    ends = {"echo", "error", "unstable"}
    for name, one in told.items():
        steps = [step for step in one.names if step in {"archiveArtifacts", *ends}]
        assert "archiveArtifacts" == steps[0], name
    kept = {"result.json", "findings.csv", "summary.md", "junit.xml", "jenkins.json"}
    kept.add("warnings-ng.json")
    for name in ("passing", "failing", "unstable", "hostile"):
        folder = next((told[name].archive / "shipworthy-report").iterdir())
        assert kept <= {path.name for path in folder.iterdir()}, name


def test_what_was_found_is_returned(told: dict[str, Told]) -> None:
    """Status, figures, verdict and paths, as values that a pipeline can go on with."""
    found = told["unstable"].returned

    assert ("failed", 1, True) == (
        found["status"],
        found["exitCode"],
        found["thresholdExceeded"],
    )
    assert "Do not ship" == found["headline"]
    assert (1, 4) == (found["counts"]["critical"], found["counts"]["total"])
    folder = told["unstable"].workspace / found["reportDir"]
    assert (folder / found["reports"]["json"]).is_file()
    assert "shipworthy-report/" + found["name"] == found["reportDir"]
    assert ["failing.tar"] == [Path(one["target"]).name for one in found["images"]]
    assert ("failed", 0) == (
        told["nofail"].returned["status"],
        told["nofail"].returned["exitCode"],
    )
    assert "passed" == told["passing"].returned["status"]


def test_why_an_image_could_not_be_scanned_is_named(told: dict[str, Told]) -> None:
    """The build's own error says what to do, without a look into the log."""
    assert "broken.tar" in told["broken"].error
    assert "hihg" in told["wrong"].error
    assert "broken.tar" in told["several"].error


def test_hostile_names_run_nothing_and_begin_no_line(told: dict[str, Told]) -> None:
    """Names of packages and places give neither shell nor console an order."""
    one = told["hostile"]

    assert "Django" in one.log
    assert [] == COMMANDS.findall(one.log)
    assert [] == list(one.workspace.rglob("owned"))
    assert {"shipworthy-report"} == {path.name for path in one.workspace.iterdir()}
    facts = next(one.workspace.rglob("jenkins.json")).read_text()
    assert not any(text in facts for text in HOSTILE)


def test_calls_side_by_side_do_not_disturb_each_other(told: dict[str, Told]) -> None:
    """Each has a folder of its own, of the same image too, and returns its own findings."""
    found = told["parallel"].returned

    assert ["failed", "failed", "passed"] == [found[one]["status"] for one in "abc"], (
        told["parallel"].log
    )
    folders = {found[one]["reportDir"] for one in "abc"}
    assert 3 == len(folders)
    for one in "abc":
        folder = told["parallel"].archive / found[one]["reportDir"]
        result = json.loads((folder / "result.json").read_text())
        assert found[one]["counts"]["total"] == len(result["findings"])


def test_several_images_have_a_folder_each(told: dict[str, Told]) -> None:
    """All that can be scanned are, and each is told."""
    folder = told["several"].archive / "shipworthy-report" / "images"

    assert 2 == len(list(folder.glob("*/result.json")))
    facts = json.loads((folder / "jenkins.json").read_text())
    assert ["error", "failed", "passed"] == [one["status"] for one in facts["images"]]


def test_pages_of_several_images_are_told_apart(told: dict[str, Told]) -> None:
    """HTML Publisher gets them as tabs, each with its image's name."""
    page = told["main"].all("publishHTML")[0]["target"]
    titles = page["reportTitles"].split(",")

    assert ["failing.tar", "passing.tar"] == [one.rpartition("-")[2] for one in titles]
    for title, file in zip(titles, page["reportFiles"].split(","), strict=True):
        assert file.startswith(f"{title}/")
        assert (told["main"].workspace / page["reportDir"] / file).is_file()


def test_only_what_a_change_adds_closes_the_gate(told: dict[str, Told]) -> None:
    """The artifacts of the target branch's build are the baseline, of several images too."""
    assert "UNSTABLE" == told["main"].result, told["main"].log
    assert "SUCCESS" == told["branch"].result, told["branch"].log
    assert (4, 0) == (
        told["main"].returned["counts"]["new"],
        told["branch"].returned["counts"]["new"],
    )


def test_scripts_are_the_same_for_every_call(told: dict[str, Told]) -> None:
    """No argument is part of a script, nor of any text that Groovy put together for a step."""
    script = (LIBRARY / "resources/shipworthy/scan.sh").read_text()
    for one in told.values():
        assert {script} == {call["script"] for call in one.all("sh")}
        assert not any(step["interpolated"] for step in one.steps)


def test_a_restart_of_jenkins_loses_nothing(told: dict[str, Told]) -> None:
    """All results above came about with the state written down and read back at each step."""
    assert all(one.suspended >= 6 for one in told.values())


def test_nothing_is_called_that_the_sandbox_stops(told: dict[str, Told]) -> None:
    """The library runs as a folder's own too, where nobody approves scripts."""
    assert set() == set().union(*(one.forbidden for one in told.values()))
