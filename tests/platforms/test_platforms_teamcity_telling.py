"""What TeamCity is told of a job, in every state that results may be in: limits, lines, cuts and warnings."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pipelining import HOSTILE
from reports_sample import sample, undecided, warned
from teamcitying import BuildLog, read_log

from shipworthy.errors import ImageError
from shipworthy.reports.document import to_document
from shipworthy_ci.job import Job, Scanned
from shipworthy_ci.surroundings import Surroundings
from shipworthy_ci.teamcity.figures import MOST_IMAGES
from shipworthy_ci.teamcity.inspections import MOST as MOST_INSPECTIONS
from shipworthy_ci.teamcity.inspections import inspections
from shipworthy_ci.teamcity.platform import TeamcityPlatform
from shipworthy_ci.teamcity.problems import MOST as MOST_PROBLEMS
from shipworthy_ci.teamcity.problems import problems_of


CLOSED = to_document(sample())
WARNED = to_document(warned())
UNDECIDED = to_document(undecided())


def job(*results: Mapping[str, Any] | None, **more: Any) -> Job:
    """A job of these results; without one an image could not be scanned."""
    error = ImageError(f"image: {HOSTILE[0]}", hint=HOSTILE[2])
    each = tuple(
        Scanned(
            target=f"image-{at}{HOSTILE[5]}",
            name=f"image-{at}",
            folder=Path("reports"),
            reports={},
            document=one,
            error=None if one else error,
        )
        for at, one in enumerate(results)
    )
    return Job(scanned=each, folder=Path("reports"), **more)


def deliver(one: Job, folder: Path) -> BuildLog:
    """What the server reads when the job is told."""
    (folder / "reports").mkdir(exist_ok=True)
    text = io.StringIO()
    around = Surroundings(environment={}, log=text, folder=folder)
    there = replace(one, folder=folder / "reports")
    TeamcityPlatform().deliver(there, around)
    return read_log(text.getvalue())


def kinds(one: Job) -> list[tuple[bool, str]]:
    """Whether each problem fails the build, and what it is, without its digest."""
    return [(p.fails, p.identity[:-9]) for p in problems_of(one)]


def test_what_fails_the_build() -> None:
    """A closed gate, what was not judged and what was not scanned are told apart; a warning fails nothing."""
    assert (True, "shipworthy_could_not_scan") in kinds(job(None))
    assert all(not fails for fails, _ in kinds(job(WARNED)))
    assert [f for f, kind in kinds(job(UNDECIDED)) if "undecided" in kind] == [True]
    whole = {"shipworthy_not_wholly_scanned"}  # the sample is partial, too
    failing = {kind for fails, kind in kinds(job(CLOSED)) if fails}
    assert whole < failing
    assert not [kind for kind in failing if "undecided" in kind]


def test_no_fail_spares_the_gate_alone() -> None:
    """The same rules are warnings then; what could not be scanned stays a problem."""
    told = kinds(job(CLOSED, None, no_fail=True))
    kept = {"shipworthy_could_not_scan", "shipworthy_not_wholly_scanned"}

    assert kept == {kind for fails, kind in told if fails}
    closed = {kind for fails, kind in kinds(job(CLOSED)) if fails} - kept
    assert closed
    assert closed <= {kind for fails, kind in told if not fails}


def test_a_step_that_fails_says_why() -> None:
    """Even where no rule of the result does."""
    result = json.loads(json.dumps(UNDECIDED))
    result["verdict"]["rules"] = []

    assert [(True, "shipworthy_not_wholly_scanned")] == kinds(job(result))


def test_two_images_of_one_repository_are_two_problems(tmp_path: Path) -> None:
    """Each closed gate is told, and each always under the same identity."""
    first, second = (deliver(job(CLOSED, CLOSED), tmp_path).problems for _ in range(2))

    assert 2 * len(deliver(job(CLOSED), tmp_path).problems) == len(first)
    assert first == second


def test_what_is_cut_is_told(tmp_path: Path) -> None:
    """Beyond a number of problems, inspections and images with figures there is one line with the rest."""
    log = deliver(job(*[CLOSED] * 600), tmp_path)

    assert MOST_PROBLEMS == len(log.problems)
    assert [one for one in log.problems.values() if " more of shipworthy" in one]
    assert MOST_INSPECTIONS == len(log.of("inspection"))
    said = log.values("message", "text")
    assert [one for one in said if "are no inspections" in one]
    assert [one for one in said if f"the first {MOST_IMAGES} images" in one]
    assert 3 * MOST_IMAGES == sum(key.count(".") > 1 for key in log.statistics)
    assert max(map(len, log.statistics)) <= 80


def test_figures_of_images_with_long_names_stay_apart(tmp_path: Path) -> None:
    """Names that differ in their ends alone, and titles that differ in signs alone, have keys of their own."""
    one = job(CLOSED, CLOSED)
    long = tuple(
        replace(each, name=f"{'x' * 60}-{at}") for at, each in enumerate(one.scanned)
    )
    keys = [
        set(deliver(replace(one, scanned=long, title=t), tmp_path).statistics)
        for t in ("a b", "a-b", "a")
    ]

    assert 6 == sum("x" * 30 in key for key in keys[0])
    assert not keys[0] & keys[1]
    assert "shipworthy.a.critical" in keys[2]
    assert max(len(key) for found in keys for key in found) <= 110


def test_findings_stand_at_the_line_of_the_dockerfile(tmp_path: Path) -> None:
    """Where it is in the checkout and the plan names a line; the others stand at their image."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app/Dockerfile").touch()
    at = deliver(job(CLOSED, dockerfile="app/Dockerfile"), tmp_path).of("inspection")
    lines = {one.attributes["file"] for one in at if "line" in one.attributes}
    assert {"app/Dockerfile"} == lines
    assert [one for one in at if "line" not in one.attributes]

    for elsewhere in ("", "/else/Dockerfile"):
        log = deliver(job(CLOSED, dockerfile=elsewhere), tmp_path)
        assert not [one for one in log.of("inspection") if "line" in one.attributes]


def test_a_page_with_its_style_beside_it_stays_whole(tmp_path: Path) -> None:
    """All files of its folder are published and stand in the archive."""
    page = tmp_path / "reports/report/index.html"
    page.parent.mkdir(parents=True)
    for path in (page, page.with_name("style.css")):
        path.write_text(path.name)
    one = job(CLOSED)
    folder = tmp_path / "reports"
    shown = replace(one.scanned[0], folder=folder, reports={"html": page})
    log = deliver(replace(one, scanned=(shown,)), tmp_path)

    rules = "\n".join(str(told.value) for told in log.of("publishArtifacts"))
    assert "reports/report/style.css => reports/report" in rules
    assert "reports/report/index.html => reports/report" in rules
    with zipfile.ZipFile(folder / "report.zip") as archive:
        assert ["index.html", "style.css"] == archive.namelist()


def test_the_same_reports_make_the_same_archive(tmp_path: Path) -> None:
    """Whenever it is written; and one of an earlier run is gone where there is no page now."""
    page = tmp_path / "reports/report.html"
    page.parent.mkdir()
    page.write_text("<!doctype html>")
    one = job(CLOSED, WARNED)
    shown = tuple(replace(s, reports={"html": page}) for s in one.scanned)
    made = []
    for _ in range(2):
        deliver(replace(one, scanned=shown), tmp_path)
        made.append((tmp_path / "reports/report.zip").read_bytes())
        os.utime(page, (0, 1_000_000_000))

    assert made[0] == made[1]
    deliver(one, tmp_path)
    assert not (tmp_path / "reports/report.zip").exists()


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from([*HOSTILE, "é😀", "x" * 9_000]), min_size=3, max_size=3)
)
def test_any_text_of_a_result_is_harmless(texts: list[str]) -> None:
    """Names, versions, titles and rules of others are values of our messages and nothing else."""
    result = json.loads(json.dumps(CLOSED))
    for finding in result["findings"]:
        finding["title"], finding["package"]["version"] = texts[:2]
        finding["package"]["locations"] = [{"path": texts[2], "layer": 0, "diffId": ""}]
    for rule in result["verdict"]["rules"]:
        rule["name"] = rule["reason"] = texts[0]
        rule["remedy"] = texts[1]
    result["image"]["tags"] = [f"registry.example/{texts[2]}:1"]
    one = job(result, CLOSED, title=texts[0])
    lines = [*inspections(one), *(repr(p.description) for p in problems_of(one))]

    log = read_log("\n".join(line for line in lines if line.startswith("##")))
    assert len(one.scanned[0].document["findings"]) * 2 == len(log.of("inspection"))  # type: ignore[index]  # it has one
    assert all(len(p.description) < 4_000 for p in problems_of(one))
