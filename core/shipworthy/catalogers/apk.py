"""
Packages that apk installed: Alpine, Wolfi, Chainguard, postmarketOS.

Format: apk's ``installed`` database, lines of one letter, a colon and a value, in
paragraphs (wiki.alpinelinux.org/wiki/Apk_spec, "Installed Database V2"). The letters' case counts.
Directories (``F``) and the files in them (``R``) follow a package's own fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from shipworthy.catalogers.interface import Evidence, LayerFile, PackageSeen, Wants


_NAME = re.compile(r"[A-Za-z0-9._][A-Za-z0-9+._-]{0,254}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~:_-]{0,254}")
_LICENCE = re.compile(r"[^\s()]+(?:\s+WITH\s+[^\s()]+)?")
_OPERATORS = frozenset({"AND", "OR", "and", "or"})
_MAX_TEXT = 256
_MAX_PROBLEMS = 20


class ApkCataloger:
    """Finds apk's packages and their files."""

    name = "apk"
    version = 1
    grouped = False
    wants = Wants(
        paths=frozenset({"lib/apk/db/installed", "usr/lib/apk/db/installed"}),
        max_size=128 * 1024 * 1024,
    )

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give the packages of each database; an empty one gives no evidence."""
        for file in files:
            packages: list[PackageSeen] = []
            problems: list[str] = []
            for paragraph in _paragraphs(bytes(file.data)):
                found = _package(paragraph)
                if isinstance(found, PackageSeen):
                    packages.append(found)
                else:
                    problems.append(found)
            if len(problems) > _MAX_PROBLEMS:
                more = len(problems) - _MAX_PROBLEMS
                problems[_MAX_PROBLEMS:] = [f"{more} more paragraphs are not readable"]
            if packages or problems:
                yield Evidence(
                    path=file.path, packages=tuple(packages), problems=tuple(problems)
                )


def _paragraphs(data: bytes) -> Iterator[str]:
    """Each paragraph that holds anything, also where the empty line before it was lost."""
    text = data.decode("utf-8", "backslashreplace")
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    for block in text.split("\n\n"):
        paragraph = block.strip()
        first = 0 if paragraph.startswith("P:") else paragraph.find("\nP:")
        again = paragraph.find("\nP:", first + 1) if first >= 0 else -1
        while again >= 0:
            yield paragraph[:again]
            paragraph = paragraph[again + 1 :]
            again = paragraph.find("\nP:")
        if paragraph:
            yield paragraph


def _package(paragraph: str) -> PackageSeen | str:
    """The paragraph's package, or what is wrong with it."""
    own, _, files = f"\n{paragraph}".partition("\nF:")
    fields = {
        line[0]: line[2:].strip()[:_MAX_TEXT]
        for line in own.split("\n")
        if line[1:2] == ":"
    }
    name, version = fields.get("P", ""), fields.get("V", "")
    if not name:
        return f"a paragraph names no package: {paragraph[:60]!r}"
    if not _NAME.fullmatch(name):
        return f"{name!r} is no package name"
    if not _VERSION.fullmatch(version):
        return f"package {name} has no version apk allows: {version!r}"
    origin = fields.get("o", "")
    return PackageSeen(
        type="apk",
        name=name,
        version=version,
        arch=fields.get("A", ""),
        source=origin if origin != name and _NAME.fullmatch(origin) else "",
        vendor=fields.get("m", ""),
        licences=_licences(fields.get("L", "")),
        file_list=_files(files),
    )


def _licences(field: str) -> tuple[str, ...]:
    """The licences that an SPDX expression or an older plain list names, as written."""
    return tuple(
        dict.fromkeys(
            " ".join(name.split())
            for name in _LICENCE.findall(field)
            if name not in _OPERATORS
        )
    )


def _files(text: str) -> str:
    """The files that directories (``F``) and the names in them (``R``) give, NUL-separated."""
    if not text:
        return ""
    paths: list[str] = []
    for block in text.split("\nF:"):
        directory, *lines = block.split("\n")
        prefix = directory.strip("/")
        prefix = f"{prefix}/" if prefix else ""
        paths += [prefix + line[2:] for line in lines if line[:2] == "R:"]
    return "\0".join(paths)
