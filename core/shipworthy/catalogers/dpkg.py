"""
Packages that dpkg or opkg installed, with their files.

Formats: dpkg's ``status`` (deb822(5), deb-control(5)), the single files of ``status.d`` that
images without a package manager carry, ``info/*.list`` and ``info/*.md5sums``; opkg writes
the same forms. What one paragraph or line has wrong does not lose the others.

A package counts when dpkg says that its files are there, whatever is wanted of it:
``installed``, half of it, or waiting for triggers. Entries without a status, as in
``status.d``, count too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from shipworthy.catalogers.interface import (
    Body,
    Evidence,
    LayerFile,
    PackageSeen,
    Wants,
)


_STATUS_DIR = "var/lib/dpkg/status.d"
_INFO_DIRS = frozenset({"var/lib/dpkg/info", "usr/lib/opkg/info", "var/lib/opkg/info"})
_STATUS_FILES = frozenset(
    {"var/lib/dpkg/status", "usr/lib/opkg/status", "var/lib/opkg/status"}
)
_LIST, _SUMS = ".list", ".md5sums"

_ABSENT = frozenset({b"not-installed", b"config-files", b"deinstall", b"purge"})
"""Last words of a ``Status`` that leaves no files; the first two are dpkg's, the others careless tools'."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,254}")
_VERSION = re.compile(r"(?:\d{1,9}:)?[A-Za-z0-9][A-Za-z0-9.+~:_-]{0,254}", re.ASCII)
_SOURCE = re.compile(r"([^\s()]+)(?:\s*\(([^()]*)\))?")
_SUM = re.compile(rb"^\\?[0-9a-fA-F]{32}[ \t]+\*?(?:\./|/)?([^\r\n]+)", re.MULTILINE)
_TAGS = re.compile(rb"^[A-Za-z-]+(?=:)", re.MULTILINE)
_MAX_TEXT = 256
_MAX_PROBLEMS = 20


class DpkgCataloger:
    """Finds Debian packages and the lists of their files."""

    name = "dpkg"
    version = 1
    # Together, because a package's .md5sums adds nothing where its .list lies beside it.
    grouped = True
    wants = Wants(
        paths=_STATUS_FILES,
        prefixes=frozenset({_STATUS_DIR, *_INFO_DIRS}),
        max_size=64 * 1024 * 1024,
    )

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give the packages of status files and the files of lists; what is neither gives no evidence."""
        listed = {
            file.path[: -len(_LIST)] for file in files if file.path.endswith(_LIST)
        }
        for file in files:
            directory, _, name = file.path.rpartition("/")
            if directory in _INFO_DIRS:
                evidence = _files(file, name, listed)
            elif directory == _STATUS_DIR and name.endswith(_SUMS):
                evidence = _files(file, name, frozenset())
            else:
                single = name if directory == _STATUS_DIR else ""
                evidence = _status(file, single)
            if evidence is not None:
                yield evidence


def _files(file: LayerFile, name: str, listed: Iterable[str]) -> Evidence | None:
    """The files of one package; its name is the file's, with ``:arch`` where several may be installed."""
    if name.endswith(_LIST):
        stem, files = name[: -len(_LIST)], listed_files(file.data)
    elif name.endswith(_SUMS) and file.path[: -len(_SUMS)] not in listed:
        stem, files = name[: -len(_SUMS)], summed_files(file.data)
    else:
        return None
    return Evidence(path=file.path, files_of=f"deb:{stem}", file_list=files)


def listed_files(data: Body) -> str:
    """
    The files of a ``.list``, NUL-separated, without leading slashes and directories.

    A directory is known by what follows it; an empty one stays. opkg writes mode and link
    target after a tab, which are left out.
    """
    text = bytes(data).decode("utf-8", "backslashreplace")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\t" in text:
        text = re.sub(r"\t[^\n]*", "", text)
    lines = text.strip("\n").lstrip("/").split("\n/")
    lines.append("")
    return "\0".join(
        [
            line
            for line, following in pairwise(lines)
            if line not in {"", "."} and not following.startswith(line + "/")
        ]
    )


def summed_files(data: Body) -> str:
    """The files of a ``.md5sums``, NUL-separated, without leading slashes."""
    names = b"\0".join(_SUM.findall(bytes(data)))
    return names.decode("utf-8", "backslashreplace")


def _status(file: LayerFile, single: str) -> Evidence | None:
    """The packages of a status file; ``single`` is its name where it holds but one."""
    packages: list[PackageSeen] = []
    problems: list[str] = []
    for paragraph in _paragraphs(bytes(file.data)):
        found = _package(paragraph, single)
        if isinstance(found, PackageSeen):
            packages.append(found)
        elif found:
            problems.append(found)
    if len(problems) > _MAX_PROBLEMS:
        more = len(problems) - _MAX_PROBLEMS
        problems[_MAX_PROBLEMS:] = [f"{more} more paragraphs are not readable"]
    if not packages and not problems:
        return None
    return Evidence(path=file.path, packages=tuple(packages), problems=tuple(problems))


def _paragraphs(data: bytes) -> Iterator[bytes]:
    """Each paragraph after a newline, so that every field begins with one."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    for block in data.split(b"\n\n"):
        paragraph = b"\n" + block.strip(b"\n")
        if b"\nPackage:" not in paragraph:
            # deb822(5): field names know no case. dpkg itself writes them so.
            paragraph = _TAGS.sub(lambda match: match[0].title(), paragraph)
        first = paragraph.find(b"\nPackage:")
        again = paragraph.find(b"\nPackage:", first + 1) if first >= 0 else -1
        while again >= 0:  # the empty line between them was lost
            yield paragraph[:again]
            paragraph = paragraph[again:]
            again = paragraph.find(b"\nPackage:", 1)
        yield paragraph


def _package(paragraph: bytes, single: str) -> PackageSeen | str:
    """The paragraph's package; or what is wrong with it, empty where it holds none."""
    name = _field(paragraph, b"\nPackage:")
    if not name:
        start = paragraph.strip()[:60].decode("utf-8", "backslashreplace")
        return f"a paragraph names no package: {start!r}" if start else ""
    state = paragraph.find(b"\nStatus:")
    if state >= 0:
        words = _bytes(paragraph, state + 8).split()
        if words and words[-1] in _ABSENT:
            return ""
    version = _field(paragraph, b"\nVersion:").removeprefix("0:")
    if not _NAME.fullmatch(name):
        return f"{name!r} is no package name"
    if not _VERSION.fullmatch(version):
        return f"package {name} has no version dpkg allows: {version!r}"
    arch = _field(paragraph, b"\nArchitecture:")
    source, source_version = _source(_field(paragraph, b"\nSource:"))
    key = single or name
    if not single and _field(paragraph, b"\nMulti-Arch:") == "same":
        key = f"{name}:{arch}"
    return PackageSeen(
        type="deb",
        name=name,
        version=version,
        arch=arch,
        source="" if source == name else source,
        source_version="" if source_version == version else source_version,
        vendor=_field(paragraph, b"\nMaintainer:"),
        key=f"deb:{key}",
    )


def _source(field: str) -> tuple[str, str]:
    """Name and version of ``name (version)``; the version is empty where it is the package's own."""
    match = _SOURCE.fullmatch(field) if field else None
    if match is None or not _NAME.fullmatch(match[1]):
        return "", ""
    version = (match[2] or "").strip().removeprefix("0:")
    return match[1], version if _VERSION.fullmatch(version) else ""


def _field(paragraph: bytes, tag: bytes) -> str:
    """The first line of a field; empty where there is none."""
    at = paragraph.find(tag)
    if at < 0:
        return ""
    return _bytes(paragraph, at + len(tag)).decode("utf-8", "replace")[:_MAX_TEXT]


def _bytes(paragraph: bytes, at: int) -> bytes:
    end = paragraph.find(b"\n", at)
    return paragraph[at : end if end >= 0 else None].strip()
