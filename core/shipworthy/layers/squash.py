"""
Laying the layers on each other: what is still visible, and which layer first brought it.

Settles whiteouts, opaque directories, overwritten files, files that become directories and
back, and paths that lead through symbolic links of the layers below (a merged /usr), as the OCI
image specification's "Applying Changesets" and the engines do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace

from shipworthy.catalogers.interface import PackageSeen
from shipworthy.layers.record import Found, LayerRecord
from shipworthy.model.limits import LIMITS
from shipworthy.values import dataclass


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
    """A record ready to be asked what it hides; answers for directories are remembered."""

    def __init__(self, record: LayerRecord) -> None:
        self.record = record
        self.paths = _split(record.paths)
        self.directories = _split(record.directories)
        self.whiteouts = set(record.whiteouts)
        self.opaque = set(record.opaque)
        self._remember()

    def follow(self, links: _Links) -> None:
        """Add, to what the layer names, the places that those names lead to by way of links below."""
        for found in self.record.found:
            self.paths.add(links.real(found.evidence.path))
        self.whiteouts.update(map(links.real, self.record.whiteouts))
        self.opaque.update(links.real(f"{p}/")[:-1] for p in self.record.opaque)
        self._remember()

    def _remember(self) -> None:
        self._hidden = _Covered(self.paths, self.whiteouts, self.opaque)
        self._removed = _Covered(self.whiteouts, self.opaque)

    def hides(self, path: str) -> bool:
        """Whether what a lower layer has at ``path`` is gone once this layer lies on top."""
        return (
            path in self.paths
            or path in self.directories
            or path in self.whiteouts
            or self._hidden.above(path)
        )

    def replaces(self, path: str) -> bool:
        """Whether the layer writes ``path`` over what was there, without removing that first."""
        return (
            path in self.paths
            and path not in self.whiteouts
            and path not in self.directories
            and not self._removed.above(path)
        )


class _Covered:
    """Whether anything above a path is in one of ``sets``."""

    def __init__(self, *sets: set[str]) -> None:
        self._sets = sets
        self._known = {"": any("" in names for names in sets)}

    def above(self, path: str) -> bool:
        """Whether a directory that ``path`` lies in is one of them."""
        directory = path.rpartition("/")[0]
        known = self._known.get(directory)
        if known is None:
            known = any(directory in names for names in self._sets)
            known = known or self.above(directory)
            self._known[directory] = known
        return known


class _Links:
    """The visible symbolic links, with the real place of each directory remembered."""

    def __init__(self, symlinks: dict[str, str]) -> None:
        self._symlinks = symlinks
        self._known = {"": ""}

    def real(self, path: str) -> str:
        """Where ``path`` leads when its directories are followed."""
        directory, slash, name = path.rpartition("/")
        return f"{self._directory(directory)}/{name}".lstrip("/") if slash else path

    def _directory(self, directory: str) -> str:
        known = self._known.get(directory)
        if known is None:
            known = self.real(directory)
            if known in self._symlinks:
                known = real_path(f"{directory}/", self._symlinks)[:-1]
            self._known[directory] = known
        return known


def _split(joined: str) -> set[str]:
    return set(joined.split("\0")) if joined else set()


def squash(records: Sequence[LayerRecord]) -> Squashed:
    """Lay ``records``, bottom first, on each other."""
    files: dict[str, VisibleFile] = {}
    symlinks: dict[str, str] = {}
    for index, record in enumerate(records):
        layer = _Layer(record)
        symlinks = {p: t for p, t in symlinks.items() if not layer.hides(p)}
        links = _Links(symlinks)
        if symlinks:
            layer.follow(links)
        symlinks |= dict(record.symlinks)
        _lay(index, layer, links, files)
    return Squashed(
        files=tuple(files[path] for path in sorted(files)),
        symlinks=symlinks,
        entries=sum(record.entries for record in records),
        files_read=sum(record.files_read for record in records),
    )


def _lay(
    index: int, layer: _Layer, links: _Links, files: dict[str, VisibleFile]
) -> None:
    """Take out of ``files`` what the layer hides and put in what it shows."""
    replaced: dict[str, VisibleFile] = {}
    for path in [path for path in files if layer.hides(path)]:
        gone = files.pop(path)
        if layer.replaces(path):
            replaced[path] = gone
    for stored in layer.record.found:
        found, evidence = stored, stored.evidence
        path = links.real(evidence.path)
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
