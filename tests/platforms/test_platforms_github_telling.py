"""What is told to GitHub of a job, in every state that runner, results and forge may be in."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from jobs import CLOSED, UNDECIDED, WARNED, deliver, job
from pipelining import HOSTILE
from runnerlog import read_log, read_outputs

from shipworthy.errors import ScanError, UsageError
from shipworthy_ci.annotations import MOST, annotate
from shipworthy_ci.github.platform import SUMMARY, GithubPlatform
from shipworthy_ci.overview import overview
from shipworthy_ci.surroundings import Surroundings


def hostile() -> dict[str, Any]:
    """The sample with all texts of an image's and a feed's replaced by hostile ones."""
    result = json.loads(json.dumps(CLOSED))
    for at, finding in enumerate(result["findings"]):
        text = HOSTILE[at % len(HOSTILE)]
        finding["title"] = finding["package"]["version"] = text
        finding["package"]["locations"] = [{"path": text, "layer": 0, "diffId": ""}]
    for rule in result["verdict"]["rules"]:
        rule["name"] = rule["reason"] = rule["remedy"] = HOSTILE[0]
        rule["findings"] = [
            f"{f['id']} {f['package']['name']}@{f['package']['version']}"
            for f in result["findings"]
        ]
    for action in result["remediation"]:
        action["title"] = action["command"] = "\n".join(HOSTILE)
    result["image"]["tags"] = [f"{HOSTILE[0]}:1"]
    return dict(result)


def test_no_text_of_others_is_a_command(tmp_path: Path) -> None:
    """Each line is one command of ours, and outputs read back."""
    log = deliver(job(hostile(), hostile(), None, title=HOSTILE[0]), tmp_path)

    assert {"error", "warning", "notice"} == {one.name for one in log.commands}
    assert all(
        one.data.isprintable() and one.properties["title"].isprintable()
        for one in log.commands
    )
    outputs = read_outputs((tmp_path / "output").read_text("utf-8"))
    assert ("error", "true") == (outputs["verdict"], outputs["threshold-exceeded"])


def test_at_most_ten_of_a_kind(tmp_path: Path) -> None:
    """The runner drops more without a word, so that the tenth counts the others."""
    log = deliver(job(*[hostile()] * 5, *[None] * 8), tmp_path)

    for kind in ("error", "warning", "notice"):
        told = log.of(kind)
        assert MOST == len(told)
        assert "more in the summary" in told[-1].properties["title"]
    (first, *_) = annotate(job(CLOSED, None))
    assert "error" == first.kind


def test_what_a_rule_comes_to_is_told_apart() -> None:
    """A closed gate, a warning, what could not be judged and what could not be scanned never share a title."""
    titles = {
        name: annotate(job(result))[0].title
        for name, result in (
            ("closed", CLOSED),
            ("warned", WARNED),
            ("undecided", UNDECIDED),
            ("none", None),
        )
    }

    assert 4 == len(set(titles.values()))
    assert "gate closed by rule" in titles["closed"]
    assert "could not judge rule" in titles["undecided"]
    assert "could not scan" in titles["none"]
    assert "warning" == annotate(job(WARNED))[0].kind


def test_where_the_gate_may_not_fail_it_warns() -> None:
    """No error for a step that passes; what could not be scanned stays one."""
    told = annotate(job(CLOSED, no_fail=True))
    assert not [one for one in told if one.kind == "error" and "gate" in one.title]
    assert "error" == annotate(job(None, no_fail=True))[0].kind


def test_findings_stand_at_the_line_of_the_dockerfile(tmp_path: Path) -> None:
    """Named from the top of the checkout; where it is outside of that, or not known, no file is named."""
    app = tmp_path / "app"
    app.mkdir()
    (app / "Dockerfile").touch()
    told = job(CLOSED, dockerfile="app/Dockerfile")
    inside = deliver(told, tmp_path, GITHUB_WORKSPACE=str(tmp_path))
    places = {
        (one.properties["file"], one.properties["line"])
        for one in inside.commands
        if "file" in one.properties
    }
    assert places
    assert {"app/Dockerfile"} == {file for file, _ in places}
    for one, workspace in ((told, str(tmp_path / "else")), (job(CLOSED), "")):
        log = deliver(one, tmp_path, GITHUB_WORKSPACE=workspace)
        assert not [c for c in log.commands if "file" in c.properties]


def test_an_output_that_cannot_be_written_is_no_pass(tmp_path: Path) -> None:
    """What follows would take silence for a good word."""
    with pytest.raises(ScanError, match="GITHUB_OUTPUT"):
        deliver(job(CLOSED), tmp_path, GITHUB_OUTPUT=str(tmp_path / "no/where"))


def test_a_summary_without_room_is_told(tmp_path: Path) -> None:
    """GitHub would refuse the whole of it."""
    (tmp_path / "summary").write_text("x" * SUMMARY)
    log = deliver(job(CLOSED), tmp_path)

    assert "shipworthy: no summary" in log.titles
    assert "x" * SUMMARY == (tmp_path / "summary").read_text()


def test_a_refusal_is_told_even_where_nothing_can_be_written(tmp_path: Path) -> None:
    """The message names the input; files that are not there change nothing."""
    text = io.StringIO()
    around = Surroundings(
        environment={"GITHUB_OUTPUT": str(tmp_path / "no/where")},
        log=text,
        folder=tmp_path,
    )
    error = UsageError(f"--max: {HOSTILE[0]}", hint="critical=0")
    GithubPlatform().refuse(error, around)
    (told,) = read_log(text.getvalue()).commands

    assert "shipworthy: wrong input max" == told.properties["title"]
    assert told.data.endswith("; critical=0")


def test_notifications_lead_to_the_run(tmp_path: Path) -> None:
    """Where the runner says which it is, and nowhere else."""
    known = {
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "77",
    }
    for environment, expected in (
        (known, "https://github.example/acme/shop/actions/runs/77"),
        (known | {"GITHUB_RUN_ID": "7/../8"}, None),
        (known | {"GITHUB_SERVER_URL": "javascript:alert(1)"}, None),
        ({}, None),
    ):
        around = Surroundings(
            environment=environment, log=io.StringIO(), folder=tmp_path
        )
        told = GithubPlatform().inputs(around).options.get("notify_link")
        assert expected == told


def wide(count: int) -> dict[str, Any]:
    """A result with many findings whose names take four bytes a character."""
    result = json.loads(json.dumps(CLOSED))
    first = result["findings"][0]
    result["findings"] = [
        {**first, "id": f"CVE-2024-{at}", "title": "\U0001f433" * 150}
        for at in range(count)
    ]
    return dict(result)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_summary_holds_what_it_may_hold(tmp_path: Path, count: int) -> None:
    """Bytes count, not characters; every image is in the overview, and what is left out is told."""
    results = [wide(4000 // count), *[CLOSED] * (count - 1), None]
    deliver(job(*results), tmp_path)
    data = (tmp_path / "summary").read_bytes()

    assert len(data) <= SUMMARY
    text = data.decode("utf-8")
    assert 1 + count == sum(line.startswith("| `image-") for line in text.splitlines())


def test_a_comment_of_many_images_counts_those_left_out() -> None:
    """What nobody could scan and what may not ship come first."""
    one = job(*[CLOSED] * 30, None)
    text = overview(one, 65_000, top="<!-- here -->")

    assert len(text) <= 65_000
    assert text.startswith("<!-- here -->\n")
    assert "left out for length; the report folder has all." in text
    assert text.index("## Not scanned") < text.index("## Do not ship")
