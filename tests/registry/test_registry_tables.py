"""Layers read by tables of contents written here: what is fetched, what is verified, what a table cannot do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagebuilder as ib
import pytest
from fakeregistry import FakeRegistry, Fault
from imagesheld import HASTY, said, scanned
from scanning import BASE, OURS, dist_info, dpkg
from tabled import Tabled, closed, filler, hold_tabled, written

from shipworthy.contents import Contents, read_contents
from shipworthy.errors import DigestMismatchError, ImageUnreachableError
from shipworthy.images.tables import ESTARGZ


WHOLE = replace(HASTY, whole_layers=True)
TREE: ib.Tree = {
    "etc": ib.Directory(),
    **BASE,
    "opt/a.bin": filler(seed=1),
    **OURS,
    "opt/b.bin": filler(seed=2),
    "opt/link": ib.Symlink("b.bin"),
    "usr/bin/run": ib.File(b"#!/bin/sh\n" + filler(100, seed=3), 0o755),
    "srv/.wh.gone": b"",
}
LAYER = written(TREE)
DPKG = "var/lib/dpkg/status"


def contents(
    target: str, cache: Path | None = None, *, whole: bool = False
) -> Contents:
    """What is in an image."""
    access = WHOLE if whole else HASTY
    return read_contents(target, access=access, cache_dir=cache)


def by_table(found: Contents) -> bool:
    """Whether the result says that a layer was read by its table."""
    told = [one for one in found.statuses if "table of contents" in one.message]
    assert not any(one.partial for one in told)
    return bool(told)


def names(found: Contents) -> set[str]:
    """The packages' names."""
    return {package.name for package in found.inventory.packages}


def test_the_same_as_streamed_for_less(fake: FakeRegistry) -> None:
    """A tenth of the bytes gives the same inventory, entries counted and all."""
    target = hold_tabled(fake, [LAYER])
    found = contents(target)
    assert fake.sent < len(LAYER.blob) / 10
    assert found.inventory == contents(target, whole=True).inventory
    assert {"libc6", "libssl3", "Django", "Jinja2"} == names(found)
    assert len(TREE) + 1 == found.inventory.entries
    assert by_table(found)
    assert not by_table(contents(target, whole=True))
    assert [ib.sha256(LAYER.tar)] == [x.diff_id for x in found.image.layers]


def test_the_verdict_is_that_of_a_whole_read(
    fake: FakeRegistry, database: Path
) -> None:
    """A scan finds the same and is as complete; one status more says how the layer was read."""
    target = hold_tabled(fake, [LAYER])
    part, whole = scanned(target, database), scanned(target, database, access=WHOLE)
    assert part.findings
    assert said(replace(part, statuses=whole.statuses)) == said(whole)
    assert 1 == len(part.statuses) - len(whole.statuses)


def test_remembered_under_the_table_alone(fake: FakeRegistry, tmp_path: Path) -> None:
    """A second read asks for no blob but the configuration; a whole read in between takes over."""
    target = hold_tabled(fake, [LAYER])
    first = contents(target, tmp_path)
    asked = fake.count("/blobs/")
    assert first == contents(target, tmp_path)
    assert 1 == fake.count("/blobs/") - asked
    whole = contents(target, tmp_path, whole=True)
    assert not by_table(whole)
    assert whole == contents(target, tmp_path)


def test_a_claimed_diff_id_poisons_nothing(fake: FakeRegistry, tmp_path: Path) -> None:
    """Whoever claims the diff ID of a well-known base with a table that hides packages, hides them in his image alone."""
    honest = Tabled(blob=ib.compressed(LAYER.tar, "gzip"))
    known = [ib.sha256(LAYER.tar)]
    liar = written({"etc/os-release": BASE["etc/os-release"], "x": filler()})
    lying = hold_tabled(fake, [liar], "lying", claims=known)
    assert by_table(contents(lying, tmp_path))
    found = contents(hold_tabled(fake, [honest], "honest"), tmp_path)
    assert {"libc6", "libssl3", "Django", "Jinja2"} == names(found)
    assert not by_table(found)


def test_a_table_over_other_files(fake: FakeRegistry, tmp_path: Path) -> None:
    """Whoever puts the table of a well-known layer over files of his own gets an error, and nothing is kept of it."""
    start = LAYER.blob.rindex(b"\x1f\x8b\x08\x00")
    other = replace(LAYER, blob=filler(start) + LAYER.blob[start:])
    with pytest.raises(DigestMismatchError):
        contents(hold_tabled(fake, [other], claims=[ib.sha256(b"")]), tmp_path)
    target = hold_tabled(fake, [LAYER])
    assert contents(target, tmp_path).inventory == contents(target).inventory


@pytest.mark.parametrize("ranges", ["ignored", "wrong", "refused"])
def test_registries_without_ranges(ranges: str, fake: FakeRegistry) -> None:
    """The layer is streamed, and nothing is said of a table."""
    target = hold_tabled(fake, [LAYER])
    fake.ranges = ranges
    found = contents(target)
    assert not by_table(found)
    assert "Django" in names(found)


def test_wrong_bytes_of_a_wanted_file(fake: FakeRegistry) -> None:
    """A flipped byte of a file that is read ends the scan; it is never taken for the file."""
    tree = {**TREE, DPKG: dpkg("libc6 1") + b"\n" * 50}
    layer = written(tree, {DPKG: {"chunkDigest": f"sha256:{'0' * 64}"}})
    with pytest.raises(DigestMismatchError, match=f"{DPKG}: the bytes are sha256:"):
        contents(hold_tabled(fake, [layer]))


def test_bytes_changed_on_their_way(fake: FakeRegistry) -> None:
    """Corrupt compressed bytes are a mismatch too."""
    target = hold_tabled(fake, [LAYER])
    digest = ib.sha256(LAYER.blob)
    # Footer and table come whole, the first part of the files does not.
    fake.faults[f"blobs/{digest}"] = [Fault(), Fault(flip=700), Fault(flip=700)]
    with pytest.raises(DigestMismatchError, match="table of contents says otherwise"):
        contents(target)


@pytest.mark.parametrize("how", ["close", "reset", "stall"])
def test_cut_parts_are_asked_for_again(how: str, fake: FakeRegistry) -> None:
    """A part whose line drops is asked for once more, the table as well as the files."""
    target = hold_tabled(fake, [LAYER])
    digest = ib.sha256(LAYER.blob)
    fake.faults[f"blobs/{digest}"] = [Fault(cut=10, how=how), Fault(), Fault(cut=99)]
    assert by_table(contents(target))


def test_overload_is_waited_for(fake: FakeRegistry) -> None:
    """429 and 503 are tried again; a registry that never recovers ends the scan."""
    target = hold_tabled(fake, [LAYER])
    path = f"blobs/{ib.sha256(LAYER.blob)}"
    fake.faults[path] = [Fault(status=429), Fault(status=503)]
    assert by_table(contents(target))
    fake.faults[path], fake.forever = [Fault(status=503)], True
    with pytest.raises(ImageUnreachableError, match="503"):
        contents(target)


def test_tokens_are_renewed_between_parts(fake: FakeRegistry) -> None:
    """A token that is good for three requests is enough."""
    fake.tokens, fake.lasting = True, 3
    assert by_table(contents(hold_tabled(fake, [LAYER])))


def test_few_connections(fake: FakeRegistry) -> None:
    """Parts that lie close together come in one request."""
    target = hold_tabled(fake, [LAYER])
    contents(target)
    assert fake.count(ib.sha256(LAYER.blob)) <= 4


def test_most_of_it_wanted(fake: FakeRegistry) -> None:
    """A layer that is wanted nearly whole is streamed: one request, and all of it verified."""
    big = dpkg("libc6 1") + b"".join(
        b"Note: %s\n" % filler(40, i).hex().encode() for i in range(5000)
    )
    layer = written({DPKG: big, "x": filler(10_000)})
    found = contents(hold_tabled(fake, [layer]))
    assert not by_table(found)
    assert "libc6" in names(found)


def test_small_layers_are_not_worth_it(fake: FakeRegistry) -> None:
    """A layer of a few kilobytes is fetched in one request."""
    layer = written(OURS)
    assert not by_table(contents(hold_tabled(fake, [layer])))
    assert 1 == fake.count(ib.sha256(layer.blob))


def test_hard_links_to_wanted_names(fake: FakeRegistry) -> None:
    """A wanted name that is a link to a body elsewhere is read, and one to nothing is told as when streamed."""
    status = BASE[DPKG]
    tree: ib.Tree = {
        "etc/os-release": BASE["etc/os-release"],
        "store/1": status,
        "x": filler(),
        DPKG: ib.Hardlink("store/1"),
        "srv/package.json": ib.Hardlink("nowhere"),
        "loop/package.json": ib.Hardlink("loop/package.json"),
    }
    target = hold_tabled(fake, [written(tree)])
    found = contents(target)
    assert by_table(found)
    assert {"libc6", "libssl3"} == names(found)
    assert 2 == found.inventory.files_failed
    assert found.inventory == contents(target, whole=True).inventory


def _lies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Members of a wanted file's entry that are not so."""
    for key, value in (
        ("chunkDigest", "sha256:1"),
        ("offset", 1 << 50),
        ("offset", -1),
        ("offset", "1"),
        ("size", 1 << 60),
        ("size", True),
        ("chunkSize", 1),
        ("chunkOffset", 1),
        ("innerOffset", 1 << 40),
        ("type", "chunk"),
        ("type", "door"),
        ("type", None),
        ("name", "../../etc/x"),
        ("name", "a\0b"),
        ("name", "d/" * 1000),
        ("name", 3),
        ("mode", 1e3),
        ("linkName", "x" * 20_000),
    ):
        yield f"{key}={str(value)[:12]}", {key: value}


@pytest.mark.parametrize(
    "change", [pytest.param(change, id=name) for name, change in _lies()]
)
def test_tables_that_cannot_be(change: dict[str, Any], fake: FakeRegistry) -> None:
    """The layer is streamed, and found to hold what it holds."""
    if "chunkDigest" in change:
        change = {**change, "digest": ""}
    target = hold_tabled(fake, [written(TREE, {DPKG: change})])
    found = contents(target)
    assert not by_table(found)
    assert {"libc6", "libssl3", "Django", "Jinja2"} == names(found)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"{",
        b'{"entries": 1}',
        b'{"entries": [1]}',
        b'{"entries": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b" " * (25 << 20),
    ],
    ids=["empty", "list", "cut", "number", "entry", "deep", "large"],
)
def test_documents_that_are_no_table(document: bytes, fake: FakeRegistry) -> None:
    """Whatever the table is, the layer is read."""
    front = LAYER.blob[: LAYER.blob.rindex(b"\x1f\x8b\x08\x00")]
    found = contents(hold_tabled(fake, [closed(front, document)]))
    assert not by_table(found)
    assert "Django" in names(found)


@pytest.mark.parametrize(
    "digest", [f"sha256:{'0' * 64}", "sha512:1", "x", ib.sha256(b"")]
)
def test_another_table_than_the_manifest_names(digest: str, fake: FakeRegistry) -> None:
    """It is not believed, however well it is formed."""
    layer = replace(LAYER, annotations={ESTARGZ: digest})
    found = contents(hold_tabled(fake, [layer]))
    assert not by_table(found)
    assert "Django" in names(found)


def test_without_an_annotation(fake: FakeRegistry) -> None:
    """A table that no manifest pins is not looked at."""
    target = hold_tabled(fake, [replace(LAYER, annotations={})])
    assert not by_table(contents(target))
    assert [] == fake.parts


def test_tables_in_any_order(fake: FakeRegistry) -> None:
    """An order that jumps about in the blob costs no more than reading it whole as well."""
    tree: dict[str, ib.Node] = {}
    for index in range(40):
        tree[f"f{index}"] = filler(200_000, index)
        tree |= dist_info(f"p{index}", "1", f"s{index}")
    layer = written(tree, backwards=True)
    target = hold_tabled(fake, [layer])
    assert 40 == len(names(contents(target)))
    assert fake.sent < 2 * len(layer.blob)


def test_zeros_that_nobody_stored(fake: FakeRegistry) -> None:
    """An executable that is said to be 32 GiB of zeros costs neither memory nor disk."""
    lie = {"size": 1 << 35, "chunkType": "zeros"}
    found = contents(hold_tabled(fake, [written(TREE, {"usr/bin/run": lie})]))
    assert by_table(found)
    assert "Django" in names(found)


def test_in_processes_of_their_own(fake: FakeRegistry, tmp_path: Path) -> None:
    """Large layers are read side by side, each by its table."""
    layers = [
        written({**tree, f"x{n}": filler(9 << 20, n)})
        for n, tree in enumerate((BASE, OURS))
    ]
    command = ["sbom", hold_tabled(fake, layers), "--cache-dir", str(tmp_path)]
    done = _run(*command, "--allow-partial")
    assert 0 == done.returncode, done.stderr
    assert "Django" in done.stdout
    assert fake.sent < 1 << 20


def test_the_option_reads_whole_layers(fake: FakeRegistry, tmp_path: Path) -> None:
    """Then the table is not even asked for."""
    target = hold_tabled(fake, [LAYER])
    given = ["--cache-dir", str(tmp_path), "--allow-partial"]
    done = _run("sbom", target, *given, "--registry-whole-layers")
    assert 0 == done.returncode, done.stderr
    assert [] == fake.parts
    assert "Django" in done.stdout


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
