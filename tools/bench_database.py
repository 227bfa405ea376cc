"""The database: building it, opening it, fetching of it what a scan needs, and matching against it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measure import (
    DATABASE,
    FEEDS,
    ROOT,
    RUNS,
    WORK,
    Figures,
    Row,
    run,
    run_python,
    show,
)


PACKAGES = 100_000
_SBOM = WORK / "packages.cdx.json"
_OPEN = """
import statistics, sys, time
from pathlib import Path
from shipworthy.advisories.store import AdvisoryStore
def once():
    start = time.perf_counter()
    with AdvisoryStore.open(Path(sys.argv[1])):
        return time.perf_counter() - start
print(statistics.median([once() for _ in range(50)]))
"""


def rows(corpus: Path | None) -> list[Row]:
    """Everything about the database; matching ``big`` only where there is a corpus."""
    measured = [*_build(), ("opening it", f"{_opening() * 1000:8.2f} ms", "20 ms")]
    measured += _traffic()
    # In a process of its own: what this one holds would count as its children's memory.
    script = str(ROOT / "tools" / "synthetic.py")
    run_python(script, str(FEEDS), str(_SBOM), str(PACKAGES))
    measured.append(_matching(f"sbom:{_SBOM}", "10 s, 400 MiB", RUNS))
    if corpus is not None:
        target = f"oci:{corpus / 'big.oci'}"
        more = ["--cache-dir", str(WORK / "cache"), "--allow-partial", "--quiet"]
        run("scan", target, "--db", str(DATABASE), "-ojson", *more)
        measured.append(_matching(target, "0.15 s", RUNS))
    return measured


def _build() -> list[Row]:
    """Two builds: the first is timed, the second must give the same bytes."""
    again = WORK / "again"
    figures = [_built(DATABASE), _built(again)]
    same = (DATABASE / "index.json").read_bytes() == (again / "index.json").read_bytes()
    shutil.rmtree(again)
    seconds = statistics.median(f[0] for f in figures)
    mib = max(f[1] for f in figures)
    told = "identical" if same else "DIFFERENT"
    return [
        (
            "building it from all feeds (two runs)",
            show((seconds, mib)),
            "60 s, 1000 MiB",
        ),
        ("the bytes of two builds", told, "identical"),
    ]


def _built(out: Path) -> Figures:
    return run("db", "build", "--quiet", "--feeds", str(FEEDS), "--out", str(out))


def _opening() -> float:
    command = [sys.executable, "-c", _OPEN, str(DATABASE)]
    return float(subprocess.run(command, check=True, capture_output=True).stdout)


def _matching(target: str, wanted: str, runs: int) -> Row:
    command = [sys.executable, str(ROOT / "tools" / "bench_match.py"), str(DATABASE)]
    told = [
        json.loads(
            subprocess.run([*command, target], check=True, capture_output=True).stdout
        )
        for _ in range(runs)
    ]
    figures = (
        statistics.median(t["seconds"] for t in told),
        statistics.median(t["mib"] for t in told),
    )
    name = (
        f"matching {told[0]['packages']:,} packages ({told[0]['findings']:,} findings)"
    )
    return name, show(figures), wanted


def _traffic() -> list[Row]:
    """What an empty disk fetches for a Debian image with Python and Node packages, from a real registry."""
    if shutil.which("docker-registry") is None:
        return [("fetching", "no docker-registry here", "8 MB")]
    with _registry() as host:
        reference = f"oci://{host}/shipworthy/db:latest"
        run("db", "push", reference, "--db", str(DATABASE), "--quiet")
        pull = [
            "db",
            "pull",
            "--db",
            reference,
            "--for",
            "debian-12,pypi,npm",
            "--quiet",
        ]
        needed, seconds = _fetched([*pull, "--cache-dir", str(WORK / "few")], "few")
        whole, _ = _fetched(
            [
                "db",
                "pull",
                "--db",
                reference,
                "--quiet",
                "--cache-dir",
                str(WORK / "all"),
            ],
            "all",
        )
    return [
        ("fetched for Debian 12, PyPI and npm", f"{needed / 1e6:8.2f} MB", "8 MB"),
        ("the same, time from a local registry", f"{seconds:8.3f} s", ""),
        ("the whole database, as it travels", f"{whole / 1e6:8.2f} MB", ""),
    ]


def _fetched(arguments: list[str], cache: str) -> tuple[int, float]:
    """Bytes that the registry sent for blobs, and the time it took."""
    before = _sent()
    seconds, _ = run(*arguments)
    shutil.rmtree(WORK / cache)
    return _sent() - before, seconds


def _sent() -> int:
    """Bytes of blobs sent so far, by the registry's own log."""
    total = 0
    for line in (WORK / "registry.log").read_text(errors="replace").splitlines():
        if "response completed" in line and "/blobs/sha256:" in line and "GET" in line:
            _, _, rest = line.partition("http.response.written=")
            total += int(rest.split()[0])
    return total


@contextmanager
def _registry() -> Iterator[str]:
    """A registry on this machine, empty, with its log in the work directory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    config = WORK / "registry.yml"
    config.write_text(
        "version: 0.1\nlog: {level: info, formatter: text}\n"
        f"storage: {{filesystem: {{rootdirectory: {WORK / 'registry'}}}}}\n"
        f'http: {{addr: "{host}"}}\n'
    )
    with (WORK / "registry.log").open("wb") as log:
        server = subprocess.Popen(
            ["docker-registry", "serve", str(config)], stdout=log, stderr=log
        )
    try:
        _wait_for(host)
        yield host
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(host: str) -> None:
    name, _, port = host.partition(":")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection((name, int(port)), 1).close()
        except OSError:
            os.sched_yield()
        else:
            return
    raise SystemExit("bench: docker-registry does not answer")
