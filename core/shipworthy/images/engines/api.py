"""
The engine API, the few questions of it that a scan asks; it changes nothing there.

Docker Engine API 1.24 and later (https://docs.docker.com/reference/api/engine/), which Podman's service speaks as
well. No version is put before the paths, so the engine answers with its own. Documents are bounded.
"""

from __future__ import annotations

import http.client
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from urllib.parse import quote

from shipworthy.errors import (
    ImageError,
    ImageNotFoundError,
    LimitError,
    ShipworthyError,
)
from shipworthy.images.documents import Json, decode
from shipworthy.images.engines.endpoint import Endpoint
from shipworthy.images.engines.line import Line
from shipworthy.model.limits import LIMITS


CHUNK = 1 << 18
_QUICK = 30.0
"""Seconds without a byte of a document."""
_PATIENT = 600.0
"""Seconds without a byte of an export: an engine may put all of it together first."""
_SAID = 300
_LIBPOD = "/v4.0.0/libpod"
"""Podman's own API: its description of an image has the whole history, the compatible one a part."""


class Engine:
    """
    One engine.

    Args:
        name: ``docker`` or ``podman``.
        endpoint: Where it listens.
        quick: Seconds that a document may keep us waiting.
        patient: Seconds that an export may.
    """

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        *,
        quick: float = _QUICK,
        patient: float = _PATIENT,
    ) -> None:
        self.name = name
        self._endpoint = endpoint
        self._quick = quick
        self._patient = patient

    def image(self, reference: str) -> Json:
        """
        What the engine knows of an image.

        Raises:
            ImageNotFoundError: There is no such image.
            ImageError: The engine does not answer, or not as one does.
        """
        missing = ImageNotFoundError(
            f"{self.name}: no such image: {reference}",
            hint=f"{self.name} images lists those that are there; {self.name} pull fetches one",
        )
        own = _LIBPOD if self.name == "podman" else ""
        return self._object(f"{own}/images/{_quoted(reference)}/json", missing)

    def history(self, reference: str) -> list[Json]:
        """The steps of an image, the newest first."""
        found = self._document(f"/images/{_quoted(reference)}/history")
        return _objects(found, f"{self.name}: history")

    def container(self, name: str) -> Json:
        """What the engine knows of a container; raises as :meth:`image` does."""
        missing = ImageNotFoundError(
            f"{self.name}: no such container: {name}",
            hint=f"{self.name} ps --all lists those that are there",
        )
        return self._object(f"/containers/{_quoted(name)}/json", missing)

    def changes(self, name: str) -> list[Json]:
        """What a container changed since its image."""
        found = self._document(f"/containers/{_quoted(name)}/changes")
        return _objects(found or [], f"{self.name}: changes")

    def export_image(self, reference: str) -> Generator[bytes]:
        """An image as a docker archive; close the iterator to hang up."""
        return self._stream(f"/images/{_quoted(reference)}/get")

    def export_container(self, name: str) -> Generator[bytes]:
        """A container's whole file system as a tar."""
        return self._stream(f"/containers/{_quoted(name)}/export")

    def _object(self, path: str, missing: ImageError) -> Json:
        document = self._document(path, missing)
        if not isinstance(document, dict):
            raise ImageError(f"{self.name}: the engine's answer is no object")
        return document

    def _document(self, path: str, missing: ImageError | None = None) -> object:
        with self._answer(path, self._quick, missing) as answer:
            data = answer.read(LIMITS.document + 1)
        if len(data) > LIMITS.document:
            raise LimitError(
                f"{self.name}: an answer of more than {LIMITS.document} bytes"
            )
        return decode(data, f"{self.name}: the engine's answer")

    def _stream(self, path: str) -> Generator[bytes]:
        with self._answer(path, self._patient, None) as answer:
            while part := answer.read(CHUNK):
                yield part

    @contextmanager
    def _answer(
        self, path: str, seconds: float, missing: ImageError | None
    ) -> Iterator[http.client.HTTPResponse]:
        """A good answer to one question; every other end is one of our errors."""
        line = Line(self._endpoint, timeout=seconds)
        try:
            try:
                line.connect()
            except OSError as error:
                raise self._unreachable(error) from error
            line.request("GET", path, headers={"Host": self.name})
            answer = line.getresponse()
            if answer.status == http.client.NOT_FOUND and missing is not None:
                raise missing
            if answer.status != http.client.OK:
                raise self._refused(answer)
            yield answer
        except TimeoutError as error:
            raise ImageError(
                f"{self.name}: the engine sent nothing for {seconds:g} seconds",
                hint=f"see whether {self.name} ps answers; restart the engine if not",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise ImageError(
                f"{self.name}: the engine ended the connection in the middle of its answer",
                hint="it may have been stopped, or have run out of memory or disk: see its log",
            ) from error
        finally:
            line.close()

    def _refused(self, answer: http.client.HTTPResponse) -> ShipworthyError:
        """What the engine says is wrong."""
        data = answer.read(1 << 16)
        try:
            document = decode(data, self.name)
        except ImageError:
            document = None
        said = document.get("message") if isinstance(document, dict) else None
        words = f": {said[:_SAID]}" if isinstance(said, str) and said else ""
        return ImageError(f"{self.name}: the engine says {answer.status}{words}")

    def _unreachable(self, error: OSError) -> ImageError:
        where = self._endpoint.url
        told_by = f" ({self._endpoint.told_by})" if self._endpoint.told_by else ""
        reason = error.strerror or str(error)[:200] or type(error).__name__
        if isinstance(error, PermissionError):
            return ImageError(
                f"{self.name}: no permission to open {where}{told_by}",
                hint=f"run as a user who may, such as one of the socket's group, or scan an archive: {self.name} save",
            )
        if isinstance(error, FileNotFoundError) and where.startswith("ssh:"):
            reason = "there is no ssh command"
        hints = {
            "docker": "start the daemon, or name its address: DOCKER_HOST, --engine",
            "podman": "start the service: podman system service --time=0 &, or systemctl --user start podman.socket;"
            " CONTAINER_HOST and --engine name another address",
        }
        return ImageError(
            f"{self.name}: no engine at {where}{told_by}: {reason.lower()}",
            hint=hints.get(self.name, ""),
        )


def _quoted(name: str) -> str:
    return quote(name, safe="/:")


def _objects(found: object, name: str) -> list[Json]:
    if not isinstance(found, list) or len(found) > LIMITS.entries:
        raise ImageError(f"{name}: expected a list")
    return [item for item in found if isinstance(item, dict)]
