"""``shipworthy db build --upstream`` as its users meet it, with publishers on this machine."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from feedserver import Publisher, broken_off, status, trickling

from shipworthy.advisories.store import AdvisoryStore
from shipworthy.cli.main import run as run_command


Build = Callable[..., int]

ONLY = "alpine,debian,epss,kev,osv"


@pytest.fixture
def build(
    published: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Build:
    """Run the command against the publishers."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*more: str, only: str = ONLY) -> int:
        place = ("--mirror", f"*={published.url}", "--out", str(tmp_path / "db"))
        return run_command(["db", "build", "--upstream", "--only", only, *place, *more])

    return run


def digests(directory: Path) -> dict[str, str]:
    """Every file of a database."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_from_the_network_to_a_database(
    build: Build,
    published: Publisher,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is published is found in the database; a second run fetches nothing and gives the same bytes."""
    assert 0 == build()
    first = digests(tmp_path / "db")
    told = capsys.readouterr()
    assert "" == told.out
    assert told.err.startswith("fetching 5 sources into ")
    assert "fetched osv: 2 of 2 files new" in told.err
    with AdvisoryStore.open(tmp_path / "db") as store:
        assert {"npm", "pypi", "debian-12", "alpine-3.20"} <= {
            name for name, _ in store.info.shards
        }
        assert {
            "alpine/secdb",
            "debian/tracker",
            "epss",
            "kev",
            "osv/PyPI",
            "osv/npm",
        } == {feed.name for feed in store.info.feeds}
    kept = tmp_path / "cache" / "shipworthy" / "feeds"
    assert (kept / "epss" / "epss_scores-2026-08-15.csv.gz").is_file()

    published.asked.clear()
    assert 0 == build()
    files = [
        a for a in published.asked if a.path.endswith((".json", "json", ".gz", "zip"))
    ]
    assert {304} == {a.status for a in files if a.status != 404}
    assert 6 == len([a for a in files if a.status == 304])
    assert first == digests(tmp_path / "db")


def test_what_is_fetched_is_what_a_directory_gives(
    build: Build, tmp_path: Path
) -> None:
    """The ordinary build of the directory that was kept gives the same database."""
    assert 0 == build("--feeds", str(tmp_path / "kept"))
    again = ("--feeds", str(tmp_path / "kept"), "--out", str(tmp_path / "db2"))
    assert 0 == run_command(["db", "build", "-q", *again])
    assert digests(tmp_path / "db") == digests(tmp_path / "db2")


def test_a_source_that_fails_leaves_the_others_and_its_past(
    build: Build,
    published: Publisher,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is told and counted: 3, unless a part is allowed; what was fetched of it before is in the database."""
    assert 0 == build("-q")
    before = digests(tmp_path / "db")
    (published.root / "debian" / "data" / "json").unlink()
    capsys.readouterr()

    assert 3 == build("-q")
    told = capsys.readouterr().err
    assert told.startswith("shipworthy: failed debian: ")
    assert "is not there (404)" in told
    assert "what was fetched before stays in use" in told
    assert before == digests(tmp_path / "db")
    assert 0 == build("-q", "--allow-partial")


def test_a_source_that_fails_at_first_is_not_in_the_database(
    build: Build, published: Publisher, tmp_path: Path
) -> None:
    """The database is built of the others, and the command says 3."""
    (published.root / "debian" / "data" / "json").unlink()

    assert 3 == build("-q")
    with AdvisoryStore.open(tmp_path / "db") as store:
        assert "debian-12" not in {name for name, _ in store.info.shards}
        assert "npm" in {name for name, _ in store.info.shards}


def test_nothing_fetched_is_no_database(
    build: Build, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where every source fails there is nothing to build of."""
    assert 3 == build("-q", only="arch")
    assert "no feed found there" in capsys.readouterr().err
    assert not (tmp_path / "db").exists()


def test_a_download_that_was_killed_is_completed(
    build: Build, published: Publisher, tmp_path: Path
) -> None:
    """The next run asks for the rest of a large file, and the database is the same as without."""
    packages: dict[str, object] = {
        f"package-{n}": {"CVE-2023-38545": {}} for n in range(60_000)
    }
    data = json.dumps(packages).encode()
    assert len(data) > 2 << 20
    published.put("debian/data/json", data)
    gone = [status(404)]
    published.fail("debian/data/json", broken_off(data, 1_500_000), *gone)
    assert 3 == build("-q")

    published.asked.clear()
    assert 0 == build("-q")
    asked = [a for a in published.asked if a.path == "/debian/data/json"]
    assert [206] == [a.status for a in asked]
    kept = tmp_path / "cache" / "shipworthy" / "feeds" / "debian" / "tracker.json"
    assert data == kept.read_bytes()


def test_an_interrupt_leaves_what_can_be_completed(
    build: Build, published: Publisher, tmp_path: Path
) -> None:
    """130 at once, no database, and the next run goes on from where this one was."""
    data = json.dumps({f"p{n}": {"CVE-2023-38545": {}} for n in range(90_000)}).encode()
    published.put("debian/data/json", data)
    hold = threading.Event()
    published.fail("debian/data/json", trickling(data, 1_000_000, hold))
    arguments = ["db", "build", "--upstream", "--only", "debian"]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "shipworthy", *arguments),
            *("--mirror", f"*={published.url}", "--out", str(tmp_path / "db")),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    part = tmp_path / "cache/shipworthy/feeds/.upstream/debian/tracker.json.part"
    for _ in range(500):
        if part.exists() and part.stat().st_size > 500_000:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert 130 == process.wait(10)
    hold.set()
    assert "Traceback" not in (process.communicate()[1] or "")
    assert not (tmp_path / "db").exists()

    published.asked.clear()
    assert 0 == build("-q", only="debian")
    assert [206] == published.statuses("debian/data/json")
    assert data == part.parents[2].joinpath("debian", "tracker.json").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--upstream", "--only", "debain"], "did you mean debian?"),
        (["--upstream", "--only", "zzz"], "there are almalinux, alpine, "),
        (["--upstream", "--mirror", "OSV=https://m.example"], "did you mean osv?"),
        (["--upstream", "--mirror", "osv"], "expected NAME=URL"),
        (["--upstream", "--mirror", "osv=ftp://m.example"], "expected an https://"),
        (["--upstream", "--mirror", "osv=/srv/osv"], "expected an https://"),
        (["--only", "osv", "--feeds", "."], "need --upstream"),
        ([], "expected --feeds DIR or --upstream"),
        (["--feeds", "/nowhere"], "does not exist"),
        (["--feeds", __file__], "is a file"),
    ],
)
def test_wrong_usage(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """2, before anything is asked of anybody, and what was meant."""
    assert 2 == run_command(["db", "build", *arguments])
    assert message in capsys.readouterr().err


def test_mirrors_and_names_by_the_environment(
    published: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every option."""
    for name, value in {
        "UPSTREAM": "1",
        "ONLY": "osv",
        "MIRROR": f"osv={published.url}/gone osv={published.url}/osv",
        "FEEDS": str(tmp_path / "kept"),
        "DB": str(tmp_path / "db"),
    }.items():
        monkeypatch.setenv(f"SHIPWORTHY_{name}", value)

    assert 0 == run_command(["db", "build", "-q"])
    assert (tmp_path / "kept" / "osv" / "npm" / "all.zip").is_file()
