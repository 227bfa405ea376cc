"""From the entries of one layer to its record: what it adds, what it hides, what its files show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from shipworthy.catalogers.interface import Body, Cataloger, Evidence, LayerFile
from shipworthy.errors import ImageError, LimitError, ParseError
from shipworthy.layers.body import IN_MEMORY, spooled
from shipworthy.layers.record import Found, LayerRecord
from shipworthy.layers.select import ELF_MAGIC, Selector
from shipworthy.model.limits import Limits
from shipworthy.streams.header import normal_path
from shipworthy.streams.tar import (
    DIRECTORY,
    FILE,
    HARDLINK,
    SYMLINK,
    Entry,
)


_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_AUFS = ".wh..wh."
"""Names that only the aufs storage driver understands (OCI image specification, layer, "Whiteouts")."""


class Walk(Protocol):
    """**Protocol:** entries with their bodies: a tar stream or a directory."""

    entries: int

    def __iter__(self) -> Iterator[Entry]:
        """Every entry."""
        ...

    def peek(self, count: int, /) -> bytes:
        """The first bytes of the entry just given."""
        ...

    def body(self) -> bytes:
        """The whole entry just given; raises ``ParseError`` when it alone cannot be read."""
        ...

    def parts(self) -> Iterator[bytes]:
        """The entry just given in portions."""
        ...


class Collector:
    """
    Gathers one layer's record.

    Args:
        selector: Which catalogers want which file.
        name: The layer's name, for messages.
        limits: The bounds on what may be read.
        whiteouts: Whether names beginning with ``.wh.`` hide what is below.
    """

    def __init__(
        self, selector: Selector, name: str, limits: Limits, *, whiteouts: bool = True
    ) -> None:
        self._hiding = whiteouts
        self._selector = selector
        self._name = name
        self._limits = limits
        self._paths: list[str] = []
        self._directories: list[str] = []
        self._symlinks: list[tuple[str, str]] = []
        self._whiteouts: list[str] = []
        self._opaque: list[str] = []
        self._found: dict[str, list[Found]] = {}
        self._groups: dict[tuple[int, str], dict[str, LayerFile]] = {}
        self._entries = 0
        self._files_read = 0
        self._bytes_read = 0
        self.linked: dict[str, list[str]] = {}
        """Bodies still to be read: hard-link target to the wanted names that share it."""

    def collect(self, walker: Walk) -> None:
        """Take in every entry of the layer."""
        by_path = self._selector.by_path
        may_be_elf = self._selector.may_be_elf
        for entry in walker:
            path = entry.path
            if self._hiding and _WHITEOUT in path and self._whiteout(path):
                continue
            if entry.kind == DIRECTORY:
                self._directories.append(path)
                continue
            self._paths.append(path)
            if entry.kind == FILE:
                self._found.pop(path, None)  # a later entry replaces an earlier one
                catalogers = by_path(path)
                if may_be_elf(entry.mode, entry.size) and walker.peek(4) == ELF_MAGIC:
                    catalogers += tuple(
                        i for i in self._selector.elf if i not in catalogers
                    )
                if catalogers:
                    self._read(entry, catalogers, walker)
            elif entry.kind == SYMLINK:
                self._symlinks.append((path, entry.link))
            elif entry.kind == HARDLINK and by_path(path):
                target = normal_path(entry.link, self._name, self._limits)
                self.linked.setdefault(target, []).append(path)
        self._entries = walker.entries

    def collect_linked(self, walker: Walk) -> None:
        """Read the bodies that wanted hard links share, in a second walk over the same layer."""
        wanted = dict(self.linked)
        for entry in walker:
            if entry.kind == FILE and (names := wanted.pop(entry.path, None)):
                body = self._body(entry, walker)
                for path in names:
                    self._hand_over(
                        path, body, entry.mode, self._selector.by_path(path)
                    )
        for target, names in sorted(wanted.items()):
            for path in names:
                for index in self._selector.by_path(path):
                    self._fail(
                        self._selector.catalogers[index],
                        path,
                        f"is a hard link to {target}, which this layer does not hold",
                    )

    def record(self, diff_id: str, size: int) -> LayerRecord:
        """The record, once every entry was taken in."""
        for (index, _), files in sorted(self._groups.items()):
            self._parse(index, [files[path] for path in sorted(files)])
        self._groups.clear()
        return LayerRecord(
            diff_id=diff_id,
            size=size,
            entries=self._entries,
            files_read=self._files_read,
            paths="\0".join(self._paths),
            directories="\0".join(self._directories),
            symlinks=tuple(self._symlinks),
            whiteouts=tuple(sorted(set(self._whiteouts))),
            opaque=tuple(sorted(set(self._opaque))),
            found=tuple(
                found for path in sorted(self._found) for found in self._found[path]
            ),
        )

    def note(self, path: str, problem: str) -> None:
        """Keep a problem that no cataloger has met, because the path could not be opened."""
        evidence = Evidence(path=path, problems=(problem,))
        self._found.setdefault(path, []).append(
            Found(cataloger="walk", evidence=evidence)
        )

    def _whiteout(self, path: str) -> bool:
        """Whether the entry is a whiteout; if so, what it hides is noted."""
        directory, slash, name = path.rpartition("/")
        if not name.startswith(_WHITEOUT):
            return False
        if name == _OPAQUE:
            self._opaque.append(directory)
        elif not name.startswith(_AUFS):
            hidden = name[len(_WHITEOUT) :]
            if hidden in {"", ".", ".."}:
                raise ImageError(
                    f"{self._name}: the whiteout {path[:200]!r} names nothing that can be hidden"
                )
            self._whiteouts.append(f"{directory}{slash}{hidden}")
        return True

    def _read(self, entry: Entry, catalogers: Sequence[int], walker: Walk) -> None:
        able: list[int] = []
        for index in catalogers:
            cataloger = self._selector.catalogers[index]
            if entry.sparse:
                self._fail(
                    cataloger,
                    entry.path,
                    "is stored as a sparse file, which is not read",
                )
            elif entry.size > cataloger.wants.max_size:
                self._fail(
                    cataloger,
                    entry.path,
                    f"is {entry.size} bytes, more than the {cataloger.wants.max_size} that are read",
                )
            else:
                able.append(index)
        if not able:
            return
        try:
            body = self._body(entry, walker)
        except ParseError as error:
            for index in able:
                self._fail(self._selector.catalogers[index], entry.path, error.message)
            return
        self._hand_over(entry.path, body, entry.mode, able)

    def _body(self, entry: Entry, walker: Walk) -> Body:
        self._files_read += 1
        if self._selector.by_path(entry.path):
            self._bytes_read += entry.size
        if self._bytes_read > self._limits.wanted_bytes:
            raise LimitError(
                f"{self._name}: package files of more than {self._limits.wanted_bytes} bytes,"
                " the bound for one layer"
            )
        if entry.size <= IN_MEMORY:
            return walker.body()
        return spooled(walker.parts())

    def _hand_over(
        self, path: str, body: Body, mode: int, catalogers: Iterable[int]
    ) -> None:
        """Parse now, or keep for the group that is parsed when the layer is complete."""
        file = LayerFile(path=path, data=body, mode=mode)
        for index in catalogers:
            if self._selector.catalogers[index].grouped:
                directory = path.rpartition("/")[0]
                self._groups.setdefault((index, directory), {})[path] = file
            else:
                self._parse(index, [file])

    def _parse(self, index: int, files: list[LayerFile]) -> None:
        cataloger = self._selector.catalogers[index]
        try:
            for evidence in cataloger.parse(files):
                self._keep(cataloger, evidence)
        except ParseError as error:
            self._fail(cataloger, files[0].path, error.message)
        except Exception as error:  # noqa: BLE001  # a plug-in may raise anything
            self._fail(
                cataloger,
                files[0].path,
                f"the cataloger itself failed: {type(error).__name__}: {error}",
            )

    def _keep(self, cataloger: Cataloger, evidence: Evidence) -> None:
        self._found.setdefault(evidence.path, []).append(
            Found(cataloger=cataloger.name, evidence=evidence)
        )

    def _fail(self, cataloger: Cataloger, path: str, problem: str) -> None:
        self._keep(cataloger, Evidence(path=path, problems=(problem,)))
