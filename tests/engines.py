"""
Real engines for tests: dockerd, Podman's service and containerd, each on a socket of its own.

They keep everything below a short directory of theirs (a socket's path holds 107 bytes) and are stopped by their id.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from registries import lacking, need


@dataclass(frozen=True, kw_only=True)
class RealEngine:
    """One engine that runs."""

    kind: str
    socket: str
    command: tuple[str, ...]
    """The engine's own command line, up to what it is to do."""

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.socket}"

    def run(self, *words: str) -> str:
        """What its command prints; fails the test where it fails."""
        done = subprocess.run(
            [*self.command, *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def load(self, archive: Path) -> None:
        """Take in the images of an archive."""
        if self.kind == "containerd":
            self.run("images", "import", "--no-unpack", "--all-platforms", str(archive))
        else:
            self.run("load", "-q", "-i", str(archive))


@contextmanager
def dockerd() -> Iterator[RealEngine]:
    """Docker's daemon, without a network."""
    need("dockerd", "docker")
    if os.geteuid() != 0:
        lacking("dockerd needs root")
    with _directory() as d:
        command = [
            *("dockerd", "--iptables=false", "--ip6tables=false", "--bridge=none"),
            *(f"--data-root={d}/data", f"--exec-root={d}/exec", f"--pidfile={d}/pid"),
            *("-H", f"unix://{d}/s"),
        ]
        with _running(command, d, f"{d}/s"):
            yield RealEngine(
                kind="docker",
                socket=f"{d}/s",
                command=("docker", "-H", f"unix://{d}/s"),
            )


@contextmanager
def podman() -> Iterator[RealEngine]:
    """Podman's service."""
    need("podman")
    with _directory() as d:
        command = ("podman", "--root", f"{d}/root", "--runroot", f"{d}/run")
        service = (*command, "system", "service", "--time=0", f"unix://{d}/s")
        with _running(service, d, f"{d}/s"):
            yield RealEngine(kind="podman", socket=f"{d}/s", command=command)


@contextmanager
def containerd() -> Iterator[RealEngine]:
    """A containerd without anything on top."""
    need("containerd", "ctr")
    if os.geteuid() != 0:
        lacking("containerd needs root")
    with _directory() as d:
        (d / "c.toml").write_text(
            f'version = 2\nroot = "{d}/root"\nstate = "{d}/state"\n'
            f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\n  address = "{d}/s"\n'
        )
        with _running(("containerd", "-c", f"{d}/c.toml"), d, f"{d}/s"):
            yield RealEngine(
                kind="containerd", socket=f"{d}/s", command=("ctr", "-a", f"{d}/s")
            )


@contextmanager
def _directory() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="sw", dir="/tmp"))  # short, and ours alone
    try:
        yield path
    finally:
        for line in Path("/proc/mounts").read_text().splitlines():
            place = line.split(" ")[1]
            if place.startswith(f"{path}/"):
                subprocess.run(["umount", "-l", place], check=False)
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _running(command: Sequence[str], d: Path, path: str) -> Iterator[None]:
    with (d / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait(process, path, d / "log")
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], path: str, log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(path)
            except OSError:
                time.sleep(0.1)
            else:
                return
    pytest.fail(f"it did not start: {log.read_text(errors='replace')[-2000:]}")
