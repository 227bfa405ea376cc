#!/usr/bin/env python3
"""
Put shipworthy where a pipeline can run it, and print the path of its executable.

``python3 plugins/bootstrap.py --into DIR`` needs Python 3.10 or newer and nothing else. It installs the locked
dependencies (``requirements.txt`` beside this file, every hash checked) and shipworthy itself into an environment of
its own below DIR: from the checkout that this file stands in, from one named by ``--source``, from the package index
that pip is configured to use (``--version`` with ``--sha256``), or from a single file (``--zipapp`` with ``--sha256``).

The environment's name holds everything that it depends on, so DIR can be kept by a pipeline's cache and shared by jobs
that run side by side; when the environment is there already, nothing is done. It is made under another name and
renamed when it is complete: what a killed run leaves does no harm. Standard output has the path alone. An error is
one line: it ends with 2 where the call is wrong, with 3 where shipworthy could not be installed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import NoReturn


sys.path.insert(0, str(Path(__file__).resolve().parent))

from bootstrap_environment import (  # it stands beside this file
    BUILD_LOCK,
    LOCK,
    PYTHON,
    SCRIPTS,
    WINDOWS,
    BootstrapError,
    Wanted,
    make,
    run,
)


_HERE = Path(__file__).resolve().parent
_PACKED = ("pyproject.toml", "README.md", "LICENSE", "core", "plugins/shipworthy_ci")
"""What of a checkout gets into the wheel."""
_FORM = "1"
"""Changed with what stands in an environment, so that no older one is taken for it."""
_ASK = """\
import platform, sys
from importlib.machinery import EXTENSION_SUFFIXES
print(sys.version, platform.machine(), EXTENSION_SUFFIXES[0], sys.executable, sep="\\0")
sys.exit(sys.version_info < (3, 10))
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise BootstrapError(f"{message}; see --help", 2)


def main(arguments: list[str] | None = None) -> int:
    """Install what is asked for unless it is there; gives the exit code."""
    if sys.version_info < (3, 10):  # noqa: UP036  # an old one must be told, not fail
        sys.stderr.write("bootstrap: Python 3.10 or newer is needed to start this\n")
        return 2
    try:
        place = _executable(_options(arguments))
    except BootstrapError as error:
        sys.stderr.write(f"bootstrap: {error}\n")
        return error.code
    except OSError as error:
        sys.stderr.write(
            f"bootstrap: {error}: --into needs a folder that can be written to\n"
        )
        return 3
    # As bytes: Windows would end the line so that a shell's $(…) keeps half of its end.
    sys.stdout.buffer.write(os.fsencode(place) + b"\n")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    """The call; what contradicts itself is refused."""
    about = "Install shipworthy and print its executable's path."
    parser = _Parser(description=about, allow_abbrev=False)
    parser.add_argument(
        "--into", type=Path, required=True, metavar="DIR", help="may be cached"
    )
    parser.add_argument("--source", type=Path, metavar="DIR", help="a checkout")
    parser.add_argument("--version", metavar="X", help="a release, from pip's index")
    parser.add_argument("--zipapp", type=Path, metavar="FILE", help="shipworthy.pyz")
    parser.add_argument("--sha256", metavar="HEX", help="of the wheel or the zipapp")
    parser.add_argument(
        "--wheelhouse", type=Path, metavar="DIR", help="install from here, offline"
    )
    parser.add_argument("--python", metavar="EXE", help="to run it with")
    options = parser.parse_args(arguments)
    ways = (options.source, options.version, options.zipapp)
    if sum(way is not None for way in ways) > 1:
        parser.error("--source, --version and --zipapp exclude each other")
    if (options.sha256 is None) != (options.version is None and options.zipapp is None):
        parser.error("--version and --zipapp need --sha256, and nothing else does")
    if options.sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", options.sha256):
        parser.error("--sha256 takes 64 hexadecimal digits")
    if options.version and not re.fullmatch(r"[0-9][0-9A-Za-z.+!-]*", options.version):
        parser.error("--version takes a version such as 1.2.3")
    if options.wheelhouse and not options.wheelhouse.is_dir():
        parser.error(f"--wheelhouse {options.wheelhouse}: no such folder")
    for name in ("wheelhouse", "zipapp"):
        if getattr(options, name):
            setattr(options, name, Path(os.path.abspath(getattr(options, name))))
    options.into = Path(os.path.abspath(options.into))
    options.source = Path(os.path.abspath(options.source or _HERE.parent))
    return options


def _executable(options: argparse.Namespace) -> Path:
    """The executable, made where it is not there yet."""
    python, identity = _interpreter(options.python)
    wanted = Wanted(
        python=python,
        source=options.source,
        locks=_HERE if options.version else options.source / "plugins",
        release=options.version or "",
        sha256=(options.sha256 or "").lower(),
        zipapp=options.zipapp,
        wheelhouse=options.wheelhouse,
    )
    parts = [_FORM, *identity, *_parts(wanted)]
    if WINDOWS:  # its launchers know where they are
        parts.append(str(options.into))
    key = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape"))
    place: Path = options.into / f"shipworthy-{key.hexdigest()[:20]}"
    if _ready(place) is None:
        sys.stderr.write(f"bootstrap: installing shipworthy to {place}\n")
        options.into.mkdir(parents=True, exist_ok=True)
        with _locked(options.into / f".{place.name}.lock") as alone:
            _install(wanted, place, alone=alone)
    ready = _ready(place)
    if ready is None:
        raise BootstrapError(f"{place} vanished: does something else clean up there?")
    return ready


def _interpreter(asked: str | None) -> tuple[str, tuple[str, ...]]:
    """The interpreter to use, and what tells it from others."""
    if asked is None:
        base = getattr(sys, "_base_executable", None) or sys.executable
        machine = os.environ.get("PROCESSOR_ARCHITECTURE", "")
        machine = os.uname().machine if sys.platform != "win32" else machine
        parts = (sys.version, machine, EXTENSION_SUFFIXES[0], os.path.realpath(base))
        return base, parts
    path = shutil.which(asked)
    done = run([path, "-I", "-c", _ASK]) if path else None
    if done is None or done[0]:
        raise BootstrapError(f"--python {asked}: it is no Python 3.10 or newer", 2)
    return str(path), tuple(done[1].strip().split("\0"))


def _parts(wanted: Wanted) -> Iterator[str]:
    """What is to be installed: any difference gives another environment."""
    if wanted.zipapp:
        yield f"zipapp {wanted.sha256}"
        return
    for lock in (LOCK, BUILD_LOCK):
        yield _digest(str(wanted.locks / lock))
    if wanted.release:
        yield f"{wanted.release} {wanted.sha256}"
        return
    source = str(wanted.source)
    for top in _PACKED:
        for path in _files(os.path.join(source, top)):
            yield f"{_digest(path)} {os.path.relpath(path, source)}"


def _files(top: str) -> Iterator[str]:
    """``top``, or every file below it that can get into the wheel, in an order of its own."""
    if not os.path.isdir(top):
        yield top
    for folder, below, names in os.walk(top):
        below[:] = sorted(one for one in below if one != "__pycache__")
        yield from (os.path.join(folder, name) for name in sorted(names))


def _digest(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError as error:
        raise BootstrapError(
            f"{path}: {error.strerror}: name a checkout with --source", 2
        ) from error


def _ready(place: Path) -> Path | None:
    """The executable below ``place``, where it and its interpreter are there."""
    names = ["shipworthy.exe", "shipworthy.cmd"] if WINDOWS else ["shipworthy"]
    for name in names:
        found = place / SCRIPTS / name
        python = found.with_name(PYTHON)
        if found.exists() and (
            python.exists() or found.with_name("shipworthy.pyz").exists()
        ):
            return found
    return None


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold the only lock on ``path`` where the file system has locks; gives whether it does."""
    with path.open("ab") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            yield False
        else:
            yield True


def _install(wanted: Wanted, place: Path, *, alone: bool) -> None:
    """Make the environment beside ``place`` and rename it, unless another run was faster."""
    if _ready(place):
        return
    prefix = f".{place.name}."
    if alone:  # what killed runs left
        for old in place.parent.glob(f"{prefix}*.part"):
            shutil.rmtree(old, ignore_errors=True)
    import tempfile

    made = Path(tempfile.mkdtemp(prefix=prefix, suffix=".part", dir=place.parent))
    try:
        env = make(wanted, made, place)
        if place.exists():  # damaged: its interpreter is gone
            place.rename(made / "damaged")
        env.rename(place)
    except OSError:
        if _ready(place) is None:
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
