"""
Rust crates out of the programs that cargo-auditable built.

Such a program has a section ``.dep-v0`` with the list of its crates as JSON, compressed with
zlib. Crates that ran only while building are left out. The crate that the program was made of
has the note ``main-module``; one that is not from crates.io has a note that says so
(``source-git``, ``source-local``, ``source-registry``), because its name may be another crate's there.

Source: https://github.com/rust-secure-code/cargo-auditable, ``PARSING.md`` and its JSON schema.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from shipworthy.catalogers.executable import MAX_SIZE, Region, open_executable
from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen, Wants
from shipworthy.errors import ParseError


_SECTION = ".dep-v0"
_MAX_JSON = 2 * 1024 * 1024  # a list of a thousand crates has 100 KB
_MAX_PROBLEMS = 10
_WORD = re.compile(r"[!-~]{1,256}")
_SOURCE = re.compile(r"[A-Za-z0-9._+-]{1,64}")


class RustBinaryCataloger:
    """The crates in executables that carry cargo-auditable's list; see the module."""

    name = "rustbinary"
    version = 1
    wants = Wants(elf=True, suffixes=frozenset({".exe"}), max_size=MAX_SIZE)
    grouped = False

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """
        The crates of each program among ``files`` that has a list; others give nothing.

        Raises:
            ParseError: The list is there and cannot be read.
        """
        for file in files:
            program = open_executable(file.data)
            section = program.section(_SECTION) if program else None
            if section is None:
                continue
            packages, problems = _crates(_entries(section))
            yield Evidence(path=file.path, packages=packages, problems=problems)


def _entries(section: Region) -> list[Any]:
    """The entries of the list; raises ``ParseError`` where it is none."""
    if len(section.body) < section.size:
        raise ParseError("has a list of Rust crates that is cut short")
    import json

    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(section.body, _MAX_JSON)
    except zlib.error as error:
        raise ParseError("has a list of Rust crates that is not zlib data") from error
    if not inflater.eof:
        raise ParseError(
            "has a list of Rust crates that is cut short"
            if len(text) < _MAX_JSON
            else f"has a list of Rust crates of more than {_MAX_JSON} bytes"
        )
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("has a list of Rust crates that is not JSON") from error
    entries = document.get("packages") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ParseError('has a list of Rust crates without "packages"')
    return entries


def _crates(entries: list[Any]) -> tuple[tuple[PackageSeen, ...], tuple[str, ...]]:
    """The crates that are in the program, sorted, and what could not be understood."""
    crates: set[PackageSeen] = set()
    problems: list[str] = []
    for index, entry in enumerate(entries):
        match entry:
            case {"name": str(name), "version": str(version)} if _WORD.fullmatch(
                name
            ) and _WORD.fullmatch(version):
                if entry.get("kind") != "build":
                    crates.add(_crate(name, version, entry))
            case _ if len(problems) < _MAX_PROBLEMS:
                problems.append(f"Rust crates: entry {index} has no name and version")
    ordered = sorted(crates, key=lambda crate: (crate.name, crate.version, crate.notes))
    return tuple(ordered), tuple(problems)


def _crate(name: str, version: str, entry: dict[str, Any]) -> PackageSeen:
    from shipworthy.model.purl import cargo_purl

    notes = ["main-module"] if entry.get("root") is True else []
    source = entry.get("source")
    if source != "crates.io" and isinstance(source, str) and _SOURCE.fullmatch(source):
        notes.append(f"source-{source}")
    return PackageSeen(
        type="cargo",
        name=name,
        version=version,
        purl=cargo_purl(name, version),
        notes=tuple(notes),
    )
