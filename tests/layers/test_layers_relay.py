"""Streams handed on to other processes: the same records, the same errors, and no process is left."""

from __future__ import annotations

import io
import multiprocessing
import os
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from layers.fakes import SELECTOR, blob_of
from layers.test_layers_watch import Passing

from shipworthy.errors import DigestMismatchError, ImageError, LimitError, ScanError
from shipworthy.images.interface import UNKNOWN
from shipworthy.layers import relay as relays
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.gather import gather
from shipworthy.layers.read import LayerBlob
from shipworthy.layers.relay import WORTH, AtOnce, Relay
from shipworthy.layers.workers import can_fork
from shipworthy.streams.inflate import Stream


pytestmark = pytest.mark.skipif(not can_fork(), reason="needs a system that may fork")


def open_files() -> int:
    """How many descriptors this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Whatever a test does, its processes end with it, and no pipe stays open."""
    before = open_files()
    yield

    assert [] == multiprocessing.active_children()
    assert before == open_files()


@pytest.fixture
def _two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which handing on is worth it."""
    monkeypatch.setattr(relays, "cores", lambda: 2)


def counted(stream: Stream, alone: bool) -> bytes:
    """How many bytes there are, and which process read them."""
    size = 0
    while part := stream.read(1 << 16):
        size += len(part)
    stream.close()
    return f"{size} {os.getpid()} {alone}".encode()


@pytest.mark.parametrize("size", [0, 1, WORTH - 1, WORTH, WORTH + 1, 3 * WORTH + 7])
def test_every_byte_is_handed_on(size: int) -> None:
    """A short stream is read here; of a long one the other process gets all, from the first byte."""
    with closing(Relay()) as relay:
        told, pid, alone = relay.read(io.BytesIO(bytes(size)), counted)().split()

    assert size == int(told)
    assert (size < WORTH) == (int(pid) == os.getpid()) == (alone == b"True")


def test_the_next_stream_is_taken_before_the_last_is_asked_for() -> None:
    """What was made of each is had later, in any order."""
    with closing(Relay()) as relay:
        takes = [relay.read(io.BytesIO(bytes(WORTH + n)), counted) for n in range(3)]
        sizes = [int(take().split()[0]) for take in reversed(takes)]

    assert [WORTH + 2, WORTH + 1, WORTH] == sizes


def test_who_waits_is_called_meanwhile() -> None:
    """While bytes are handed on, and while the result is waited for."""
    calls: list[int] = []
    with closing(Relay(lambda: calls.append(1))) as relay:
        take = relay.read(io.BytesIO(bytes(3 * WORTH)), counted)
        handed_on = len(calls)
        take()

    assert handed_on >= 8


def test_work_that_fails_early_stops_the_handing_on() -> None:
    """Its error comes out of the reading, and the rest of the stream is not read."""

    def fail(stream: Stream, alone: bool) -> bytes:
        raise LimitError(f"enough of {type(stream).__name__}, {alone}")

    stream = io.BytesIO(bytes(8 * WORTH))
    with closing(Relay()) as relay, pytest.raises(LimitError, match="enough"):
        relay.read(stream, fail)

    assert stream.tell() < 8 * WORTH


def test_a_process_that_is_killed_is_told() -> None:
    """As out of memory: an error of ours, and nobody waits for ever."""

    def die(stream: Stream, alone: bool) -> bytes:
        os._exit(len(stream.read(8)) + alone)

    with closing(Relay()) as relay, pytest.raises(ScanError, match="without a result"):
        relay.read(io.BytesIO(bytes(2 * WORTH)), die)()


def test_a_source_that_dies_ends_all() -> None:
    """What reading it raises comes out, though the other process would wait for more."""

    class Dying(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            if not data:
                raise ImageError("the engine ended the connection")
            return data

    with closing(Relay()) as relay, pytest.raises(ImageError, match="connection"):
        relay.read(Dying(bytes(2 * WORTH)), counted)


def large(count: int) -> list[LayerBlob]:
    """Layers that are worth a process each, and a short one between them."""
    trees = [
        {f"{n}.pkg": f"p {n}".encode(), "bulk": os.urandom(1) * (WORTH * (n % 3))}
        for n in range(count)
    ]
    return [blob_of(tree) for tree in trees]


def backwards(
    blobs: list[LayerBlob], wanted: Collection[int]
) -> Iterator[tuple[int, Stream]]:
    """The layers of a source whose order is its own."""
    for index in sorted(wanted, reverse=True):
        yield index, blobs[index].open()


@pytest.mark.usefixtures("_two_cores")
def test_records_are_those_of_reading_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte, in the cache too."""
    blobs = large(5)
    caches = [LayerCache(tmp_path / name, SELECTOR.fingerprint) for name in "ab"]

    def read(cache: LayerCache) -> object:
        return gather(
            blobs,
            SELECTOR,
            cache,
            sizes=[0] * 5,
            in_order=lambda wanted: backwards(blobs, wanted),
        )

    here = read(caches[0])
    monkeypatch.setattr(relays, "can_fork", lambda: False)

    assert isinstance(relays.relay(None), AtOnce)
    assert here == read(caches[1])
    stored = [
        {p.name: p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        for name in "ab"
    ]
    assert stored[0] == stored[1]


@pytest.mark.usefixtures("_two_cores")
def test_layers_that_only_their_bytes_tell_are_found() -> None:
    """One that is nobody's is passed over; the others go where they belong."""
    blobs = large(3)
    other = blob_of({"other": bytes(2 * WORTH)})

    def in_order(wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        del wanted
        for blob in (blobs[2], other, blobs[0], blobs[1]):
            yield UNKNOWN, Passing(blob.open().read(1 << 30))

    records = gather(blobs, SELECTOR, None, sizes=[0] * 3, in_order=in_order)

    assert [blob.diff_id for blob in blobs] == [one.diff_id for one in records]


@pytest.mark.usefixtures("_two_cores")
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_layer_that_is_another_is_refused(at: int) -> None:
    """Whichever it is, and though the next one is being received already."""
    blobs = large(3)
    false = blob_of({"false": bytes(2 * WORTH)})

    def in_order(wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        for index in sorted(wanted):
            yield index, (false if index == at else blobs[index]).open()

    with pytest.raises(DigestMismatchError, match="uncompressed bytes"):
        gather(blobs, SELECTOR, None, sizes=[0] * 3, in_order=in_order)
