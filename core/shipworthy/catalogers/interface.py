"""
The seam between reading layers and knowing package systems.

A cataloger declares which files it wants and turns the bytes of each into
:class:`Evidence`. It never opens anything itself, sees one layer at a time, and what it
returns depends on nothing but what it was handed, because the result is cached under
the layer's digest together with the cataloger's ``version``. What belongs together across
files (a package and its file list) is joined after all layers were laid on each other, by
``PackageSeen.key`` = ``Evidence.files_of``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from shipworthy.values import dataclass


Body = bytes | memoryview


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """
    Which files a cataloger wants; paths have no leading slash.

    A file is wanted when any of these holds. The cheap ones come first: all catalogers'
    declarations are merged into one dispatcher that looks each path up once.
    """

    paths: frozenset[str] = frozenset()
    """Exact paths: ``var/lib/dpkg/status``."""
    names: frozenset[str] = frozenset()
    """Base names anywhere: ``package.json``."""
    suffixes: frozenset[str] = frozenset()
    """Ends of the lower-cased base name, from its last dot: ``.jar``."""
    prefixes: frozenset[str] = frozenset()
    """Directories whose direct children are wanted: ``var/lib/dpkg/status.d``."""
    elf: bool = False
    """Executable files that start with the ELF magic number."""
    max_size: int = 256 * 1024 * 1024
    """A wanted file larger than this is not read but reported as a status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFile:
    """One wanted file of one layer with its bytes."""

    path: str
    data: Body
    mode: int = 0o644


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSeen:
    """One package as one file states it; see :class:`shipworthy.model.package.Package` for the fields."""

    type: str
    name: str
    version: str
    purl: str = ""
    """Filled here for language packages; for OS packages later, when the distribution is known."""
    arch: str = ""
    source: str = ""
    source_version: str = ""
    vendor: str = ""
    modularity: str = ""
    licences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    inner: str = ""
    """Path inside the file, for archives: ``WEB-INF/lib/a.jar`` or ``lib/b.war!/WEB-INF/lib/a.jar``."""
    key: str = ""
    """Joins this package with evidence of its files: equal to that evidence's ``files_of``."""
    file_list: str = ""
    """Files the package installed, NUL-separated, no leading slash, when this very file tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one file of one layer shows."""

    path: str
    packages: tuple[PackageSeen, ...] = ()
    files_of: str = ""
    """When the file is a list of a package's files: the ``key`` of that package."""
    file_list: str = ""
    """Those files, NUL-separated, no leading slash."""
    facts: tuple[tuple[str, str], ...] = ()
    """Plain facts for the distribution: os-release keys and the like."""
    problems: tuple[str, ...] = ()
    """One line each about what in this file could not be read; the rest of it still counts."""


class Cataloger(Protocol):
    """
    **Protocol:** one package system.

    ``parse`` gets files of one layer: one at a time, or, when ``grouped`` is true, all
    wanted files of one directory together (a database with its write-ahead log). It raises
    :class:`shipworthy.errors.ParseError` for a file that it cannot understand at all, and
    nothing else, whatever the bytes are. A file that turns out not to be a package's
    gives no evidence.
    """

    name: str
    version: int
    """Raised whenever the same bytes would give other evidence."""
    wants: Wants
    grouped: bool

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give the evidence of ``files``; raises ``ParseError`` for what is not readable."""
        ...
