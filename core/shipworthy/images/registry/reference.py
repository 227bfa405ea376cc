"""
References to images as docker understands them: ``[HOST[:PORT]/]NAME[:TAG][@DIGEST]``.

The grammar and the normalisation are those of https://github.com/distribution/reference: without a host it is
Docker Hub's, whose own images are below ``library/``; without tag and digest it is ``latest``. A
first part is a host when it has a dot, a port or a capital letter in it, or is ``localhost``.
"""

from __future__ import annotations

import re

from shipworthy.errors import UsageError
from shipworthy.remote.reference import LATEST, RegistryPlace


HUB = "docker.io"
_HUB_SERVER = "registry-1.docker.io"
_HUB_NAMES = frozenset({HUB, "index.docker.io", _HUB_SERVER})
_HUB_LOGINS = ("https://index.docker.io/v1/", "index.docker.io", _HUB_SERVER, HUB)
"""Where docker's configuration may have the password, docker's own place first."""

_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = re.compile(
    rf"(?:\[[0-9a-fA-F:.]+\]|{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?",
    re.ASCII,
)
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = re.compile(rf"{_PART}(?:/{_PART})*", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_HEX = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME = 255
_LONGEST = 1000
_SECRET = re.compile(r"(//)?[^/@]*:[^/@]*@(?!sha(?:256|512):)")


def parse_reference(text: str) -> RegistryPlace:
    """
    The image in a registry that ``text`` names, normalised as docker does.

    Raises ``UsageError`` for what is no reference.
    """
    if len(text) > _LONGEST:
        raise _wrong(text, "is too long")
    if "://" in text:
        raise _wrong(text, "is an address; write it without the scheme")
    name, _, digest = text.partition("@")
    if "@" in text and not _DIGEST.fullmatch(digest):
        raise _wrong(text, "has no digest after the @ (sha256:<64 hex digits>)")
    name, tag = _tag(name, text)
    host, path = _host(name)
    found = _HOST.fullmatch(host)
    if found is None or not 0 < int(found["port"] or 1) < 65536:
        raise _wrong(text, f"names no host that can be, {host[:100]!r}")
    if path != path.lower():
        raise _wrong(text, "has capital letters in the repository's name")
    if not _PATH.fullmatch(path) or len(f"{host}/{path}") > _LONGEST_NAME:
        raise _wrong(text, "names no repository")
    if _HEX.fullmatch(name):
        raise _wrong(text, "is the id of an image, not its name")
    tag = tag or ("" if digest else LATEST)
    return _place(host, path, tag, digest)


def parse_mirror(text: str) -> tuple[str, str]:
    """The host of a mirror, and what it puts before every repository's name; raises ``UsageError``."""
    host, slash, path = text.rstrip("/").partition("/")
    if not _HOST.fullmatch(host) or (slash and not _PATH.fullmatch(path)):
        raise UsageError(
            f"--registry-mirror {text[:200]}: expected HOST[:PORT][/PREFIX]",
            hint="without a scheme: encrypted, except on this machine or with --registry-plain-http",
        )
    return host, f"{path}/" if path else ""


def _place(host: str, path: str, tag: str, digest: str) -> RegistryPlace:
    is_hub = host in _HUB_NAMES
    title = f"{HUB if is_hub else host}/{path}"
    title += f":{tag}" if tag else ""
    title += f"@{digest}" if digest else ""
    return RegistryPlace(
        host=_HUB_SERVER if is_hub else host,
        repository=path,
        tag=tag,
        digest=digest,
        title=title,
        logins=_HUB_LOGINS if is_hub else (),
    )


def _tag(name: str, text: str) -> tuple[str, str]:
    """The name, and the tag behind its last colon where that is no port's."""
    before, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        return name, ""
    if not _TAG.fullmatch(tag):
        raise _wrong(text, f"has no tag that can be, {tag[:100]!r}")
    return before, tag


def _host(name: str) -> tuple[str, str]:
    """The host and the repository's path in it."""
    first, slash, rest = name.partition("/")
    is_host = slash and (
        "." in first or ":" in first or first == "localhost" or first != first.lower()
    )
    host, path = (first, rest) if is_host else (HUB, name)
    if host in _HUB_NAMES and "/" not in path:
        path = f"library/{path}"
    return host, path


def _wrong(text: str, reason: str) -> UsageError:
    has_secret = _SECRET.search(text) is not None
    shown = _SECRET.sub(r"\1…@", text)[:200]
    return UsageError(
        f"registry:{shown}: {reason}",
        hint="log in with docker login HOST, or with --username"
        if has_secret
        else "expected registry:[HOST[:PORT]/]NAME[:TAG][@DIGEST]",
    )
