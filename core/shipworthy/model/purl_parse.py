"""
Package URLs taken apart (package-url specification, "How to parse a purl string").

The counterpart of :mod:`shipworthy.model.purl`, for purls that others wrote. Parts come
percent-decoded, with white space around them taken off, and in the case that the rules
of their type ask for; Go's paths keep theirs, because advisories are filed under it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from shipworthy.errors import ParseError
from shipworthy.model.purl import LOWER_NAME, LOWER_NAMESPACE


MAX_LENGTH = 8192
"""Characters in a package URL; longer ones are refused."""

_TYPE = re.compile(r"[A-Za-z.-][A-Za-z0-9.+-]*").fullmatch
_KEY = re.compile(r"[a-z._-][a-z0-9._-]*").fullmatch
_KINDS = frozenset({"apk", "deb", "golang", "maven", "npm", "pypi", "rpm"})
_USUAL = frozenset({"arch", "distro", "epoch", "upstream"})
_NONE: Mapping[str, str] = MappingProxyType({})
_EMPTY = frozenset({""})
_DOTS = frozenset({"", ".", ".."})
_SHOWN = 80


class PackageUrl(NamedTuple):
    """A package URL in its parts; absent parts are empty. A tuple, because an SBOM has a hundred thousand."""

    type: str
    namespace: str
    """Segments separated by ``/``, decoded."""
    name: str
    version: str
    qualifiers: Mapping[str, str]
    """Decoded values by key; none is empty."""
    subpath: str


def parse_purl(text: str) -> PackageUrl:
    """
    The parts of the package URL ``text``.

    Slashes after the scheme, upper case in the type and in the keys of qualifiers, and an
    unencoded ``@`` before an npm scope are forgiven; qualifiers without a value are left out.

    Raises:
        ParseError: It has no type or no name, a key or an encoding is wrong, or it is too long.
    """
    if len(text) > MAX_LENGTH:
        raise _refused(text, f"at most {MAX_LENGTH} characters")
    rest, _, subpath = text.strip().partition("#")
    rest, _, qualifiers = rest.partition("?")
    if not text.isascii() and not text.isprintable():
        raise _refused(text, "printable characters, others percent-encoded")
    scheme, colon, rest = rest.partition(":")
    if not colon or scheme.lower() != "pkg":
        raise _refused(text, "pkg: at its beginning")
    kind, slash, path = rest.lstrip("/").partition("/")
    if not slash or not (kind in _KINDS or _TYPE(kind)):
        raise _refused(text, "a type between pkg: and the first slash")
    kind = kind.lower()
    try:
        namespace, name, version = _located(kind, path)
        pairs = _pairs(qualifiers) if qualifiers else _NONE
        inner = _path(subpath, _DOTS) if subpath else ""
    except ValueError as error:
        raise _refused(text, str(error)) from None
    return PackageUrl(kind, namespace, name, version, pairs, inner)


def _located(kind: str, path: str) -> tuple[str, str, str]:
    """Namespace, name and version; raises ``ValueError`` saying what was expected."""
    version = ""
    at = path.rfind("@")
    # An @ that begins a segment is a scope's, not a version's.
    if at >= 0 and (path[at - 1 : at] not in {"", "/"} or "/" not in path[at:]):
        path, version = path[:at], path[at + 1 :].strip()
        if "%" in version:
            version = _decoded(version)
    space, _, name = path.strip("/ \t\r\n").rpartition("/")
    if "%" in name:
        name = _decoded(name).strip("/ \t\r\n")
    if not name:
        raise ValueError("a name after the type")
    if kind in LOWER_NAME:
        name = name.lower()
        if kind == "pypi":
            name = name.replace("_", "-")
    if "%" in space or "/" in space:
        space = _path(space, _EMPTY)
    if kind in LOWER_NAMESPACE:
        space = space.lower()
    return space, name, version


def _pairs(text: str) -> Mapping[str, str]:
    """The qualifiers by key; raises ``ValueError`` for a key that cannot be one."""
    pairs: dict[str, str] = {}
    for pair in text.split("&"):
        key, _, value = pair.partition("=")
        if key not in _USUAL:
            key = key.strip().lower()
            if not key and not value:
                continue
            if not _KEY(key):
                raise ValueError("qualifiers as KEY=VALUE after the question mark")
        if value:
            pairs[key] = _decoded(value)
    return pairs


def _path(text: str, drop: frozenset[str]) -> str:
    """The segments of a path that are not to be dropped, decoded."""
    segments = (_decoded(part).strip() for part in text.split("/"))
    return "/".join([part for part in segments if part not in drop])


def _decoded(text: str) -> str:
    """Percent-decoded as UTF-8; raises ``ValueError`` where it is none."""
    if "%" not in text:
        return text
    # The two that most purls have; neither makes a new sign of encoding out of what stands around.
    text = text.replace("%40", "@").replace("%2B", "+")
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        raise ValueError("percent-encoded UTF-8") from None


def _refused(text: str, expected: str) -> ParseError:
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return ParseError(f"{shown!r} is not a package URL: expected {expected}")
