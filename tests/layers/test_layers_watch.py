"""Watching layers being read: every stored byte is counted, wherever it is read, and reading stays as it is."""

from __future__ import annotations

import io
import multiprocessing
import os
import random
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import imagebuilder as ib
import pytest
from layers.fakes import SELECTOR, blob_of

from shipworthy.errors import ImageError
from shipworthy.images.interface import UNKNOWN
from shipworthy.layers import gather as gathering
from shipworthy.layers import watch as watching
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.gather import gather
from shipworthy.layers.progress import Waiting, Watching
from shipworthy.layers.read import LayerBlob
from shipworthy.layers.workers import can_fork
from shipworthy.streams.inflate import Stream


_LARGE = 16 * 1024 * 1024


class Seen:
    """Writes down what is shown."""

    def __init__(self, during: Callable[[], object] = lambda: None) -> None:
        self.texts: list[str] = []
        self.layers: Sequence[Waiting] = ()
        self.counts: list[tuple[int, ...]] = []
        self.last: dict[int, int] = {}
        self.ends = 0
        self.where: set[int] = set()
        self._during = during

    def __call__(self, text: str, /) -> None:
        """Take a line."""
        self.texts.append(text)

    def begin(self, layers: Sequence[Waiting]) -> None:
        """Take the layers."""
        self.layers = layers

    def update(self, counts: Sequence[int]) -> None:
        """Take the counts, and where they were shown."""
        self._during()
        self.counts.append(tuple(counts))
        self.where.add(os.getpid())

    def finish(self, at: int) -> None:
        """Take what was counted last of the layer."""
        self.last[at] = self.counts[-1][at]

    def end(self) -> None:
        """Count the ends."""
        self.ends += 1


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Counts are looked at as often as can be, and no worker is left."""
    monkeypatch.setattr(watching, "EVERY", 0.0)
    monkeypatch.setattr(gathering, "cores", lambda: 2)
    yield
    assert [] == multiprocessing.active_children()


def layers(count: int, size: int = 900_000) -> list[LayerBlob]:
    """Layers of noise, which gzip makes no smaller."""
    noise = random.Random(7)
    return [
        replace(
            blob_of(
                {f"{i}.pkg": f"p {i}".encode(), "noise": noise.randbytes(size)},
                compression="gzip",
            ),
            name=f"layer {i + 1} of {count}",
            instruction=f"RUN {i}",
        )
        for i in range(count)
    ]


def stored(blob: LayerBlob) -> int:
    """Bytes of a layer as it is stored."""
    stream = blob.open()
    return sum(len(part) for part in iter(lambda: stream.read(1 << 20), b""))


def test_bytes_read_in_other_processes_are_counted_exactly() -> None:
    """Looking from here takes no thread, so layers are still read in processes of their own."""
    blobs = layers(5)
    sizes = [stored(blob) for blob in blobs]
    opened: list[int] = []

    def open_here(blob: LayerBlob) -> Stream:
        opened.append(1)
        return blob.open()

    seen = Seen(during=assert_can_fork)
    told = [replace(blob, open=partial(open_here, blob)) for blob in blobs]
    records = gather(told, SELECTOR, None, sizes=[_LARGE] * 5, progress=seen)

    assert isinstance(seen, Watching)
    assert [] == opened
    assert {os.getpid()} == seen.where
    assert dict(enumerate(sizes)) == seen.last
    assert (*sizes, 0) == seen.counts[-1]
    assert 1 == seen.ends
    assert records == gather(blobs, SELECTOR, None, sizes=sizes)


def assert_can_fork() -> None:
    """No thread but this one runs here."""
    assert can_fork()


@pytest.mark.parametrize("threads", [False, True])
def test_bytes_read_in_this_process_are_counted_exactly(
    monkeypatch: pytest.MonkeyPatch, *, threads: bool
) -> None:
    """One layer, or several in threads: counts grow while they are read, and one thread shows them at a time."""
    showing = threading.Lock()

    def alone() -> None:
        assert showing.acquire(blocking=False)
        time.sleep(0.001)
        showing.release()

    monkeypatch.setattr(gathering, "can_fork", lambda: False)
    blobs = layers(3 if threads else 1)
    sizes = [stored(blob) for blob in blobs]
    seen = Seen(during=alone)
    gather(blobs, SELECTOR, None, sizes=sizes, progress=seen)

    assert dict(enumerate(sizes)) == seen.last
    # With several threads a look may fall to the other one.
    assert threads or len({counts[0] for counts in seen.counts}) > 2
    assert {os.getpid()} == seen.where


def test_layers_are_told_as_the_image_has_them() -> None:
    """Number, digest and instruction of those that are read, and no size where none is known."""
    blobs = layers(2, 10)
    seen = Seen()
    gather(blobs, SELECTOR, None, sizes=[-1, 7], progress=seen)

    expected = [
        Waiting(
            number=at + 1,
            count=2,
            digest=blob.digest,
            instruction=f"RUN {at}",
            size=size,
        )
        for at, (blob, size) in enumerate(zip(blobs, [0, 7], strict=True))
    ]
    assert expected == seen.layers
    assert [] == seen.texts


def test_known_layers_are_not_shown(tmp_path: Path) -> None:
    """Of an image on a known base what is new is shown; of a known image nothing."""
    blobs = layers(3, 10)
    cache = LayerCache(tmp_path, SELECTOR.fingerprint)
    gather(blobs[:2], SELECTOR, cache, sizes=[1, 1])
    new, none = Seen(), Seen()
    for seen in (new, none):
        gather(blobs, SELECTOR, cache, sizes=[1, 1, 1], progress=seen)

    assert [3] == [layer.number for layer in new.layers]
    assert ((), [], 0) == (none.layers, none.counts, none.ends)


def test_a_second_look_counts_nothing_twice() -> None:
    """A hard link to a body that went by has the layer read again."""
    blob = blob_of({"x": b"one 1", "a.pkg": ib.Hardlink("x")}, compression="gzip")
    seen = Seen()
    gather([blob], SELECTOR, None, sizes=[stored(blob)], progress=seen)

    assert {0: stored(blob)} == seen.last
    assert all(counts[0] <= stored(blob) for counts in seen.counts)


class Passing(io.BytesIO):
    """A layer as it comes by in an export, without a name."""

    digest = ""

    def again(self) -> Stream:
        """The same bytes."""
        return io.BytesIO(self.getvalue())

    def identify(self, diff_id: str) -> None:
        """Take no note."""


def test_a_layer_that_its_bytes_tell_gets_what_was_counted() -> None:
    """Until then its bytes stand by themselves; those of one that is not wanted are forgotten."""
    blobs = layers(2)
    other = blob_of({"other": b"1"})
    parts = [blobs[1], other, blobs[0]]
    sizes = [stored(blob) for blob in blobs]

    def in_order(wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        del wanted
        for blob in parts:
            yield UNKNOWN, Passing(blob.open().read(1 << 30))

    seen = Seen()
    gather(blobs, SELECTOR, None, sizes=[0, 0], in_order=in_order, progress=seen)

    assert [1, 0] == list(seen.last)
    assert {1: sizes[1], 0: sizes[0]} == seen.last
    assert any(counts[-1] for counts in seen.counts)
    assert (*sizes, 0) == seen.counts[-1]


@pytest.mark.parametrize("large", [False, True])
def test_what_a_progress_raises_ends_the_scan(*, large: bool) -> None:
    """It comes out as it is, from reading here and from waiting for others, and is told the end."""

    def fail() -> None:
        raise RuntimeError("enough")

    seen = Seen(during=fail)
    size = _LARGE if large else 1
    with pytest.raises(RuntimeError, match="enough"):
        gather(layers(3), SELECTOR, None, sizes=[size] * 3, progress=seen)

    assert 1 == seen.ends


def test_a_layer_that_fails_ends_the_watching() -> None:
    """The error is the layer's, and whoever watches is told the end."""
    blobs = layers(3)

    def unreadable() -> Stream:
        raise ImageError("opened")

    seen = Seen()
    blobs[1] = replace(blobs[1], open=unreadable)
    with pytest.raises(ImageError, match="opened"):
        gather(blobs, SELECTOR, None, sizes=[_LARGE] * 3, progress=seen)

    assert 1 == seen.ends


def test_whoever_takes_lines_gets_them_and_nothing_is_counted() -> None:
    """A plain callable is told of each layer, and stands in no byte's way."""
    told: list[str] = []
    blobs = layers(2, 10)
    with watching.watch(told.append, blobs, [0, 1], [1, 1]) as watched:
        assert blobs[0] is watched.counted(blobs[0], 0, alone=True)
        assert watched.meanwhile is None
    gather(blobs, SELECTOR, None, sizes=[1, 1], progress=told.append)

    assert ["read layer 1 of 2", "read layer 2 of 2"] == sorted(told)
