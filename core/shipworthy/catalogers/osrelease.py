"""
The files in which a distribution says what it is.

``os-release`` (os-release(5)) and what came before it: ``lsb-release``, one-line release
files, ``debian_version``; and ``/etc/apk/repositories`` (apk-repositories(5)), which tells
an Alpine branch better than the release does. They become facts; what the facts mean is
:mod:`shipworthy.catalogers.distro`'s business, because only all layers together say which
of the files are still there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shipworthy.catalogers.interface import Body, Evidence, LayerFile, Wants


OS_RELEASE = ("etc/os-release", "usr/lib/os-release")
"""In the order in which os-release(5) has them read."""
OS_RELEASE_DIR = "usr/lib/os.release.d"
"""Where early Fedora kept the variants that ``os-release`` was a link to."""
RELEASE_FILES = (
    "etc/alpine-release",
    "etc/lsb-release",
    "etc/oracle-release",
    "etc/almalinux-release",
    "etc/rocky-release",
    "etc/centos-release",
    "etc/fedora-release",
    "etc/enterprise-release",
    "etc/photon-release",
    "etc/azurelinux-release",
    "etc/mariner-release",
    "etc/openEuler-release",
    "etc/redhat-release",
    "etc/system-release",
    "etc/SuSE-release",
    "etc/debian_version",
)
"""
Older release files, most telling first.

Oracle and Fedora ship a ``redhat-release`` that names Red Hat, Ubuntu a
``debian_version``; so those two come after the files that only their owners have.
"""
REPOSITORIES = "etc/apk/repositories"
REPOSITORY_DIRS = ("etc/apk/repositories.d", "lib/apk/repositories.d")

_MAX_LINES = 4096
_MAX_VALUE = 1024
_ASSIGNMENT = re.compile(r"[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*)")
_ESCAPED = re.compile(r"\\(.)")
_ESCAPED_IN_QUOTES = re.compile(r'\\([\\"$`])')
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BRANCH = re.compile(r"/(edge|v\d{1,4}\.\d{1,4})/(main|community)/?$", re.ASCII)
_NUMBERED = re.compile(r"\d{1,4}\.\d{1,4}", re.ASCII)


class OsReleaseCataloger:
    """Finds what the distribution says of itself."""

    name = "osrelease"
    version = 1
    grouped = False
    wants = Wants(
        paths=frozenset({*OS_RELEASE, *RELEASE_FILES, REPOSITORIES}),
        prefixes=frozenset({OS_RELEASE_DIR, *REPOSITORY_DIRS}),
        max_size=1024 * 1024,
    )

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give the facts of each file; a file that states none gives no evidence."""
        for file in files:
            lines = _lines(file.data)
            if file.path == REPOSITORIES or file.path.startswith(REPOSITORY_DIRS):
                facts = branches(lines)
            elif file.path in RELEASE_FILES:
                facts = _release(lines)
            else:
                facts = assignments(lines)
                if not facts and lines:
                    problem = "states nothing, expected lines of KEY=value"
                    yield Evidence(path=file.path, problems=(problem,))
            if facts:
                yield Evidence(path=file.path, facts=tuple(sorted(facts.items())))


def assignments(lines: Iterable[str]) -> dict[str, str]:
    """
    The variables that ``lines`` assign, unquoted as a shell would.

    As systemd reads them: the last assignment counts, comments are whole lines, an
    unquoted value may hold blanks. A quote that is not closed on its line is dropped.
    """
    found: dict[str, str] = {}
    for line in lines:
        if match := _ASSIGNMENT.fullmatch(line):
            found[match[1]] = _unquoted(match[2].rstrip())[:_MAX_VALUE]
    return found


def branches(lines: Iterable[str]) -> dict[str, str]:
    """
    Alpine's highest branch for each of ``main`` and ``community``: ``3.19`` or ``edge``.

    Repositories with a tag (``@edge https://…``) do not count: apk takes from them only
    what is asked for by the tag.
    """
    found: dict[str, str] = {}
    for line in lines:
        if match := _BRANCH.search(line) if line[:1] not in {"#", "@"} else None:
            branch, component = match[1].removeprefix("v"), match[2]
            found[component] = max(branch, found.get(component, ""), key=newness)
    return found


def newness(branch: str) -> tuple[int, ...]:
    """A key that orders Alpine's branches: what is none first, ``edge`` last."""
    if branch == "edge":
        return (1 << 30,)
    return tuple(map(int, branch.split("."))) if _NUMBERED.fullmatch(branch) else ()


def _release(lines: Sequence[str]) -> dict[str, str]:
    """The variables of a release file, and its first line of plain words as ``text``."""
    facts = assignments(lines)
    for line in lines:
        if "=" not in line and not line.startswith("#"):
            facts["text"] = " ".join(line.split())[:_MAX_VALUE]
            break
    return facts


def _lines(data: Body) -> list[str]:
    """The lines that are not empty, trimmed."""
    text = bytes(data).decode("utf-8", "replace").lstrip("\ufeff")
    lines = [
        line.strip(" \t\r\0") for line in text.split("\n", _MAX_LINES)[:_MAX_LINES]
    ]
    return [line for line in lines if line]


def _unquoted(value: str) -> str:
    if value.startswith('"'):
        closed = _DOUBLE.match(value)
        return _ESCAPED_IN_QUOTES.sub(r"\1", closed[1] if closed else value[1:])
    if value.startswith("'"):
        return value[1:].partition("'")[0]
    return _ESCAPED.sub(r"\1", value)
