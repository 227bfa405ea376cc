"""
The documents and blobs of one repository, verified, with errors in the words of images.

What a registry says of its answers is believed as little as what is in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shipworthy.errors import (
    DigestMismatchError,
    ImageError,
    ImageNotFoundError,
    ImageUnreachableError,
    LimitError,
    UnreachableError,
)
from shipworthy.images.documents import (
    INDEX_TYPES,
    MANIFEST_TYPES,
    Descriptor,
    decode,
    verify,
)
from shipworthy.images.tables import NoRangesError, Ranged
from shipworthy.model.limits import LIMITS
from shipworthy.remote import answers
from shipworthy.remote.answers import Fetched, MissingError, TooLargeError
from shipworthy.remote.blob import Blob, digest_of
from shipworthy.remote.client import WRONG_SETUP
from shipworthy.remote.repository import Repository
from shipworthy.streams.inflate import Stream


ACCEPT = ", ".join(sorted(MANIFEST_TYPES) + sorted(INDEX_TYPES))
_SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1"
_PAGE = "text/html"
_NO_REPOSITORY = "NAME_UNKNOWN"


class Source:
    """One repository, read for one image."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.name = repository.name

    def resolve(self, wanted: str) -> tuple[Descriptor, bytes]:
        """
        What a tag or digest stands for now: its descriptor and its bytes.

        Raises:
            ImageNotFoundError: There is no such tag, digest or repository.
            ImageUnreachableError: No answer, or no permission.
            DigestMismatchError: The bytes are others than asked for or than the registry says.
            ImageError: It is no manifest of a kind that can be read.
        """
        with told(self.name):
            found = self.repository.manifest(wanted, ACCEPT, LIMITS.document)
        type_ = _type(found, self.name)
        digest = wanted if ":" in wanted else digest_of(found.data)
        verify(found.data, digest, f"{self.name}: {digest}")
        if found.digest.startswith("sha256:") and digest.startswith("sha256:"):
            _same(found.digest, digest, self.name)
        size = len(found.data)
        return Descriptor(digest=digest, size=size, media_type=type_), found.data

    def document(self, descriptor: Descriptor) -> bytes:
        """A manifest or index by its descriptor, as good as its digest."""
        _, data = self.resolve(descriptor.digest)
        return data

    def blob(self, descriptor: Descriptor) -> bytes:
        """A small blob, as good as its digest."""
        blob = Blob(digest=descriptor.digest, size=descriptor.size)
        with told(self.name):
            data = self.repository.blob(blob, LIMITS.document)
        verify(data, descriptor.digest, f"{self.name}: {descriptor.digest}")
        return data

    def referrers(self, digest: str) -> bytes | None:
        """The index of what refers to a manifest; none where the registry has no such list."""
        try:
            return self.repository.referrers(digest, LIMITS.document).data
        except MissingError:
            return None
        except UnreachableError as error:
            raise ImageUnreachableError(error.message, hint=error.hint) from error

    def open(self, descriptor: Descriptor) -> Stream:
        """A blob's bytes from their start, verified by nobody yet."""
        blob = Blob(digest=descriptor.digest, size=descriptor.size)
        return _Told(self.repository.open(blob), self.name)

    def ranges(self, descriptor: Descriptor) -> Ranged:
        """A blob to read parts of, verified by nobody yet."""
        blob = Blob(digest=descriptor.digest, size=descriptor.size)
        return _ToldRanges(self.repository.ranges(blob), self.name)

    def close(self) -> None:
        """Let go of all connections."""
        self.repository.close()


class _Told:
    """A stream whose errors are an image's."""

    def __init__(self, stream: Stream, name: str) -> None:
        self._stream = stream
        self._name = name

    def read(self, size: int = -1, /) -> bytes:
        with told(self._name):
            return self._stream.read(size)

    def close(self) -> None:
        self._stream.close()


class _ToldRanges:
    """Parts of a blob, with errors that are an image's."""

    def __init__(self, parts: Ranged, name: str) -> None:
        self._parts = parts
        self._name = name

    def read(self, start: int, length: int, /) -> bytes:
        with told(self._name):
            return self._parts.read(start, length)

    def leave(self) -> None:
        self._parts.leave()


@contextmanager
def told(name: str) -> Iterator[None]:
    """Say what went wrong on the way in the words of images."""
    try:
        yield
    except MissingError as error:
        what = "no such repository" if error.code == _NO_REPOSITORY else "no such image"
        raise ImageNotFoundError(
            f"{name}: {what} in the registry",
            hint="check the name, the tag and the host",
        ) from error
    except TooLargeError as error:
        raise LimitError(error.message, hint=error.hint) from error
    except answers.NoRangesError as error:
        raise NoRangesError(error.message) from error
    except UnreachableError as error:
        raise ImageUnreachableError(error.message, hint=error.hint) from error


def _type(found: Fetched, name: str) -> str:
    """The kind of a document: what it says itself, else what it was sent as, else what it looks like."""
    if found.media_type == _PAGE:
        raise ImageError(
            f"{name}: expected a manifest, found a web page",
            hint="check the name and the host; a proxy or a login page may stand before it",
        )
    document = decode(found.data, f"{name}: the manifest", hint=WRONG_SETUP)
    if not isinstance(document, dict):
        raise ImageError(
            f"{name}: expected a manifest, found another document", hint=WRONG_SETUP
        )
    if document.get("schemaVersion") == 1 or found.media_type.startswith(_SCHEMA_1):
        raise ImageError(
            f"{name}: the manifest is of Docker's schema 1, which does not say what is in the layers",
            hint="push the image again with a Docker of 2017 or newer",
        )
    known = (document.get("mediaType"), found.media_type)
    for type_ in known:
        if type_ in INDEX_TYPES or type_ in MANIFEST_TYPES:
            return str(type_)
    if "manifests" in document:
        return next(iter(sorted(INDEX_TYPES)))
    if "config" in document and "layers" in document:
        return next(iter(sorted(MANIFEST_TYPES)))
    raise ImageError(
        f"{name}: {str(known[0] or known[1])[:100]!r} is neither an image nor an index of images"
    )


def _same(claimed: str, digest: str, name: str) -> None:
    if claimed != digest:
        raise DigestMismatchError(
            f"{name}: the registry says that the manifest is {claimed[:100]}, it is {digest}",
            hint="somebody changed it on its way, or the registry is broken",
        )
