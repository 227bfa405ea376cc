"""
``osv-scanner.toml`` (google.github.io/osv-scanner/configuration; ``internal/config/config.go``).

``IgnoredVulns`` leaves vulnerabilities out by id or alias; ``PackageOverrides`` leaves packages out: wholly,
their vulnerabilities, or their licences. Of several that fit, the first decides, even where it has ended.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from shipworthy.policy.foreign import regex
from shipworthy.policy.foreign.grype_package import RuleError, exactly
from shipworthy.policy.foreign.interface import ForeignFile, Reading, shown
from shipworthy.policy.foreign.osv_order import Override, in_order
from shipworthy.policy.foreign.osv_toml import Document, Table, parse
from shipworthy.policy.foreign.words import osv_ecosystem
from shipworthy.policy.suppressions.entry import About, Suppression
from shipworthy.values import dataclass


FORMAT = "osv-scanner"
EVERYTHING = "**"
"""The glob that every name meets: an override that asks nothing is about all packages."""
MAX_OVERRIDES = 1_000
"""Each is compared with those before it."""


def read(name: str, text: str) -> ForeignFile:
    """
    The entries of an ``osv-scanner.toml``.

    Raises:
        UsageError: It is no TOML, has a key or a type that OSV-Scanner refuses, or an invalid expression; naming file and line.
    """
    reading = Reading(name)
    document = parse(reading, text)
    _vulnerabilities(reading, document)
    for entry in in_order(reading, _overrides(reading, document)):
        reading.add(entry)
    if document.fields["GoVersionOverride"]:
        reading.note(
            1,
            "GoVersionOverride is not taken over: Go's version is read from the binary",
        )
    return reading.done(FORMAT)


@dataclass(frozen=True, slots=True)
class _Place:
    line: int
    source: str


def _place(reading: Reading, document: Document, key: str, index: int) -> _Place:
    line = document.line(key, index)
    source = reading.at(line) if line else f"{reading.name} ({key} {index + 1})"
    return _Place(line or 1, source)


def _vulnerabilities(reading: Reading, document: Document) -> None:
    seen: set[str] = set()
    tables: Sequence[Table] = document.fields["IgnoredVulns"]
    for index, table in enumerate(tables):
        place = _place(reading, document, "IgnoredVulns", index)
        id_ = table["id"]
        if not id_:
            reading.note(
                place.line, "an entry without an id is left out: it fits nothing"
            )
        elif id_ in seen:
            reading.note(
                place.line,
                f"{id_} is left out: it has an entry before, and the first decides",
            )
        else:
            seen.add(id_)
            reading.add(
                Suppression(
                    ids=(id_,),
                    reason=reading.reason(table["reason"]),
                    expires=table["ignoreUntil"],
                    source=place.source,
                )
            )


def _overrides(reading: Reading, document: Document) -> list[Override]:
    found: list[Override] = []
    tables: Sequence[Table] = document.fields["PackageOverrides"]
    if len(tables) > MAX_OVERRIDES:
        raise reading.wrong(1, f"at most {MAX_OVERRIDES} package overrides")
    for index, table in enumerate(tables):
        place = _place(reading, document, "PackageOverrides", index)
        pattern = _pattern(reading, table, place.line)
        licence = table["license"]
        if licence["override"] and not licence["ignore"] and not table["ignore"]:
            reading.note(
                place.line,
                "license.override is not taken over: the licences of a package are those that it names itself",
            )
        try:
            entry = _entry(reading, table, place, pattern)
        except RuleError as error:
            reading.note(place.line, f"the override is left out: {error}")
            entry = None
        found.append(Override(table=table, entry=entry, line=place.line))
    return found


def _pattern(reading: Reading, table: Table, line: int) -> str | None:
    """The expression on the name; ``None`` where it cannot be said here."""
    if not table["nameIsRegex"] or not table["name"]:
        return ""
    try:
        return regex.translate(table["name"])
    except regex.InvalidRegexError as error:
        raise reading.wrong(
            line, f"a regular expression ({error})", table["name"]
        ) from None
    except regex.UnsupportedRegexError as error:
        reading.note(
            line,
            f"the expression {shown(table['name'])} cannot be matched here: {error}",
        )
        return None


def _entry(
    reading: Reading, table: Table, place: _Place, pattern: str | None
) -> Suppression | None:
    about = _about(table)
    if not about or pattern is None:
        return None
    entry = Suppression(
        reason=reading.reason(table["reason"]),
        about=about,
        expires=table["effectiveUntil"],
        source=place.source,
    )
    if table["version"]:
        entry = replace(entry, versions=exactly(table["version"]))
    if ecosystem := table["ecosystem"]:
        meant = osv_ecosystem(ecosystem)
        if meant is None:
            raise RuleError(
                f"no package of an image is of the ecosystem {shown(ecosystem)}"
            )
        type_, distro = meant
        entry = replace(entry, types=(type_,), distros=(distro,) if distro else ())
    if table["name"]:
        entry = _called(table["name"], pattern, entry)
    if group := table["group"]:
        reading.note(
            place.line,
            f"the group {shown(group)} fits nothing in an image: dependency groups are known of manifests alone",
        )
        entry = replace(entry, groups=(group,))
    if not any(table[key] for key in ("name", "version", "ecosystem", "group")):
        return replace(entry, packages=(EVERYTHING,))
    return entry


def _called(name: str, pattern: str, entry: Suppression) -> Suppression:
    """``entry`` limited to packages that OSV calls so; ``pattern`` where the name is an expression."""
    (type_,) = entry.types or ("",)
    if type_ in {"", "apk", "deb"} or (pattern and type_ == "pypi"):
        return replace(entry, advised=pattern or re.escape(name))
    return replace(entry, pattern=pattern) if pattern else named(name, entry)


def named(name: str, entry: Suppression) -> Suppression:
    """``entry`` limited to packages of exactly this name, whatever signs are in it."""
    if re.search(r"[*?]", name) or name.startswith("pkg:"):
        return replace(entry, pattern=re.escape(name))
    return replace(entry, packages=(name,))


def _about(table: Table) -> tuple[About, ...]:
    vulnerabilities = table["ignore"] or table["vulnerability"]["ignore"]
    licences = table["ignore"] or table["license"]["ignore"]
    about: list[About] = []
    if vulnerabilities:
        about.append("vulnerability")
    if licences:
        about.append("licence")
    return tuple(about)
