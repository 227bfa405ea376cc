"""
The container image: built from the Dockerfile for real, run read-only as nobody, and scanned by itself.

The pinned base cannot be pulled here: a root file system of Debian's packages with Python stands in for it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import wheelhouse
from debianbase import make_base, python_of
from pipelining import make_database, make_images, without


ROOT = Path(__file__).resolve().parents[2]
_LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")
_SEALED = ("--network", "none", "--read-only", "--tmpfs", "/tmp", "--runtime", "runc")
_NAME = "localhost/shipworthy:test"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Store:
    """Where this test's images are."""

    folder: Path

    def do(self, program: str, *arguments: str | Path) -> str:
        """Run buildah or podman on it."""
        done = self.run(program, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def run(
        self, program: str, *arguments: str | Path
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                *(program, "--root", str(self.folder / "root")),
                *("--runroot", str(self.folder / "run"), *map(str, arguments)),
            ],
            capture_output=True,
            encoding="utf-8",
            check=False,
            env={**os.environ, "BUILDAH_ISOLATION": "chroot", "LC_ALL": "C"},
        )

    def shipworthy(
        self, *arguments: str | Path, mounts: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Start a container, sealed: no network, nothing to write to but /tmp."""
        volumes = [word for one in mounts for word in ("--volume", one)]
        sealed = ("--rm", *_SEALED, *_LIMITS, *volumes)
        return self.run("podman", "run", *sealed, _NAME, *arguments)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Store]:
    """The image, built once."""
    for tool in ("buildah", "podman", "runc", "apt-get"):
        if shutil.which(tool) is None:
            without(tool)
    if os.geteuid():
        without("root, to build images")
    folder = tmp_path_factory.mktemp("i")
    store = _Store(folder=folder / "s")
    archive = make_base(folder)
    house = folder / "wheels"
    shutil.copytree(wheelhouse.runtime(python_of(archive)), house)
    for wheel in wheelhouse.build_wheels().iterdir():
        shutil.copy(wheel, house)
    container = store.do("buildah", "from", "scratch")
    store.do("buildah", "add", "--quiet", container, archive, "/")
    store.do("buildah", "commit", "--quiet", "--rm", container, "localhost/base:1")
    store.do(
        "buildah",
        *("bud", "--network", "host", "--tag", _NAME),
        *("--build-arg", "BASE=localhost/base:1", "--build-arg", "VERSION=1.2.3"),
        *("--volume", f"{house}:/wheels:ro", "--build-arg", "WHEELHOUSE=/wheels"),
        ROOT,
    )
    yield store
    mounted = store.folder / "root/overlay"  # by the programs themselves
    subprocess.run(["umount", "--lazy", str(mounted)], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)


def test_it_starts_as_nobody_and_says_its_version(store: _Store) -> None:
    """Read-only, without a network, by its entry point."""
    done = store.shipworthy("--version")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("shipworthy ")


def test_it_says_what_it_is(store: _Store) -> None:
    """The OCI annotations, a numeric user that is not root, and the entry point."""
    told = json.loads(store.do("podman", "image", "inspect", _NAME))[0]["Config"]
    labels = told["Labels"]
    assert labels["org.opencontainers.image.version"] == "1.2.3"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert told["Entrypoint"] == ["shipworthy"]
    user, group = told["User"].split(":")
    assert int(user) > 0
    assert int(group) > 0


def test_it_scans_and_its_exit_code_is_the_verdict(
    store: _Store, tmp_path: Path
) -> None:
    """Image and database mounted read-only, the report on standard output."""
    tmp_path.chmod(0o755)  # else nobody but this user may look into it
    images = make_images(tmp_path)
    make_database(tmp_path / "db")
    mount = (f"{tmp_path}:/work:ro",)
    codes = []
    for target in (images.passing, images.failing, images.broken):
        call = ("scan", target.name, "--db", "db", "--fail-on", "high", "-o", "json")
        done = store.shipworthy(*call, mounts=mount)
        codes.append(done.returncode)
        if target == images.failing:
            assert json.loads(done.stdout)["findings"]
    assert codes == [0, 1, 3]


def test_it_holds_nothing_that_it_does_not_need(store: _Store) -> None:
    """No checkout, no wheels, no builder, no cache; nothing in it that nobody could write to."""
    mounted = Path(store.do("podman", "image", "mount", _NAME))
    left = ("src", "wheels", "out", "root/.cache", "tmp/.cache", "image")
    assert [name for name in left if (mounted / name).exists()] == []
    ours = list((mounted / "opt/shipworthy").rglob("*"))
    assert not [path for path in ours if "hatchling" in path.name]
    assert not [path for path in ours if path.name.endswith((".part", ".lock"))]
    assert not [
        path for path in ours if not path.is_symlink() and path.lstat().st_mode & 0o022
    ]
    store.do("podman", "image", "unmount", _NAME)


def test_it_carries_its_bill_of_materials_and_reads_itself(
    store: _Store, tmp_path: Path
) -> None:
    """The SBOM in it names what a scan of the whole image names."""
    mounted = Path(store.do("podman", "image", "mount", _NAME))
    inside = mounted / "usr/share/doc/shipworthy/sbom.cdx.json"
    bill = json.loads(inside.read_bytes())
    store.do("podman", "image", "unmount", _NAME)
    named = {one.get("purl", "").split("?")[0] for one in bill["components"]}
    pinned = {"pkg:pypi/orjson", "pkg:pypi/zstandard", "pkg:pypi/shipworthy"}
    assert pinned <= {one.split("@")[0] for one in named}
    assert any(one.startswith("pkg:deb/debian/libc6@") for one in named)
    saved = tmp_path / "itself.tar"
    store.do("podman", "save", "--quiet", "--output", saved, _NAME)
    for path, mode in ((tmp_path, 0o755), (saved, 0o644)):
        path.chmod(mode)
    done = store.shipworthy(
        *("sbom", "itself.tar", "-o", "cyclonedx"), mounts=(f"{tmp_path}:/work:ro",)
    )
    assert done.returncode == 0, done.stderr
    again = json.loads(done.stdout)["components"]
    assert {one.get("purl", "").split("?")[0] for one in again} == named


def test_the_dockerfile_passes_hadolint() -> None:
    """With all its rules."""
    linter = Path(shutil.which("hadolint") or Path(sys.executable).parent / "hadolint")
    done = subprocess.run(
        [str(linter), str(ROOT / "Dockerfile")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_every_base_is_pinned_by_digest() -> None:
    """A stage stands on another stage, or on an image named by a SHA-256."""
    text = (ROOT / "Dockerfile").read_text()
    named = dict(re.findall(r"^ARG (\w+)=(\S*)$", text, re.MULTILINE))
    stages: set[str] = set()
    bases = re.findall(r"^FROM (\S+)(?: AS (\S+))?$", text, re.MULTILINE)
    assert bases
    for base, stage in bases:
        image = re.sub(r"\$\{(\w+)\}", lambda match: named[match[1]], base)
        assert image in stages or re.search(r":[^@]+@sha256:[0-9a-f]{64}$", image)
        stages.add(stage)
