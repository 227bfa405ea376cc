"""A small root file system with Python, out of Debian's own packages: it stands in for the image's pinned base, which no test can pull."""

from __future__ import annotations

import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

from pipelining import without


_WANTED = ("base-files", "coreutils", "dash", "python3-venv")
_NEEDLESS = (
    *("cdebconf", "debconf", "dpkg", "install-info", "libdebian-installer"),
    *("libgdbm", "libnewt", "libperl", "libslang", "libtextwrap", "mailcap"),
    *("mime-support", "perl", "sensible-utils", "tar"),
)
"""Starts of the names of what serves the packages' installation alone."""
_USR = ("bin", "lib", "lib64", "sbin")


def make_base(folder: Path) -> Path:
    """
    The root file system as an archive, made once a machine and day of its packages.

    Without apt or a network the test skips with the reason, and fails where ``CI=true``.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = cache / "shipworthy-tests" / "debian-base.tar"
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    debs = folder / "debs"
    root = folder / "root"
    debs.mkdir()
    for name in _USR:
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    (root / "usr/local/bin").mkdir(parents=True)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)
    try:
        _run("apt-get", "download", "-q", *_names(), cwd=debs)
    except (OSError, subprocess.CalledProcessError):
        without("apt with a network")
    status = []
    for deb in sorted(debs.iterdir()):
        _run("dpkg-deb", "-x", str(deb), str(root))
        status.append(_record(_run("dpkg-deb", "-f", str(deb))))
    admin = root / "var/lib/dpkg"
    admin.mkdir(parents=True, exist_ok=True)
    (admin / "status").write_text("\n".join(status))
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as made:
        _run("tar", "-C", str(root), "-cf", made.name, ".")
    Path(made.name).chmod(0o644)
    Path(made.name).rename(place)
    return place


def _names() -> list[str]:
    """The packages that Python needs, and those that they need."""
    only = [
        f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks")
    ]
    more = ["--no-replaces", "--no-enhances", "--recurse"]
    told = _run("apt-cache", "depends", *only, *more, *_WANTED)
    names = {line for line in told.splitlines() if line and line[0].isalnum()}
    return sorted(one for one in names if not one.startswith(_NEEDLESS))


def _record(control: str) -> str:
    first, rest = control.split("\n", 1)
    return f"{first}\nStatus: install ok installed\n{rest}"


def _run(*command: str, cwd: Path | None = None) -> str:
    return subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "LC_ALL": "C"},
    ).stdout


def python_of(archive: Path) -> str:
    """The version of the Python in it, as ``3.11``."""
    with tarfile.open(archive) as whole:
        names = [name for name in whole.getnames() if "/bin/python3." in name]
    return min(names, key=len).rpartition("python")[2]
