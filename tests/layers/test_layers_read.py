"""Reading one layer: what is picked, what is hidden, what is verified."""

from __future__ import annotations

import io
from dataclasses import replace

import imagebuilder as ib
import pytest
from layers.fakes import SELECTOR, blob_of, record_of

from shipworthy.errors import DigestMismatchError, ImageError, LimitError
from shipworthy.layers import collect
from shipworthy.layers.read import read_layer
from shipworthy.layers.record import LayerRecord, dump, load
from shipworthy.model.limits import Limits


def packages(record: LayerRecord) -> dict[str, list[str]]:
    """Path to the packages found there."""
    return {
        found.evidence.path: [p.name for p in found.evidence.packages]
        for found in record.found
        if found.evidence.packages
    }


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_wanted_files_are_parsed_and_all_is_hashed(compression: str) -> None:
    """The record holds the evidence, every path, and the digest of the bytes."""
    tree: ib.Tree = {
        "etc": ib.Directory(),
        "a.pkg": b"one 1",
        "etc/other": b"x",
        "l": ib.Symlink("a.pkg"),
    }
    record = record_of(tree, compression=compression)

    assert {"a.pkg": ["one"]} == packages(record)
    assert "a.pkg\0etc/other\0l" == record.paths
    assert "etc" == record.directories
    assert (("l", "a.pkg"),) == record.symlinks
    assert ib.sha256(ib.layer_tar(tree)) == record.diff_id
    assert (4, 1) == (record.entries, record.files_read)


def test_whiteouts_are_no_files() -> None:
    """Whiteouts and opaque marks are kept as what they hide; aufs' own names are left out."""
    record = record_of(
        {"a/.wh.b": b"", "c/.wh..wh..opq": b"", ".wh..wh.plnk": b"", "d/x.wh.y": b""}
    )

    assert (("a/b",), ("c",), "d/x.wh.y") == (
        record.whiteouts,
        record.opaque,
        record.paths,
    )


@pytest.mark.parametrize("name", [".wh.", ".wh..", ".wh..."])
def test_a_whiteout_of_nothing_is_refused(name: str) -> None:
    """A whiteout cannot name the directory itself or its parent."""
    with pytest.raises(ImageError, match="whiteout"):
        record_of({f"a/{name}": b""})


def test_hard_links_to_wanted_names_are_read() -> None:
    """A wanted name may share its body with one that went by unread, before or after it."""
    record = record_of({"store/1f": b"one 1", "a.pkg": ib.Hardlink("store/1f")})

    assert {"a.pkg": ["one"]} == packages(record)


def test_a_hard_link_without_its_body_is_a_problem() -> None:
    """A link into nothing is told, not passed over."""
    record = record_of({"a.pkg": ib.Hardlink("gone")})

    assert ("is a hard link to gone, which this layer does not hold",) == (
        record.found[0].evidence.problems
    )


def test_a_file_written_twice_counts_once() -> None:
    """Of two entries for one path the later one is the file."""
    tar = ib.layer_tar({"a.pkg": b"old 1"})[:1024] + ib.layer_tar({"a.pkg": b"new 2"})
    blob = replace(blob_of({}), open=lambda: io.BytesIO(tar), diff_id="", digest="")

    assert {"a.pkg": ["new"]} == packages(read_layer(blob, SELECTOR))


def test_files_of_one_directory_arrive_together() -> None:
    """A grouped cataloger sees a database with its log, and not one of another directory."""
    record = record_of({"db1/main-wal": b"w", "db2/main": b"m", "db1/main": b"m"})

    assert [(("seen", "db1/main+db1/main-wal"),), (("seen", "db2/main"),)] == [
        found.evidence.facts for found in record.found
    ]


def test_executables_are_told_by_magic_and_mode() -> None:
    """Only an executable file that starts as ELF is handed on for being one."""
    elf = b"\x7fELF" + bytes(60)
    record = record_of(
        {
            "bin/a": ib.File(elf, 0o755),
            "bin/b": ib.File(elf),
            "bin/c": ib.File(b"#!/bin/sh" + bytes(99), 0o755),
        }
    )

    assert ["bin/a"] == [found.evidence.path for found in record.found]


def test_a_large_file_is_not_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body over the bound is mapped from a file and parsed all the same."""
    monkeypatch.setattr(collect, "IN_MEMORY", 3)

    assert {"a.pkg": ["one"]} == packages(record_of({"a.pkg": b"one 1"}))


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"broken", "is not a list of packages"),
        (b"bug", "the cataloger itself failed: KeyError: 'oops'"),
        (b"x" * 10_001, "is 10001 bytes, more than the 10000 that are read"),
    ],
)
def test_one_bad_file_does_not_lose_the_others(body: bytes, problem: str) -> None:
    """What cannot be read is a problem of that file alone."""
    record = record_of({"bad.pkg": body, "good.pkg": b"one 1"})

    assert {"good.pkg": ["one"]} == packages(record)
    assert [(problem,)] == [
        f.evidence.problems for f in record.found if f.evidence.problems
    ]


@pytest.mark.parametrize("field", ["diff_id", "digest"])
def test_other_bytes_than_claimed_are_refused(field: str) -> None:
    """Neither a wrong diff ID nor a wrong blob digest passes."""
    blob = blob_of({"a.pkg": b"one 1"}, compression="gzip")
    zeros = "sha256:" + "0" * 64
    wrong = (
        replace(blob, diff_id=zeros)
        if field == "diff_id"
        else replace(blob, digest=zeros)
    )

    with pytest.raises(DigestMismatchError, match="layer 1 of 1.*" + "0" * 64):
        read_layer(wrong, SELECTOR)


def test_bytes_behind_the_tar_are_hashed_too() -> None:
    """What follows the last entry is part of the diff ID."""
    data = ib.layer_tar({"a.pkg": b"one 1"}) + b"more"
    blob = replace(
        blob_of({}), open=lambda: io.BytesIO(data), diff_id=ib.sha256(data), digest=""
    )

    assert ib.sha256(data) == read_layer(blob, SELECTOR).diff_id


def test_all_wanted_bytes_together_are_bounded() -> None:
    """Many package files cannot add up without end."""
    with pytest.raises(LimitError, match="8 bytes"):
        read_layer(
            blob_of({"a.pkg": b"one 1", "b.pkg": b"two 2"}),
            SELECTOR,
            limits=Limits(wanted_bytes=8),
        )


def test_a_layer_that_is_no_tar_is_refused() -> None:
    """Text in the place of a layer is an error that names the layer."""
    blob = replace(
        blob_of({}), open=lambda: io.BytesIO(b"no tar" * 200), diff_id="", digest=""
    )

    with pytest.raises(ImageError, match="layer 1 of 1: no tar header at byte 0"):
        read_layer(blob, SELECTOR)


def test_a_record_survives_its_file() -> None:
    """What is dumped is what is loaded, and the same record gives the same bytes."""
    record = record_of(
        {"a.pkg": b"one 1\ntwo 2", "b/.wh.c": b"", "l": ib.Symlink("x"), "e/main": b""}
    )

    assert record == load(dump(record))
    assert dump(record) == dump(
        record_of(
            {
                "a.pkg": b"one 1\ntwo 2",
                "b/.wh.c": b"",
                "l": ib.Symlink("x"),
                "e/main": b"",
            }
        )
    )
