"""
Laying the layers on each other: what is still visible, and which layer first brought it.

Settles whiteouts, opaque directories, overwritten files, files that become directories and
back, and paths that lead through symbolic links of the layers below (a merged /usr), as the OCI
image specification's "Applying Changesets" and the engines do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shipworthy.catalogers.interface import PackageSeen
from shipworthy.layers.record import Found, LayerRecord
from shipworthy.model.limits import LIMITS


PackageKey = tuple[str, str, str, str]
"""What tells one version of a package from another in one file: type, name, version, architecture."""


def key_of(seen: PackageSeen) -> PackageKey:
    """The package's identity within a file."""
    return (seen.type, seen.name, seen.version, seen.arch)


@dataclass(slots=True, kw_only=True)
class VisibleFile:
    """One file of the final image that shows something."""

    path: str
    layer: int
    """The layer whose copy of the file is visible."""
    found: list[Found] = field(default_factory=list)
    since: dict[PackageKey, int] = field(default_factory=dict)
    """For each package in it, the layer since which it has been there without a break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Squashed:
    """What is visible of all layers together."""

    files: tuple[VisibleFile, ...]
    """Sorted by path."""
    symlinks: dict[str, str]
    """Visible symbolic links: path to target as written."""
    entries: int
    files_read: int

    @property
    def facts(self) -> dict[str, dict[str, str]]:
        """Path to plain facts, of the files that state any."""
        return {
            file.path: dict(found.evidence.facts)
            for file in self.files
            for found in file.found
            if found.evidence.facts
        }


class _Layer:
    """A record with its paths ready to be asked."""

    def __init__(self, record: LayerRecord) -> None:
        self.record = record
        self.paths = set(record.paths.split("\0")) if record.paths else set()
        self.directories = (
            set(record.directories.split("\0")) if record.directories else set()
        )
        self.whiteouts = set(record.whiteouts)
        self.opaque = set(record.opaque)

    def hides(self, path: str) -> bool:
        """Whether something that a lower layer has at ``path`` is gone once this layer lies on top."""
        if path in self.paths or path in self.directories or path in self.whiteouts:
            return True
        at = path.rfind("/")
        while at > 0:
            parent = path[:at]
            if (
                parent in self.paths
                or parent in self.whiteouts
                or parent in self.opaque
            ):
                return True
            at = path.rfind("/", 0, at)
        return "" in self.opaque


def squash(records: Sequence[LayerRecord]) -> Squashed:
    """Lay ``records``, bottom first, on each other."""
    files: dict[str, VisibleFile] = {}
    symlinks: dict[str, str] = {}
    for index, record in enumerate(records):
        layer = _Layer(record)
        symlinks = {p: t for p, t in symlinks.items() if not layer.hides(p)}
        own = _resolved(record, symlinks)
        # What the layer names by way of a link is not in its own lists as it really lies.
        layer.paths.update(own.values())
        layer.whiteouts.update(real_path(p, symlinks) for p in record.whiteouts)
        layer.opaque.update(real_path(f"{p}/", symlinks)[:-1] for p in record.opaque)
        symlinks |= dict(record.symlinks)
        _lay(index, layer, own, files)
    return Squashed(
        files=tuple(files[path] for path in sorted(files)),
        symlinks=symlinks,
        entries=sum(record.entries for record in records),
        files_read=sum(record.files_read for record in records),
    )


def _resolved(record: LayerRecord, symlinks: dict[str, str]) -> dict[str, str]:
    """Evidence paths of the layer that lead through links below, with where they lead."""
    resolved: dict[str, str] = {}
    if not symlinks:
        return resolved
    for path in {found.evidence.path for found in record.found}:
        real = real_path(path, symlinks)
        if real != path:
            resolved[path] = real
    return resolved


def _lay(
    index: int, layer: _Layer, own: dict[str, str], files: dict[str, VisibleFile]
) -> None:
    """Take out of ``files`` what the layer hides and put in what it shows."""
    replaced: dict[str, VisibleFile] = {}
    for path in [path for path in files if layer.hides(path)]:
        gone = files.pop(path)
        if path in layer.paths and not _removed(path, layer):
            replaced[path] = gone
    for stored in layer.record.found:
        found, evidence = stored, stored.evidence
        path = own.get(evidence.path, evidence.path)
        if path != evidence.path:
            found = replace(stored, evidence=replace(evidence, path=path))
        file = files.get(path)
        if file is None:
            file = files[path] = VisibleFile(path=path, layer=index)
        file.found.append(found)
        before = replaced[path].since if path in replaced else {}
        for seen in evidence.packages:
            key = key_of(seen)
            file.since[key] = before.get(key, index)


def _removed(path: str, layer: _Layer) -> bool:
    """Whether the layer removes what is below before it writes the path anew."""
    if path in layer.whiteouts or path in layer.directories:
        return True
    at = path.rfind("/")
    while at > 0:
        parent = path[:at]
        if parent in layer.whiteouts or parent in layer.opaque:
            return True
        at = path.rfind("/", 0, at)
    return "" in layer.opaque


def real_path(path: str, symlinks: dict[str, str]) -> str:
    """
    Where ``path`` leads when its directories are followed through ``symlinks``.

    The last part is not followed. A link that leaves the root stops at the root, and one that goes
    in circles leaves the path as it is, as ``chroot`` would have it.
    """
    parts = path.split("/")
    if len(parts) == 1 or not symlinks:
        return path
    done: list[str] = []
    todo = parts[:-1][::-1]
    hops = 0
    while todo:
        part = todo.pop()
        if part in {"", "."}:
            continue
        if part == "..":
            if done:
                done.pop()
            continue
        done.append(part)
        target = symlinks.get("/".join(done))
        if target is None:
            continue
        hops += 1
        if hops > LIMITS.links:
            return path
        if target.startswith("/"):
            done.clear()
        else:
            done.pop()
        todo.extend(reversed(target.split("/")))
    return "/".join([*done, parts[-1]])
