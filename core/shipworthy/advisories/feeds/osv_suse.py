"""
SUSE's OSV records, which go by source package and list the binaries beside it.

Source: SUSE's OSV export (https://ftp.suse.com/pub/projects/security/osv/): an entry of
``affected`` is a source package in one product, ``ecosystem_specific.binaries`` an array with one
object of binary name to fixed version. Here SUSE's packages go by binary name, as in its
OVAL; so a record is filed under each binary, with the fix of that binary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shipworthy.advisories.feeds.values import (
    MAX_NAME,
    MAX_VERSION,
    Broken,
    array,
    mapping,
    plain,
)
from shipworthy.model.advisory import Range


MAX_BINARIES = 20_000
"""Binaries of one entry."""

_DISTROS = ("sles-", "sle-", "opensuse-")


def binaries_of(
    bucket: str, name: str, entry: Mapping[str, object], ranges: Sequence[Range]
) -> dict[str, list[Range]]:
    """
    The packages that an entry of ``affected`` is filed under, with their ranges.

    The one it names, unless it is SUSE's and lists binaries. Raises :class:`Broken`.
    """
    specific = entry.get("ecosystem_specific")
    if not bucket.startswith(_DISTROS) or not isinstance(specific, dict):
        return {name: list(ranges)}
    found: dict[str, list[Range]] = {}
    for item in array(specific.get("binaries"), MAX_BINARIES):
        for binary, version in mapping(item).items():
            fixed = plain(version, MAX_VERSION)
            until = Range(events=(("introduced", "0"), ("fixed", fixed)))
            found.setdefault(plain(binary, MAX_NAME), []).append(until)
            if len(found) > MAX_BINARIES:
                raise Broken
    return found or {name: list(ranges)}
