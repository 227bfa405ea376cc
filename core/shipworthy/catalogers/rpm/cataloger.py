"""The cataloger itself: which files, and which reader for which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from shipworthy.catalogers.interface import (
    Body,
    Evidence,
    LayerFile,
    PackageSeen,
    Wants,
)
from shipworthy.errors import ParseError


if TYPE_CHECKING:
    from shipworthy.catalogers.rpm.record import Problems, Record


_HOMES = ("usr/lib/sysimage/rpm", "usr/share/rpm", "var/lib/rpm")
"""SUSE and Fedora; ostree systems; everywhere else."""
_SQLITE = "rpmdb.sqlite"
_LOG = "rpmdb.sqlite-wal"
_JOURNAL = "rpmdb.sqlite-journal"
_DATABASES = frozenset({_SQLITE, "Packages.db", "Packages"})
_MANIFESTS = "var/lib/rpmmanifest"
_FULL = "container-manifest-2"
_SHORT = "container-manifest-1"
_HOT_JOURNAL = bytes.fromhex("d9d505f920a163d7")


class RpmCataloger:
    """
    Finds the packages that rpm installed.

    ``parse`` takes the files of one directory: a database is read together with its
    write-ahead log. Each database file gives one evidence with all its packages and
    their file lists; public keys (``gpg-pubkey``) are not packages. The short manifest
    is read only where the full one is missing.
    """

    name = "rpm"
    version = 1
    grouped = True
    wants = Wants(
        paths=frozenset(
            f"{home}/{name}"
            for home in _HOMES
            for name in (*_DATABASES, _LOG, _JOURNAL)
        ).union(f"{_MANIFESTS}/{name}" for name in (_FULL, _SHORT))
    )

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """
        The evidence of the databases among ``files``.

        Raises ``ParseError`` when the only file cannot be read; of several files each
        tells its own problem.
        """
        group = {file.path.rpartition("/")[2]: file.data for file in files}
        found: list[Evidence] = []
        for file in sorted(files, key=lambda file: file.path):
            try:
                found.extend(_evidence(file, group))
            except ParseError as error:
                if len(files) == 1:
                    raise
                found.append(Evidence(path=file.path, problems=(error.message,)))
        return found


def _evidence(file: LayerFile, group: Mapping[str, Body]) -> Iterator[Evidence]:
    from shipworthy.catalogers.rpm import manifest
    from shipworthy.catalogers.rpm.package import HeaderReader
    from shipworthy.catalogers.rpm.record import Problems

    name = file.path.rpartition("/")[2]
    problems = Problems()
    packages: list[PackageSeen] = []
    if name in _DATABASES:
        log = group.get(_LOG, b"") if name == _SQLITE else b""
        reader = HeaderReader(problems=problems)
        for record in _records(name, file.data, log, problems):
            package = reader.read(record)
            if package is not None:
                packages.append(package)
    elif name == _FULL or (name == _SHORT and _FULL not in group):
        packages = manifest.packages(file.data, problems, full=name == _FULL)
    else:
        _beside(name, file.data, group, problems)
        if not problems.lines():
            return
    yield Evidence(path=file.path, packages=tuple(packages), problems=problems.lines())


def _records(name: str, data: Body, log: Body, problems: Problems) -> Iterator[Record]:
    """The records of a database of any form; raises ``ParseError`` for no known one."""
    from shipworthy.catalogers.rpm import bdb, ndb, sqlite

    if bytes(data[:4]) == ndb.MAGIC:
        return ndb.records(data, problems)
    if bdb.byte_order(data):
        return bdb.records(data, problems)
    head = bytes(data[: len(sqlite.MAGIC)])
    if head == sqlite.MAGIC or (not head and name == _SQLITE):
        return sqlite.records(data, log, problems)
    raise ParseError(
        "is no package database that is known: neither SQLite, NDB nor Berkeley DB"
    )


def _beside(
    name: str, data: Body, group: Mapping[str, Body], problems: Problems
) -> None:
    """What a log or journal means for the completeness of what was read."""
    if name == _LOG and data and _SQLITE not in group:
        problems.add(
            f"changes a database of another layer: its {len(data)} bytes were not read"
        )
    elif name == _JOURNAL and bytes(data[:8]) == _HOT_JOURNAL:
        problems.add(
            "belongs to a change of the database that was never finished nor undone"
        )
