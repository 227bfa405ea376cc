"""The command line as its users meet it: output, exit codes, environment, wrong input."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import imagebuilder as ib
import pytest
from scanning import BASE, EXAMPLE, OURS

from shipworthy import __version__


def shipworthy(*arguments: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    """One run of the command, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": "/dev/null/none", **env},
    )


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The example as a docker archive."""
    return ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")


def test_several_reports_in_one_run(
    image: Path, database: Path, tmp_path: Path
) -> None:
    """Each goes where it was sent, whole, and the summary goes to stderr."""
    out = {name: tmp_path / f"r.{name}" for name in ("json", "csv", "html", "table")}
    done = shipworthy(
        "scan",
        image,
        "--db",
        database,
        "--fail-on",
        "high",
        *(f"-o{n}={p}" for n, p in out.items()),
    )

    assert (1, "") == (done.returncode, done.stdout)
    assert "gate closed" in done.stderr
    assert 4 == len(json.loads(out["json"].read_text())["findings"])
    assert 5 == len(list(csv.reader(io.StringIO(out["csv"].read_text()))))
    assert out["html"].read_text().startswith("<!DOCTYPE html>") or out[
        "html"
    ].read_text().startswith("<!doctype html>")
    assert "CVE-2019-14234" in out["table"].read_text()
    assert {*out.values(), image} == set(tmp_path.iterdir())
    assert 0o644 == stat.S_IMODE(out["json"].stat().st_mode) | 0o044


def test_without_a_terminal_there_is_no_colour(image: Path, database: Path) -> None:
    """The default table is plain text when it goes into a log."""
    done = shipworthy("scan", image, "--db", database)

    assert 0 == done.returncode
    assert "\x1b" not in done.stdout + done.stderr
    assert "CVE-2023-4911" in done.stdout


def test_colour_can_be_forced_and_refused(image: Path, database: Path) -> None:
    """FORCE_COLOR colours a log, NO_COLOR wins over it."""
    assert (
        "\x1b[" in shipworthy("scan", image, "--db", database, FORCE_COLOR="1").stdout
    )
    assert (
        "\x1b["
        not in shipworthy(
            "scan", image, "--db", database, FORCE_COLOR="1", NO_COLOR="1"
        ).stdout
    )


def test_the_environment_sets_options_and_the_command_line_wins(
    image: Path, database: Path
) -> None:
    """Every option has its variable."""
    env = {"SHIPWORTHY_DB": str(database), "SHIPWORTHY_FAIL_ON": "critical"}

    assert 1 == shipworthy("scan", image, **env).returncode
    assert 0 == shipworthy("scan", image, "--fail-on", "", **env).returncode


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["scan"], 2, "Missing argument"),
        (["scan", "IMAGE", "--fail-on", "hihg"], 2, "high"),
        (["scan", "IMAGE", "--max", "high=many"], 2, "many"),
        (["scan", "IMAGE", "--nope"], 2, "--nope"),
        (["scan", "IMAGE", "-o", "pdf"], 2, "no report format called pdf"),
        (
            ["scan", "IMAGE", "-o", "json=/nowhere/x.json"],
            2,
            "there is no directory /nowhere",
        ),
        (["scan", "IMAGE", "-o", "json=/"], 2, "is a directory"),
        (["scan", "IMAGE", "-o", "json", "-o", "csv"], 2, "two reports go to stdout"),
        (["scan", "IMAGE", "--db", "/nowhere"], 3, "/nowhere"),
        (["scan", "/nowhere.tar"], 3, "no such file"),
        (["scan", "Python:3.12"], 2, "neither an existing path"),
        (["db", "build", "--feeds", "/nowhere"], 2, "does not exist"),
        (["db", "status", "--db", "/nowhere"], 3, "/nowhere"),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_wrong_use_is_told_in_a_line(
    arguments: list[str], code: int, words: str, image: Path, database: Path
) -> None:
    """The message names the thing; there is never a traceback."""
    done = shipworthy(
        *(str(image) if a == "IMAGE" else a for a in arguments),
        SHIPWORTHY_DB=str(database),
    )

    assert (code, "") == (done.returncode, done.stdout)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("how", ["cut", "flipped", "garbage"])
def test_a_damaged_image_leaves_nothing_half_written(
    how: str, image: Path, database: Path, tmp_path: Path
) -> None:
    """Exit 3, one line, and the old report still there untouched."""
    data = bytearray(image.read_bytes())
    at = data.find(b"glibc")
    data[at] ^= 0 if how == "cut" else 1
    image.write_bytes(
        bytes(data[:2000])
        if how == "cut"
        else b"?" * 9000
        if how == "garbage"
        else data
    )
    report = tmp_path / "r.json"
    report.write_text("old")
    done = shipworthy("scan", image, "--db", database, "-o", f"json={report}")

    assert (3, "old") == (done.returncode, report.read_text())
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("shipworthy: error: ")
    assert str(image) in done.stderr
    assert {image, report} == set(tmp_path.iterdir())


def test_hostile_names_do_not_reach_the_terminal(
    database: Path, tmp_path: Path
) -> None:
    """Escape sequences in a path of the image arrive written out."""
    evil = ib.image(
        BASE, {**OURS, "a\x1b[2J\x1b]0;x\x07.jar": b"PK\x03\x04 no archive"}
    )
    path = ib.write_archive(evil.classic_files(), tmp_path / "evil.tar")
    done = shipworthy("scan", path, "--db", database)

    assert 3 == done.returncode
    assert "\x1b" not in done.stdout + done.stderr


def test_a_second_scan_uses_the_cache_and_clearing_empties_it(
    image: Path, database: Path, tmp_path: Path
) -> None:
    """Two records, the inventory, the answer and the plan appear in the directory that was named, and go when told."""
    cache = tmp_path / "cache"
    first = shipworthy("scan", image, "--db", database, "--cache-dir", cache, "-ojson")

    assert 5 == len(list((cache / "layers").iterdir()))
    assert (
        first.stdout
        == shipworthy(
            "scan", image, "--db", database, "--cache-dir", cache, "-ojson"
        ).stdout
    )
    assert (
        "removed 5 records" in shipworthy("cache", "clear", "--cache-dir", cache).stderr
    )
    assert [] == list((cache / "layers").iterdir())


def test_the_database_tells_what_is_in_it(database: Path) -> None:
    """Sources, dates and counts, for people and for programs; every shard can be verified."""
    text = shipworthy("db", "status", "--db", database).stdout
    document = json.loads(shipworthy("db", "status", "--db", database, "--json").stdout)

    assert "osv/PyPI" in text
    assert "2026-08-15" in text
    assert {"pypi": 6, "debian-12": 2}.items() <= dict(document["shards"]).items()
    assert 0 == shipworthy("db", "verify", "--db", database).returncode


def test_a_feed_that_is_broken_is_named(tmp_path: Path) -> None:
    """A build from a damaged feed fails in one line and writes no database."""
    (tmp_path / "feeds/kev").mkdir(parents=True)
    (tmp_path / "feeds/kev/known_exploited_vulnerabilities.json").write_text("{")
    done = shipworthy(
        "db", "build", "-q", "--feeds", tmp_path / "feeds", "--out", tmp_path / "db"
    )

    assert 3 == done.returncode
    assert "known_exploited_vulnerabilities.json" in done.stderr
    assert not (tmp_path / "db").exists()


def test_the_version_is_told() -> None:
    """Both by the short way and through the group."""
    assert f"shipworthy {__version__}\n" == shipworthy("--version").stdout


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["scan"],
        ["db"],
        ["db", "build"],
        ["db", "status"],
        ["db", "verify"],
        ["cache"],
        ["cache", "clear"],
    ],
)
def test_every_command_explains_itself(command: list[str]) -> None:
    """--help works everywhere and ends well."""
    done = shipworthy(*command, "--help")

    assert 0 == done.returncode
    assert "Usage: shipworthy" in done.stdout


BROKEN = """
import sys, shipworthy.reports.json
def render(self, document): raise RuntimeError("no such thing \x1b[2J")
shipworthy.reports.json.JsonReport.render = render
from shipworthy.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_defect_of_ours_never_looks_like_a_closed_gate(
    image: Path, database: Path, debug: str
) -> None:
    """Code 3, one harmless line with the place, and the trace for whoever reports it on demand."""
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, "scan", image, "--db", database, "-o", "json"],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "XDG_CACHE_HOME": "/dev/null/none",
            "SHIPWORTHY_DEBUG": debug,
        },
    )

    assert (3, "") == (done.returncode, done.stdout)
    assert "a defect of shipworthy" in done.stderr
    assert "RuntimeError at <string>" in done.stderr
    assert "\x1b" not in done.stderr
    assert ("Traceback" in done.stderr) == bool(debug)
