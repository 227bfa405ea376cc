"""
Time and memory of whole processes, and the limit they are held against, in one run.

The limit is inflating all layers of the ``big`` image with isal on all cores, nothing else. Every
figure is the median of five runs after one that does not count. ``make bench CORPUS=DIR``,
where DIR holds ``big.tar`` and ``big.oci``.
"""

from __future__ import annotations

import compileall
import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".bench"
FEEDS = ROOT.parent / "shared" / "feeds"
RUNS = int(os.environ.get("BENCH_RUNS", "5"))

Figures = tuple[float, float]
"""Seconds and MiB."""


def main() -> int:
    """Run everything and print a table; gives the exit code."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if corpus is None or not (corpus / "big.oci").is_dir():
        print(
            "bench: name the directory with big.tar and big.oci: make bench CORPUS=DIR",
            file=sys.stderr,
        )
        return 2
    WORK.mkdir(exist_ok=True)
    # As an installed package has it, whatever the environment says of writing bytecode.
    compileall.compile_dir(ROOT / "core", quiet=1)
    database = WORK / "db"
    built = ("-", "-")
    if not (database / "index.json").exists():
        seconds, mib = run(
            "db", "build", "--quiet", "--feeds", str(FEEDS), "--out", str(database)
        )
        built = (f"{seconds:.1f} s", f"{mib:.0f} MiB")
    limit = median(lambda: (inflate_all(corpus / "big.oci"), 0.0))[0]
    oci, tar = f"oci:{corpus / 'big.oci'}", f"docker-archive:{corpus / 'big.tar'}"
    rows: list[tuple[str, Figures, str]] = [
        ("limit: inflating all layers", (limit, 0.0), ""),
        (
            "cold, OCI layout, gzip",
            cold(oci, database),
            f"{2.5 * limit:.2f} s, 300 MiB",
        ),
        (
            "cold, docker archive, plain",
            cold(tar, database),
            f"{2.0 * limit / 1.4:.2f} s, 300 MiB",
        ),
        ("cached, OCI layout", warm(oci, database), "0.50 s, 300 MiB"),
        ("cached, docker archive", warm(tar, database), "0.50 s, 300 MiB"),
        ("--version", median(lambda: run("--version")), "0.12 s"),
    ]
    if (corpus / "huge.oci").is_dir():
        huge = f"oci:{corpus / 'huge.oci'}"
        rows.append(("cold, huge, OCI layout", cold(huge, database, runs=1), "300 MiB"))
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, median of {RUNS}")
    print(f"database build: {built[0]}, {built[1]}\n")
    print(f"{'':32}{'time':>10}{'memory':>12}   wanted at most")
    for name, (seconds, mib), wanted in rows:
        memory = f"{mib:.0f} MiB" if mib else ""
        print(f"{name:32}{seconds:8.3f} s{memory:>12}   {wanted}")
    return 0


def cold(target: str, database: Path, runs: int = RUNS) -> Figures:
    """A scan that has never seen a layer."""

    def once() -> Figures:
        shutil.rmtree(WORK / "cache", ignore_errors=True)
        return scan(target, database)

    return median(once, runs)


def warm(target: str, database: Path) -> Figures:
    """A scan that has seen every layer."""
    return median(lambda: scan(target, database))


def scan(target: str, database: Path) -> Figures:
    """One whole scan with JSON, CSV and HTML reports."""
    outputs = [
        f"-o{name}={WORK / f'result.{name}'}" for name in ("json", "csv", "html")
    ]
    more = [
        "--quiet",
        "--allow-partial",
        "--db",
        str(database),
        "--cache-dir",
        str(WORK / "cache"),
    ]
    return run("scan", target, *outputs, *more)


def run(*arguments: str) -> Figures:
    """One process of its own: wall-clock seconds and peak memory."""
    start = time.perf_counter()
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "shipworthy", *arguments],
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in {0, 1}:
        raise SystemExit(f"bench: shipworthy {' '.join(arguments)} failed")
    return seconds, usage.ru_maxrss / 1024


def median(once: Callable[[], Figures], runs: int = RUNS) -> Figures:
    """The median of several runs after a first one that does not count."""
    if runs > 1:
        once()
    results = [once() for _ in range(runs)]
    return statistics.median(r[0] for r in results), statistics.median(
        r[1] for r in results
    )


def inflate_all(layout: Path) -> float:
    """Seconds for inflating every layer with isal, on all cores, in steps of a megabyte."""
    from isal import igzip_lib

    def inflate(layer: dict[str, object]) -> None:
        inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        with _blob(layout, layer).open("rb", buffering=0) as file:
            while not inflater.eof:
                data = file.read(262_144) if inflater.needs_input else b""
                inflater.decompress(data, 1 << 20)

    index = json.loads((layout / "index.json").read_bytes())
    manifest = json.loads(_blob(layout, index["manifests"][0]).read_bytes())
    layers = sorted(manifest["layers"], key=lambda layer: -layer["size"])
    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(inflate, layers))
    return time.perf_counter() - start


def _blob(layout: Path, descriptor: dict[str, object]) -> Path:
    return layout / "blobs" / str(descriptor["digest"]).replace(":", "/")


if __name__ == "__main__":
    sys.exit(main())
