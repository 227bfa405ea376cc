"""
Reports alone: every format of a synthetic result with 5,000 findings, and all of them at once.

Run by itself with a result, it renders each format first in a process of its own and prints one line of JSON:
seconds and bytes by format; with ``write`` behind it, the seconds of writing all of them.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import synthetic_result
from measure import DATABASE, RUNS, WORK, Row, median, run, show

from shipworthy.cli.output import parse_outputs
from shipworthy.cli.rendering import write_all
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report, report_names
from shipworthy.reports.saved_document import load_document
from shipworthy.reports.sharing import sharing


FINDINGS = 5_000

_ALL = "3 s"
_WRITE = "write"
_PAGE = 3_000_000


def rows(corpus: Path | None) -> list[Row]:
    """Each format, all of them in one process of the command line, and the page of ``big`` where it is there."""
    saved = write(WORK / "reports.json", FINDINGS)
    told = [_each(saved) for _ in range(RUNS)]
    names = sorted(told[0])
    measured: list[Row] = [
        (f"{name}, {told[0][name][1] / 1e6:.1f} MB", show((_median(told, name), 0)), "")
        for name in names
    ]
    all_ = f"all {len(names)} formats, {FINDINGS:,} findings"
    measured.append((all_, show(median(lambda: _together(saved, names))), _ALL))
    at_hand = show(median(lambda: _at_hand(saved)))
    measured.append(("of that, rendering, as a scan does it", at_hand, _ALL))
    if corpus is not None:
        measured.append(("page of big", f"{_page(corpus):,} bytes", f"{_PAGE:,} bytes"))
    return measured


def write(path: Path, count: int) -> Path:
    """Save the synthetic result as ``scan -o json`` would."""
    document = to_document(synthetic_result.result(count))
    path.write_bytes(open_report("json").render(document))
    return path


def _together(saved: Path, names: list[str]) -> tuple[float, float]:
    outputs = [f"-o{text}" for text in _outputs(names)]
    return run("report", str(saved), "--quiet", *outputs)


def _outputs(names: Sequence[str]) -> list[str]:
    return [f"{name}={WORK / f'report.{name}'}" for name in names]


def _at_hand(saved: Path) -> tuple[float, float]:
    """Seconds from the document to the last file, as a scan writes them: without start and reading."""
    command = [sys.executable, str(Path(__file__)), str(saved), _WRITE]
    return float(subprocess.run(command, check=True, capture_output=True).stdout), 0


def _page(corpus: Path) -> int:
    """Bytes of the HTML report of ``big``."""
    page = WORK / "big.html"
    more = ("--quiet", "--allow-partial", "--db", str(DATABASE), "--no-cache")
    run("scan", f"oci:{corpus / 'big.oci'}", f"-ohtml={page}", *more)
    return page.stat().st_size


def _median(told: list[dict[str, tuple[float, int]]], name: str) -> float:
    return statistics.median(one[name][0] for one in told)


def _each(saved: Path) -> dict[str, tuple[float, int]]:
    command = [sys.executable, str(Path(__file__)), str(saved)]
    done = subprocess.run(command, check=True, capture_output=True)
    return {
        name: (float(s), int(size))
        for name, (s, size) in json.loads(done.stdout).items()
    }


def _in_child(name: str, document: dict[str, object]) -> tuple[float, int]:
    """Seconds and bytes of one format, in a fork that has rendered no other."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        start = time.perf_counter()
        with sharing(document):  # as the command line has it
            size = len(open_report(name).render(document))
        told = json.dumps((time.perf_counter() - start, size))
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        seconds, size = json.loads(pipe.read())
    os.waitpid(child, 0)
    return seconds, size


def main() -> int:
    """Render each format once, or write all of them, and print what it took."""
    gc.disable()  # as the command line has it
    document = load_document(sys.argv[1])
    if sys.argv[2:] == [_WRITE]:
        outputs = parse_outputs(_outputs(report_names()))
        start = time.perf_counter()
        write_all(outputs, document)
        print(time.perf_counter() - start)
        return 0
    print(json.dumps({name: _in_child(name, document) for name in report_names()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
