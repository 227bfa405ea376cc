"""
The seam between version schemes and those who compare versions.

A scheme turns a version string into a *key*: a tuple of integers, strings and further
tuples that Python orders as the scheme orders its versions. Comparing, sorting and
looking up by version is then comparing, sorting and hashing tuples.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, Protocol

from shipworthy.errors import VersionError
from shipworthy.values import dataclass


Key = tuple[Any, ...]
"""Orders and hashes as its version does; keys of one scheme compare without a ``TypeError``."""

MissingEpoch = Literal["zero", "auto"]
"""What an absent epoch stands for: 0, or whatever epoch the other side has."""

MAX_LENGTH = 1024
"""Characters in a version; longer ones are refused by every scheme."""

_CACHED = 1 << 15
_SHOWN = 60


class Scheme(Protocol):
    """
    **Protocol:** how one package system writes and orders its versions.

    Objects are values: they hold nothing that changes and may be shared between threads.
    """

    @property
    def name(self) -> str:
        """The scheme's name: ``deb``, ``pep440``."""
        ...

    def key(self, text: str) -> Key:
        """Give the key that sorts as ``text`` does; raises ``VersionError`` for what the scheme does not allow."""
        ...

    def range_key(self, text: str) -> Key:
        """
        Give the key by which ``text`` is held against ranges; raises ``VersionError``.

        It is ``key`` unless the scheme compares versions in ranges by another rule, and it
        refuses versions that have a place in a sorted list but no meaning in a range.
        """
        ...

    def public(self, key: Key) -> Key:
        """Give the key without what a bound that lacks it does not speak of, such as a local build's label."""
        ...

    def normalise(self, text: str) -> str:
        """Give ``text`` as the scheme's advisories write it: no platform suffix, no runtime qualifier."""
        ...

    def with_epoch_of(self, text: str, other: str) -> str:
        """Give ``text`` with the epoch of ``other`` if the scheme has epochs and ``text`` carries none."""
        ...


def _same_key(key: Key) -> Key:
    return key


def _same_text(text: str, other: str) -> str:  # noqa: ARG001 -- the seam's signature
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionScheme:
    """A :class:`Scheme` put together from functions; made by :func:`make`."""

    name: str
    key: Callable[[str], Key]
    range_key: Callable[[str], Key]
    public: Callable[[Key], Key] = _same_key
    normalise: Callable[[str], str] = str.strip
    with_epoch_of: Callable[[str, str], str] = _same_text


def refuse(scheme: str, text: str, expected: str) -> VersionError:
    """Make the error for a version that ``scheme`` does not allow; long ones are shortened."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return VersionError(f"{shown!r} is not a {scheme} version: expected {expected}")


def cached(scheme: str, parse: Callable[[str], Key]) -> Callable[[str], Key]:
    """
    Put the bounds that all schemes share before ``parse``, and a bounded cache around both.

    ``parse`` gets printable text of at most ``MAX_LENGTH`` characters without white space
    around it.
    """

    @lru_cache(maxsize=_CACHED)
    def key(text: str) -> Key:
        if len(text) > MAX_LENGTH:
            raise refuse(scheme, text, f"at most {MAX_LENGTH} characters")
        plain = text.strip()
        if not plain.isprintable():
            raise refuse(scheme, text, "printable characters only")
        return parse(plain)

    return key


def make(
    name: str,
    parse: Callable[[str], Key],
    *,
    parse_range: Callable[[str], Key] | None = None,
    public: Callable[[Key], Key] = _same_key,
    normalise: Callable[[str], str] = str.strip,
    with_epoch_of: Callable[[str, str], str] = _same_text,
) -> VersionScheme:
    """Make a scheme of a parser and, where they differ from the plain case, its other rules."""
    key = cached(name, parse)
    return VersionScheme(
        name=name,
        key=key,
        range_key=cached(name, parse_range) if parse_range else key,
        public=public,
        normalise=normalise,
        with_epoch_of=with_epoch_of,
    )


def number(digits: str) -> int:
    """Read ASCII digits; an empty string is 0. Within ``MAX_LENGTH`` no number is too long for ``int``."""
    return int(digits) if digits else 0


def without_zeros(numbers: list[int]) -> tuple[int, ...]:
    """Drop the zeros at the end, so that ``1``, ``1.0`` and ``1.0.0`` are one."""
    end = len(numbers)
    while end and numbers[end - 1] == 0:
        end -= 1
    return tuple(numbers[:end])
