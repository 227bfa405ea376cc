"""
One pass over an engine's export of an image: layers as they come, documents kept.

The export is a docker archive (:mod:`shipworthy.images.docker_archive`) in the order in which the engine
writes it, manifest and configuration mostly last. Nothing is kept of a layer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator

from shipworthy.errors import ImageError, LimitError
from shipworthy.images.documents import checked_digest, decode, verify
from shipworthy.model.limits import LIMITS
from shipworthy.streams.inflate import Stream, compression_of
from shipworthy.streams.parts import Parts
from shipworthy.streams.tar import FILE, Entry, TarWalker


MANIFEST = "manifest.json"
_KEPT = 64 * 1024 * 1024
_MEMBERS = 100_000
_HEAD = 512
_STOPPED = "the engine may have been stopped, or have run out of disk: see its log"
_BLOB = re.compile(r"blobs/sha256/([0-9a-f]{64})", re.ASCII)
_USTAR = slice(257, 262)


class Member(Parts):
    """A layer's stored bytes as they come by; ``again`` gives them once more, from another export."""

    def __init__(
        self,
        name: str,
        parts: Iterator[bytes],
        again: Callable[[str], Stream],
        learn: Callable[[str, str], None],
    ) -> None:
        super().__init__(parts)
        self.name = name
        self.digest = blob_digest(name)
        self._learn = learn
        self._again = again

    def again(self) -> Stream:
        """The same bytes from their start."""
        return self._again(self.name)

    def identify(self, diff_id: str) -> None:
        """The diff ID of bytes that were found to be what the name says."""
        if self.digest:
            self._learn(self.digest, diff_id)


class Export:
    """
    An export that is read once.

    Args:
        parts: Its bytes.
        name: What messages call it.
    """

    def __init__(self, parts: Iterator[bytes], name: str) -> None:
        self._name = name
        self._parts = parts
        self._documents: dict[str, bytes] = {}

    def layers(
        self, again: Callable[[str], Stream], learn: Callable[[str, str], None]
    ) -> Iterator[Member]:
        """
        Every member that may be a layer, in the export's order; use each before the next, or pass it over.

        Raises:
            ImageError: The export is no tar or ends before its end.
            LimitError: It has more members or larger documents than any image.
        """
        try:
            yield from self._members(again, learn)
        except ImageError as error:
            error.hint = error.hint or _STOPPED
            raise

    def _members(
        self, again: Callable[[str], Stream], learn: Callable[[str, str], None]
    ) -> Iterator[Member]:
        walker = TarWalker(self._parts, name=self._name)
        kept = 0
        for number, entry in enumerate(walker):
            if number > _MEMBERS:
                raise LimitError(f"{self._name}: more than {_MEMBERS} members")
            if entry.kind != FILE:
                continue  # links lead to layers that are there as well
            if _is_layer(entry, walker):
                yield Member(entry.path, walker.parts(), again, learn)
            elif entry.size <= LIMITS.document:
                kept += entry.size
                if kept > _KEPT:
                    raise LimitError(f"{self._name}: documents of over {_KEPT} bytes")
                self._documents[entry.path] = walker.body()

    def configuration(self) -> bytes:
        """
        The image's configuration, once the export was read to its end.

        Raises ``ImageError`` where there is none or it is not the one that it is called.
        """
        if MANIFEST not in self._documents:
            raise ImageError(
                f"{self._name}: the export ended before its {MANIFEST}",
                hint=_STOPPED,
            )
        document = decode(self._documents[MANIFEST], f"{self._name}: {MANIFEST}")
        entry = document[0] if isinstance(document, list) and document else None
        name = entry.get("Config") if isinstance(entry, dict) else None
        if not isinstance(name, str) or name not in self._documents:
            raise ImageError(
                f"{self._name}: {MANIFEST} names no configuration", hint=_STOPPED
            )
        data = self._documents[name]
        verify(data, digest_of(name, self._name), f"{self._name}: {name[:200]}")
        return data

    @property
    def configuration_digest(self) -> str:
        """The digest of :meth:`configuration`."""
        return f"sha256:{hashlib.sha256(self.configuration()).hexdigest()}"


def blob_digest(name: str) -> str:
    """The digest that a member's name is; empty for any other name."""
    found = _BLOB.fullmatch(name)
    return f"sha256:{found[1]}" if found else ""


def digest_of(name: str, export: str) -> str:
    """The digest that a configuration's name claims."""
    stem = name.rpartition("/")[2].removesuffix(".json")
    return checked_digest(f"sha256:{stem}", f"{export}: {MANIFEST}")


def _is_layer(entry: Entry, walker: TarWalker) -> bool:
    if entry.path.endswith("layer.tar"):
        return True
    head = walker.peek(_HEAD)
    if compression_of(head[:8]) != "none" or head[_USTAR] == b"ustar":
        return True
    return entry.path.endswith(".tar") or (len(head) == _HEAD and not any(head))
