"""The tar walk: every format's entries, normalised and bounded."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from contextlib import suppress

import imagebuilder as ib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.errors import ImageError, LimitError
from shipworthy.model.limits import Limits
from shipworthy.streams.header import normal_path
from shipworthy.streams.tar import Entry, TarWalker


def chunks(data: bytes, size: int) -> Iterator[bytes]:
    """The data in portions."""
    return (data[at : at + size] for at in range(0, len(data), size))


def walk(data: bytes, size: int = 700, **limits: int) -> list[tuple[Entry, bytes]]:
    """All entries with their bodies."""
    walker = TarWalker(chunks(data, size), name="x.tar", limits=Limits(**limits))
    return [(entry, walker.body()) for entry in walker]


LONG = "d/" * 60 + "n" * 200
TREE: ib.Tree = {
    "dir": ib.Directory(),
    "dir/file": b"one",
    LONG: b"two" * 1000,
    "exe": ib.File(b"\x7fELF", 0o755),
    "link": ib.Symlink("../" + "t" * 150),
    "hard": ib.Hardlink("dir/file"),
    "ünï/cödé": b"three",
}


@pytest.mark.parametrize("size", [1, 511, 512, 513, 100_000])
@pytest.mark.parametrize(
    "tar_format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "gnu"]
)
def test_entries_come_as_they_went_in(tar_format: int, size: int) -> None:
    """Paths, kinds, modes, links and bodies survive any chunking and both formats."""
    seen = walk(ib.layer_tar(TREE, tar_format=tar_format), size)

    assert [
        ("dir", "directory", b""),
        ("dir/file", "file", b"one"),
        (LONG, "file", b"two" * 1000),
        ("exe", "file", b"\x7fELF"),
        ("link", "symlink", b""),
        ("hard", "hardlink", b""),
        ("ünï/cödé", "file", b"three"),
    ] == [(entry.path, entry.kind, body) for entry, body in seen]
    assert 0o755 == seen[3][0].mode
    assert "../" + "t" * 150 == seen[4][0].link
    assert "dir/file" == seen[5][0].link


def test_ustar_prefixes_are_joined() -> None:
    """POSIX.1-1988 splits a long path over two fields."""
    path = "p" * 100 + "/" + "q" * 80

    assert [path] == [
        e.path
        for e, _ in walk(ib.layer_tar({path: b""}, tar_format=tarfile.USTAR_FORMAT))
    ]


def test_base256_sizes_are_read() -> None:
    """GNU tar writes sizes of 8 GiB and more in binary."""
    info = tarfile.TarInfo("big")
    info.size = 9 * 1024**3
    header = info.tobuf(tarfile.GNU_FORMAT)
    walker = TarWalker(iter([header]), name="x.tar")

    assert 9 * 1024**3 == next(iter(walker)).size


def test_bodies_not_asked_for_are_skipped() -> None:
    """An entry whose body is left alone does not disturb the next."""
    data = ib.layer_tar({"a": b"x" * 5000, "b": b"y"})
    walker = TarWalker(chunks(data, 600), name="x.tar")

    assert ["a", "b"] == [entry.path for entry in walker]


def test_a_peek_leaves_the_body_whole() -> None:
    """Looking at the first bytes does not use them up."""
    walker = TarWalker(chunks(ib.layer_tar({"a": b"abcdef"}), 100), name="x.tar")
    next(iter(walker))

    assert (b"abc", b"abcdef") == (walker.peek(3), walker.body())


def test_a_sparse_file_is_told() -> None:
    """Sparse bodies are not what the file holds, so they are marked."""
    info = tarfile.TarInfo("sparse")
    info.type = tarfile.GNUTYPE_SPARSE
    data = info.tobuf(tarfile.GNU_FORMAT) + bytes(1024)

    assert [True] == [entry.sparse for entry, _ in walk(data)]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("./a/b", "a/b"),
        ("/a/b", "a/b"),
        ("a//b/", "a/b"),
        ("a/./b", "a/b"),
        ("a/x/../b", "a/b"),
        ("./", ""),
        (".", ""),
        ("a./b", "a./b"),
        ("..a/b..", "..a/b.."),
        ("a/..b", "a/..b"),
    ],
)
def test_paths_are_normalised(name: str, path: str) -> None:
    """All spellings of a path are one path."""
    assert path == normal_path(name, "x")


@pytest.mark.parametrize(
    "name", ["..", "../etc/passwd", "a/../../b", "/../b", "./../b"]
)
def test_a_path_that_leaves_the_root_is_refused(name: str) -> None:
    """No entry can claim a place outside of the image."""
    with pytest.raises(ImageError, match="leaves the root"):
        walk(ib.layer_tar({name: b""}))


@pytest.mark.parametrize(
    ("limits", "word"),
    [
        ({"entries": 2}, "2 entries"),
        ({"path": 100}, "the bound is 100"),
        ({"depth": 10}, "the bound is 10"),
        ({"tar_header": 100}, "100 bytes"),
    ],
)
def test_bounds_are_named(limits: dict[str, int], word: str) -> None:
    """Crossing a bound says which."""
    with pytest.raises(LimitError, match=word):
        walk(ib.layer_tar(TREE), **limits)


def test_a_wrong_checksum_is_refused() -> None:
    """One flipped bit of a header is not read as a header."""
    data = bytearray(ib.layer_tar({"a": b"x"}))
    data[3] ^= 1

    with pytest.raises(ImageError, match="byte 0, the checksum is wrong"):
        walk(bytes(data))


@pytest.mark.parametrize("keep", [1, 300, 511, 600, 1025, 3000])
def test_a_cut_tar_is_refused(keep: int) -> None:
    """An archive that ends inside an entry is an error with the place."""
    data = ib.layer_tar({"a": b"x" * 4000})

    with pytest.raises(ImageError, match="ends in the middle"):
        walk(data[:keep])


def test_closing_blocks_may_be_missing() -> None:
    """Some writers leave out the two zero blocks."""
    assert ["a"] == [e.path for e, _ in walk(ib.layer_tar({"a": b"x"})[:1024])]


def test_draining_reads_to_the_end() -> None:
    """What follows the archive is read too, since it is hashed."""
    source = chunks(ib.layer_tar({"a": b"x"}) + bytes(5000), 512)
    walker = TarWalker(source, name="x.tar")
    list(walker)
    walker.drain()

    assert b"" == next(source, b"")


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_only_our_errors_escape(data: st.DataObject) -> None:
    """Flipped, cut and shuffled archives give entries or an ImageError."""
    form = data.draw(st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]))
    raw = bytearray(ib.layer_tar(TREE, tar_format=form))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    with suppress(ImageError):
        walk(bytes(raw[:cut]))


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(
            st.characters(codec="utf-8", exclude_characters="\0/."),
            min_size=1,
            max_size=30,
        ),
        st.binary(max_size=2000),
        max_size=8,
    ),
    st.integers(1, 2000),
)
def test_any_files_come_back(tree: dict[str, bytes], size: int) -> None:
    """What the standard library writes is what is walked."""
    with tarfile.open(fileobj=io.BytesIO(ib.layer_tar(tree))) as tar:
        expected = [member.name for member in tar]

    assert expected == [e.path for e, _ in walk(ib.layer_tar(tree), size)]
    assert list(tree.values()) == [body for _, body in walk(ib.layer_tar(tree), size)]


def test_what_the_source_raises_is_no_end() -> None:
    """A bound crossed where an entry would begin is told; it does not end the walk as if all was read."""

    def source() -> Iterator[bytes]:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            tar.addfile(tarfile.TarInfo("first"))
        yield archive.getvalue()[:512]
        raise LimitError("more than the bound comes out")

    walker = TarWalker(source(), name="x.tar", limits=Limits())
    with pytest.raises(LimitError, match="more than the bound"):
        list(walker)
