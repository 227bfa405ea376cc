"""
OSV records of rpm distributions that name packages or versions otherwise than their images do.

Sources: SUSE's OSV export (https://ftp.suse.com/pub/projects/security/osv/): an entry of
``affected`` is a source package in one product, ``ecosystem_specific.binaries`` an array with one
object of binary name to fixed version. Here SUSE's packages go by binary name, as in its
OVAL; so a record is filed under each binary, with the fix of that binary. Microsoft's
records (``AZL-…``) leave the distribution's mark off a version (``1.3.1-1`` for ``1.3.1-1.azl3``),
which rpm then takes for an older one.
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

_SUSE = ("sles-", "sle-", "opensuse-")
_MARKS = {"azurelinux-3": ".azl3", "mariner-2": ".cm2", "mariner-1": ".cm1"}


def filed_under(
    bucket: str, name: str, entry: Mapping[str, object], ranges: Sequence[Range]
) -> dict[str, list[Range]]:
    """
    The packages that an entry of ``affected`` is filed under, with their ranges.

    The one it names with what it says, unless the distribution is one of those above. Raises
    :class:`Broken`.
    """
    if bucket in _MARKS:
        return {name: [_marked(one, _MARKS[bucket]) for one in ranges]}
    specific = entry.get("ecosystem_specific")
    if not bucket.startswith(_SUSE) or not isinstance(specific, dict):
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


def _marked(one: Range, mark: str) -> Range:
    """The range, its last affected version with the mark that images show."""
    return Range(
        events=tuple(
            (kind, f"{version}{mark}")
            if kind == "last_affected" and not version.endswith(mark)
            else (kind, version)
            for kind, version in one.events
        )
    )
