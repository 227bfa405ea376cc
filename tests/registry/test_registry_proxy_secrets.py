"""What the command itself says of faults on the way to a registry: one line, exit 3, and nothing secret anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from faultproxy import FOREVER, Fault
from proxied import (
    CONFIG,
    LAYER,
    MANIFEST,
    PASSWORD,
    SECRETS,
    USER,
    Line,
    header,
)


pytestmark = pytest.mark.functional
HOUR = "3600"


def command(line: Line, *more: str, password: str = PASSWORD) -> list[str]:
    """The exit code, what is printed and what is told of a scan in a process of its own."""
    given = ["scan", line.target, "--db", str(line.database), "--allow-partial"]
    given += ["--no-cache", "--username", USER, *more]
    done = subprocess.run(
        [sys.executable, "-m", "shipworthy", *given],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "SHIPWORTHY_REGISTRY_PASSWORD": password,
            "SHIPWORTHY_DEBUG": "1",  # which tells all that there is to tell
        },
    )
    return [str(done.returncode), done.stdout, done.stderr]


FORMATS = ("json", "table", "html", "sarif", "cyclonedx", "spdx", "csv", "junit")


def test_no_report_holds_a_secret(line: Line, tmp_path: Path) -> None:
    """In every format, after a wait and a cut line, logged in and led to another host."""
    line.proxy.set(
        Fault(where=MANIFEST, status=503, headers=header(Set_Cookie="a=cookie-word")),
        Fault(where=LAYER, cut=100_000),
    )
    outputs = [
        word for name in FORMATS for word in ("-o", f"{name}={tmp_path / name}.out")
    ]
    code, out, err = command(line, *outputs, "--html-assets", "inline")
    assert "0" == code, err
    texts = [(tmp_path / f"{name}.out").read_text() for name in FORMATS]
    assert json.loads(texts[0])["findings"]
    for text in (out, err, *texts):
        assert not [secret for secret in SECRETS if secret in text]


ENDINGS = {
    "an hour": (
        Fault(where=MANIFEST, status=429, headers=header(Retry_After=HOUR)),
        "to wait for 3600 s",
    ),
    "another hour": (
        Fault(where=LAYER, status=429, headers=header(Retry_After=HOUR)),
        "to wait for 3600 s",
    ),
    "forbidden": (Fault(where=LAYER, status=403), "access denied (403)"),
    "not there": (Fault(where=LAYER, status=404), "no such image"),
    "leading on": (
        Fault(
            where=MANIFEST,
            status=307,
            headers=header(Location="http://user:cookie-word@["),
        ),
        "leads to no address",
    ),
    "leading to nobody": (
        Fault(
            where=LAYER,
            status=307,
            headers=header(Location="http://user:cookie-word@127.0.0.1:1/?signed-word"),
        ),
        "connection refused",
    ),
    "no manifest": (Fault(where=MANIFEST, body=b"<html>"), "not valid JSON"),
    "damaged": (Fault(where=CONFIG, flip=40), "it should be sha256:"),
    "damaged layer": (Fault(where=LAYER, flip=300_000), "layer 2 of 3"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_the_command_ends_with_a_line(name: str, line: Line) -> None:
    """An error and a hint on stderr, nothing on stdout, exit 3."""
    fault, part = ENDINGS[name]
    line.proxy.set(replace(fault, times=FOREVER))
    code, out, err = command(line, "-o", "json")
    told = err.splitlines()
    assert ("3", "", 2) == (code, out, len(told)), err
    assert told[0].startswith("shipworthy: error: ")
    assert part in told[0]
    assert told[1].startswith("hint: ")
    assert not [secret for secret in SECRETS if secret in err]


def test_nobody_is_let_in_with_another_password(line: Line) -> None:
    """Neither the right one nor the wrong one is told."""
    code, out, err = command(line, password="other-hidden-word")
    assert ("3", "") == (code, out)
    assert "access denied (401)" in err
    assert not [word for word in (*SECRETS, "hidden-word") if word in err]
    line.proxy.set()
    target = line.target.replace("registry:", f"registry:{USER}:{PASSWORD}@")
    code, out, err = command(replace(line), "--base", target)
    assert ("2", "") == (code, out)
    assert not [secret for secret in SECRETS if secret in err]
