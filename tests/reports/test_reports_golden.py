"""Every format renders the same bytes, on every run, in every process."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest
from reports_endings import ended
from reports_sample import bare, sample, undecided, warned

from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report
from shipworthy.reports.table import render_terminal


GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "reports"
FORMATS = (
    "asff",
    "cloudevents",
    "csv",
    "cyclonedx",
    "cyclonedx-xml",
    "gitlab",
    "gitlab-codequality",
    "html",
    "inspector-csv",
    "inspector-json",
    "json",
    "junit",
    "markdown",
    "sarif",
    "slack",
    "spdx",
    "table",
    "teams",
    "warnings-ng",
)
RESULTS = {
    "bare": bare,
    "closed": sample,
    "ended": ended,
    "undecided": undecided,
    "warned": warned,
}
RENDER_ALL = f"""
import hashlib
from reports_sample import sample
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report
document = to_document(sample())
for name in {FORMATS}:
    print(hashlib.sha256(open_report(name).render(document)).hexdigest())
"""


def check(name: str, actual: bytes) -> None:
    """Compare with the golden file, or write it when ``SHIPWORTHY_UPDATE_GOLDEN`` is set."""
    path = GOLDEN / name
    if os.environ.get("SHIPWORTHY_UPDATE_GOLDEN"):
        path.write_bytes(actual)
    expected = path.read_bytes()
    assert expected == actual, f"{path} differs; read the difference before updating it"


def told(actual: bytes) -> bytes:
    """
    What a page carries packed, as the digest of the file itself.

    Another zlib packs to other bytes, and the files have golden files of their own.
    """
    return re.sub(
        rb"base64,([A-Za-z0-9+/=]+)",
        lambda match: (
            b"sha256,"
            + sha256(gzip.decompress(b64decode(match[1]))).hexdigest().encode()
        ),
        actual,
    )


@pytest.mark.golden
@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("result", sorted(RESULTS))
def test_rendered_as_recorded(result: str, format_name: str) -> None:
    """A result with all states in it, and one with nothing, render as they always did."""
    report = open_report(format_name)
    document = to_document(RESULTS[result]())
    actual = report.render(document)
    assert actual == report.render(document)
    check(f"{result}{report.suffix}", told(actual))


@pytest.mark.golden
@pytest.mark.parametrize("width", [60, 100])
def test_terminal_as_recorded(width: int) -> None:
    """A terminal shows the worst findings in colour and within its width."""
    text = render_terminal(to_document(sample()), color=True, width=width, limit=4)
    check(f"closed-terminal-{width}.txt", text.encode())


def test_hash_seed_changes_nothing() -> None:
    """Processes that hash differently render the same bytes."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", RENDER_ALL],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": str(GOLDEN.parents[1]),
            },
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1
