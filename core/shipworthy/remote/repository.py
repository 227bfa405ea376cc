"""
What a registry has of images: manifests by tag or digest, blobs, what refers to a manifest.

The endpoints are those of the OCI distribution specification 1.1, "Pull" and "Listing Referrers".
Nothing is believed of what comes but its bounds: digests are the caller's to verify.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from shipworthy.errors import UnreachableError
from shipworthy.remote.answers import Answers, Fetched, MissingError, TooLargeError
from shipworthy.remote.blob import DIGEST, Blob, digest_of
from shipworthy.remote.client import Client
from shipworthy.remote.transfer import Again, Body, Hints, check, persist
from shipworthy.values import dataclass


if TYPE_CHECKING:
    import requests

    from shipworthy.remote.ranges import BlobRanges
    from shipworthy.remote.stream import BlobStream


HINTS = Hints(
    unreachable="check the name, the network and HTTPS_PROXY, or try again later",
    untrusted="name the authority that it is to be trusted by: --registry-ca-file",
    expired="the registry needs a new certificate",
    unencrypted="it seems to speak without encryption: --registry-plain-http",
    limited="the registry limits how often it is asked: log in, wait, or keep the layer cache between runs",
    gives_up=True,
)
_NO_IMAGE = "check the name and the host: no image has such a document"
_MISSING = 404
_MAX_REASON = 1 << 16
_DIGEST_HEADER = "Docker-Content-Digest"


@dataclass(slots=True, kw_only=True)
class Repository(Client):
    """One repository of a registry that keeps images; as safe to share as :class:`Client`."""

    answers: Answers | None = None
    """Where answers for documents are looked up first, and kept."""

    def manifest(self, wanted: str, accept: str, limit: int) -> Fetched:
        """
        A manifest or index by tag or digest, of at most ``limit`` bytes.

        Raises:
            MissingError: There is no such tag, digest or repository.
            TooLargeError: It crosses the bound.
            UnreachableError: No answer, or no permission.
        """
        path = f"manifests/{wanted}"
        return self._once(path, lambda: self._document(path, limit, accept))

    def referrers(self, digest: str, limit: int) -> Fetched:
        """The index of what refers to a manifest; raises as :meth:`manifest` does, for registries without the endpoint too."""
        return self._document(f"referrers/{digest}", limit, "application/json")

    def blob(self, blob: Blob, limit: int) -> bytes:
        """A small blob; raises as :meth:`manifest` does."""
        path = f"blobs/{blob.digest}"
        return self._once(path, lambda: Fetched(data=self._blob(blob, limit))).data

    def open(self, blob: Blob) -> BlobStream:
        """The bytes of a blob from their start; nothing is asked before the first is read."""
        from shipworthy.remote.stream import BlobStream

        return BlobStream(self, blob, judge=self._judge, hints=HINTS)

    def ranges(self, blob: Blob) -> BlobRanges:
        """Parts of a blob; nothing is asked before the first is read."""
        from shipworthy.remote.ranges import BlobRanges

        return BlobRanges(self, blob, judge=self._judge, hints=HINTS)

    def _once(self, path: str, ask: Callable[[], Fetched]) -> Fetched:
        """A document, from those that are known already where one is this."""
        if self.answers is None:
            return ask()

        def asked() -> Fetched:
            found = ask()
            return replace(found, authorization=self._authorization)

        found = self.answers.of(self.url(path), asked)
        self._authorization = self._authorization or found.authorization
        return found

    def _blob(self, blob: Blob, limit: int) -> bytes:
        if blob.size > limit:
            raise TooLargeError(
                f"{self.name}: {blob.digest} is {blob.size} bytes, the bound is {limit}",
                hint=_NO_IMAGE,
            )
        stream = self.open(blob)
        parts = []
        try:
            while part := stream.read():
                parts.append(part)
        finally:
            stream.close()
        return b"".join(parts)

    def _document(self, path: str, limit: int, accept: str) -> Fetched:
        def attempt() -> Fetched:
            headers = {"Accept": accept}
            with self.ask(self.url(path), "GET", headers, stream=True) as answer:
                self._judge(answer)
                content = answer.headers.get("Content-Type", "")
                found = Fetched(
                    data=self._bounded(answer, limit),
                    media_type=content.partition(";")[0].strip().lower(),
                    digest=answer.headers.get(_DIGEST_HEADER, ""),
                )
                if _may_be_cut(answer, found):
                    raise Again(f"ended after {len(found.data)} bytes")
                return found

        return persist(self.name, self.connection.patience, attempt, hints=HINTS)

    def _bounded(self, answer: requests.Response, limit: int) -> bytes:
        stated = answer.headers.get("Content-Length", "")
        body, parts = Body(answer), []
        if not (stated.isdecimal() and int(stated[:20]) > limit):
            while body.taken <= limit and (part := body.read()):
                parts.append(part)
            if body.taken <= limit:
                return b"".join(parts)
        raise TooLargeError(
            f"{self.name}: the registry's answer crosses the bound of {limit} bytes",
            hint=_NO_IMAGE,
        )

    def _judge(self, answer: requests.Response) -> None:
        """Let a good answer pass."""
        status = answer.status_code
        if status == _MISSING:
            raise MissingError(f"{self.name}: is not there", _code(answer))
        host = (self.place.logins or (self.place.host,))[-1]
        if status in {401, 403}:
            raise UnreachableError(
                f"{self.name}: access denied ({status}): no permission, or no such repository",
                hint=f"log in first: docker login {host}, or --username",
            )
        check(answer, self.name)


def _may_be_cut(answer: requests.Response, found: Fetched) -> bool:
    """Whether it is not what the registry says it is, and only the end of the line tells where it ends."""
    is_told = "Content-Length" in answer.headers or answer.raw.chunked
    is_known = DIGEST.fullmatch(found.digest) is not None
    return not is_told and is_known and digest_of(found.data) != found.digest


def _code(answer: requests.Response) -> str:
    """The first error's code (OCI distribution specification, "Error Codes"); empty where there is none."""
    import requests

    try:
        data = next(answer.iter_content(_MAX_REASON), b"")
        code = orjson.loads(data)["errors"][0]["code"]
    except (requests.RequestException, ValueError, KeyError, TypeError, IndexError):
        return ""
    return code if isinstance(code, str) else ""
