"""A fork that asks the registry while the command is loaded: the same result, and nothing asked twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry, Fault
from imagesheld import HASTY
from scanning import EXAMPLE

from shipworthy import scan
from shipworthy.errors import ImageNotFoundError, UnreachableError
from shipworthy.remote.answers import Answers, Fetched, MissingError


_RUN = """
import os, signal, sys
from shipworthy.cli import ahead
from shipworthy.cli.main import run
from shipworthy.layers import workers

def no_fork():
    raise BlockingIOError(11, "Resource temporarily unavailable")

workers.can_share = lambda: True  # on one core too
how, *sys.argv[1:] = sys.argv[1:]
fork = os.fork
if how == "full":
    os.fork = no_fork
killed = how == "killed"
with ahead.standing_by(sys.argv[1:]):
    standby, os.fork = ahead._STANDBY.get(), fork
    if killed:
        os.kill(standby._pid, signal.SIGKILL)
        os.waitid(os.P_PID, standby._pid, os.WEXITED | os.WNOWAIT)
    code = run(sys.argv[1:])
print(standby is not None, "requests" in sys.modules, flush=True)
os._exit(code)
"""


def run(
    how: str, target: str, database: Path, cache: Path
) -> subprocess.CompletedProcess[str]:
    """A scan; it prints whether a fork stood by, and whether the command itself has loaded the client."""
    given = ["--db", str(database), "--cache-dir", str(cache), "--allow-partial"]
    given += ["-q", "-o", f"json={cache}/result.json"]
    return subprocess.run(
        [sys.executable, "-c", _RUN, how, "scan", target, *given],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where layers are kept."""
    path = tmp_path / "cache"
    path.mkdir()
    return path


def test_all_that_is_asked_is_asked_once(
    fake: FakeRegistry, database: Path, cache: Path
) -> None:
    """Documents by the fork, with the token that layers are then asked for with; a second scan needs no client at all."""
    fake.tokens = True
    target = f"registry:{fake.host}/a/app:1"
    done = run("", target, database, cache)
    assert (0, "True True\n") == (done.returncode, done.stdout), done.stderr
    assert 1 == fake.given
    config = ib.sha256(EXAMPLE.config)
    for part in ("manifests/1", config, *map(ib.sha256, EXAMPLE.blobs)):
        answered = fake.count(part) - (part == "manifests/1")  # once without a token
        assert 1 == answered, part
    first = json.loads((cache / "result.json").read_bytes())

    done = run("", target, database, cache)
    assert (0, "True False\n") == (done.returncode, done.stdout), done.stderr
    assert first == json.loads((cache / "result.json").read_bytes())
    result = scan(target, db=database, cache=False, access=HASTY, allow_partial=True)
    assert len(result.findings) == len(first["findings"])


def test_an_error_is_told_as_the_scan_would_tell_it(
    fake: FakeRegistry, database: Path, cache: Path
) -> None:
    """What is not there, and what gives up: the same words, and nobody asks again."""
    target = f"registry:{fake.host}/a/app:none"
    done = run("", target, database, cache)
    with pytest.raises(ImageNotFoundError) as told:
        scan(target, db=database, cache=False)
    assert (3, "True False\n") == (done.returncode, done.stdout)
    assert f"error: {told.value.message}" in done.stderr
    assert told.value.hint in done.stderr
    assert 2 == fake.count("manifests/none")  # by the fork, and by this process

    fake.faults = {"manifests/1": [Fault(status=403)]}
    done = run("", f"registry:{fake.host}/a/app:1", database, cache)
    assert 3 == done.returncode
    assert "access denied (403)" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fork_that_is_gone_leaves_the_scan_to_ask(
    fake: FakeRegistry, database: Path, cache: Path
) -> None:
    """Nothing is said of it."""
    done = run("killed", f"registry:{fake.host}/a/app:1", database, cache)
    assert (0, "True True\n", "") == (done.returncode, done.stdout, done.stderr)
    assert 1 == fake.count("manifests/1")


def test_a_scan_can_do_without_a_fork(
    fake: FakeRegistry, database: Path, cache: Path
) -> None:
    """Where there may be no further process nothing is said of it either."""
    done = run("full", f"registry:{fake.host}/a/app:1", database, cache)
    assert (0, "False True\n", "") == (done.returncode, done.stdout, done.stderr)


def test_lists_of_software_are_asked_for_ahead_too(
    fake: FakeRegistry, cache: Path
) -> None:
    """The layers are read by the same token."""
    fake.tokens = True
    told = [f"registry:{fake.host}/a/app:1", "--cache-dir", str(cache)]
    done = subprocess.run(
        [sys.executable, "-m", "shipworthy", "sbom", *told, "--allow-partial"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    assert json.loads(done.stdout)["components"]
    assert (1, 1) == (fake.given, fake.count(ib.sha256(EXAMPLE.config)))


def test_a_target_of_a_pipeline_is_asked_ahead(
    fake: FakeRegistry, database: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named by a variable, one of several."""
    targets = [f"{cache}/none.tar", f"registry:{fake.host}/a/app:1"]
    monkeypatch.setenv("SHIPWORTHY_TARGET", "\n".join(targets))
    given = ["--db", str(database), "--cache-dir", str(cache), "--allow-partial"]
    done = subprocess.run(
        [sys.executable, "-c", _RUN, "", "ci", *given, "--report-dir", str(cache)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith("True True\n"), done.stderr
    assert (3, 1) == (done.returncode, fake.count("manifests/1"))


def test_other_targets_need_no_fork(database: Path, cache: Path) -> None:
    """An archive is scanned by one process."""
    done = run("", f"{cache}/none.tar", database, cache)
    assert (3, "False False\n") == (done.returncode, done.stdout), done.stderr


def test_answers_go_from_one_process_to_another() -> None:
    """Bytes and errors, each as it was; what was cut short on its way counts for nothing."""
    asked: list[str] = []

    def ask(url: str) -> Fetched:
        asked.append(url)
        if url == "gone":
            raise MissingError("a: is not there", "NAME_UNKNOWN")
        if url == "down":
            raise UnreachableError("a: no answer", hint="wait")
        return Fetched(data=b"\x00\xff{", media_type="t", authorization="Bearer x")

    first = Answers()
    found = first.of("there", lambda: ask("there"))
    for url in ("gone", "down"):
        with pytest.raises(UnreachableError):
            first.of(url, lambda url=url: ask(url))  # type: ignore[misc]
    assert "Bearer" not in repr(found)

    second = Answers(first.dump)
    assert found == second.of("there", lambda: ask("there"))
    with pytest.raises(MissingError, match="a: is not there") as gone:
        second.of("gone", lambda: ask("gone"))
    assert "NAME_UNKNOWN" == gone.value.code
    with pytest.raises(UnreachableError) as down:
        second.of("down", lambda: ask("down"))
    assert ("a: no answer", "wait") == (down.value.message, down.value.hint)
    assert ["there", "gone", "down"] == asked

    cut = Answers(lambda: first.dump()[:-1])
    assert found.data == cut.of("there", lambda: ask("there")).data
    assert "there" == asked.pop()
