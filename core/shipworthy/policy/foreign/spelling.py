"""
An entry of another tool in the spelling of ``shipworthy.yaml``, as near as that can say it.

Nothing becomes wider without a word: where a field has no spelling, the entry is left out, or what it
now fits besides is told.
"""

from __future__ import annotations

import re
from dataclasses import replace

from shipworthy.model.purl import purl
from shipworthy.policy.foreign.grype_package import ANY_GROUP
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.suppressions.further import OS_TYPES
from shipworthy.values import dataclass


_NAME = re.compile(r"[A-Za-z0-9*][A-Za-z0-9+._*-]*")
"""A name of a distribution's package, or a glob on it."""

_WILD = re.compile(r"^pkg:(?:[a-zA-Z0-9.+-]+/)?|[*?/@]+")
"""What says nothing of what is meant."""

_LITERAL = re.compile(
    r"\\([^A-Za-z0-9])|(\.\*)|([A-Za-z0-9_/@:%,'\"=!<> -])", re.DOTALL
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """An entry that can be written down, or none; and what must be said about it."""

    entry: Suppression | None
    remarks: tuple[str, ...] = ()


def spell(entry: Suppression) -> Spelled:
    """``entry`` with those fields alone that ``shipworthy.yaml`` has."""
    if missing := _unsaid(entry):
        return Spelled(entry=None, remarks=(f"there is no spelling for {missing}",))
    remarks: list[str] = []
    if entry.advised:
        globs = as_globs(entry.advised)
        if globs is None:
            words = f"there is no spelling for the expression {entry.advised}"
            return Spelled(entry=None, remarks=(words,))
        if not entry.types:
            remarks.append(
                "of a distribution's package it meant the source; here it is the package's own name"
            )
        entry = replace(entry, advised="", packages=globs)
    if entry.pattern:
        globs = as_globs(entry.pattern)
        if globs is None:
            words = f"there is no spelling for the expression {entry.pattern}"
            return Spelled(entry=None, remarks=(words,))
        remarks.append(f"the expression {entry.pattern} is written as a glob")
        entry = replace(entry, pattern="", packages=globs)
    if entry.distros:
        urls = _urls(entry)
        if urls is None:
            return Spelled(
                entry=None, remarks=("there is no spelling for its distribution",)
            )
        remarks.append(
            "a package URL of a distribution fits also what is built from a source of that name"
        )
        entry = replace(entry, packages=urls, types=(), distros=())
    if not entry.aliases:
        remarks.append(
            "it fitted this id alone; here any name of the vulnerability fits"
        )
        entry = replace(entry, aliases=True)
    if not _names_something(entry):
        words = "an entry must name an id, a package, a path or a layer, and not only with wildcards"
        return Spelled(entry=None, remarks=(words,))
    return Spelled(entry=entry, remarks=tuple(remarks))


def as_globs(pattern: str) -> tuple[str, ...] | None:
    """Globs on the name that ``pattern`` comes to, where it is made of plain signs and ``.*``; else ``None``."""
    bare = pattern
    group = pattern.startswith(f"{ANY_GROUP}(?:") and pattern.endswith(")")
    if group:
        bare = pattern[len(ANY_GROUP) + 3 : -1]
    found: list[str] = []
    at = 0
    while at < len(bare):
        piece = _LITERAL.match(bare, at)
        if piece is None or piece[1] in {"*", "?"}:
            return None
        found.append("*" if piece[2] else piece[1] or piece[3])
        at = piece.end()
    glob = re.sub(r"\*{2,}", "*", "".join(found))
    if not glob or glob.startswith("pkg:"):
        return None
    return (glob, f"*:{glob}") if group else (glob,)


def _unsaid(entry: Suppression) -> str:
    """What of ``entry`` cannot be written down, in words; empty where all can."""
    if entry.source_pattern:
        return "the source package's name"
    if any("*" in id_ or "?" in id_ for id_ in entry.ids):
        return "an id with wildcards, which fits nothing"
    if entry.groups:
        return "dependency groups"
    if entry.matched_by:
        return "the way a finding was matched"
    if any("-" in distro and distro[-1].isdigit() for distro in entry.distros):
        return f"the release {entry.distros[0]}"
    return ""


def _names_something(entry: Suppression) -> bool:
    """Whether ``shipworthy.yaml`` takes it: it refuses what could take out everything."""
    return any(
        texts and all(_WILD.sub("", text) for text in texts)
        for texts in (entry.ids, entry.packages, entry.paths, entry.layers)
    )


def _urls(entry: Suppression) -> tuple[str, ...] | None:
    """Package URLs of the distributions' packages that ``entry`` is about; ``None`` where they cannot be written."""
    if len(entry.types) != 1 or entry.types[0] not in OS_TYPES:
        return None
    (type_,) = entry.types
    names = [name for name in entry.packages if not name.startswith("*:")] or ["*"]
    if entry.packages and names == ["*"]:
        return None
    if not all(map(_NAME.fullmatch, names)):
        return None
    return tuple(
        f"pkg:{type_}/{distro}/{name}"
        if "*" in name
        else purl(type_, name, namespace=distro)
        for distro in entry.distros
        for name in names
    )
