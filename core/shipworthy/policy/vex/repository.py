"""
VEX repositories (https://github.com/aquasecurity/vex-repo-spec, version 0.1): a manifest, and an index of documents by package.

``vex-repository.json`` stands at the top; ``index.json`` beside it, or in the directory that is called by the
version of the layout, ``0.1``. The index names a document's place relative to its own directory; what
lies outside of that is not read, whoever wrote the index.
"""

from __future__ import annotations

import os
from pathlib import Path

from shipworthy.policy.vex.envelope import parsed
from shipworthy.policy.vex.values import objects, shown, text


MANIFEST = "vex-repository.json"
INDEX = "index.json"

_VERSION = "0.1"
_MAX_BYTES = 64 * 1024 * 1024


def repository_at(place: Path) -> Path | None:
    """The index of the repository at ``place``; ``None`` where there is no repository."""
    if not (place / MANIFEST).is_file():
        return None
    for index in (place / _VERSION / INDEX, place / INDEX):
        if index.is_file():
            return index
    return None


def locations_of(index: Path, most: int) -> tuple[list[Path], list[str]]:
    """
    The documents that the index names, each once and inside its directory, and what is said of the others.

    Raises ``OSError`` where the index cannot be read.
    """
    with index.open("rb") as file:
        data = file.read(_MAX_BYTES + 1)
    notes: list[str] = []
    if len(data) > _MAX_BYTES:
        return [], [f"the index is larger than {_MAX_BYTES} bytes, nothing was read"]
    packages = parsed(data).get("packages")
    if type(packages) is not list:
        return [], ["the index lists no packages, nothing was read"]
    top = os.path.realpath(index.parent)
    found: dict[str, Path] = {}
    for item in objects(packages):
        location = text(item.get("location"))
        place = os.path.normpath(f"{top}/{location}") if location else ""
        real = os.path.realpath(place) if "\0" not in place else ""
        if not location or location.startswith("/") or not _is_in(place, real, top):
            what = shown(location) or f"the document of {shown(text(item.get('id')))}"
            notes.append(f"{what} lies outside of the repository, not read")
        elif len(found) >= most:
            notes.append(f"names more than {most} documents, the rest was not read")
            break
        else:
            found.setdefault(real, index.parent / os.path.relpath(place, top))
    return list(found.values()), notes[:20]


def _is_in(place: str, real: str, top: str) -> bool:
    """Whether the place lies below, as it is written and as links lead."""
    inside = f"{top}{os.sep}"
    return place.startswith(inside) and real.startswith(inside)
