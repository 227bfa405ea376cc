"""Other places to fetch a source from: ``NAME=URL``, several of which are tried in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from shipworthy.advisories.upstream.source import Source
from shipworthy.advisories.upstream.table import SOURCES, check_name
from shipworthy.errors import UsageError


EVERY = "*"
"""The mirror of every source that has none of its own; each below its name there."""


def parse_mirrors(
    texts: Sequence[str], sources: Sequence[Source] = SOURCES
) -> dict[str, tuple[str, ...]]:
    """
    Bases by the source's name, in the order they were named.

    Raises ``UsageError`` for a name that no source has and for what is no https or http address.
    """
    mirrors: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, equals, url = text.partition("=")
        if not equals:
            raise UsageError(f"--mirror {text}: expected NAME=URL")
        if name != EVERY:
            check_name(name, "--mirror", sources)
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.query:
            raise UsageError(f"--mirror {text}: expected an https:// address")
        mirrors[name] = (*mirrors.get(name, ()), url.rstrip("/") + "/")
    return mirrors


def bases(
    source: Source, mirrors: Mapping[str, Sequence[str]], *, index: bool = False
) -> tuple[str, ...]:
    """Where to ask for a source's files or its lists: its mirrors alone where it has any."""
    own = tuple(mirrors.get(source.name, ()))
    every = tuple(f"{base}{source.name}/" for base in mirrors.get(EVERY, ()))
    publisher = source.index if index and source.index else source.base
    return own or every or (publisher,)


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
