"""Two builds of a real image of the corpus: which findings are new, which were there, which are fixed."""

from __future__ import annotations

import tarfile
from pathlib import Path

import imagebuilder as ib
import pytest
from support import SHARED

from shipworthy import scan
from shipworthy.advisories.build import build
from shipworthy.model.result import ScanResult


ROOTFS = SHARED / "corpus/rootfs/alpine-minirootfs-3.18.9-x86_64.tar.gz"
"""What the corpus's alpine-3.18 is made of."""
INSTALLED = "lib/apk/db/installed"
CURL = "C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:curl\nV:7.88.1-r1\nA:x86_64\no:curl\nL:curl\n\n"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Alpine's own security database, as published."""
    feeds = tmp_path_factory.mktemp("feeds")
    (feeds / "alpine").symlink_to(SHARED / "feeds/alpine")
    path = tmp_path_factory.mktemp("db") / "db"
    build(feeds, path)
    return path


@pytest.fixture(scope="module")
def rootfs() -> dict[str, ib.Node]:
    """The files of the image."""
    found: dict[str, ib.Node] = {}
    with tarfile.open(ROOTFS) as tar:
        for entry in tar:
            name = entry.name.removeprefix("./")
            opened = tar.extractfile(entry) if entry.isreg() else None
            if opened:
                found[name] = opened.read()
            elif entry.issym():
                found[name] = ib.Symlink(entry.linkname)
    return found


def installed(rootfs: dict[str, ib.Node], *changes: tuple[str, str, str]) -> bytes:
    """The package database with (name, version as published, version) changed."""
    data = rootfs[INSTALLED]
    assert isinstance(data, bytes)
    paragraphs = data.decode().split("\n\n")
    for name, published, version in changes:
        (at,) = [n for n, one in enumerate(paragraphs) if f"\nP:{name}\n" in one]
        assert f"V:{published}\n" in paragraphs[at]
        paragraphs[at] = paragraphs[at].replace(f"V:{published}\n", f"V:{version}\n")
    return "\n\n".join(paragraphs).encode()


def version_of(rootfs: dict[str, ib.Node], name: str) -> str:
    """The version of a package as it is published."""
    for one in installed(rootfs).decode().split("\n\n"):
        if f"\nP:{name}\n" in one:
            return one.partition("V:")[2].partition("\n")[0]
    raise AssertionError(name)


def scanned(
    image: ib.BuiltImage, path: Path, database: Path, **more: str
) -> ScanResult:
    """The result of one build."""
    target = ib.write_archive(image.classic_files(), path)
    return scan(str(target), db=database, cache=False, **more)  # type: ignore[arg-type]  # options of a test


def told(result: ScanResult, state: str) -> set[tuple[str, str]]:
    """(id, package) of the findings in that state."""
    return {(f.id, f.package.name) for f in result.findings if f.state == state}


def test_a_rebuild_with_an_upgrade_a_bump_and_an_addition(
    rootfs: dict[str, ib.Node], database: Path, tmp_path: Path
) -> None:
    """
    The older build has an older OpenSSL and an older musl; the newer has what is published, and curl.

    OpenSSL's findings are fixed by the upgrade, musl's stays through its bump, curl brings new ones.
    """
    crypto, musl = version_of(rootfs, "libcrypto3"), version_of(rootfs, "musl")
    old_musl = f"{musl.partition('-')[0]}-r0"
    older = installed(
        rootfs,
        *((name, crypto, "3.1.0-r0") for name in ("libcrypto3", "libssl3")),
        *((name, musl, old_musl) for name in ("musl", "musl-utils")),
    )
    newer = installed(rootfs).rstrip() + f"\n\n{CURL}".encode()
    old = ib.image(rootfs, {INSTALLED: older}, tag="registry.example/app:1")
    new = ib.image(
        {"build.log": b"later", **rootfs},
        {INSTALLED: newer},
        compression="gzip",
        tag="registry.example/app:2",
    )

    before = scanned(old, tmp_path / "old.tar", database)
    after = scanned(
        new, tmp_path / "new.tar", database, baseline=str(tmp_path / "old.tar")
    )

    assert after.comparison is not None
    fixed = {(gone.id, gone.package): gone.reason for gone in after.comparison.fixed}
    openssl = {
        (f.id, f.package.name)
        for f in before.findings
        if f.package.name in {"libcrypto3", "libssl3"}
    }
    assert ("CVE-2023-1255", "libssl3") in openssl
    assert openssl == set(fixed)
    assert set(fixed.values()) == {f"upgraded to {crypto}"}
    assert told(after, "existing") == {
        ("CVE-2025-26519", "musl"),
        ("CVE-2025-26519", "musl-utils"),
    }
    assert ("CVE-2023-27533", "curl") in told(after, "new")
    assert {package for _, package in told(after, "new")} == {"curl"}
    assert {f.state_reason for f in after.findings if f.state == "new"} == {
        "package added"
    }
    marks = {(f.id, f.package.name): f.fingerprint for f in before.findings}
    for finding in after.findings:
        if finding.state == "existing":
            assert marks[finding.id, finding.package.name] == finding.fingerprint


def test_a_rebuild_alone_changes_nothing(
    rootfs: dict[str, ib.Node], database: Path, tmp_path: Path
) -> None:
    """Other layers, other digests, another tag, no new finding and none fixed."""
    one = ib.image(rootfs, tag="registry.example/app:1")
    other = ib.image(dict(reversed(rootfs.items())), {"x": b"x"}, compression="zstd")

    before = scanned(one, tmp_path / "one.tar", database)
    after = scanned(
        other, tmp_path / "other.tar", database, baseline=str(tmp_path / "one.tar")
    )

    assert before.image.layers[0].diff_id != after.image.layers[0].diff_id
    assert after.comparison is not None
    assert after.comparison.fixed == ()
    assert {finding.state for finding in after.findings} == {"existing"}
    assert {f.fingerprint for f in before.findings} == {
        f.fingerprint for f in after.findings
    }
