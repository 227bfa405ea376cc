"""
Walking a jar and the jars inside it, within bounds.

Stored inner archives are looked at where they lie; deflated ones are inflated in memory,
one chain at a time. What cannot be read inside becomes a line of ``problems``, the rest
counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from shipworthy.catalogers.interface import Body, PackageSeen
from shipworthy.catalogers.java.identity import Jar, Pom, components
from shipworthy.catalogers.java.licences import manifest_licences, pom_licences
from shipworthy.catalogers.java.manifest import read_manifest, read_pom_properties
from shipworthy.catalogers.zipdir import Member, ZipDirectory, read_directory
from shipworthy.errors import ParseError
from shipworthy.values import dataclass


_MIB = 1024 * 1024
MAX_DEPTH = 5
"""Archives inside archives, the outermost not counted."""
_MAX_ENTRIES = 2_000_000
_MAX_MEMBERS = 200_000
_MAX_ARCHIVES = 10_000
_MAX_INFLATED = 1024 * _MIB
_MAX_LIVE = 192 * _MIB
_MAX_PROBLEMS = 50
_MAX_POMS = 2_000
_MAX_POM = 64 * 1024
_MAX_TEXT = _MIB // 2
_MAX_TEXTS = 64 * _MIB

NESTED = (
    ".jar",
    ".war",
    ".ear",
    ".par",
    ".sar",
    ".hpi",
    ".jpi",
    ".nar",
    ".kar",
    ".rar",
)
"""Suffixes of archives that are looked into."""
SURE = (".jar", ".war", ".ear", ".hpi", ".jpi")
"""Suffixes that no other format uses: such a file must be a zip archive."""
_TAILS = {
    spelling.encode(): spelling.encode()
    for tail in (*NESTED, "T.MF", "t.mf", "T.mf", "t.MF")
    for spelling in (tail, tail.upper())
} | {b"ties": b"/pom.properties", b".xml": b"/pom.xml"}


@dataclass(slots=True)
class _Budget:
    """What may still be spent on one file of the image."""

    entries: int = _MAX_ENTRIES
    archives: int = _MAX_ARCHIVES
    members: int = _MAX_MEMBERS
    inflated: int = _MAX_INFLATED
    texts: int = _MAX_TEXTS
    live: int = _MAX_LIVE
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(problem)
        elif len(self.problems) == _MAX_PROBLEMS:
            self.problems.append("and more of the kind")


def read_archive(path: str, data: Body) -> tuple[list[PackageSeen], tuple[str, ...]]:
    """
    The components of a jar and of all jars inside it, and what in it could not be read.

    Raises ``ParseError`` where the file is no zip archive.
    """
    budget = _Budget()
    packages = list(_walk(path, "", data, 0, budget))
    return packages, tuple(budget.problems)


def _walk(
    path: str, inner: str, data: Body, depth: int, budget: _Budget
) -> Iterator[PackageSeen]:
    budget.archives -= 1
    archive = read_directory(data, _TAILS, budget.entries, budget.members)
    budget.entries -= archive.entries
    budget.members -= len(archive.members)
    if archive.problem:
        budget.note(f"{inner}: {archive.problem}" if inner else archive.problem)
    poms: list[Member] = []
    pom_files: dict[str, Member] = {}
    nested: list[Member] = []
    manifest: Member | None = None
    for member in archive.members:
        lower = member.name.lower()
        if lower.endswith(NESTED):
            nested.append(member)
        elif lower == "meta-inf/manifest.mf":
            manifest = manifest or member
        elif lower.endswith(".properties"):
            poms.append(member)
        elif lower.endswith(".xml"):
            pom_files[member.name] = member
    reader = _Reader(archive, inner, budget)
    text = reader.text(manifest, _MAX_TEXT) if manifest else b""
    attributes = read_manifest(text) if text else {}
    yield from components(
        Jar(
            path=path,
            inner=inner,
            poms=_poms(reader, poms, pom_files),
            pom_paths=tuple(pom_files),
            attributes=attributes,
            licences=manifest_licences(attributes),
            directory=archive.raw,
        )
    )
    for member in nested:
        yield from _descend(archive, member, inner, depth, budget)


def _poms(
    reader: _Reader, poms: list[Member], pom_files: dict[str, Member]
) -> tuple[Pom, ...]:
    """Every complete ``pom.properties``, in the archive's order."""
    found = []
    for member in poms[:_MAX_POMS]:
        data = reader.text(member, _MAX_POM)
        group, artifact, version = read_pom_properties(data, member.name)
        if not artifact or not version:
            continue
        beside = pom_files.get(member.name.removesuffix("properties") + "xml")
        licences = pom_licences(reader.text(beside, _MAX_TEXT)) if beside else ()
        found.append(
            Pom(group=group, artifact=artifact, version=version, licences=licences)
        )
    if len(poms) > _MAX_POMS:
        reader.note("pom.properties", f"is there more than {_MAX_POMS} times")
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the small text members of one archive; what fails is noted and reads as empty."""

    archive: ZipDirectory
    inner: str
    budget: _Budget

    def text(self, member: Member, limit: int) -> bytes:
        if self.budget.texts <= 0:
            self.note(member.name, f"is beyond the {_MAX_TEXTS} bytes that are read")
            return b""
        try:
            data = bytes(self.archive.read(member, limit, truncate=True))
        except ParseError as error:
            self.note(member.name, error.message)
            return b""
        self.budget.texts -= len(data)
        return data

    def note(self, name: str, problem: str) -> None:
        place = f"{self.inner}!/{name}" if self.inner else name
        self.budget.note(f"{place}: {problem}")


def _descend(
    archive: ZipDirectory, member: Member, inner: str, depth: int, budget: _Budget
) -> Iterator[PackageSeen]:
    """The components of an archive inside ``archive``."""
    place = f"{inner}!/{member.name}" if inner else member.name
    if not member.size:
        return
    if problem := _beyond(depth, budget):
        budget.note(f"{place}: {problem}")
        return
    try:
        body = archive.read(member, min(budget.live, budget.inflated))
    except ParseError as error:
        budget.note(f"{place}: {error.message}")
        return
    cost = len(body) if isinstance(body, bytes) and member.method else 0
    budget.live -= cost
    budget.inflated -= cost
    try:
        yield from _walk(member.name, place, body, depth + 1, budget)
    except ParseError as error:
        if place.lower().endswith(SURE):
            budget.note(f"{place}: {error.message}")
    finally:
        budget.live += cost


def _beyond(depth: int, budget: _Budget) -> str:
    """Which bound forbids looking into another archive; empty where none does."""
    if depth >= MAX_DEPTH:
        return f"is nested deeper than {MAX_DEPTH} archives"
    if budget.archives <= 0:
        return f"is beyond the {_MAX_ARCHIVES} archives that are read"
    if budget.entries <= 0 or budget.members <= 0:
        return f"is beyond the {_MAX_ENTRIES} entries that are read"
    if budget.inflated <= 0:
        return f"is beyond the {_MAX_INFLATED} bytes that are read"
    return ""
