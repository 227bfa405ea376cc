"""
The package lists that Mariner's and Azure Linux's distroless images have for a database.

Format: the output of ``rpm -qa`` that their image builder leaves under
``var/lib/rpmmanifest``. ``container-manifest-2`` has ten tab-separated columns: name,
version-release, times of installation and build, vendor, epoch, size, architecture, epoch
as a number, source rpm. ``container-manifest-1`` has ``name-version-release.arch`` alone,
without any epoch, and is the poorer list of the same packages.
"""

from __future__ import annotations

from shipworthy.catalogers.interface import Body, PackageSeen
from shipworthy.catalogers.rpm.package import is_key, seen
from shipworthy.catalogers.rpm.record import MAX_RECORDS, Problems
from shipworthy.errors import ParseError


_COLUMNS = 10
_MAX_EPOCH = 0xFFFFFFFF


def packages(data: Body, problems: Problems, *, full: bool) -> list[PackageSeen]:
    """
    The packages of a manifest, of the ``full`` second form or of the first.

    A line that is not one of a package is told to ``problems``; raises ``ParseError``
    when no line is.
    """
    text = bytes(data).decode("utf-8", "backslashreplace")
    found = []
    lines = text.split("\n", MAX_RECORDS)
    if len(lines) > MAX_RECORDS:
        problems.add(f"has more than {MAX_RECORDS} lines")
        lines.pop()
    filled = failed = 0
    for number, line in enumerate(lines, start=1):
        line = line.rstrip("\r")  # noqa: PLW2901  # the same line, as Windows ends it
        if not line.strip():
            continue
        filled += 1
        try:
            package = _columns(line) if full else _whole(line)
        except ParseError as error:
            failed += 1
            problems.add(f"line {number}: {error.message}")
            continue
        if not is_key(package.name):
            found.append(package)
    if filled and filled == failed:
        raise ParseError("is not a list of packages: no line of it names one")
    return found


def _columns(line: str) -> PackageSeen:
    columns = line.split("\t")
    if len(columns) < _COLUMNS:
        raise ParseError(f"has {len(columns)} columns, expected {_COLUMNS}")
    name, full, _, _, vendor, epoch, _, arch, number, source = columns[:_COLUMNS]
    version, _, release = full.rpartition("-")
    return seen(
        name=name,
        version=version or full,
        release=release if version else "",
        epoch=_epoch(number) or _epoch(epoch),
        arch=arch,
        source_rpm=source,
        vendor=vendor,
    )


def _epoch(text: str) -> int:
    if text in {"", "(none)"}:
        return 0
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(_MAX_EPOCH)):
        raise ParseError(f"has the epoch {text[:20]!a}, expected a number")
    return int(text)


def _whole(line: str) -> PackageSeen:
    """``name-version-release.arch``; that the epoch is unknown is noted on the package."""
    plain, _, arch = line.strip().rpartition(".")
    parts = plain.rsplit("-", 2)
    if len(parts) != 3:
        raise ParseError("is not a name, a version and a release")
    name, version, release = parts
    return seen(
        name=name, version=version, release=release, arch=arch, notes=("no-epoch",)
    )
