"""
Build ``dist/shipworthy.pyz``: shipworthy with all that it runs on in one file, for Pythons that have nothing else.

It holds wheels as they were published, those for every supported Python of one platform, each held against the lock;
how it starts is ``plugins/zipapp_main.py``. The same revision and lock give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from dist_build import PIP, ROOT, build, get_builder
from locked import pins


PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
_GLIBC = (
    "manylinux_2_28",
    "manylinux_2_17",
    "manylinux2014",
    "manylinux_2_5",
    "manylinux1",
)
_MACHINES = {"linux-x86_64": "x86_64", "linux-aarch64": "aarch64"}
_SHEBANG = b"#!/usr/bin/env python3\n"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def main() -> int:
    """Build it; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist/shipworthy.pyz")
    parser.add_argument("--platform", choices=_MACHINES, default="linux-x86_64")
    parser.add_argument(
        "--python", action="append", choices=PYTHONS, help="default: all"
    )
    options = parser.parse_args()
    machine = _MACHINES[options.platform]
    with tempfile.TemporaryDirectory() as folder:
        try:
            (own,) = build(Path(folder, "own"), get_builder(Path(folder, "builder")))
            sets = {
                tag(python, machine): [
                    own,
                    *wheels(python, machine, Path(folder, python)),
                ]
                for python in options.python or PYTHONS
            }
        except subprocess.CalledProcessError:
            print("zipapp: pip could not get what it needs", file=sys.stderr)
            return 1
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_bytes(archive(sets))
    options.out.chmod(0o755)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")
    return 0


def tag(python: str, machine: str) -> str:
    """What tells a Python's compiled modules from another's."""
    return f"cpython-{python.replace('.', '')}-{machine}-linux-gnu"


def wheels(python: str, machine: str, folder: Path) -> list[Path]:
    """
    The locked wheels for one Python on one kind of machine.

    Raises:
        subprocess.CalledProcessError: pip could not get them.
    """
    environment = {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    folder.mkdir()
    lock = folder / "lock.txt"
    wanted = pins(ROOT / "plugins/requirements.txt")
    lines = [pin.line() for pin in wanted if pin.applies(environment)]
    lock.write_text("\n".join(lines))
    target = ("--python-version", python, "--implementation", "cp")
    platforms = [f"--platform={one}_{machine}" for one in _GLIBC]
    exact = ("--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(lock))
    place = ("--dest", str(folder))
    subprocess.run([*PIP, "download", *target, *platforms, *exact, *place], check=True)
    return sorted(folder.glob("*.whl"))


def archive(sets: dict[str, list[Path]]) -> bytes:
    """The whole file, from the wheels for each kind of Python."""
    held = {path.name: path.read_bytes() for one in sets.values() for path in one}
    for name, content in held.items():
        _plain(name, content)
    digests = {name: hashlib.sha256(held[name]).hexdigest() for name in held}
    start = (ROOT / "plugins/zipapp_main.py").read_bytes()
    named = {
        one: {path.name: digests[path.name] for path in sorted(paths)}
        for one, paths in sorted(sets.items())
    }
    identity = json.dumps(named, sort_keys=True).encode() + start
    manifest = {"build": hashlib.sha256(identity).hexdigest(), "sets": named}
    files = {
        "__main__.py": start,
        "manifest.json": json.dumps(manifest, indent=1, sort_keys=True).encode(),
        **{f"wheels/{name}": held[name] for name in sorted(held)},
    }
    with tempfile.TemporaryFile() as file:
        file.write(_SHEBANG)
        with zipfile.ZipFile(file, "a") as whole:
            for name, content in files.items():
                info = zipfile.ZipInfo(name, _EPOCH)
                info.external_attr = 0o644 << 16
                whole.writestr(info, content)
        file.seek(0)
        return file.read()


def _plain(name: str, content: bytes) -> None:
    """Make sure that a wheel can be used by being unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        odd = [
            one
            for one in wheel.namelist()
            if ".data/purelib/" in one or ".data/platlib/" in one
        ]
    if odd:
        raise SystemExit(f"zipapp: {name} must be installed, not unpacked: {odd[0]}")


if __name__ == "__main__":
    sys.exit(main())
