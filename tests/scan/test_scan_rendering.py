"""Many formats of one result at once: shared work, several processes, and the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from reports_sample import LOG4SHELL, sample

from shipworthy.cli.output import parse_outputs
from shipworthy.cli.rendering import write_all
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report, report_names
from shipworthy.reports.sharing import once, shared, sharing


ENOUGH = 700
"""Findings that make all formats worth several processes."""


def large() -> dict[str, Any]:
    """The sample with so many findings that its reports are made in several processes."""
    more = (
        replace(LOG4SHELL, id=f"CVE-2031-{at}", fingerprint=f"{at:032x}")
        for at in range(ENOUGH)
    )
    result = sample()
    return to_document(replace(result, findings=(*result.findings, *more)))


def report(saved: Path, *outputs: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, which has no threads and so may be forked."""
    options = [f"-o{output}" for output in outputs]
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", "report", str(saved), "-q", *options],
        capture_output=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The large result as a file."""
    path = tmp_path_factory.mktemp("saved") / "result.json"
    path.write_bytes(open_report("json").render(large()))
    return path


def test_all_formats_at_once_are_those_made_alone(saved: Path, tmp_path: Path) -> None:
    """Side by side in several processes, and one on stdout, every format has the bytes that it has alone."""
    names = [name for name in report_names() if name != "table"]

    done = report(saved, "table", *(f"{name}={tmp_path / name}" for name in names))

    assert (done.returncode, done.stderr) == (0, b"")
    document = large()
    assert done.stdout == open_report("table").render(document)
    for name in names:
        assert (tmp_path / name).read_bytes() == open_report(name).render(document), (
            name
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_template_that_fails_is_told_as_ever(saved: Path, tmp_path: Path) -> None:
    """What another process finds wrong ends the command with the same words and code."""
    template = tmp_path / "wrong.txt"
    template.write_text("{{ result.nowhere }}")
    others = [f"{name}={tmp_path / name}" for name in report_names()]

    done = report(saved, f"template:{template}={tmp_path / 'out'}", *others)

    assert done.returncode == 2
    assert b"shipworthy: error:" in done.stderr
    assert b"nowhere" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_disk_that_is_full_is_told_as_ever(saved: Path, tmp_path: Path) -> None:
    """An error of the system in another process is told by name, and is the command's."""
    others = [f"{name}={tmp_path / name}" for name in report_names() if name != "csv"]

    done = report(saved, "csv=/dev/full", *others)

    assert done.returncode == 3
    assert b"No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_formats_that_share_have_their_own_bytes(tmp_path: Path) -> None:
    """In one process, whatever was worked out for one format before, in any order."""
    document = to_document(sample())
    names = report_names()
    for order in (names, names[::-1]):
        places = parse_outputs([f"{name}={tmp_path / name}" for name in order])
        write_all(places, document)
        for name in names:
            alone = open_report(name).render(document)
            assert (tmp_path / name).read_bytes() == alone, name


def test_only_a_promise_makes_a_document_shared() -> None:
    """Without it a changed document is a changed report; another document than the shared one is worked out anew."""
    document, other = to_document(sample()), to_document(sample())
    other["findings"] = []
    assert once(_count, document) == len(sample().findings)
    with sharing(document):
        assert shared() is document
        assert once(_count, document) == len(sample().findings)
        document["findings"] = []
        assert once(_count, document) == len(sample().findings)
        assert once(_count, other) == 0
    assert shared() is None
    assert once(_count, document) == 0


def test_reports_change_nothing_that_is_shared() -> None:
    """A format leaves the document and what others share of it as it found them."""
    document = to_document(sample())
    before = deepcopy(document)
    with sharing(document):
        first = {n: open_report(n).render(document) for n in report_names()}
        again = {n: open_report(n).render(document) for n in report_names()}
    assert first == again
    assert document == before


def _count(document: Any) -> int:  # a document
    return len(document["findings"])
