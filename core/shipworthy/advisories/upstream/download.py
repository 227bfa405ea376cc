"""
Fetching one file: only when it has changed, from where the last try ended, whole or not at all.

A file that is there is asked for with its validators (RFC 9110, 13.1). One that was broken off
lies below ``.upstream`` with ``.part`` after its name and is completed (14.2) while the publisher's
tag says that it is still the same. What arrived replaces the file before it in one step, after
a look at its first bytes: a page that says sorry is no feed.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy.advisories.upstream.client import Client
from shipworthy.advisories.upstream.source import Source, Target, is_plain_path
from shipworthy.advisories.upstream.state import FOLDER, Known, State
from shipworthy.errors import FeedError, UnreachableError
from shipworthy.remote.transfer import CHUNK, Again
from shipworthy.values import dataclass


if TYPE_CHECKING:
    import requests

UNCHANGED = -1

_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)", re.ASCII)
_BEGINNINGS = {
    ".bz2": (b"BZh",),
    ".gz": (b"\x1f\x8b",),
    ".json": (b"{", b"["),
    ".xml": (b"<",),
    ".xz": (b"\xfd7zXZ",),
    ".zip": (b"PK",),
    ".zst": (b"\x28\xb5\x2f\xfd",),
}
_PACKED = frozenset(_BEGINNINGS) - {".json", ".xml"}


class StoppedError(Exception):
    """Nobody waits for the file any more; the part stays for the next run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a download may take."""

    longest: float = 7200.0
    """Seconds for one file, however steadily it trickles."""
    resumable: int = 1 << 20
    """Bytes from which on a part is worth keeping."""
    files: int = 5_000
    """Files of one source."""
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """Fetches files of one source into the feeds' directory."""

    source: Source
    client: Client
    state: State
    bounds: Bounds
    stop: threading.Event = field(default_factory=threading.Event)
    """Set when nobody waits any more."""

    def fetch(self, target: Target, url: str) -> int:
        """
        Have the file as the publisher has it now; gives the bytes received, or :data:`UNCHANGED`.

        Raises ``MissingError`` where it is not, ``UnreachableError`` where it cannot be had and
        ``FeedError`` where what came is not what was asked for.
        """
        received = self.client.tried(url, lambda: self._attempt(target, url))
        if received != UNCHANGED:
            self._keep(target)
        return received

    def part_of(self, path: str) -> Path:
        """Where a file lies until it is whole."""
        return self.state.root / FOLDER / f"{path}.part"

    def _attempt(self, target: Target, url: str) -> int:
        part, known = self.part_of(target.path), self.state.part(target.path)
        held = _size(part)
        if not (held and known and known.url == url and known.is_strong):
            held, known = 0, None
        headers = {"Accept": target.accept, "Accept-Encoding": _coding(target, held)}
        if known:
            headers.update({"Range": f"bytes={held}-", "If-Range": known.etag})
        else:
            headers.update(_validators(self.state.file(target.path), url))
        with self.client.get(url, headers) as response:
            if _is_packed(target):
                _as_it_is(response)
            if response.status_code == 304:
                if known or not headers.keys() & {"If-None-Match", "If-Modified-Since"}:
                    raise UnreachableError(f"{url}: says unchanged without being asked")
                return UNCHANGED
            if response.status_code in {206, 416}:
                if not _is_rest(response, held):
                    part.unlink(missing_ok=True)
                    raise Again("the rest is not of the part that is here")
            else:
                held = 0
                self._begin(target, url, response)
            return self._receive(part, response, held, url)

    def _begin(self, target: Target, url: str, response: requests.Response) -> None:
        """Note what the part to come is a part of."""
        known = Known(
            source=self.source.name,
            url=url,
            kept=target.path,
            etag=_header(response, "ETag"),
            modified=_header(response, "Last-Modified"),
        )
        length = _length(response)
        if length is not None and length > self.source.limit:
            raise UnreachableError(
                f"{url}: {length} bytes, more than the bound of {self.source.limit}"
            )
        self.part_of(target.path).parent.mkdir(parents=True, exist_ok=True)
        self.part_of(target.path).unlink(missing_ok=True)
        self.state.begin(
            target.path,
            known,
            save=known.is_strong and (length or 0) >= self.bounds.resumable,
        )

    def _receive(
        self, part: Path, response: requests.Response, held: int, url: str
    ) -> int:
        """Add the body to the part; what came stays for the next try unless it can be no part."""
        encoded = "Content-Encoding" in response.headers
        received = 0
        try:
            with part.open("ab") as file:
                for data in self._bounded(response, held, url):
                    file.write(data)
                    received += len(data)
        except BaseException as error:
            # What was inflated so far is no place to go on from.
            if encoded or isinstance(error, UnreachableError):
                part.unlink(missing_ok=True)
            raise
        length = _length(response)
        if length is not None and not encoded and received != length:
            raise Again(f"{received} of {length} bytes came")
        return received

    def _bounded(
        self, response: requests.Response, held: int, url: str
    ) -> Iterator[bytes]:
        """The body, as long as it keeps to the bounds."""
        until = self.bounds.clock() + self.bounds.longest
        size = held
        for data in response.iter_content(CHUNK):
            size += len(data)
            if self.stop.is_set():
                raise StoppedError
            if size > self.source.limit:
                raise UnreachableError(
                    f"{url}: more than the bound of {self.source.limit} bytes"
                )
            if self.bounds.clock() > until:
                raise UnreachableError(f"{url}: takes too long")
            yield data

    def _keep(self, target: Target) -> None:
        """Put what came in its place, if it looks like what was asked for."""
        part, known = self.part_of(target.path), self.state.part(target.path)
        assert known is not None
        try:
            place = _place(target, part)
        except FeedError:
            part.unlink(missing_ok=True)
            self.state.abandon(target.path)
            raise
        kept = self.state.root / place
        kept.parent.mkdir(parents=True, exist_ok=True)
        size = part.stat().st_size
        part.replace(kept)
        done = replace(known, kept=place, size=size)
        before = self.state.finish(target.path, done)
        if before:
            (self.state.root / before).unlink(missing_ok=True)


def _place(target: Target, part: Path) -> str:
    """Where what came belongs; raises ``FeedError`` for what is not what was asked for."""
    _check_beginning(part, target.path)
    place = target.name(part) if target.name else target.path
    if not is_plain_path(place):
        raise FeedError(f"{target.path}: asks for the name {place[:100]!r}")
    return place


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except OSError:
        return 0


def _coding(target: Target, held: int) -> str:
    """Text may come compressed; a packed file, and the rest of a part, come as they are."""
    return "identity" if held or _is_packed(target) else "gzip"


def _is_packed(target: Target) -> bool:
    return any(target.path.endswith(ending) for ending in _PACKED)


def _as_it_is(response: requests.Response) -> None:
    """Some servers call a ``.gz`` file's own form an encoding of the answer; it is to stay."""
    for headers in (response.headers, response.raw.headers):
        headers.pop("Content-Encoding", None)


def _validators(known: Known | None, url: str) -> dict[str, str]:
    if known is None or known.url != url:
        return {}
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.modified} if known.modified else {}


def _is_rest(response: requests.Response, held: int) -> bool:
    found = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return (
        response.status_code == 206
        and found is not None
        and 0 < held == int(found[1])
        and "Content-Encoding" not in response.headers
    )


def _check_beginning(part: Path, path: str) -> None:
    wanted = _BEGINNINGS.get(f".{path.rpartition('.')[2]}")
    with part.open("rb") as file:
        first = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if wanted and not first.startswith(wanted):
        raise FeedError(f"{path}: what came is no {path.rpartition('.')[2]} file")


def _header(response: requests.Response, name: str) -> str:
    """A header that can be sent back as it came."""
    value = response.headers.get(name, "")
    return value if value.isprintable() and value.isascii() and len(value) < 300 else ""


def _length(response: requests.Response) -> int | None:
    value = response.headers.get("Content-Length", "")
    return int(value) if value.isdecimal() and len(value) < 19 else None
