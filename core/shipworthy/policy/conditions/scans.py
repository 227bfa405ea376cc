"""
What is true of the scan as a whole: ``partial``, ``database-older-than``, ``image-older-than``,
``platform``, ``distro`` and ``image``.

Any rule can ask these, whatever it counts: they hold for all of it or for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from shipworthy.model.bucket import os_bucket
from shipworthy.model.result import Scanned
from shipworthy.policy import durations
from shipworthy.policy.conditions.asking import (
    BOOLEAN,
    TEXTS,
    Question,
    flag,
    held,
    one_or_many,
    texts,
)
from shipworthy.policy.conditions.interface import Atom
from shipworthy.policy.conditions.view import View
from shipworthy.policy.durations import days_between, in_days
from shipworthy.policy.facts import KINDS, Facts, Kind
from shipworthy.policy.globs import any_of, loose, matcher
from shipworthy.policy.selection import NONE, Selection, everything
from shipworthy.values import dataclass


_FIRST_DAY = "2013-03-20"
"""Docker's first release; builds that are to give the same bytes again set a date before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _AboutScan(Question):
    kinds: ClassVar[frozenset[Kind]] = frozenset(KINDS)
    natural: ClassVar[Kind] = "scan"

    def select(self, view: View) -> Selection:
        """Everything or nothing."""
        holds = self.holds(view.facts)
        return Selection(everything(len(view.subjects))) if holds else NONE

    def holds(self, facts: Facts) -> bool:
        """Whether it is true of the scan."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial(_AboutScan):
    """Something could not be looked at; or everything could."""

    wanted: bool = True

    def holds(self, facts: Facts) -> bool:
        """Whether the scan has a gap."""
        return any(s.partial for s in facts.scanned.statuses) is self.wanted

    def words(self) -> str:
        """``with gaps in what was looked at``."""
        return self._told(wanted=self.wanted)

    def denied(self) -> str:
        """``without gaps in what was looked at``."""
        return self._told(wanted=not self.wanted)

    def _told(self, *, wanted: bool) -> str:
        return f"with{'' if wanted else 'out'} gaps in what was looked at"

    def seen(self, facts: Facts) -> str:
        """How many things stayed unread or unjudged, and the first."""
        gaps = sorted(s for s in facts.scanned.statuses if s.partial)
        if not gaps:
            return ""
        others = f", and {len(gaps) - 1} more" if len(gaps) > 1 else ""
        first = gaps[0]
        return f"{first.source}: {first.subject}: {first.message}{others}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseOlderThan(_AboutScan):
    """The newest date of the database lies more than so many days back, on the real day."""

    days: int

    def holds(self, facts: Facts) -> bool:
        """Whether it is older."""
        age = _database_age(facts)
        return age is not None and age > self.days

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The database's date or today's."""
        if _database_age(facts) is not None:
            return ()
        return ("the age of the database, which has no date",)

    def words(self) -> str:
        """``with a database older than 7 days``."""
        return f"with a database older than {in_days(self.days)}"

    def seen(self, facts: Facts) -> str:
        """How old it is."""
        age = _database_age(facts)
        return "" if age is None else f"the database is {in_days(age)} old"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOlderThan(_AboutScan):
    """The image was created more than so many days before the day of judging."""

    days: int

    def holds(self, facts: Facts) -> bool:
        """Whether it is older."""
        age = _image_age(facts)
        return age is not None and age > self.days

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The day of the image's creation, which reproducible builds do not tell, or the day of judging."""
        if _image_age(facts) is not None:
            return ()
        return ("the day on which the image was created, which it does not tell",)

    def words(self) -> str:
        """``of an image older than 90 days``."""
        return f"of an image older than {in_days(self.days)}"

    def seen(self, facts: Facts) -> str:
        """How old it is."""
        age = _image_age(facts)
        return "" if age is None else f"the image is {in_days(age)} old"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(_AboutScan):
    """
    A name of the platform, the distribution or the image is one of these globs.

    Those on images read like globs on paths: a star does not go over into the next repository.
    """

    what: str
    globs: tuple[str, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether one of the names is meant."""
        reads = matcher if self.what == "image" else loose
        meant = any_of(reads(glob.casefold()) for glob in self.globs)
        known = _NAMES[self.what](facts.scanned)
        return held(meant, (name.casefold().lstrip("/") for name in known if name))

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The platform, where the target tells none; an image without a distribution has none."""
        if self.what == "platform" and not facts.scanned.image.platform:
            return ("the platform of the image, which this target does not tell",)
        return ()

    def words(self) -> str:
        """``of an image for linux/*``."""
        return f"{_BEFORE[self.what]} {one_or_many(self.globs)}"


def _database_age(facts: Facts) -> int | None:
    return days_between(facts.scanned.database.date, facts.today)


def _image_age(facts: Facts) -> int | None:
    created = facts.scanned.image.config.created
    if created[:10] < _FIRST_DAY:
        return None
    return days_between(created, facts.scanned.day)


def _platform(scanned: Scanned) -> tuple[str, ...]:
    image = scanned.image
    several = tuple(one.platform for one in image.platforms if not one.problem)
    return several or (image.platform,)


def _distro(scanned: Scanned) -> tuple[str, ...]:
    distro = scanned.distro
    if distro is None:
        return ()
    return distro.id, f"{distro.id}-{distro.version}", os_bucket(distro)


def _image(scanned: Scanned) -> tuple[str, ...]:
    image = scanned.image
    return (image.target, *image.tags, image.manifest_digest, image.image_id)


_NAMES: dict[str, Callable[[Scanned], tuple[str, ...]]] = {
    "platform": _platform,
    "distro": _distro,
    "image": _image,
}
_BEFORE = {
    "platform": "of an image for",
    "distro": "of an image of",
    "image": "of the image",
}


def _named(what: str, example: str) -> Callable[[object], Named]:
    return lambda value: Named(
        what=what, globs=texts(value, f"a glob, such as {example}")
    )


ATOMS = (
    Atom(
        key="partial",
        parse=lambda value: Partial(wanted=flag(value)),
        schema=BOOLEAN,
        words="something in the image could not be looked at",
    ),
    Atom(
        key="database-older-than",
        parse=lambda value: DatabaseOlderThan(days=durations.days(value)),
        schema=durations.SCHEMA,
        words="the database's newest date lies more than so many days back",
    ),
    Atom(
        key="image-older-than",
        parse=lambda value: ImageOlderThan(days=durations.days(value)),
        schema=durations.SCHEMA,
        words="the image was created more than so many days before the day of judging",
    ),
    Atom(
        key="platform",
        parse=_named("platform", "linux/arm64*"),
        schema=TEXTS,
        words="the image's platform, os/architecture[/variant]",
    ),
    Atom(
        key="distro",
        parse=_named("distro", "debian-*"),
        schema=TEXTS,
        words="the image's distribution, with its release or without: debian-12, alpine-3.18",
    ),
    Atom(
        key="image",
        parse=_named("image", "registry.example/team/*"),
        schema=TEXTS,
        words="the target, a tag or a digest of the image",
    ),
)
