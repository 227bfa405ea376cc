"""``shipworthy dashboard`` as its users meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fleeting import result, save
from reports_sample import DJANGO_SQL

from shipworthy.cli.main import run


@pytest.fixture(autouse=True)
def _results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save(Path("results/shop.json"), result())
    save(Path("results/till.json"), result("till:2", findings=(DJANGO_SQL,)))


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The exit code, and what the command said on stdout and stderr."""
    code = run(["dashboard", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_page_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """As every report without a path does; what it comes to is said on stderr."""
    code, out, err = told(capsys, "results")
    assert code == 0
    assert out.startswith("<!DOCTYPE html>")
    assert err == (
        "shipworthy: 1 of 2 images does not ship. 1 fit to ship, 1 not to ship.\n"
    )


def test_page_and_data_to_files(capsys: pytest.CaptureFixture[str]) -> None:
    """Both forms in one run, with nothing said where quiet was asked for."""
    code, out, err = told(
        capsys, "-q", "results", "-o", "html=d.html", "-o", "json=d.json"
    )
    assert (code, out, err) == (0, "", "")
    assert "1 of 2 images does not ship" in Path("d.html").read_text()
    assert json.loads(Path("d.json").read_text())["kind"] == "dashboard"
    links = "results/shop.html"
    Path(links).write_text("x")
    told(capsys, "results", "-o", "html=d.html")
    assert f'href="./{links}"' in Path("d.html").read_text()


def test_the_exit_code_is_a_gate_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """1 where an image does not ship, 0 where all do."""
    assert told(capsys, "results", "--exit-code")[0] == 1
    assert told(capsys, "results/till.json", "--exit-code")[0] == 0
    Path("names").write_text("registry.example/mail\n")
    assert (
        told(capsys, "results/till.json", "--exit-code", "--expected", "names")[0] == 3
    )


def test_an_unreadable_result_is_named_and_the_page_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 3, with the page all the same."""
    Path("results/torn.json").write_text("{")
    code, _, err = told(capsys, "results", "absent.json", "-o", "html=d.html")
    assert code == 3
    assert "error: absent.json: no such file" in err
    assert "error: results/torn.json: not JSON" in err
    assert "absent.json" in Path("d.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["empty"], "empty: no result there"),
        (["results", "-o", "csv"], "no form of the dashboard called csv"),
        (["results", "-o", "html=no/d.html"], "there is no directory"),
        (["results", "--at", "yesterday"], "expected a day"),
        (["results", "--at", "2026-02-30"], "there is no such day"),
        (["results", "--expected", "absent"], "absent: cannot be read"),
        (["results", "--link-base", "/x"], "--link-base /x"),
        (["results", "--max-age", "-1"], "--max-age"),
        ([], "RESULTS"),
    ],
)
def test_wrong_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Told in a line, with exit code 2."""
    Path("empty").mkdir()
    code, out, err = told(capsys, *arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_nothing_is_written_to_a_terminal_unasked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page is nothing to read there."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    code, out, err = told(capsys, "results")
    assert (code, out) == (2, "")
    assert "-o html=dashboard.html" in err
