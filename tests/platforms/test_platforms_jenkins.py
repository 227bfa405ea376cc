"""``shipworthy ci`` in a Jenkins build without the library: console, reports, and the facts that the library reads."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pipelining import HOSTILE, Images, step

from shipworthy.errors import UsageError
from shipworthy_ci.jenkins.facts import write
from shipworthy_ci.jenkins.platform import JenkinsPlatform
from shipworthy_ci.platform import choose
from shipworthy_ci.surroundings import Surroundings


BUILD = {"JENKINS_URL": "https://ci.example/", "BUILD_ID": "7"}
OURS = re.compile(r"^(?:  |== |shipworthy: |hint: |$)")


@pytest.mark.parametrize(
    ("which", "code", "status", "headline"),
    [
        ("passing", 0, "passed", "Fit to ship"),
        ("failing", 1, "failed", "Do not ship"),
        ("broken", 3, "error", "Not scanned"),
        ("hostile", 1, "failed", "Do not ship"),
    ],
)
def test_facts_say_what_the_exit_code_says(
    tmp_path: Path,
    images: Images,
    database: Path,
    which: str,
    code: int,
    status: str,
    headline: str,
) -> None:
    """Status, figures and paths are among the reports, for a script that reads them back."""
    done = step(
        tmp_path,
        getattr(images, which),
        "--db",
        database,
        "--fail-on",
        "critical",
        **BUILD,
    )

    assert code == done.returncode, done.stdout
    folder = tmp_path / "shipworthy-report"
    facts: dict[str, Any] = json.loads((folder / "jenkins.json").read_text())
    assert (status, code, headline) == (
        facts["status"],
        facts["exitCode"],
        facts["headline"],
    )
    assert (status == "failed") == facts["thresholdExceeded"]
    for path in facts["reports"].values():
        assert (folder / path).is_file()
    if status != "error":
        assert {"json", "html", "junit", "warnings-ng"} <= set(facts["reports"])
    assert ("broken" == which) == ("broken.tar" in facts["message"])
    assert all(OURS.match(line) for line in done.stdout.splitlines()), done.stdout


def test_hostile_names_stay_in_the_reports(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """No line of the console begins with them, and the facts have none."""
    done = step(tmp_path, images.hostile, "--db", database, **BUILD)

    assert not re.search(r"\x1b|##(?:vso|teamcity)?\[|^::", done.stdout, re.MULTILINE)
    facts = (tmp_path / "shipworthy-report/jenkins.json").read_text()
    assert not any(text in facts for text in HOSTILE)


def test_a_wrong_call_is_told_where_the_library_asked(tmp_path: Path) -> None:
    """It reads why from the facts; without it nothing is written."""
    wrong = ("image.tar", "--fail-on", "hihg")
    asked = step(tmp_path, *wrong, SHIPWORTHY_JENKINS_FACTS="a/facts.json", **BUILD)
    plain = step(tmp_path, *wrong, **BUILD)

    assert (2, 2) == (asked.returncode, plain.returncode)
    facts = json.loads((tmp_path / "a/facts.json").read_text())
    assert ("error", 2) == (facts["status"], facts["exitCode"])
    assert "hihg" in facts["message"]
    assert [] == list((tmp_path / "shipworthy-report").iterdir())


def test_several_images_are_told_one_by_one(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """In the order they were named, each with its folder; the whole is as grave as the gravest."""
    done = step(
        tmp_path,
        images.failing,
        images.broken,
        "--db",
        database,
        "--fail-on",
        "high",
        "--comment",
        **BUILD,
    )
    facts = json.loads((tmp_path / "shipworthy-report/jenkins.json").read_text())

    assert (3, "error") == (done.returncode, facts["status"])
    assert ["failed", "error"] == [one["status"] for one in facts["images"]]
    assert facts["thresholdExceeded"]
    first = facts["images"][0]
    assert f"{first['name']}/result.json" == first["reports"]["json"]
    assert "Jenkins has no comments of its own" in done.stdout


@pytest.mark.parametrize(
    ("environment", "known"),
    [
        (BUILD, True),
        ({"BUILD_ID": "7", "BUILD_TAG": "jenkins-shop-7"}, True),
        ({"JENKINS_URL": "https://ci.example/"}, False),
        ({"BUILD_ID": "7"}, False),
        ({"BUILD_ID": "7", "BUILD_TAG": "nightly"}, False),
    ],
)
def test_a_build_is_known_by_its_variables(
    environment: dict[str, str], known: bool
) -> None:
    """An address alone is a machine's setting, a number alone anybody's."""
    assert known == isinstance(choose("", environment), JenkinsPlatform)


def test_facts_that_cannot_be_written_are_an_error(tmp_path: Path) -> None:
    """The library would take the exit code's word for nothing."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        write({}, tmp_path / "file" / "facts.json")

    around = Surroundings(
        environment={"SHIPWORTHY_JENKINS_FACTS": "file/facts.json"},
        log=io.StringIO(),
        folder=tmp_path,
    )
    JenkinsPlatform().refuse(UsageError("why"), around)
