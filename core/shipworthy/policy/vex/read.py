"""
VEX documents from files, directories and attestations: OpenVEX, CSAF and CycloneDX in JSON.

A file is one document, an attestation of one, or one attestation a line as cosign prints them. Of a
directory the files that end in ``.json``, ``.jsonl`` or ``.vex`` are read and no directories below, except those
that are VEX repositories (:mod:`shipworthy.policy.vex.repository`).
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from shipworthy.errors import UsageError
from shipworthy.model.package import Status
from shipworthy.model.verdict import PolicySource
from shipworthy.policy.vex.csaf import is_csaf, read_csaf
from shipworthy.policy.vex.cyclonedx import is_cyclonedx, read_cyclonedx
from shipworthy.policy.vex.envelope import opened, parsed
from shipworthy.policy.vex.openvex import is_openvex, read_openvex
from shipworthy.policy.vex.repository import locations_of, repository_at
from shipworthy.policy.vex.statement import VexDocuments, VexProduct, VexStatement
from shipworthy.policy.vex.values import MAX_BYTES, Broken, Tally


ENDINGS = (".json", ".jsonl", ".vex")
MAX_FILES = 50_000
"""Documents of one directory or repository."""
MAX_STATEMENTS = 1_000_000
"""Statements of everything under one path."""

_EXPECTED = "expected OpenVEX, CSAF 2.0 or CycloneDX 1.4 and later in JSON, or an attestation of one"
_LINES = 1000
_NO_VEX = ("slsa", "provenance", "spdx", "attestation/vuln", "signature", "notary")


def read_vex(path: str | Path, *, order: Sequence[str] = ()) -> VexDocuments:
    """
    Every VEX document in a file or directory.

    ``order`` names VEX repositories in the directory: only these are read, and what one says of a
    vulnerability in a package counts before all that later ones say. Raises ``UsageError`` where nothing is there, it cannot be read, or it holds no VEX; in a
    directory, files that are no VEX are noted, unless nothing else is there.
    """
    place = Path(path)
    try:
        if order:
            return joined(_in_order(place, order))
        if place.is_dir():
            return _directory(place)
        return read_vex_bytes(str(path), _bytes(place))
    except FileNotFoundError:
        raise UsageError(
            f"{path}: no such file or directory, expected VEX documents"
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read: {_why(error)}") from None


def read_vex_bytes(name: str, data: bytes) -> VexDocuments:
    """
    The statements of one document; those that do not count are told in the notes.

    Raises ``UsageError`` naming ``name`` where it is no VEX document that is understood.
    """
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name}: larger than the {MAX_BYTES} bytes that are read")
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    source = PolicySource(name=name, digest=digest, kind="vex")
    documents = list(_documents(data.removeprefix(b"\xef\xbb\xbf")))
    read = [one for document in documents if (one := _read(name, document)) is not None]
    if not read:
        raise UsageError(f"{name}: not a VEX document, {_EXPECTED}")
    return joined([VexDocuments(sources=(source,)), *read])


def read_attached(name: str, documents: Iterable[tuple[str, bytes]]) -> VexDocuments:
    """
    The VEX among the documents attached to an image, each given as (predicate or media type, bytes).

    What makes no statement (provenance, SBOMs, signatures) is passed over: it is attached for others. Nothing is raised.
    """
    found: list[VexDocuments] = []
    for at, (type_, data) in enumerate(documents, 1):
        source = f"{name} (attached {at})"
        is_meant = "vex" in type_.lower() or "csaf" in type_.lower()
        try:
            one = read_vex_bytes(source, data)
        except UsageError as error:
            one = VexDocuments(notes=(_note(source, f"not read: {error}"),))
        if one.statements or is_meant:
            found.append(one)
    return joined(found)


def may_hold_vex(type_: str) -> bool:
    """Whether something attached under this predicate or media type is worth reading."""
    return not any(word in type_.lower() for word in _NO_VEX)


def _documents(data: bytes) -> Iterator[dict[str, Any]]:
    """The document, or those of the lines where it is several."""
    whole = parsed(data)
    if whole:
        yield whole
        return
    for line in data.split(b"\n", _LINES)[:_LINES]:
        if line.strip() and (document := parsed(line)):
            yield document


def _read(name: str, document: Mapping[str, Any]) -> VexDocuments | None:
    """The statements of one document; ``None`` where it is of no format that is known."""
    inner, subjects = opened(document)
    tally = Tally(name)
    statements: list[VexStatement] = []
    source = _statements(inner, tally, subjects)
    if source is None:
        return None
    try:
        for statement in source:
            statements.append(statement)
            if len(statements) > MAX_STATEMENTS:
                tally.note(
                    "statements", f"more than {MAX_STATEMENTS}, the rest is left out"
                )
                break
    except Broken as error:
        tally.note("document", str(error))
    if not statements and not tally.notes:
        tally.note("document", "makes no statement")
    return VexDocuments(statements=tuple(statements), notes=tally.told())


def _statements(
    document: Mapping[str, Any], tally: Tally, subjects: tuple[VexProduct, ...]
) -> Iterator[VexStatement] | None:
    if is_openvex(document):
        return read_openvex(document, tally, subjects)
    if is_csaf(document):
        return read_csaf(document, tally)
    if is_cyclonedx(document):
        return read_cyclonedx(document, tally)
    return None


def _directory(place: Path) -> VexDocuments:
    repository = repository_at(place)
    if repository is not None:
        return joined(_repository(place, repository))
    found: list[VexDocuments] = []
    top = os.path.realpath(place)
    inside = False
    for one in sorted(place.iterdir())[:MAX_FILES]:
        if one.is_dir():
            repository = repository_at(one)
            if repository is not None and not one.is_symlink():
                inside = True
                found += _repository(one, repository)
        elif one.name.lower().endswith(ENDINGS):
            if os.path.realpath(one).startswith(f"{top}{os.sep}"):
                found.append(_one(one))
            else:
                note = _note(str(one), "leads out of the directory, not read")
                found.append(VexDocuments(notes=(note,)))
    if not inside and not any(one.sources for one in found):
        raise UsageError(
            f"{place}: no VEX document in the directory, {_EXPECTED}",
            hint=f"files that end in {', '.join(ENDINGS)} are read",
        )
    return joined(found)


def _in_order(place: Path, order: Sequence[str]) -> Iterator[VexDocuments]:
    """The repositories of these names, the first with the greatest precedence."""
    for precedence, name in zip(range(len(order), 0, -1), order, strict=True):
        is_name = name not in {"", ".", ".."} and "/" not in name
        index = repository_at(place / name) if is_name else None
        if index is None:
            raise UsageError(f"{place}: no VEX repository {name!r} in the directory")
        for one in _repository(place / name, index):
            statements = tuple(
                replace(statement, precedence=precedence)
                for statement in one.statements
            )
            yield replace(one, statements=statements)


def _repository(place: Path, index: Path) -> Iterator[VexDocuments]:
    """All documents of a VEX repository that its index names."""
    inner, notes = locations_of(index, MAX_FILES)
    yield VexDocuments(notes=tuple(_note(str(place), note) for note in notes))
    yield from map(_one, inner)


def joined(several: Iterable[VexDocuments]) -> VexDocuments:
    """All as one, up to the most statements that are held."""
    statements: list[VexStatement] = []
    sources: list[PolicySource] = []
    notes: list[Status] = []
    for one in several:
        sources += one.sources
        notes += one.notes
        room = MAX_STATEMENTS - len(statements)
        statements += one.statements[:room]
        if len(one.statements) > room:
            notes.append(_note("VEX", f"only {MAX_STATEMENTS} statements are held"))
    return VexDocuments(
        statements=tuple(statements), sources=tuple(sources), notes=tuple(notes)
    )


def _one(path: Path) -> VexDocuments:
    """One file among others: a note where it cannot be read."""
    try:
        return read_vex_bytes(str(path), _bytes(path))
    except UsageError as error:
        return VexDocuments(notes=(_note(str(path), f"not read: {error}"),))
    except (OSError, ValueError) as error:
        return VexDocuments(notes=(_note(str(path), f"not read: {_why(error)}"),))


def _bytes(path: Path) -> bytes:
    # A pipe in the place of a document must not make the scan wait for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("not a regular file")
        return file.read(MAX_BYTES + 1)


def _why(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) else ""
    return reason or str(error)


def _note(subject: str, message: str) -> Status:
    return Status(source="policy/vex", subject=subject, message=message, partial=False)
