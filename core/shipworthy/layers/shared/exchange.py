"""
Fetching records from a repository and sending records to one, several at once.

Nothing of what comes is believed but what its digests prove; that it is a record is the caller's to see.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from shipworthy.errors import ParseError, UnreachableError
from shipworthy.images.access import Access
from shipworthy.layers.shared.artifact import (
    EMPTY,
    MAX_MANIFEST,
    MAX_RECORD,
    dump_manifest,
    parse_manifest,
    tag_of,
)
from shipworthy.layers.shared.beside import beside
from shipworthy.layers.shared.places import repository
from shipworthy.remote.blob import MANIFEST_TYPE, digest_of
from shipworthy.remote.reference import RegistryPlace


if TYPE_CHECKING:
    from shipworthy.remote.repository import Repository

_NO_REPOSITORY = "NAME_UNKNOWN"


class AbsentError(UnreachableError):
    """There is no such repository: the first record that is sent may make it."""


def fetch(
    place: RegistryPlace, diff_ids: Sequence[str], fingerprint: str, access: Access
) -> Iterator[tuple[str, bytes | ParseError]]:
    """
    (diff ID, what is there for it) in the order in which it comes: bytes that may be its record, none, or what is wrong with them.

    Raises:
        UnreachableError: The repository gives no answer, or lets nobody in.
        UsageError: A certificate cannot be read.
    """
    with closing(repository(place, access)) as shared:

        def ask(diff_id: str) -> bytes | ParseError:
            try:
                return _record(shared, diff_id, fingerprint)
            except ParseError as error:
                return error

        yield from beside(diff_ids, ask, name=shared.name, idle=_idle(shared))


def send(
    place: RegistryPlace,
    records: Mapping[str, bytes],
    fingerprint: str,
    access: Access,
    *,
    replaced: Collection[str] = (),
) -> int:
    """
    Keep the dumped records there, by diff ID; gives how many were not there yet.

    ``replaced`` are those whose place something useless takes. Raises as :func:`fetch` does.
    """
    with closing(repository(place, access)) as shared:
        sender = _Sender(shared, fingerprint)

        def put(diff_id: str) -> bool:
            is_forced = diff_id in replaced
            return sender.put(diff_id, records[diff_id], is_forced=is_forced)

        idle = _idle(shared)
        sent = beside(list(records), put, name=shared.name, idle=idle)
        return sum(is_new for _, is_new in sent)


def _idle(shared: Repository) -> float:
    """A bit longer than what all tries of one request may take."""
    patience = shared.connection.patience
    return patience.tries * (patience.timeout + 1.0)


def _record(shared: Repository, diff_id: str, fingerprint: str) -> bytes:
    """The bytes that are kept as the record of that layer; none where there are none."""
    from shipworthy.remote.answers import MissingError, TooLargeError

    try:
        found = shared.manifest(
            tag_of(diff_id, fingerprint), MANIFEST_TYPE, MAX_MANIFEST
        )
    except MissingError as error:
        if error.code == _NO_REPOSITORY:
            raise AbsentError(f"{shared.name}: no such repository") from error
        return b""
    except TooLargeError as error:
        raise ParseError(error.message) from error
    blob = parse_manifest(found.data, diff_id, fingerprint)
    try:
        data = shared.blob(blob, MAX_RECORD)
    except MissingError as error:
        raise ParseError("its bytes are gone") from error
    if digest_of(data) != blob.digest:
        raise ParseError(f"expected {blob.digest}, found {digest_of(data)}")
    return data


class _Sender:
    """Sends records from several threads; what the registry will not have is tried once."""

    def __init__(self, shared: Repository, fingerprint: str) -> None:
        self._shared = shared
        self._fingerprint = fingerprint
        self._lock = threading.Lock()
        self._has_empty = False
        self._typed = True

    def put(self, diff_id: str, data: bytes, *, is_forced: bool) -> bool:
        """Send one; gives whether it was not there yet."""
        from shipworthy.remote.sending import is_there, send_blob

        tag = tag_of(diff_id, self._fingerprint)
        if not is_forced and is_there(self._shared, tag):
            return False
        with self._lock:
            if not self._has_empty:
                send_blob(self._shared, EMPTY)
                self._has_empty = True
        blob = send_blob(self._shared, data, anew=is_forced)
        typed = dump_manifest(blob, diff_id, self._fingerprint)
        bare = dump_manifest(blob, diff_id, self._fingerprint, typed=False)
        self._tag(typed, bare, tag)
        return True

    def _tag(self, typed: bytes, bare: bytes, tag: str) -> None:
        from shipworthy.remote.sending import NotTakenError, send_manifest

        if self._typed:
            try:
                send_manifest(self._shared, typed, tag)
            except NotTakenError:
                self._typed = False
            else:
                return
        send_manifest(self._shared, bare, tag)
