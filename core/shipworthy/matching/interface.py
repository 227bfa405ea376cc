"""The seams of matching: what it asks of the database, and what a family of packages knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from shipworthy.model.advisory import Advisory
from shipworthy.model.finding import Match
from shipworthy.model.package import Package, Status
from shipworthy.values import dataclass
from shipworthy.versions.ranges import AffectedRange


class Advisories(Protocol):
    """**Protocol:** the advisory database as matching sees it."""

    def has(self, bucket: str, /) -> bool:
        """Tell whether the database holds advisories for ``bucket``."""
        ...

    def advisories(
        self, bucket: str, names: Sequence[str], /
    ) -> Mapping[str, Sequence[Advisory]]:
        """Give the advisories of each of ``names``; names without any may be left out."""
        ...


class Lookup(NamedTuple):
    """By which name one package is looked up in its family's bucket, and which version is compared."""

    package: Package
    name: str
    version: str
    also: tuple[str, ...] = ()
    """Further names under which the family's buckets file statements on the package, such as its source's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why packages are not judged."""

    subject: str
    """Short and stable: ``kernel headers``."""
    message: str
    """Goes on after ``3 packages not judged, because``: ``there is no version to compare``."""
    partial: bool = False
    """Part of the image could not be judged, where it should have been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A package that is not judged; without a reason it is none of anybody's business."""

    package: Package
    reason: Reason | None = None


class Hit(NamedTuple):
    """One advisory that covers the version compared."""

    advisory: Advisory
    where: AffectedRange
    needs: str = ""
    """What this image lacks to get the fix; empty where an update is enough."""


class Family(Protocol):
    """**Protocol:** how one kind of package is looked up and which statements speak of it."""

    @property
    def bucket(self) -> str:
        """Where its packages are looked up."""
        ...

    @property
    def more(self) -> tuple[str, ...]:
        """Further buckets of the same names and version scheme whose advisories speak of its packages too."""
        ...

    def in_database(self, advisories: Advisories, /) -> Family:
        """Give the family as it judges with this database: which further buckets it holds, what it knows of the image's channels."""
        ...

    def look_up(self, package: Package) -> Lookup | Skip:
        """Say how ``package`` is looked up, or why it is not."""
        ...

    def doubts(self, package: Package) -> tuple[str, tuple[str, ...]]:
        """Tell how sure a match of ``package`` is, ``high``, ``medium`` or ``low``, and what speaks against it."""
        ...

    def doubts_on(
        self, package: Package, advisory: Advisory
    ) -> tuple[str, tuple[str, ...]]:
        """Tell how sure a match of ``package`` with ``advisory`` is, as :meth:`doubts` does for all of its matches."""
        ...

    def admits(self, package: Package, advisory: Advisory) -> bool:
        """Tell whether ``advisory`` is on this build of the package at all: architecture, module stream."""
        ...

    def needs(self, package: Package, advisory: Advisory) -> str:
        """Say what this image lacks to get the fix that ``advisory`` names; empty where an update is enough."""
        ...

    def settle(
        self, package: Package, hits: Sequence[Hit], passed: Sequence[Advisory]
    ) -> Sequence[Hit]:
        """
        Give the hits that stand when everything said of one vulnerability is weighed together.

        ``passed`` are the admitted advisories that do not cover the version. None
        left means: not affected, by the distribution's word.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """What matching found and what it could not judge."""

    matches: tuple[Match, ...]
    """Sorted by id and package."""
    statuses: tuple[Status, ...]
    """Sorted."""
    unmatched: tuple[tuple[str, int], ...]
    """(bucket or type, packages) for which the database holds no advisories; sorted."""
