"""
What ``--db`` names: one parser for directories, bundles and registries.

``PATH``, or ``oci://HOST[:PORT]/REPOSITORY[:TAG][@sha256:…]``. Names, tags and digests are those
of the OCI distribution specification 1.1. A digest wins over a tag: what it names never changes.
"""

from __future__ import annotations

import re

from shipworthy.errors import UsageError
from shipworthy.values import dataclass


SCHEME = "oci://"
LATEST = "latest"

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    r"(?P<host>(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}))(?::[0-9]{1,5})?)"
    rf"/(?P<repository>{_PART}(?:/{_PART}){{0,20}})"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?",
    re.ASCII,
)
_LOOPBACK = re.compile(r"(localhost|127(\.[0-9]+){3}|\[::1\])(:[0-9]+)?", re.IGNORECASE)
_PORT = re.compile(r":([0-9]{1,5})$")
_SECRET = re.compile(r"//[^/]*@")
_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPlace:
    """An artifact in a registry."""

    host: str
    repository: str
    tag: str = ""
    digest: str = ""
    title: str = ""
    """What messages call it; empty for its address."""
    logins: tuple[str, ...] = ()
    """The names under which docker keeps its password; empty for the host's."""

    def __str__(self) -> str:
        if self.title:
            return self.title
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{SCHEME}{self.host}/{self.repository}{tag}{digest}"

    @property
    def wanted(self) -> str:
        """What is asked for: the digest, else the tag, else ``latest``."""
        return self.digest or self.tag or LATEST

    @property
    def is_loopback(self) -> bool:
        """Whether the registry runs on this machine."""
        return _LOOPBACK.fullmatch(self.host) is not None


def parse_registry(text: str) -> RegistryPlace:
    """The place in a registry that ``text`` names, with or without ``oci://``; raises ``UsageError``."""
    found = (
        _REFERENCE.fullmatch(text.removeprefix(SCHEME)) if len(text) < _MAX else None
    )
    if found is None:
        shown = _SECRET.sub("//…@", text)
        has_secret = shown != text
        raise UsageError(
            f"{shown[:200]}: expected oci://HOST/REPOSITORY[:TAG][@sha256:…]",
            hint="log in with: docker login HOST"
            if has_secret
            else "for a directory or a bundle give its path",
        )
    port = _PORT.search(found["host"])
    if port and not 0 < int(port[1]) < 65536:
        raise UsageError(
            f"{text[:200]}: {port[1]} is not a port", hint="ports are 1 to 65535"
        )
    return RegistryPlace(
        host=found["host"],
        repository=found["repository"],
        tag=found["tag"] or "",
        digest=found["digest"] or "",
    )
