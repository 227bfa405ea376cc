"""``shipworthy ci`` in a step of GitHub Actions: log, outputs, annotations, summary, comment, exit code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from fakegithub import github
from pipelining import Images, step
from runnerlog import Log, read_log, read_outputs

from shipworthy_ci.platform import choose


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a step told."""

    code: int
    log: Log
    outputs: dict[str, str]
    summary: str
    raw: str


def told_by(folder: Path, *arguments: str | Path, **environment: str | Path) -> Told:
    """Run a step with the runner's files."""
    output, summary = folder / "output", folder / "summary"
    done = step(
        folder,
        *arguments,
        **{
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": output,
            "GITHUB_STEP_SUMMARY": summary,
            "GITHUB_WORKSPACE": folder,
            **environment,
        },
    )
    return Told(
        code=done.returncode,
        log=read_log(done.stdout),
        outputs=read_outputs(output.read_text("utf-8")) if output.exists() else {},
        summary=summary.read_text("utf-8") if summary.exists() else "",
        raw=done.stdout,
    )


def test_an_image_that_passes(tmp_path: Path, images: Images, database: Path) -> None:
    """No annotation, outputs of nought, a summary that says so, and a token that nobody reads."""
    told = told_by(
        tmp_path,
        images.passing,
        "--db",
        database,
        "--fail-on",
        "low",
        GITHUB_TOKEN="ghs_verysecret",
    )

    assert 0 == told.code
    assert [] == told.log.titles
    assert ("passed", "false", "0", "0") == tuple(
        told.outputs[name]
        for name in ("verdict", "threshold-exceeded", "exit-code", "total")
    )
    assert "Fit to ship" in told.summary
    assert [f"shipworthy: {images.passing}"] == [
        one.data for one in told.log.of("group")
    ]
    assert 1 == len(told.log.of("endgroup"))
    assert ["ghs_verysecret"] == [one.data for one in told.log.of("add-mask")]
    assert 1 == told.raw.count("verysecret")


def test_a_log_that_nobody_masks_is_told_no_secret(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Where the platform is only asked for by name."""
    call = (images.passing, "--db", database, "--ci=github")
    done = step(tmp_path, *call, GITHUB_TOKEN="ghs_verysecret")

    assert "verysecret" not in done.stdout


def test_a_gate_that_closes(tmp_path: Path, images: Images, database: Path) -> None:
    """An error that names the rule and what would open it, the findings that it counted, what to do."""
    told = told_by(tmp_path, images.failing, "--db", database, "--fail-on", "critical")

    assert 1 == told.code
    errors = told.log.of("error")
    assert ["shipworthy: gate closed by rule fail-on"] == [
        one.properties["title"] for one in errors
    ]
    assert "To pass: " in errors[0].data
    warnings = told.log.of("warning")
    assert ["CVE-2019-14234 (critical) in Django 2.2"] == [
        one.properties["title"] for one in warnings
    ]
    assert "Fixed in 2.2.4" in warnings[0].data
    assert all(
        one.properties["title"].startswith("What to do")
        for one in told.log.of("notice")
    )
    outputs = told.outputs
    assert ("failed", "true", "1", "1") == tuple(
        outputs[name]
        for name in ("verdict", "threshold-exceeded", "exit-code", "critical")
    )
    assert outputs["total"] == str(
        len(json.loads(Path(tmp_path, outputs["result"]).read_text())["findings"])
    )
    for name in ("html", "csv", "markdown", "sbom", "sarif"):
        assert Path(tmp_path, outputs[name]).is_file(), name
    assert "Do not ship" in outputs["summary"]
    assert "Do not ship" in told.summary


def test_an_image_that_cannot_be_scanned(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """It never looks like a closed gate, nor like a pass."""
    told = told_by(tmp_path, images.broken, "--db", database, "--fail-on", "low")

    assert 3 == told.code
    (title,) = told.log.titles
    assert title.startswith("shipworthy: could not scan ")
    assert ("error", "false", "3", "") == tuple(
        told.outputs[name]
        for name in ("verdict", "threshold-exceeded", "exit-code", "result")
    )
    assert "Not scanned" in told.summary


def test_hostile_names_order_nothing(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Every command is one of ours with text as text, and nothing of a name runs."""
    told = told_by(tmp_path, images.hostile, "--db", database, "--fail-on", "low")

    assert 1 == told.code
    names = {one.name for one in told.log.commands}
    ours = {"group", "endgroup", "stop-commands", "error", "warning", "notice"}
    assert names <= ours
    assert "owned" not in {one.data for one in told.log.commands}
    outside_code = "".join(told.summary.split("`")[::2])
    assert "<script>" not in outside_code
    assert not (tmp_path / "owned").exists()
    assert {"shipworthy-report", "output", "summary"} == {
        path.name for path in tmp_path.iterdir()
    }


def test_several_images_share_outputs_and_summary(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """The overview first, then each; lists have a line an image; SARIF is a folder of its own."""
    targets = (images.passing, images.broken, images.failing)
    told = told_by(
        tmp_path,
        *targets,
        "--db",
        database,
        "--fail-on",
        "critical",
        "--reports=+sarif",
    )

    assert 3 == told.code
    assert told.summary.startswith("## shipworthy: Of 3 images ")
    assert ["Not scanned", "Do not ship", "Fit to ship"] == [
        line.removeprefix("## ").partition(":")[0]
        for line in told.summary.splitlines()
        if line.startswith("## ")
    ][1:]
    assert 2 == len(told.outputs["result"].splitlines())
    assert {"error", "3", "true"} == {
        told.outputs[name] for name in ("verdict", "exit-code", "threshold-exceeded")
    }
    folder = Path(tmp_path, told.outputs["sarif"])
    assert 2 == len(list(folder.iterdir()))
    titles = [one.properties["title"] for one in told.log.of("error")]
    assert 2 == len(titles)
    assert titles[0].startswith("shipworthy: could not scan")


@pytest.mark.parametrize(
    ("arguments", "title", "word"),
    [
        (["IMAGE", "--fail-on", "hihg"], "wrong input fail-on", "hihg"),
        (["IMAGE", "--reports", "pdf"], "wrong input reports", "pdf"),
        ([], "wrong input image", "name what to scan"),
    ],
)
def test_wrong_inputs_are_named(
    tmp_path: Path, images: Images, arguments: list[str], title: str, word: str
) -> None:
    """The title says which, the message what was expected, and no output passes for a result."""
    call = [str(images.failing) if one == "IMAGE" else one for one in arguments]
    told = told_by(tmp_path, *call)

    assert 2 == told.code
    (error,) = told.log.of("error")
    assert error.properties["title"].startswith(f"shipworthy: {title}")
    assert word in error.data
    assert ("error", "2") == (told.outputs["verdict"], told.outputs["exit-code"])


def test_a_flag_in_a_variable_is_named_too(tmp_path: Path, images: Images) -> None:
    """As the action hands it on."""
    told = told_by(tmp_path, images.passing, SHIPWORTHY_ONLY_FIXED="maybe")

    assert ["shipworthy: wrong input only-fixed"] == told.log.titles


def event(folder: Path) -> Path:
    """The payload of a pull request."""
    path = folder / "event.json"
    pull = {
        "number": 7,
        "title": "::error::owned",
        "head": {"repo": {"full_name": "acme/shop"}},
        "base": {"repo": {"full_name": "acme/shop"}},
    }
    path.write_text(json.dumps({"number": 7, "pull_request": pull}))
    return path


def test_the_pull_request_has_one_comment(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """Red at first, then green, in the same place."""
    with github() as forge:
        setting: dict[str, str | Path] = {
            "SHIPWORTHY_DB": database,
            "SHIPWORTHY_FAIL_ON": "critical",
            "SHIPWORTHY_COMMENT": "true",
            "SHIPWORTHY_TITLE": "api",
            "GITHUB_API_URL": forge.url,
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_TOKEN": "ghs_token",
            "GITHUB_EVENT_PATH": event(tmp_path),
        }
        red = told_by(tmp_path, images.failing, **setting)
        (comment,) = forge.comments
        assert "Do not ship" in comment["body"]
        assert comment["body"].startswith("<!-- shipworthy:comment title=api -->\n")
        green = told_by(tmp_path, images.passing, **setting)
        (comment,) = forge.comments

    assert (1, 0) == (red.code, green.code)
    assert "Fit to ship" in comment["body"]
    assert "comment on pull request 7: changed" in green.raw


def test_runners_are_known() -> None:
    """By the variable that they all set."""
    assert "github" == choose("", {"GITHUB_ACTIONS": "true"}).name
    assert "generic" == choose("", {"GITHUB_ACTIONS": ""}).name
