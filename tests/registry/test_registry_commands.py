"""Targets in registries wherever a command takes a target; and the network as pipelines have it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry
from imagesheld import HASTY, hold, hold_manifest, scanned
from scanning import BASE, EXAMPLE, OURS, dist_info

from shipworthy import scan
from shipworthy.errors import ImageError, ImageUnreachableError, UsageError
from shipworthy.images.target import open_image, parse_target


NEWER = ib.image(BASE, {**OURS, **dist_info("Flask", "0.12")}, compression="gzip")


def target(fake: FakeRegistry, tag: str = "1") -> str:
    """The target of a tag."""
    return f"registry:{fake.host}/a/app:{tag}"


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )


def test_diff(fake: FakeRegistry, database: Path, tmp_path: Path) -> None:
    """Two images of a registry are compared."""
    hold(fake, NEWER, "2")
    given = ["--db", str(database), "--cache-dir", str(tmp_path), "--allow-partial"]
    done = command("diff", target(fake), target(fake, "2"), *given)
    assert 0 == done.returncode, done.stderr
    assert "Traceback" not in done.stderr
    assert 1 == fake.count(ib.sha256(EXAMPLE.blobs[0]))  # both have it


def test_sbom(fake: FakeRegistry, tmp_path: Path) -> None:
    """The list names the image as the registry does."""
    done = command(
        "sbom", target(fake), "--cache-dir", str(tmp_path), "--allow-partial"
    )
    assert 0 == done.returncode, done.stderr
    component = json.loads(done.stdout)["metadata"]["component"]
    assert f"repository_url={fake.host}%2Fa%2Fapp" in component["purl"]


def test_baseline(fake: FakeRegistry, database: Path) -> None:
    """A target of a registry is one; one that cannot be reached is not the call's fault."""
    given = {"db": database, "cache": False, "access": HASTY, "allow_partial": True}
    result = scan(target(fake), baseline=target(fake), **given)  # type: ignore[arg-type]
    assert {"existing"} == {str(finding.state) for finding in result.findings}
    with pytest.raises(ImageUnreachableError, match="connection refused"):
        scan(target(fake), baseline="registry:127.0.0.1:1/a/b", **given)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"baseline registry:.*no such image"):
        scan(target(fake), baseline=target(fake, "none"), **given)  # type: ignore[arg-type]


def test_a_target_is_no_path() -> None:
    """Colons, tags and digests stay in the reference."""
    found = parse_target("registry:localhost:5000/a:1")
    assert ("registry", "localhost:5000/a:1", "") == (
        found.kind,
        found.path,
        found.selector,
    )
    with pytest.raises(UsageError, match="a reference must follow"):
        parse_target("registry:")


def test_a_proxy(
    fake: FakeRegistry, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked for registries elsewhere, not for one on this machine, and not where NO_PROXY says so."""
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("http_proxy", f"http://{fake.host}")
    plain = replace(HASTY, registry=replace(HASTY.registry, plain_http=True))
    there = "registry:registry.invalid/a/app:1"
    assert scanned(there, database, access=plain).findings
    assert fake.count("GET http://registry.invalid/v2/a/app/manifests/1")
    fake.asked.clear()
    assert scanned(target(fake), database).findings
    assert not fake.count("http://")
    monkeypatch.setenv("no_proxy", "registry.invalid")
    with pytest.raises(ImageUnreachableError, match="cannot be resolved"):
        scanned(there, database, access=plain)


def test_damaged_documents(fake: FakeRegistry) -> None:
    """Whatever a byte of a manifest turns into, there is an image or an error of images."""
    chance = random.Random(7)
    for number in range(80):
        data = bytearray(EXAMPLE.manifest)
        data[chance.randrange(len(data))] = chance.choice(b'09{}[]",:-x\0\xff')
        hold_manifest(fake, bytes(data), f"n{number}")
        try:
            image = open_image(target(fake, f"n{number}"), access=HASTY)
        except ImageError as error:
            assert "\n" not in error.message  # noqa: PT017  # either is right
        else:
            with closing(image):
                assert image.info.layers
