"""
Scans of large images, and the limit that they are held against, in one run.

The limit is inflating all layers of the ``big`` image with isal on all cores, nothing else.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from measure import DATABASE, RUNS, WORK, Figures, Row, median, run, show


REPORTS = ("json", "csv", "html")


def rows(corpus: Path) -> list[Row]:
    """Cold and cached scans of ``big``, and a cold one of ``huge`` where it is there."""
    limit = median(lambda: (inflate_all(corpus / "big.oci"), 0.0))[0]
    oci, tar = f"oci:{corpus / 'big.oci'}", f"docker-archive:{corpus / 'big.tar'}"
    cold_oci, cold_tar = f"{2.5 * limit:.2f} s", f"{2.0 * limit / 1.4:.2f} s"
    measured = [
        ("limit: inflating all layers", show((limit, 0.0)), ""),
        ("cold, OCI layout, gzip", show(cold(oci, DATABASE)), f"{cold_oci}, 300 MiB"),
        (
            "cold, docker archive, plain",
            show(cold(tar, DATABASE)),
            f"{cold_tar}, 300 MiB",
        ),
        ("cached, OCI layout", show(warm(oci, DATABASE)), "0.50 s, 300 MiB"),
        ("cached, docker archive", show(warm(tar, DATABASE)), "0.50 s, 300 MiB"),
        ("cached, OCI layout, JSON alone", show(with_json(oci, DATABASE)), ""),
        ("--version", show(median(lambda: run("--version"))), "0.12 s"),
    ]
    if (corpus / "huge.oci").is_dir():
        huge = f"oci:{corpus / 'huge.oci'}"
        measured.append(
            (
                "cold, huge, OCI layout (once)",
                show(cold(huge, DATABASE, runs=1)),
                "300 MiB",
            )
        )
    return measured


def cold(
    target: str, database: Path, runs: int = RUNS, *, more: Sequence[str] = ()
) -> Figures:
    """A scan that has never seen a layer."""
    return median(lambda: first(target, database, more=more), runs)


def first(
    target: str,
    database: Path,
    reports: Sequence[str] = REPORTS,
    *,
    more: Sequence[str] = (),
) -> Figures:
    """One scan that has never seen a layer."""
    shutil.rmtree(WORK / "cache", ignore_errors=True)
    return scan(target, database, reports, more=more)


def warm(target: str, database: Path, *, more: Sequence[str] = ()) -> Figures:
    """A scan that has seen every layer."""
    return median(lambda: scan(target, database, more=more))


def with_json(target: str, database: Path, *, more: Sequence[str] = ()) -> Figures:
    """A scan that has seen every layer and writes the JSON result alone."""
    return median(lambda: scan(target, database, ("json",), more=more))


def scan(
    target: str,
    database: Path,
    reports: Sequence[str] = REPORTS,
    *,
    more: Sequence[str] = (),
) -> Figures:
    """One whole scan with these reports."""
    outputs = [f"-o{name}={WORK / f'result.{name}'}" for name in reports]
    more = [
        *more,
        "--quiet",
        "--allow-partial",
        "--db",
        str(database),
        "--cache-dir",
        str(WORK / "cache"),
    ]
    return run("scan", target, *outputs, *more)


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
