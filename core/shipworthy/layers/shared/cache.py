"""
The layer cache of a machine that shares: asked for a record that it lacks, it has asked the repositories of others first.

Only what is a record of that very layer comes in, and only records that were read from a layer's bytes in this run go out: what was fetched
is never handed on, or a repository that many may write to would fill one that few may. Neither way does a repository
that fails cost more than time: it is told in one line and not asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from shipworthy.errors import ParseError, UnreachableError
from shipworthy.images.access import Access
from shipworthy.layers.cache import LayerCache
from shipworthy.layers.record import LayerRecord, load
from shipworthy.layers.shared.artifact import MAX_RECORD
from shipworthy.layers.shared.exchange import AbsentError, fetch, send
from shipworthy.layers.shared.places import FROM, TO, places_of
from shipworthy.layers.sound import sound
from shipworthy.remote.blob import DIGEST
from shipworthy.remote.reference import RegistryPlace


_READ = "layers that are not known are read"
_KEPT = "what was read is kept on this machine alone"


class SharedCache(LayerCache):
    """
    Layer records on disk and in registries.

    Args:
        directory: As for :class:`~shipworthy.layers.cache.LayerCache`.
        fingerprint: As there.
        access: Which repositories, and how they are come by.

    Raises:
        UsageError: One of them is no repository of a registry.
    """

    def __init__(self, directory: Path, fingerprint: str, *, access: Access) -> None:
        super().__init__(directory, fingerprint)
        self._access = access
        self._sources, self._target = places_of(access.cache_from, access.cache_to)
        self._fetched: dict[str, LayerRecord] = {}
        self._made: dict[str, bytes] = {}
        self._expected: set[str] = set()
        self._useless: dict[str, set[str]] = {}
        """Diff IDs of what is kept as a record and is none, by repository."""

    def get(self, diff_id: str) -> LayerRecord | None:
        """The record of the layer with that diff ID, fetched or kept, or nothing."""
        return self._fetched.get(diff_id) or super().get(diff_id)

    def put(self, diff_id: str, data: bytes) -> None:
        """Store a dumped record that was read from the layer's bytes, and take note that it may be handed on."""
        super().put(diff_id, data)
        if self._target is not None:
            self._made[diff_id] = data

    def expect(self, diff_ids: Iterable[str]) -> None:
        """Fetch the records of these layers that are not here; raises ``UsageError`` for a certificate that cannot be read."""
        diff_ids = list(diff_ids)
        self._expected.update(diff_ids)
        missing = [
            diff_id
            for diff_id in dict.fromkeys(diff_ids)
            if DIGEST.fullmatch(diff_id) and not self.has(diff_id)
        ]
        for place in self._sources:
            if not missing:
                return
            self._try(place, FROM, _READ, lambda: self._fetch(place, missing))  # noqa: B023  # called at once
            missing = [d for d in missing if d not in self._fetched]

    def share(self) -> None:
        """Send the records that were read since the last time; raises as :meth:`expect` does."""
        made, self._made = self._made, {}
        # Others look for diff IDs: what a layer's table of contents tells is kept under another key.
        whole = sorted(self._expected.intersection(made))
        records = {key: made[key] for key in whole if _is_whole(key, made[key])}
        target = self._target
        if target is not None and records:
            self._try(target, TO, _KEPT, lambda: self._send(target, records))

    def _fetch(self, place: RegistryPlace, diff_ids: Sequence[str]) -> None:
        useless = self._useless.setdefault(str(place), set())
        reason = ""
        try:
            for diff_id, found in fetch(
                place, diff_ids, self.fingerprint, self._access
            ):
                try:
                    self._take(diff_id, found)
                except ParseError as error:
                    reason = reason or f"{diff_id[:19]}: {error.message}"
                    useless.add(diff_id)
        finally:
            if reason:
                self._access.tell(
                    f"shipworthy: layer records: {place}: passed over {len(useless)} that are none ({reason})"
                )

    def _take(self, diff_id: str, found: bytes | ParseError) -> None:
        if isinstance(found, ParseError):
            raise found
        if found:
            self._fetched[diff_id] = sound(found, diff_id)
            self.write(diff_id, found)

    def _send(self, place: RegistryPlace, records: dict[str, bytes]) -> None:
        replaced = self._useless.get(str(place), ())
        send(place, records, self.fingerprint, self._access, replaced=replaced)

    def _try(
        self, place: RegistryPlace, way: str, instead: str, work: Callable[[], None]
    ) -> None:
        """Do what may fail; a repository that did so before is left alone."""
        failed = self._access.failed
        if f"{way} {place}" in failed:
            return
        try:
            work()
        except UnreachableError as error:
            is_closed = "access denied" in error.message
            may_be_sent = is_closed or isinstance(error, AbsentError)
            failed.update(
                f"{one} {place}" for one in (FROM, TO) if one == way or not may_be_sent
            )
            login = (place.logins or (place.host,))[-1]
            what = f"log in: docker login {login}" if is_closed else instead
            self._access.tell(f"shipworthy: layer records: {error.message}; {what}")


def _is_whole(key: str, data: bytes) -> bool:
    """Whether it is all that is in a layer, which only records under the layer's own diff ID are."""
    try:
        return len(data) <= MAX_RECORD and load(data).diff_id == key
    except ParseError:
        return False
