"""What the tests of the bootstrap share: a small checkout to install from, made without a network, and a call."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pipelining import variables


ROOT = Path(__file__).resolve().parents[1]
BOOTSTRAP = ROOT / "plugins/bootstrap.py"
_MAIN = """\
import sys
import tiny


def main():
    print(tiny.WORD, *sys.argv[1:])
"""
_BACKEND = """\
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from bootstrapping_wheel import write_wheel


def build_wheel(folder, config_settings=None, metadata_directory=None):
    return write_wheel(folder, "shipworthy", "0.9", {
        f"shipworthy/{name}": open(f"core/shipworthy/{name}").read()
        for name in os.listdir("core/shipworthy") if name.endswith(".py")
    })
"""
_WRITER = """\
import os
import zipfile


def write_wheel(folder, name, version, files):
    info = f"{name}-{version}.dist-info"
    whole = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    record = "".join(f"{path},,\\n" for path in [*whole, f"{info}/RECORD"])
    base = f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, base), "w") as archive:
        for path, text in {**whole, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return base
"""


def checkout(folder: Path) -> Path:
    """A checkout of a program of shipworthy's name, and a wheelhouse with the one package that it needs."""
    core = folder / "core/shipworthy"
    core.mkdir(parents=True)
    (core / "__init__.py").write_text("")
    (core / "__main__.py").write_text(_MAIN)
    ci = folder / "plugins/shipworthy_ci"
    ci.mkdir(parents=True)
    (ci / "__init__.py").write_text("")
    for name in ("README.md", "LICENSE"):
        (folder / name).write_text("as it says\n")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (folder / "backend.py").write_text(_BACKEND)
    (folder / "bootstrapping_wheel.py").write_text(_WRITER)
    lock(folder, wheel(folder / "wheelhouse", "tiny", "1.0", "WORD = 'tiny says'\n"))
    return folder


def wheel(
    folder: Path,
    name: str,
    version: str,
    text: str,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    """A wheel of one package, and ``more`` files in it."""
    folder.mkdir(exist_ok=True)
    space: dict[str, object] = {}
    exec(_WRITER, space)
    writer = space["write_wheel"]
    assert callable(writer)
    return folder / str(
        writer(folder, name, version, {f"{name}/__init__.py": text, **more})
    )


def lock(folder: Path, package: Path, digest: str = "") -> None:
    """Lock the checkout to one package."""
    name, version = package.name.split("-")[:2]
    pin = f"{name}=={version} --hash=sha256:{digest or sha256(package)}\n"
    (folder / "plugins/requirements.txt").write_text(pin)
    (folder / "plugins/requirements-build.txt").write_text("")


def sha256(path: Path) -> str:
    """The digest of a file, as the bootstrap takes it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def zipapp(path: Path) -> Path:
    """A single file that says what it was called with."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "__main__.py", "import sys\nprint('zip says', *sys.argv[1:])\n"
        )
    return path


def command(*arguments: str | Path, script: Path = BOOTSTRAP) -> list[str]:
    """The call."""
    return [sys.executable, str(script), *map(str, arguments)]


def bootstrap(
    *arguments: str | Path,
    cwd: Path | None = None,
    script: Path = BOOTSTRAP,
    **more: str | Path,
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        command(*arguments, script=script),
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        env=variables(**more),
    )


def said(executable: str | Path, *arguments: str, cwd: Path | None = None) -> str:
    """What the installed program prints."""
    done = subprocess.run(
        [str(executable), *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
