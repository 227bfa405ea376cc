"""``shipworthy ci`` where no known CI system is around: the log, the files, the exit code."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from pipelining import HOSTILE, Images, step

from shipworthy_ci.generic.platform import GenericPlatform
from shipworthy_ci.platform import choose, platform_names


COMMANDS = re.compile(
    r"^\s*::\s*[A-Za-z]|##(?:vso|teamcity)?\[|\x1b", re.IGNORECASE | re.MULTILINE
)


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
    tmp_path: Path, images: Images, database: Path, which: str, code: int, told: str
) -> None:
    """Passed, closed and not scanned end differently, and the log says which."""
    done = step(
        tmp_path, getattr(images, which), "--db", database, "--fail-on", "critical"
    )

    assert (code, True) == (done.returncode, told in done.stdout), done.stdout
    reports = {path.name for path in (tmp_path / "shipworthy-report").iterdir()}
    wanted = {
        "result.json",
        "report.html",
        "findings.csv",
        "summary.md",
        "junit.xml",
        "shipworthy.sarif",
        "sbom.cdx.json",
    }
    facts = {"facts.json", "facts.env"}
    assert reports == (facts if which == "broken" else facts | wanted)


def test_hostile_names_give_the_pipeline_no_orders(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """No line of the log is a command of any CI system, and nothing of a name runs."""
    done = step(tmp_path, images.hostile, "--db", database)

    assert "Django" in done.stdout
    assert COMMANDS.findall(done.stdout) == []
    assert not (tmp_path / "owned").exists()
    assert {p.name for p in tmp_path.iterdir()} == {"shipworthy-report"}


def test_hostile_targets_give_no_orders_either(tmp_path: Path, database: Path) -> None:
    """What cannot be opened is named harmlessly."""
    for text in HOSTILE:
        done = step(tmp_path, "--db", database, "--", text)
        assert done.returncode in {2, 3}, done.stdout
        assert COMMANDS.findall(done.stdout) == []
        assert "Traceback" not in done.stdout


def test_several_images_in_one_step(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Each has a folder, one that cannot be scanned stops no other, and the gravest decides."""
    names = "\n".join(map(str, (images.broken, images.failing, images.passing)))
    done = step(
        tmp_path,
        SHIPWORTHY_TARGET=names,
        SHIPWORTHY_DB=database,
        SHIPWORTHY_FAIL_ON="high",
    )

    assert 3 == done.returncode, done.stdout
    assert (
        "Of 3 images 1 fit to ship, 1 not, 1 not wholly scanned or judged"
        in done.stdout
    )
    page = (tmp_path / "shipworthy-report/overview.html").read_text()
    assert 2 == page.count("/report.html")
    assert str(images.broken) in page
    results = sorted(tmp_path.glob("shipworthy-report/*/result.json"))
    assert [r.parent.name.rpartition("-")[2] for r in results] == [
        "failing.tar",
        "passing.tar",
    ]


def test_only_what_is_new_closes_the_gate(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """The report folder of an earlier build is the baseline; where there is none, everything is new."""
    policy = tmp_path / "new.yaml"
    policy.write_text(
        "rules:\n  - name: new\n    when: {state: new}\n    effect: fail\n"
    )
    call = (images.failing, "--db", database, "--policy", policy)
    first = step(tmp_path, *call, "--baseline-from", tmp_path / "none")
    (tmp_path / "shipworthy-report").rename(tmp_path / "earlier")
    second = step(tmp_path, *call, "--baseline-from", tmp_path / "earlier")

    assert (1, 0) == (first.returncode, second.returncode), second.stdout
    result = json.loads((tmp_path / "shipworthy-report/result.json").read_text())
    assert {"existing"} == {one["state"] for one in result["findings"]}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 2, "no target"),
        (["IMAGE", "--fail-on", "hihg"], 2, "hihg"),
        (["IMAGE", "--nope"], 2, "--nope"),
        (["IMAGE", "--reports", "pdf"], 2, "no report called pdf"),
        (["IMAGE", "--ci", "hal"], 2, "no such platform"),
        (["IMAGE", "-o", "json"], 2, "expected FORMAT=PATH"),
        (["IMAGE", "IMAGE", "-o", "json=x"], 2, "several targets"),
        (["IMAGE", "--report-dir", "/dev/null/x"], 2, "cannot be made"),
        (["IMAGE", "--fail-on", "high", "--no-fail"], 0, "Do not ship"),
        (["BROKEN", "--no-fail"], 3, "Not scanned"),
        (["IMAGE", "--baseline", "target-branch"], 2, "remembers no results"),
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
    """Wrong ones are told in a line; a gate that may not fail lets the step pass, a broken image never."""
    known = {"IMAGE": str(images.failing), "BROKEN": str(images.broken)}
    call = [known.get(one, one) for one in arguments]
    done = step(tmp_path, *call, SHIPWORTHY_DB=database)

    assert (code, True) == (done.returncode, told in done.stdout), done.stdout
    assert "Traceback" not in done.stdout


def test_a_list_in_a_variable_may_hold_blanks_in_its_lines(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """A value a line, as pipelines write lists; without line ends blanks part the values."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "my ignores.yaml").write_text(
        "ignore:\n  - vulnerability: CVE-2019-14234\n"
    )
    done = step(
        tmp_path,
        images.failing,
        SHIPWORTHY_DB=database,
        SHIPWORTHY_IGNORE_FILE=f"{folder}/my ignores.yaml\n",
        SHIPWORTHY_FAIL_ON="critical",
        SHIPWORTHY_IGNORE="CVE-2023-4911 CVE-2020-28493",
    )
    result = json.loads((tmp_path / "shipworthy-report/result.json").read_text())

    assert 3 == len(result["suppressed"]), done.stdout


def test_a_report_of_an_earlier_run_does_not_pass_for_this_ones(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Where an image cannot be scanned, the folder has no result that says otherwise."""
    step(tmp_path, images.passing, "--db", database)
    done = step(tmp_path, images.broken, "--db", database)

    assert 3 == done.returncode
    left = sorted(path.name for path in (tmp_path / "shipworthy-report").iterdir())
    assert ["facts.env", "facts.json"] == left
    facts = json.loads((tmp_path / "shipworthy-report/facts.json").read_text())
    assert ("error", 3, 0) == (
        facts["status"],
        facts["exitCode"],
        facts["counts"]["total"],
    )


def test_facts_for_the_steps_that_follow(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """A shell reads the status and the figures as they are; hostile names stand in the JSON file alone."""
    step(tmp_path, images.hostile, "--db", database, "--fail-on", "critical")
    folder = tmp_path / "shipworthy-report"
    facts = json.loads((folder / "facts.json").read_text())
    lines = (folder / "facts.env").read_text().splitlines()
    done = subprocess.run(
        ["sh", "-c", '. ./facts.env && echo "$SHIPWORTHY_RESULT_STATUS"'],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )

    assert "failed\n" == done.stdout
    assert all(re.fullmatch(r"SHIPWORTHY_RESULT_[A-Z_]+=[a-z0-9]+", x) for x in lines)
    assert f"SHIPWORTHY_RESULT_TOTAL={facts['counts']['total']}" in lines
    ((image,), code) = (facts["images"], facts["exitCode"])
    assert (1, "result.json") == (code, image["reports"]["json"])


def test_platforms_are_chosen_by_name_or_by_what_is_around() -> None:
    """Without anything around it is the generic one."""
    assert isinstance(choose("", {}), GenericPlatform)
    assert isinstance(choose("generic", {"GITHUB_ACTIONS": "true"}), GenericPlatform)
    assert "generic" in platform_names()
