"""
Node packages as npm, yarn, pnpm and the distributions install them.

Format: ``package.json`` (npm documentation, ``configuring-npm/package-json``). A package
counts as installed when its file lies exactly where Node looks a package up:
``node_modules/NAME/package.json`` or ``node_modules/@SCOPE/NAME/package.json``, however
deeply nested (``node_modules_18`` and the like, as Fedora has them, included), or so
below Debian's ``usr/share/nodejs`` and ``usr/lib/…/nodejs``. Other ``package.json`` files
inside packages are module-type stubs, templates and test fixtures: no packages.

Tools that are unpacked elsewhere (``opt/yarn-v1.22.22``) count with the notes
``application`` and ``low-confidence`` when they say where their source is published and are not
private; a team's own application usually does neither. What is marked private was never
on the registry and carries the note ``private``. Not read: Yarn's zip cache (Plug'n'Play).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from shipworthy.catalogers.interface import (
    Body,
    Evidence,
    LayerFile,
    PackageSeen,
    Wants,
)
from shipworthy.errors import ParseError
from shipworthy.model.purl import npm_purl


_MAX_SIZE = 4 * 1024 * 1024
_MAX_TEXT = 256
_MAX_LICENCES = 16
_BOM = b"\xef\xbb\xbf"

_INSTALLED = re.compile(
    r"(?:.*/)?(?:node_modules(?:_\d+)?|usr/share/nodejs|usr/lib/(?:[^/]+/)?nodejs)"
    r"/(?:@[^/]+/)?[^/.@][^/]*/package\.json"
).fullmatch
_ELSEWHERE = re.compile(
    r"(?:^|/)(?:node_modules(?:_\d+)?|nodejs|site-packages|dist-packages|gems|vendor|doc|docs"
    r"|tests?|testdata|__tests__|fixtures?|__fixtures__|examples?|templates?|spec)/"
).search
_NAME = re.compile(r"(?:@[^/\s]+/)?[^/\s]+", re.ASCII).fullmatch
_VERSION = re.compile(r"[!-~]+").fullmatch


class NodeCataloger:
    """Finds installed Node packages."""

    name = "node"
    version = 1
    wants = Wants(names=frozenset({"package.json"}), max_size=_MAX_SIZE)
    grouped = False

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give the package of each of ``files`` that describes an installed one."""
        for file in files:
            path = file.path
            installed = _INSTALLED(path) is not None
            if not installed and _ELSEWHERE(path):
                continue
            seen = _package(file.data, installed=installed)
            if seen is not None:
                yield Evidence(path=path, packages=(seen,))


def _package(data: Body, *, installed: bool) -> PackageSeen | None:
    """The package that a ``package.json`` describes; none without name and version."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError:
        document = _lenient(data, installed=installed)
    if not isinstance(document, dict):
        return None
    name, version = document.get("name"), document.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        return None
    name, version = name.strip(), version.strip().lstrip("=v")
    if (
        not (name.isascii() and _NAME(name) and _VERSION(version))
        or len(name + version) > _MAX_TEXT
    ):
        return None
    notes: tuple[str, ...] = ()
    private = document.get("private") in (True, "true")
    if not installed:
        if private or not document.get("repository"):
            return None
        notes = ("application", "low-confidence")
    elif private:
        notes = ("private",)
    return PackageSeen(
        type="npm",
        name=name,
        version=version,
        purl=npm_purl(name, version),
        licences=_licences(document),
        notes=notes,
    )


def _lenient(data: Body, *, installed: bool) -> Any:
    """
    What a strict reader refuses but npm reads: a byte-order mark, text that is not UTF-8.

    Nothing for a file that is not JSON at all, unless it is an installed package's:
    that raises ``ParseError``.
    """
    import json  # it takes what orjson does not

    text = bytes(data[:_MAX_SIZE]).removeprefix(_BOM).decode("utf-8", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        if not installed:
            return None
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nesting"
        raise ParseError(f"is not JSON ({reason})") from error


def _licences(document: dict[str, Any]) -> tuple[str, ...]:
    """Licences in all the shapes that npm ever allowed: a word, an object, a list of either."""
    value = document.get("license") or document.get("licenses")
    if isinstance(value, str):
        return (_clean(value),)
    if not value:
        return ()
    found = []
    for item in value[:_MAX_LICENCES] if isinstance(value, list) else [value]:
        text = item.get("type") or item.get("name") if isinstance(item, dict) else item
        if isinstance(text, str) and text.strip():
            found.append(_clean(text))
    return tuple(dict.fromkeys(found))


def _clean(text: str) -> str:
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.strip()[:_MAX_TEXT]
