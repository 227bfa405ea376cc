"""
The seam between upstream formats and the database.

A feed reads what its publisher publishes, laid out in a directory as the publisher lays
it out, and gives rows. It is a pure function of those files: no clock, no network, no
order that depends on the machine. The builder sorts, settles who has the last word, and
writes; a feed does neither. Feeds are found through the entry-point group
``shipworthy.feeds``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from shipworthy.model.advisory import (
    Advisory,
    Epss,
    Exploit,
    FeedInfo,
    Kev,
    Record,
)
from shipworthy.model.lifecycle import Product, SupportLimit
from shipworthy.values import dataclass


CVE_BUCKET = "cve"
"""Where records go that tell of a CVE itself, whatever the package."""

TRACKER = 0
"""Authority: a distribution's own tracker; it has the last word on what it knows."""
PER_VULNERABILITY = 1
"""Authority: a record of one vulnerability, the usual case."""
BULLETIN = 2
"""Authority: a bulletin on an update, which may fix several vulnerabilities."""
BORROWED = 3
"""Authority: what an ecosystem's record says of a CVE, where a distribution has only its number."""
OUTLOOK = 4
"""Authority: says only what becomes of a vulnerability and knows no fix; it speaks where nobody else does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    An advisory as a feed brings it, for one vulnerability or for several at once.

    With ``vulnerabilities`` empty the advisory stands as it is. Otherwise it becomes one
    advisory for each entry, which holds that one's aliases.
    """

    advisory: Advisory
    vulnerabilities: tuple[tuple[str, ...], ...] = ()
    authority: int = PER_VULNERABILITY
    modified: str = ""
    """RFC 3339; of two versions of the same statement the newer one stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """What a publisher tells of a vulnerability, for the records of ``bucket``."""

    bucket: str
    record: Record
    authority: int = PER_VULNERABILITY
    """In :data:`CVE_BUCKET` the lowest speaks first and the others fill its gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntelRow:
    """What is known about the exploitation of one CVE."""

    cve: str
    epss: Epss | None = None
    kev: Kev | None = None
    exploits: tuple[Exploit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A CVE that its numbering authority has taken back; it is never a finding."""

    cve: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """A product with its release cycles, and the keys of what in an image is that product."""

    product: Product
    keys: tuple[str, ...] = ()
    """See :func:`shipworthy.model.lifecycle.package_key`."""
    authority: int = PER_VULNERABILITY
    """Of several on one product the lowest has the last word on a cycle's dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportRow:
    """Which source packages a distribution's release supports no longer, or not wholly."""

    bucket: str
    limits: tuple[SupportLimit, ...]


Row = Statement | RecordRow | IntelRow | Rejected | ProductRow | SupportRow | FeedInfo
"""A feed ends each of its sources with a :class:`FeedInfo` that accounts for it."""


class Feed(Protocol):
    """**Protocol:** the importer of one upstream format."""

    name: str

    def read(self, root: Path) -> Iterator[Row]:
        """
        Give the rows of the feed's files under ``root``; none where it has no files there.

        Raises:
            FeedError: A file is not in the feed's format at all. A single record that
                cannot be understood is left out and counted in ``FeedInfo.skipped``.
        """
        ...
