"""
Streams that come one after the other, each parsed in another process while this one goes on receiving.

What an engine exports, or what an archive that is compressed as a whole holds, has one reader; receiving or inflating it keeps
one core busy, hashing and parsing it another. So the reader hands the bytes of each layer on through a pipe. What is
short is read right here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from io import FileIO
from itertools import chain

from shipworthy.layers.workers import Worker, can_fork, cores
from shipworthy.streams.inflate import Readable, Stream
from shipworthy.streams.parts import Parts


WORTH = 4 * 1024 * 1024
"""Bytes that a stream must have before a process is started for it."""

_STEP = 1024 * 1024

Work = Callable[[Stream, bool], bytes]
"""Reads a stream to its end; told whether it is all that goes on, so that nobody calls ``meanwhile`` but itself."""
Take = Callable[[], bytes]


class AtOnce:
    """Reads each stream in this process, before the next comes."""

    def read(self, stream: Stream, work: Work) -> Take:
        """What to call for what ``work`` made of ``stream``; raises what it raises."""
        data = work(stream, True)
        return lambda: data

    def close(self) -> None:
        """Nothing is left to end."""


class Relay:
    """
    Hands streams on to processes of their own; only for a process without other threads (:func:`~shipworthy.layers.workers.can_fork`).

    Args:
        meanwhile: Called several times a second as long as bytes are handed on or waited for.
    """

    def __init__(self, meanwhile: Callable[[], None] | None = None) -> None:
        self._meanwhile = meanwhile
        self._readings: set[_Reading] = set()

    def read(self, stream: Stream, work: Work) -> Take:
        """
        What to call, once, for what ``work`` makes of ``stream``, which was read to its end when this returns.

        Raises what reading ``stream`` raises, and what ``work`` does where it stops before the end.
        """
        head = _head(stream)
        if sum(map(len, head)) < WORTH:
            data = work(Parts(iter(head)), True)
            return lambda: data
        reading = _Reading(head, work, self._meanwhile)
        self._readings.add(reading)
        reading.feed(stream)

        def take() -> bytes:
            self._readings.discard(reading)
            return reading.finish()

        return take

    def close(self) -> None:
        """End all processes."""
        for reading in self._readings:
            reading.end()


def relay(meanwhile: Callable[[], None] | None) -> AtOnce | Relay:
    """Who reads streams: processes of their own, where there is a core for them and this one may be forked."""
    return Relay(meanwhile) if cores() > 1 and can_fork() else AtOnce()


class _Reading:
    """One stream in the hands of another process."""

    def __init__(
        self, head: Sequence[bytes], work: Work, meanwhile: Callable[[], None] | None
    ) -> None:
        self._meanwhile = meanwhile
        self._data: bytes | None = None
        out, self._into = os.pipe()
        _widen(out)

        def there(_: int) -> bytes:
            # Closed however it ends, or who writes would wait for ever.
            with FileIO(out) as pipe:
                rest = iter(partial(pipe.read, _STEP), b"")
                return work(Parts(chain(head, rest)), False)

        try:
            self._worker = Worker(there, first=lambda: os.close(self._into))
        except BaseException:
            os.close(self._into)
            raise
        finally:
            os.close(out)
        self._worker.line.send(0)

    def feed(self, stream: Readable) -> None:
        """Hand on all of ``stream``."""
        try:
            while data := stream.read(_STEP):
                view = memoryview(data)
                while view:
                    view = view[os.write(self._into, view) :]
                if self._meanwhile:
                    self._meanwhile()
        except BrokenPipeError:
            self.finish()  # it wants no more, or has failed
        finally:
            os.close(self._into)

    def finish(self) -> bytes:
        """The result, waited for; raises the error that was met."""
        if self._data is None:
            try:
                self._data = self._worker.result(self._meanwhile)
            finally:
                self.end()
        return self._data

    def end(self) -> None:
        """End the process."""
        self._worker.end()


def _head(stream: Readable) -> list[bytes]:
    """The first portions of a stream, all of them where they are less than :data:`WORTH`."""
    parts, size = [], 0
    while size < WORTH and (part := stream.read(_STEP)):
        parts.append(part)
        size += len(part)
    return parts


def _widen(pipe: int) -> None:
    """Let the pipe hold more, where the system allows it: fewer changes between the two."""
    import fcntl  # not there on every system, while pipes to processes are on Linux alone

    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _STEP)
    except OSError:
        return
