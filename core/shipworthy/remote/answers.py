"""
What registries answered to questions for small documents, so that another process can ask them ahead.

A client for HTTP takes longer to load than all else of a scan that remembers everything, and a registry that is far away longer
to answer. So both are done by a fork while this process loads the rest; what it was told, an error too, is told here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

import orjson

from shipworthy.errors import UnreachableError
from shipworthy.values import dataclass


class MissingError(UnreachableError):
    """The registry has nothing under that name; ``code`` is the word that it has for it."""

    def __init__(self, message: str, code: str = "", *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class TooLargeError(UnreachableError):
    """A document crosses its bound."""


class NoRangesError(UnreachableError):
    """The registry does not give this part of the blob alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document as it came."""

    data: bytes
    media_type: str = ""
    """``Content-Type`` without parameters."""
    digest: str = ""
    """What the registry says its digest is; may be empty."""
    authorization: str = field(default="", repr=False)
    """What it was asked with in the end."""


_ERRORS: Mapping[str, type[UnreachableError]] = {
    kind.__name__: kind for kind in (UnreachableError, MissingError, TooLargeError)
}


class Answers:
    """
    Answers by the address that was asked, each asked for once.

    Args:
        told: Where to look first: gives what :meth:`dump` gave in the process that asked ahead, or nothing where it failed.
    """

    def __init__(self, told: Callable[[], bytes] | None = None) -> None:
        self._told = told
        self._known: dict[str, Fetched | UnreachableError] = {}

    def of(self, url: str, ask: Callable[[], Fetched]) -> Fetched:
        """What ``ask`` gives or raises for ``url``, where that is not known yet."""
        if self._told is not None:
            told, self._told = self._told, None
            self._known.update(_load(told()))
        if url not in self._known:
            try:
                self._known[url] = ask()
            except UnreachableError as error:
                self._known[url] = error
        known = self._known[url]
        if isinstance(known, UnreachableError):
            raise known
        return known

    def dump(self) -> bytes:
        """All of them, for :class:`Answers` elsewhere."""
        return orjson.dumps({url: _written(one) for url, one in self._known.items()})


def _written(known: Fetched | UnreachableError) -> dict[str, str]:
    if isinstance(known, Fetched):
        return {
            "data": known.data.hex(),
            "media_type": known.media_type,
            "digest": known.digest,
            "authorization": known.authorization,
        }
    return {
        "error": type(known).__name__,
        "message": known.message,
        "hint": known.hint,
        "code": known.code if isinstance(known, MissingError) else "",
    }


def _load(told: bytes) -> dict[str, Fetched | UnreachableError]:
    """What was written; nothing where it was not written to its end."""
    try:
        return {url: _read(**one) for url, one in orjson.loads(told).items()}
    except ValueError:
        return {}


def _read(
    *, error: str = "", data: str = "", **more: str
) -> Fetched | UnreachableError:
    if not error:
        return Fetched(data=bytes.fromhex(data), **more)
    kind = _ERRORS.get(error, UnreachableError)
    if kind is MissingError:
        return MissingError(more["message"], more["code"], hint=more["hint"])
    return kind(more["message"], hint=more["hint"])
