"""
Scans of ``big`` out of Docker's engine, beside ``docker save`` of it to the null device.

The engine is a real ``dockerd`` of our own, with its data in a temporary directory; it needs root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench_images import first, warm, with_json
from measure import DATABASE, Figures, Row, in_turn, show


_PROGRAMS = ("dockerd", "docker")
_COLD, _CACHED = 1.2, "0.60 s, 350 MiB"


def rows(corpus: Path) -> list[Row]:
    """Cold and cached scans; nothing but the reason where the engine cannot be had."""
    if missing := [name for name in _PROGRAMS if shutil.which(name) is None]:
        return [(f"docker: not installed: {', '.join(missing)}", "", "")]
    if os.geteuid() != 0:
        return [("docker: dockerd needs root", "", "")]
    with tempfile.TemporaryDirectory() as directory, _dockerd(Path(directory)) as url:
        docker = ["docker", "-H", url]
        load = [*docker, "load", "-q", "-i", str(corpus / "big.tar")]
        told = subprocess.run(load, check=True, capture_output=True, text=True).stdout
        name = told.rpartition(": ")[2].strip()
        target, more = f"docker:{name}", ("--engine", url)
        saved, read = in_turn(
            lambda: _timed([*docker, "save", name]),
            lambda: first(target, DATABASE, ("json",), more=more),
        )
        cached = warm(target, DATABASE, more=more)
        alone = with_json(target, DATABASE, more=more)
    return [
        ("docker save to the null device", show(saved), ""),
        ("cold, Docker, JSON", show(read), f"{_COLD * saved[0]:.2f} s, 350 MiB"),
        ("cached, Docker, JSON", show(alone), _CACHED),
        ("cached, Docker, JSON, CSV and page", show(cached), ""),
    ]


def _timed(command: list[str]) -> Figures:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, 0


@contextmanager
def _dockerd(directory: Path) -> Iterator[str]:
    """Where an engine listens that keeps all it has below ``directory``."""
    url = f"unix://{directory}/s"
    options = ["--iptables=false", "--ip6tables=false", "--bridge=none", "-H", url]
    options += [f"--data-root={directory}/data", f"--exec-root={directory}/exec"]
    process = subprocess.Popen(
        ["dockerd", *options, f"--pidfile={directory}/pid"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            asked = subprocess.run(
                ["docker", "-H", url, "version"], check=False, capture_output=True
            )
            if asked.returncode == 0:
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()
