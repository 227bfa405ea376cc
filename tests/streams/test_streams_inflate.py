"""Decompression: what comes out is what went in, and nothing hostile grows."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.errors import ImageError, LimitError
from shipworthy.model.limits import Limits
from shipworthy.streams import inflate as module
from shipworthy.streams.inflate import CHUNK, compression_of, inflate


DATA = bytes(range(256)) * 5000


def out(data: bytes, **limits: int) -> bytes:
    """Everything that comes out."""
    return b"".join(inflate(io.BytesIO(data), name="x", limits=Limits(**limits)))


@pytest.mark.parametrize(
    "stored",
    [
        DATA,
        gzip.compress(DATA),
        gzip.compress(DATA[:1000]) + gzip.compress(DATA[1000:]),
        gzip.compress(DATA) + bytes(512),
        zstandard.ZstdCompressor().compress(DATA),
        zstandard.ZstdCompressor().compress(DATA[:7])
        + zstandard.ZstdCompressor().compress(DATA[7:]),
        b"\x50\x2a\x4d\x18\x04\0\0\0skip" + zstandard.ZstdCompressor().compress(DATA),
        b"",
        b"abc",
    ],
    ids=[
        "plain",
        "gzip",
        "two gzip members",
        "gzip with zero padding",
        "zstd",
        "two zstd frames",
        "zstd behind a skippable frame",
        "nothing",
        "shorter than a magic number",
    ],
)
def test_the_bytes_come_out_whatever_the_compression(stored: bytes) -> None:
    """Compression is told by the first bytes and taken off wholly."""
    expected = stored if stored in {b"", b"abc"} else DATA

    assert expected == out(stored)


def test_the_standard_library_serves_where_isal_is_absent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Machines without isal read the same bytes, only slower."""
    inner = module._ZlibInflater
    monkeypatch.setattr(module, "_inflater", lambda: (inner(), (zlib.error,)))

    assert DATA == out(gzip.compress(DATA[:99]) + gzip.compress(DATA[99:]))


@pytest.mark.parametrize(
    ("stored", "word"),
    [
        (bz2.compress(DATA), "bzip2"),
        (lzma.compress(DATA), "xz"),
        (b"\x04\x22\x4d\x18" + DATA[:50], "lz4"),
        (gzip.compress(DATA)[:-9], "ends in the middle"),
        (gzip.compress(DATA)[:40] + b"\xff" * 900, "corrupt"),
        (gzip.compress(DATA) + b"garbage", "garbage follows"),
        (b"\x28\xb5\x2f\xfd\x20\x05\x07\x00\x00", "corrupt"),
    ],
    ids=["bzip2", "xz", "lz4", "cut", "broken", "garbage", "broken zstd"],
)
def test_what_cannot_be_inflated_is_named(stored: bytes, word: str) -> None:
    """Unknown or damaged compression is an error that says which and where."""
    with pytest.raises(ImageError, match=word):
        out(stored)


def test_a_bomb_by_ratio_is_stopped() -> None:
    """More output than the ratio allows is refused once the threshold is passed."""
    bomb = gzip.compress(bytes(8 * CHUNK))

    with pytest.raises(LimitError, match="400 to 1"):
        out(bomb, ratio_from=4 * CHUNK)


def test_a_layer_over_the_bound_is_stopped() -> None:
    """The uncompressed size is bounded whatever the ratio."""
    with pytest.raises(LimitError, match="1000 bytes uncompressed"):
        out(DATA, layer_bytes=1000)


@pytest.mark.parametrize("how", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_no_chunk_is_larger_than_the_bound(how: object) -> None:
    """A highly compressible input never comes out in one piece."""
    assert callable(how)

    assert all(
        len(chunk) <= CHUNK
        for chunk in inflate(io.BytesIO(how(bytes(5 * CHUNK))), name="x")
    )


def test_skippable_frames_count_as_zstd() -> None:
    """All sixteen magic numbers of skippable frames are zstd's (RFC 8878, 3.1.2)."""
    assert {"zstd"} == {
        compression_of(bytes([b, 0x2A, 0x4D, 0x18])) for b in range(0x50, 0x60)
    }


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"])
)
def test_only_our_errors_escape(tail: bytes, head: bytes) -> None:
    """Whatever the bytes, the answer is bytes or an ImageError."""
    with suppress(ImageError):
        out(head + tail)
