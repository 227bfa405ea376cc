"""
The example, from wheels to a closed gate: what ``make demo`` runs.

Fetches four old wheels once, makes an image of them on a base of its own, builds a database from
the example's advisories, scans, and shows what the gate says.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / ".demo"
WHEELS = ("Django==2.2", "Jinja2==2.10", "requests==2.19.1", "urllib3==1.23")
SITE = "usr/local/lib/python3.11/site-packages"

BASE: Mapping[str, bytes] = {
    "etc/os-release": b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'
    b'PRETTY_NAME="An example base with packages of Debian 12"\n',
    "var/lib/dpkg/status": b"""\
Package: libc6
Status: install ok installed
Architecture: amd64
Maintainer: GNU Libc Maintainers <debian-glibc@lists.debian.org>
Source: glibc
Version: 2.36-9+deb12u1

Package: libssl3
Status: install ok installed
Architecture: amd64
Maintainer: Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>
Source: openssl
Version: 3.0.9-1
""",
}


def main() -> int:
    """Run the example; gives 0 when the gate closed as it should."""
    OUT.mkdir(exist_ok=True)
    wheels = OUT / "wheels"
    if not _fetch(wheels):
        print(
            "demo: the example's wheels could not be fetched\n"
            "hint: a network or a package index of your own (pip config) is needed the first time",
            file=sys.stderr,
        )
        return 1
    image = OUT / "image.tar"
    _write(image, [_layer(BASE), _layer(_unpacked(wheels))])
    print(f"made {_shown(image)}: a base and four Python packages of 2018 and 2019")
    database = OUT / "db"
    _run("db", "build", "--feeds", str(ROOT / "examples/feeds"), "--out", str(database))
    html = OUT / "report.html"
    print(f"$ shipworthy scan {_shown(image)} --fail-on high\n", flush=True)
    code = _run(
        "scan",
        str(image),
        "--db",
        str(database),
        "--cache-dir",
        str(OUT / "cache"),
        "--fail-on",
        "high",
        *("-o", "table", "-o", f"html={html}", "-o", f"json={OUT / 'result.json'}"),
    )
    print(
        f"\nexit code {code}: {'the gate closed' if code == 1 else 'this was not expected'}"
    )
    print(f"the dashboard: {html.as_uri()}")
    return 0 if code == 1 else 1


def _fetch(store: Path) -> bool:
    """The wheels in ``store``, fetched by pip unless they are there."""
    if len(list(store.glob("*.whl"))) == len(WHEELS):
        return True
    fetch = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "download",
        "--quiet",
    ]
    fetch += ["--no-deps", "--only-binary=:all:", "--dest", str(store), *WHEELS]
    return not subprocess.run(fetch, check=False).returncode


def _unpacked(store: Path) -> dict[str, bytes]:
    """The wheels' files as pip would lay them out."""
    files: dict[str, bytes] = {}
    for wheel in sorted(store.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if not name.endswith("/"):
                    files[f"{SITE}/{name}"] = archive.read(name)
    return files


def _layer(files: Mapping[str, bytes]) -> bytes:
    """The files as a tar, the same bytes on every run."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, data in sorted(files.items()):
            info = tarfile.TarInfo(path)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _write(path: Path, layers: list[bytes]) -> None:
    """A docker archive of the layers."""
    config = json.dumps(
        {
            "os": "linux",
            "architecture": "amd64",
            "config": {"Cmd": ["python3"]},
            "rootfs": {
                "type": "layers",
                "diff_ids": [f"sha256:{hashlib.sha256(x).hexdigest()}" for x in layers],
            },
            "history": [
                {"created_by": "ADD base.tar / # the example's base"},
                {"created_by": f"RUN pip install {' '.join(WHEELS)}"},
                {"created_by": 'CMD ["python3"]', "empty_layer": True},
            ],
        }
    ).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    members = {f"{hashlib.sha256(x).hexdigest()}/layer.tar": x for x in layers}
    entry = {
        "Config": config_name,
        "RepoTags": ["shipworthy-demo:latest"],
        "Layers": list(members),
    }
    manifest = json.dumps([entry]).encode()
    path.write_bytes(
        _layer({**members, config_name: config, "manifest.json": manifest})
    )


def _run(*arguments: str) -> int:
    """One shipworthy command; gives its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *arguments], check=False
    ).returncode


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
