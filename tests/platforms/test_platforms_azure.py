"""A step of Azure Pipelines: commands as its agent reads them, issues, outputs, the summary and the result."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pipelining import HOSTILE, Images, step

from shipworthy_ci.azure.commands import command
from shipworthy_ci.azure.platform import AzurePlatform
from shipworthy_ci.platform import choose


AROUND = {"TF_BUILD": "True"}
SIGNS = {"%3B": ";", "%0D": "\r", "%0A": "\n", "%5D": "]"}


@dataclass(frozen=True, kw_only=True)
class Command:
    """One order to the agent."""

    name: str
    properties: dict[str, str]
    data: str


def read(line: str) -> Command | None:
    """A line as the agent reads it: a command from ``##vso[`` on, wherever that stands in it."""
    _, found, rest = line.partition("##vso[")
    inside, closed, data = rest.partition("]")
    if not found or not closed:
        return None
    name, _, told = inside.partition(" ")
    pairs = (part.partition("=") for part in told.split(";") if part)
    return Command(
        name=name,
        properties={key: unescaped(value) for key, _, value in pairs},
        data=unescaped(data),
    )


def unescaped(text: str) -> str:
    """The agent replaces its signs first and ``%AZP25`` last."""
    for sign, char in SIGNS.items():
        text = text.replace(sign, char)
    return text.replace("%AZP25", "%")


def commands(output: str) -> list[Command]:
    """Those of a log; groups are opened and closed, and nothing else begins like one."""
    lines = re.split(r"\r?\n", output)
    assert output.count("##[group]") == output.count("##[endgroup]")
    for line in lines:
        found = re.search(r"##\[(\w*)", line)
        assert found is None or line.startswith(("##[group]", "##[endgroup]")), line
    return [one for one in map(read, lines) if one]


@pytest.mark.property
@settings(deadline=None)
@given(st.text(), st.text(min_size=1))
@example("%3B%AZP25%0A", "a;b]\r\n%5D=")
def test_any_text_comes_back(data: str, value: str) -> None:
    """What the agent reads of a command is what was written into it."""
    told = command("task.logissue", data, {"type": value})

    assert "\n" not in told
    assert Command(name="task.logissue", properties={"type": value}, data=data) == read(
        told
    )


@pytest.mark.parametrize(
    ("which", "code", "verdict", "issue"),
    [
        ("passing", 0, "passed", ""),
        ("failing", 1, "failed", "shipworthy: gate closed by rule fail-on: "),
        ("broken", 3, "error", "shipworthy: could not scan "),
        ("hostile", 1, "failed", "shipworthy: gate closed by rule fail-on: "),
    ],
)
def test_each_image(
    tmp_path: Path,
    images: Images,
    database: Path,
    which: str,
    code: int,
    verdict: str,
    issue: str,
) -> None:
    """Outputs, issues and summary are what this image deserves, and every command is one of ours."""
    done = step(
        tmp_path,
        getattr(images, which),
        "--db",
        database,
        "--fail-on",
        "critical",
        **AROUND,
    )
    told = commands(done.stdout)

    assert code == done.returncode, done.stdout
    assert {"task.setvariable", "task.logissue", "task.uploadsummary"} >= {
        one.name for one in told
    }
    outputs = {
        one.properties["variable"]: one.data
        for one in told
        if one.name == "task.setvariable"
    }
    assert (verdict, str(code)) == (outputs["verdict"], outputs["exitCode"])
    errors = [one.data for one in told if one.properties.get("type") == "error"]
    assert len(errors) == bool(issue)
    assert all(one.startswith(issue) for one in errors)
    (summary,) = (Path(one.data) for one in told if one.name == "task.uploadsummary")
    assert summary.is_absolute()
    assert summary.read_text("utf-8").strip()
    assert {"shipworthy-report"} == {path.name for path in tmp_path.iterdir()}


def test_a_gate_that_may_not_fail(
    tmp_path: Path, images: Images, database: Path
) -> None:
    """The step succeeds with issues, of which none is an error."""
    done = step(
        tmp_path,
        images.failing,
        "--db",
        database,
        "--fail-on",
        "critical",
        "--no-fail",
        **AROUND,
    )
    told = commands(done.stdout)

    assert 0 == done.returncode
    assert [{"result": "SucceededWithIssues"}] == [
        one.properties for one in told if one.name == "task.complete"
    ]
    assert not any(one.properties.get("type") == "error" for one in told)


def test_hostile_targets(tmp_path: Path, database: Path) -> None:
    """What people call things gives the agent no orders."""
    for text in HOSTILE:
        done = step(
            tmp_path,
            "--db",
            database,
            "--title",
            text,
            "--comment",
            "--",
            text,
            **AROUND,
        )
        assert done.returncode in {2, 3}, done.stdout
        names = {one.name for one in commands(done.stdout)}
        assert names <= {"task.setvariable", "task.logissue", "task.uploadsummary"}


def test_wrong_usage(tmp_path: Path) -> None:
    """An error that says so, with code 2."""
    done = step(tmp_path, "x", "--fail-on", "hihg", **AROUND)
    (told,) = commands(done.stdout)

    assert 2 == done.returncode
    assert "error" == told.properties["type"]
    assert told.data.startswith("shipworthy: wrong usage: ")


def test_where_it_is_chosen() -> None:
    """By the variable that agents set."""
    assert isinstance(choose("", AROUND), AzurePlatform)
    assert isinstance(choose("azure", {}), AzurePlatform)
