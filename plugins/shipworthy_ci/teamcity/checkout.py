"""
Where the build is checked out: TeamCity takes test reports and files of inspections relative to that directory alone.

No variable tells it. It stands in the file of the build's system properties that ``TEAMCITY_BUILD_PROPERTIES_FILE``
names, which is written as ``java.util.Properties`` writes: ISO 8859-1, ``key=value``, escapes with a backslash.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from shipworthy_ci.surroundings import Surroundings


_FILE = "TEAMCITY_BUILD_PROPERTIES_FILE"
_KEY = "teamcity.build.checkoutDir"
_MOST = 8 << 20
_ENTRY = re.compile(r"((?:\\.|[^\\=:\s])+)\s*[=:]?\s*(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_LETTERS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


def checkout_of(around: Surroundings) -> Path:
    """The checkout directory; where nothing tells it, the one that the step runs in, which is its usual place."""
    named = around.variable(_FILE)
    if named:
        try:
            with Path(named).open("rb") as file:
                text = file.read(_MOST).decode("latin-1")
        except (OSError, ValueError):
            text = ""
        told = read_properties(text).get(_KEY, "")
        if told and "\0" not in told and Path(told).is_absolute():
            return Path(told)
    return around.folder


def inside(path: Path | str, around: Surroundings) -> str:
    """``path`` relative to the checkout directory, with slashes; empty where it lies elsewhere."""
    top = os.path.normpath(checkout_of(around))
    whole = os.path.normpath(around.folder / path)
    for base, place in ((top, whole), (os.path.realpath(top), os.path.realpath(whole))):
        try:
            return Path(place).relative_to(base).as_posix()
        except ValueError:
            continue
    return ""


def read_properties(text: str) -> dict[str, str]:
    """The entries of such a file; the last of a key counts."""
    found = (_ENTRY.fullmatch(entry) for entry in _entries(text))
    return {_plain(one[1]): _plain(one[2]) for one in found if one}


def _entries(text: str) -> Iterator[str]:
    """Lines that are no comments, continued ones put together."""
    whole = ""
    for line in re.split(r"\r\n|\r|\n", text):
        part = line.lstrip(" \t\f")
        if not whole and part[:1] in {"#", "!", ""}:
            continue
        whole += part
        if (len(whole) - len(whole.rstrip("\\"))) % 2:
            whole = whole[:-1]
            continue
        yield whole
        whole = ""
    if whole:
        yield whole


def _plain(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code[1:], 16)) if len(code) == 5 else _LETTERS.get(code, code)

    return _ESCAPE.sub(one, text)
