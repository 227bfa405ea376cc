"""Uploading a blob as oras does it, over our own requests."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import oras.container
import oras.logger
import oras.provider
import requests

from shipworthy.errors import UnreachableError
from shipworthy.remote.blob import Blob
from shipworthy.remote.reference import RegistryPlace
from shipworthy.remote.transfer import check


Ask = Callable[..., requests.Response]


class Uploads(oras.provider.Registry):  # type: ignore[misc]  # oras has no types
    """oras's client, every request of which goes through ``ask``: its own waits and tells in its own way."""

    def __init__(self, place: RegistryPlace, prefix: str, ask: Ask) -> None:
        oras.logger.logger.set_level(logging.CRITICAL + 1)
        super().__init__(hostname=place.host, insecure=prefix == "http")
        self._place = place
        self._ask = ask

    def upload(self, path: Path, blob: Blob) -> None:
        """
        Upload a blob that is not there yet.

        Raises:
            UnreachableError: The registry does not take it.
            Again: It may take it when asked again.
        """
        layer = {"digest": blob.digest, "size": blob.size}
        try:
            self.put_upload(str(path), _container(self._place), layer)
        except ValueError as error:
            if isinstance(error, requests.RequestException):
                raise
            raise UnreachableError(
                f"{self._place}: the registry does not say where to upload to"
            ) from None

    def do_request(
        self,
        url: str,
        method: str = "GET",
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: Any,
    ) -> requests.Response:
        """Ask once, and let nothing but success pass."""
        answer = self._ask(url, method, headers, data=data)
        check(answer, str(self._place))
        return answer


def _container(place: RegistryPlace) -> Any:
    """Make oras's value for a repository; its own parser takes a dotted first name for a host."""
    container = oras.container.Container("repository")
    container.registry = place.host
    namespace, _, container.repository = place.repository.rpartition("/")
    container.namespace = namespace or None
    return container
