"""One dispatcher over all catalogers' declarations: a path is looked up once, not once a cataloger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from shipworthy.catalogers.interface import Cataloger


ELF_MAGIC = b"\x7fELF"
_SMALLEST_ELF = 52


class Selector:
    """
    Tells which catalogers want a file.

    Catalogers are known by their index in ``catalogers``, which is sorted by name.
    """

    def __init__(self, catalogers: Sequence[Cataloger]) -> None:
        self.catalogers = tuple(sorted(catalogers, key=lambda c: c.name))
        self._paths: dict[str, tuple[int, ...]] = {}
        self._names: dict[str, tuple[int, ...]] = {}
        self._suffixes: dict[str, tuple[int, ...]] = {}
        self._prefixes: dict[str, tuple[int, ...]] = {}
        self.elf = tuple(i for i, c in enumerate(self.catalogers) if c.wants.elf)
        for index, cataloger in enumerate(self.catalogers):
            wants = cataloger.wants
            for table, keys in (
                (self._paths, wants.paths),
                (self._names, wants.names),
                (self._suffixes, wants.suffixes),
                (self._prefixes, wants.prefixes),
            ):
                for key in keys:
                    table[key] = (*table.get(key, ()), index)

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same layer would give another record."""
        return fingerprint_of((c.name, c.version) for c in self.catalogers)

    def by_path(self, path: str) -> tuple[int, ...]:
        """The catalogers that want the file for where it lies or what it is called."""
        directory, _, name = path.rpartition("/")
        found = self._names.get(name, ())
        dot = name.rfind(".")
        if dot >= 0 and (more := self._suffixes.get(name[dot:].lower())):
            found += more
        if more := self._prefixes.get(directory):
            found += more
        if more := self._paths.get(path):
            found += more
        return found if len(found) < 2 else tuple(sorted(set(found)))

    def may_be_elf(self, mode: int, size: int) -> bool:
        """Whether it is worth looking at the first bytes of an executable."""
        return bool(self.elf) and mode & 0o111 != 0 and size >= _SMALLEST_ELF


def fingerprint_of(catalogers: Iterable[tuple[str, int]]) -> str:
    """The fingerprint of catalogers with these names and versions."""
    text = "\n".join(f"{name}={version}" for name, version in sorted(catalogers))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
