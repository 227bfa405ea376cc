"""
Streams that come one after the other, each parsed in another process while this one goes on receiving.

What an engine exports, or what an archive that is compressed as a whole holds, has one reader; receiving or inflating it keeps
one core busy, hashing and parsing it another. So the reader hands the bytes of each layer on through a pipe. What is
short is read right here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing

from shipworthy.layers.workers import Worker, can_fork, cores
from shipworthy.streams.inflate import Readable, Stream


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
        if len(head) < WORTH:
            data = work(_Rest(head, None), True)
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
        self, head: bytes, work: Work, meanwhile: Callable[[], None] | None
    ) -> None:
        self._meanwhile = meanwhile
        self._data: bytes | None = None
        out, self._into = os.pipe()
        _widen(out)

        def there(_: int) -> bytes:
            # Closed however it ends, or who writes would wait for ever.
            with closing(_Rest(head, out)) as rest:
                return work(rest, False)

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


class _Rest:
    """What was read ahead of a stream, and then what comes through a pipe."""

    def __init__(self, head: bytes, pipe: int | None) -> None:
        self._head = memoryview(head)
        self._pipe = pipe

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        size = size if 0 < size < _STEP else _STEP
        if self._head:
            data, self._head = bytes(self._head[:size]), self._head[size:]
            return data
        return os.read(self._pipe, size) if self._pipe is not None else b""

    def close(self) -> None:
        """Want no more; who writes is told so."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None


def _head(stream: Readable) -> bytes:
    """The first bytes of a stream, all of them where there are fewer than :data:`WORTH`."""
    parts, size = [], 0
    while size < WORTH and (part := stream.read(_STEP)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _widen(pipe: int) -> None:
    """Let the pipe hold more, where the system allows it: fewer changes between the two."""
    import fcntl  # not there on every system, while pipes to processes are on Linux alone

    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _STEP)
    except OSError:
        return
