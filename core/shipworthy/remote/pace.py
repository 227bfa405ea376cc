"""
Lines that must bring something: what a time-out between two bytes does not hold.

A server that sends a byte now and then never times out and would keep a reader for ever. So of the time that is
spent waiting for a line, every ``Patience.slow`` seconds must bring ``LEAST`` bytes, of a head or of a body; how
long the reader takes between two reads does not count. And an answer that ends in its head, which
:mod:`http.client` takes for one with fewer headers, is a line that dropped.
"""

from __future__ import annotations

import http.client
import io
import time
from functools import partial
from typing import Any

import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from shipworthy.remote.transfer import SlowError


LEAST = 16 * 1024
"""Bytes; with the usual patience what a modem of the 1980s brings in that time."""


class Paced(HTTPAdapter):
    """Connections that give up a line that brings less than ``LEAST`` bytes in ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self._pools = _pools(seconds)
        super().__init__()

    def init_poolmanager(self, *given: Any, **more: Any) -> None:
        """Make the pool, as requests asks."""
        super().init_poolmanager(*given, **more)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *given: Any, **more: Any) -> Any:
        """Make the pool to a proxy, as requests asks."""
        manager = super().proxy_manager_for(*given, **more)
        if isinstance(manager, urllib3.ProxyManager):  # not SOCKS, which has its own
            manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(seconds: float) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    paced: Any = staticmethod(partial(_Response, seconds=seconds))

    class Plain(HTTPConnection):
        response_class = paced

    class Encrypted(HTTPSConnection):
        response_class = paced

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


class _Response(http.client.HTTPResponse):
    """An answer whose bytes come by way of a :class:`_Line`."""

    def __init__(self, sock: Any, *given: Any, seconds: float, **more: Any) -> None:
        super().__init__(sock, *given, **more)
        self._line = _Line(self.fp.detach(), seconds)
        self.fp = io.BufferedReader(self._line)

    def begin(self) -> None:
        """Read the head; raises what :mod:`http.client` raises of a line that drops where it is not whole."""
        super().begin()
        if self._line.has_ended:
            raise http.client.RemoteDisconnected("ended in its head")


class _Line(io.RawIOBase):
    """The bytes of a socket, as long as enough of them come."""

    def __init__(self, raw: io.RawIOBase, seconds: float) -> None:
        self._raw = raw
        self._seconds = seconds
        self._waited = 0.0
        self._came = 0
        self.has_ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        begun = time.monotonic()
        count: int | None = self._raw.readinto(buffer)
        self._waited += time.monotonic() - begun
        self._came += count or 0
        self.has_ended = count == 0
        if self._came >= LEAST:
            self._waited, self._came = 0.0, 0
        elif self._waited > self._seconds and count:
            raise SlowError(f"{self._came} bytes in {self._waited:.0f} s")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
