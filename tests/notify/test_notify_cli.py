"""``--notify`` from end to end: what is sent, what is said, and what the exit code is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import imagebuilder as ib
import pytest
from notifying import status, webhook
from reports_events import read_event
from reports_sample import bare, sample, warned
from scanning import EXAMPLE
from standardwebhooks import Webhook as Verifier

from shipworthy.cli.main import run
from shipworthy.cli.notifying import is_due
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LOST = "http://127.0.0.1:1/hook/S3CRET-PATH"
"""An address that nobody listens at; its refusal is told in a moment, its tries take seconds."""
GONE = status(410)


def shipworthy(
    *arguments: str | Path, cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """One run of the command, which never tells a secret."""
    done = subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "XDG_CACHE_HOME": "/dev/null/none", **env},
    )
    assert "S3CRET" not in done.stdout + done.stderr
    assert SECRET[6:] not in done.stdout + done.stderr
    return done


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The example as a docker archive."""
    return ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")


def saved(path: Path, document: Mapping[str, Any] | None = None) -> Path:
    """The sample's result in a file."""
    told = document or to_document(sample())
    path.write_bytes(open_report("json").render(told))
    return path


def test_a_scan_tells_what_it_reports(
    image: Path, database: Path, tmp_path: Path
) -> None:
    """The event is the report, to the byte; signed; with the token; and the gate's exit code stays."""
    out = tmp_path / "event.json"
    with webhook() as receiver:
        done = shipworthy(
            *("scan", image, "--db", database, "--fail-on", "high"),
            *("-o", f"cloudevents={out}", "--notify", receiver.url),
            SHIPWORTHY_NOTIFY_SECRET=SECRET,
            SHIPWORTHY_NOTIFY_TOKEN="S3CRET-TOKEN",
        )
    (got,) = receiver.got
    assert (1, "") == (done.returncode, done.stdout)
    assert "not notified" not in done.stderr
    assert got.body == out.read_bytes()
    assert got.path == "/hook/S3CRET-PATH"
    assert got.headers["authorization"] == "Bearer S3CRET-TOKEN"
    assert got.headers["user-agent"].startswith("shipworthy/")
    assert Verifier(SECRET).verify(got.body, got.headers)["verdict"] == "fail"


def test_a_saved_result_is_told_as_the_scan_told_it(
    image: Path, database: Path, tmp_path: Path
) -> None:
    """Later, with a link and to a chat: the same event but for the link."""
    result = tmp_path / "result.json"
    with webhook() as receiver:
        shipworthy(
            *("scan", image, "--db", database, "-o", f"json={result}"),
            *("--notify", receiver.url),
        )
        done = shipworthy("report", result, "--notify", receiver.url)
        shipworthy(
            *("report", result, "--notify-link", "https://ci.example/7"),
            SHIPWORTHY_NOTIFY=f"{receiver.url} slack={receiver.url}",
        )
    first, second, *others = receiver.got
    assert (0, first.body) == (done.returncode, second.body)
    assert {b"https://ci.example/7" in got.body for got in others} == {True}
    assert len(others) == 2


def test_a_receiver_that_is_gone_changes_no_verdict(tmp_path: Path) -> None:
    """One line for each on stderr, even when quiet; the exit code is the result's."""
    result = saved(tmp_path / "result.json")
    with webhook(GONE, GONE) as receiver:
        done = shipworthy(
            *("report", result, "-q", "--notify", receiver.url),
            *("--notify", f"slack={receiver.url}"),
        )
    place = receiver.url.partition("/hook")[0]
    line = f"shipworthy: not notified: {place}: it says 410, it wants no notifications any more: take the address out"
    assert (0, [line, line]) == (done.returncode, done.stderr.splitlines())


@pytest.mark.parametrize("code", [0, 1])
def test_what_must_arrive_and_does_not_ends_with_3(tmp_path: Path, code: int) -> None:
    """Where the caller says so, whatever the verdict; what arrives leaves the exit code alone."""
    document: dict[str, Any] = to_document(sample())
    document["verdict"] = {**document["verdict"], "exitCode": code}
    result = saved(tmp_path / "result.json", document)
    with webhook(GONE) as receiver:
        asked = ("report", result, "--exit-code", "--notify-required")
        for expected in (3, code):
            done = shipworthy(*asked, "--notify", receiver.url)
            assert done.returncode == expected


@pytest.mark.parametrize(
    ("arguments", "env", "told"),
    [
        (("--notify", "htps://hooks.example/S3CRET"), {}, "address 1: expected an address of https"),
        (("--notify", "irc=https://hooks.example/S3CRET"), {}, "address 1: no such format"),
        (("--notify", "http://hooks.example/S3CRET"), {}, "http://hooks.example is not encrypted"),
        (("--notify", LOST, "--notify-link", "S3CRET"), {}, "--notify-link: expected an address"),
        (("--notify", LOST, "--notify-ca-file", "none.pem"), {}, "none.pem"),
        (("--notify", LOST), {"SHIPWORTHY_NOTIFY_SECRET": "S3CRET"}, "SHIPWORTHY_NOTIFY_SECRET: expected 24 bytes"),
        (("--notify", LOST), {"SHIPWORTHY_NOTIFY_TOKEN": "S3CRET two"}, "SHIPWORTHY_NOTIFY_TOKEN: expected"),
        (("--notify", LOST, "--notify-on", "never"), {}, "--notify-on"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["scan", "report"])
def test_what_cannot_be_used_is_found_before_anything_is_read(
    command: str,
    arguments: tuple[str, ...],
    env: dict[str, str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Exit code 2, though there is no such image or result."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    code = run([command, "none.tar", *arguments])

    out, err = capfd.readouterr()
    assert (code, out) == (2, "")
    assert told in err
    assert "none.tar" not in err
    assert "S3CRET" not in err


def test_the_policy_file_may_name_receivers_but_gets_no_token(
    image: Path, database: Path, tmp_path: Path
) -> None:
    """Whoever may write the file must not be able to have the token sent to himself."""
    with webhook() as receiver:
        text = f"version: 1\nscan:\n  notify: {receiver.url}\n  notify-on: always\n"
        (tmp_path / "shipworthy.yaml").write_text(text)
        asked = ("scan", image, "--db", database)
        done = shipworthy(*asked, cwd=tmp_path)
        assert (done.returncode, len(receiver.got)) == (0, 1)
        token = "S3CRET-TOKEN"
        done = shipworthy(*asked, cwd=tmp_path, SHIPWORTHY_NOTIFY_TOKEN=token)
        assert (done.returncode, len(receiver.got)) == (2, 1)
        assert "SHIPWORTHY_NOTIFY_TOKEN is only for addresses" in done.stderr
        done = shipworthy(
            *asked,
            cwd=tmp_path,
            SHIPWORTHY_NOTIFY_TOKEN=token,
            SHIPWORTHY_NOTIFY=receiver.url,
        )
        assert (done.returncode, len(receiver.got)) == (0, 2)
    assert "authorization" not in receiver.got[0].headers
    assert receiver.got[1].headers["authorization"] == "Bearer S3CRET-TOKEN"


def test_a_secret_without_a_receiver_is_no_mistake(tmp_path: Path) -> None:
    """It may be set for a whole pipeline; nothing is checked that is not used."""
    result = saved(tmp_path / "result.json")
    done = shipworthy("report", result, SHIPWORTHY_NOTIFY_SECRET="S3CRET")
    assert done.returncode == 0


def test_only_what_is_due_is_sent(tmp_path: Path) -> None:
    """A result that passed is not told where only failures are wanted."""
    passed = saved(tmp_path / "passed.json", to_document(bare()))
    failed = saved(tmp_path / "failed.json")
    with webhook() as receiver:
        for result in (passed, failed):
            shipworthy(
                *("report", result, "--notify", receiver.url, "--notify-on", "fail")
            )
    (got,) = receiver.got
    assert read_event(got.body)["verdict"] == "partial"


def test_a_change_is_a_new_finding_or_what_cannot_be_told() -> None:
    """Never silent about what nobody could compare."""
    document: dict[str, Any] = to_document(warned())
    known = [{**one, "state": "existing"} for one in document["findings"]]
    comparison = {**to_document(sample())["comparison"], "partial": False}  # type: ignore[dict-item]
    base = {**document, "findings": known, "comparison": comparison}
    base["verdict"] = {**document["verdict"], "status": "warn", "exitCode": 0}
    assert not is_due(base, "change")
    assert is_due(base, "always")
    assert not is_due(base, "fail")
    partial = {**base["verdict"], "status": "partial"}
    for change in (
        {"findings": [*known, {**known[0], "state": "new"}]},
        {"comparison": None},
        {"comparison": {**comparison, "partial": True}},
        {"verdict": partial},
    ):
        assert is_due(base | change, "change"), change


def test_the_reports_are_written_before_anybody_is_told(tmp_path: Path) -> None:
    """A receiver that is gone costs no report."""
    result, out = saved(tmp_path / "result.json"), tmp_path / "again.json"
    with webhook(GONE) as receiver:
        done = shipworthy(
            *("report", result, "-o", f"json={out}"),
            *("--notify", receiver.url, "--notify-required"),
        )
    assert done.returncode == 3
    assert json.loads(out.read_text())["verdict"]["status"] == "partial"
