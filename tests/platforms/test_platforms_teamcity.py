"""A step of a TeamCity build: problems, figures, inspections, artifacts and the exit code, of images of every kind."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from pipelining import HOSTILE, Images, step
from teamcitying import BuildLog, read_log

from shipworthy_ci.platform import choose
from shipworthy_ci.teamcity.platform import TeamcityPlatform


AROUND = {"TEAMCITY_VERSION": "2025.07.1 (build 197242)"}


def run(
    folder: Path, database: Path, *arguments: str | Path, **more: str | Path
) -> tuple[int, BuildLog]:
    """A step in ``folder``: its exit code, and its log as a server reads it."""
    done = step(folder, "--db", database, *arguments, **AROUND, **more)
    assert "Traceback" not in done.stdout, done.stdout
    return done.returncode, read_log(done.stdout)


def rules(log: BuildLog) -> list[str]:
    """All rules of artifacts that are published."""
    return [
        rule
        for one in log.of("publishArtifacts")
        for rule in (one.value or "").split("\n")
    ]


def test_a_closed_gate(tmp_path: Path, images: Images, database: Path) -> None:
    """One problem for the rule, figures for charts, inspections, tests and reports; the step fails too."""
    code, log = run(tmp_path, database, images.failing, "--fail-on", "critical")

    assert 1 == code
    ((identity, words),) = log.problems.items()
    assert identity.startswith("shipworthy_fail_on_")
    assert words.startswith("Gate closed by rule fail-on: ")
    assert [
        "{build.status.text}; shipworthy: Do not ship (1 critical, 2 high, 1 medium)"
    ] == log.values("buildStatus", "text")
    figures = log.statistics
    assert (1, 2, 4) == tuple(
        figures[f"shipworthy.{key}"] for key in ("critical", "high", "total")
    )
    assert {"shipworthy.fixable", "shipworthy.exploited", "shipworthy.new"} < set(
        figures
    )
    assert 4 == len(log.of("inspection"))
    assert ["ERROR", "ERROR", "ERROR", "WARNING"] == log.values(
        "inspection", "SEVERITY"
    )
    assert ["shipworthy-report/junit.xml"] == log.values("importData", "path")
    assert "shipworthy-report/result.json => shipworthy-report" in rules(log)
    for rule in rules(log):
        assert (tmp_path / rule.partition(" => ")[0]).is_file()


def test_an_image_that_passes(tmp_path: Path, images: Images, database: Path) -> None:
    """No problem, zeros in the charts, and a page for the report tab all the same."""
    code, log = run(tmp_path, database, images.passing, "--fail-on", "critical")

    assert (0, {}) == (code, log.problems)
    assert ["{build.status.text}; shipworthy: Fit to ship (no findings)"] == log.values(
        "buildStatus", "text"
    )
    assert 0 == log.statistics["shipworthy.total"]
    assert "shipworthy-report/report.zip => shipworthy-report" in rules(log)
    with zipfile.ZipFile(tmp_path / "shipworthy-report/report.zip") as archive:
        assert ["index.html"] == archive.namelist()
        page = (tmp_path / "shipworthy-report/report.html").read_bytes()
        assert page == archive.read("index.html")


def test_an_image_that_cannot_be_scanned(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Another problem, in other words and with another code; no figure says that nothing was found."""
    code, log = run(
        tmp_path, database, images.broken, "--fail-on", "critical", "--no-fail"
    )

    assert 3 == code
    ((identity, words),) = log.problems.items()
    assert identity.startswith("shipworthy_could_not_scan_")
    assert words.startswith("Could not scan ")
    assert ["{build.status.text}; shipworthy: Not scanned"] == log.values(
        "buildStatus", "text"
    )
    assert {} == log.statistics
    assert [] == log.of("importData", "inspection")
    assert {"facts.env", "facts.json"} == {
        Path(rule.partition(" => ")[0]).name for rule in rules(log)
    }


def test_hostile_names(tmp_path: Path, images: Images, database: Path) -> None:
    """Every message is one of ours, and nothing of a name runs; its texts come back whole."""
    code, log = run(tmp_path, database, images.hostile, "--fail-on", "critical")

    ours = {
        "blockOpened", "blockClosed", "disableServiceMessages", "enableServiceMessages", "progressMessage",
        "inspectionType", "inspection", "buildStatisticValue", "publishArtifacts", "importData", "buildProblem",
        "buildStatus", "message",
    }  # fmt: skip
    assert 1 == code
    assert ours >= {one.name for one in log.messages}
    assert all(key.startswith("shipworthy_") for key in log.problems)
    assert any(
        "Found in srv/0::error::owned/" in told
        for told in log.values("inspection", "message")
    )
    assert not any(
        "##teamcity[" in told for told in log.text + log.values("inspection", "message")
    )
    assert {"shipworthy-report"} == {path.name for path in tmp_path.iterdir()}


def test_hostile_targets_and_titles(tmp_path: Path, database: Path) -> None:
    """What people call things gives the server no orders either."""
    for text in HOSTILE:
        code, log = run(tmp_path, database, "--title", text, "--comment", "--", text)
        assert code in {2, 3}
        assert 1 == len(log.problems)
        assert {"owned"}.isdisjoint(path.name for path in tmp_path.iterdir())


def test_several_images(tmp_path: Path, images: Images, database: Path) -> None:
    """Each has a problem and a folder of its own; the tab's page leads to theirs, and what failed before is told."""
    names = "\n".join(map(str, (images.failing, images.passing)))
    code, log = run(
        tmp_path, database, SHIPWORTHY_TARGET=names, SHIPWORTHY_FAIL_ON="high"
    )

    assert 1 == code
    assert 1 == len(log.problems)
    assert 4 == log.statistics["shipworthy.total"]
    own = {key: value for key, value in log.statistics.items() if key.count(".") > 1}
    assert [4, 0] == [value for key, value in own.items() if key.endswith(".total")]
    assert 2 == len(log.of("importData"))
    assert 2 == len(
        {rule.partition(" => ")[2] for rule in rules(log)} - {"shipworthy-report"}
    )
    with zipfile.ZipFile(tmp_path / "shipworthy-report/report.zip") as archive:
        pages = archive.namelist()
        start = archive.read("index.html").decode()
    assert 3 == len(pages)
    assert all(f'href="{page}"' in start for page in pages if page != "index.html")

    code, log = run(
        tmp_path, database, images.broken, images.failing, "--fail-on", "high"
    )

    assert (3, 2, {}) == (code, len(log.problems), log.statistics)
    assert {"shipworthy_could_not_scan", "shipworthy_fail_on"} == {
        key[:-9] for key in log.problems
    }


def test_a_problem_stays_the_same_problem(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Another tag and other findings of a rule do not make another; another image does."""
    targets = [f"docker-archive:{images.failing}", str(images.failing)]
    first, second = (
        run(tmp_path, database, one, "--fail-on", "high")[1].problems for one in targets
    )
    other = run(
        tmp_path, database, images.failing, "--fail-on", "critical", "--title", "other"
    )[1].problems

    assert set(first) == set(second)
    assert set(first).isdisjoint(other)


def test_a_gate_that_may_not_fail(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """The build passes: a warning in place of the problem, and no failed test."""
    code, log = run(
        tmp_path, database, images.failing, "--fail-on", "critical", "--no-fail"
    )

    assert (0, {}) == (code, log.problems)
    warnings = [
        m.attributes["text"]
        for m in log.of("message")
        if m.attributes["status"] == "WARNING"
    ]
    assert [told for told in warnings if told.startswith("Gate closed by rule fail-on")]
    assert [] == log.of("importData")
    assert "Do not ship" in log.values("buildStatus", "text")[0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Wrong usage of shipworthy: no target"),
        (["x", "--fail-on", "hihg"], "hihg"),
        (["x", "--nope"], "--nope"),
    ],
)
def test_wrong_usage(
    tmp_path: Path, database: Path, arguments: list[str], told: str
) -> None:
    """A problem of its own kind, which says what is wrong."""
    code, log = run(tmp_path, database, *arguments)

    assert 2 == code
    ((identity, words),) = log.problems.items()
    assert identity.startswith("shipworthy_wrong_usage_")
    assert told in words


def test_a_step_in_a_folder_of_the_checkout(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Tests and artifacts are named from the checkout's top; what no rule of artifacts can name is told."""
    sub = tmp_path / "work/sub"
    sub.mkdir(parents=True)
    properties = tmp_path / "build.properties"
    properties.write_text(f"teamcity.build.checkoutDir={tmp_path}/work\n")
    _, log = run(
        sub, database, images.failing, "--report-dir", "out, of/the way",
        TEAMCITY_BUILD_PROPERTIES_FILE=properties,
    )  # fmt: skip

    assert any(
        "report folder" in told or "rule of artifacts" in told
        for told in log.values("message", "text")
    )
    assert [] == log.of("publishArtifacts", "importData")

    _, log = run(
        sub,
        database,
        images.failing,
        "--report-dir",
        "out",
        TEAMCITY_BUILD_PROPERTIES_FILE=properties,
    )

    assert ["sub/out/junit.xml"] == log.values("importData", "path")
    assert "sub/out/result.json => out" in rules(log)


def test_only_what_a_change_adds(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """What an earlier build published is the baseline of this one."""
    policy = tmp_path / "new.yaml"
    policy.write_text(
        "rules:\n  - name: new\n    when: {state: new}\n    effect: fail\n"
    )
    call = (images.failing, "--policy", policy, "--baseline-from", "earlier")
    code, log = run(tmp_path, database, *call)
    assert (1, 4) == (code, log.statistics["shipworthy.new"])
    for rule in rules(log):
        source, _, folder = rule.partition(" => ")
        place = tmp_path / folder.replace("shipworthy-report", "earlier")
        place.mkdir(exist_ok=True)
        (tmp_path / source).rename(place / Path(source).name)

    code, log = run(tmp_path, database, *call)

    assert (0, 0) == (code, log.statistics["shipworthy.new"])
    assert json.loads((tmp_path / "earlier/result.json").read_text())["verdict"]


def test_where_it_is_chosen() -> None:
    """By the variable that agents set."""
    assert isinstance(choose("", AROUND), TeamcityPlatform)
    assert isinstance(choose("teamcity", {}), TeamcityPlatform)
    assert not TeamcityPlatform().detects({})
