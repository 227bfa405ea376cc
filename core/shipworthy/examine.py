"""
From a target to everything that is found in it, before any policy judges.

``open → catalog → squash → inventory → match → assess``, the first part of the chain of :mod:`shipworthy.scan`; an image whose
layers are all known is not matched with the same database twice (:mod:`shipworthy.answers`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy import __version__
from shipworthy.advisories.distribute.database import Database, names_of
from shipworthy.advisories.distribute.told import statuses_of
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.answers import Answer, Question, recall, remember
from shipworthy.assessment.clock import day_of
from shipworthy.assessment.exposure import declares_no_port
from shipworthy.contents import Contents, Progress, read_contents
from shipworthy.errors import UsageError
from shipworthy.images.access import Access
from shipworthy.layers.cache import default_directory
from shipworthy.model.package import Status
from shipworthy.model.result import Coverage, Scanned
from shipworthy.plans import AnswerPlans
from shipworthy.policy.baseline.fingerprint import with_fingerprints
from shipworthy.remote.connection import Connection
from shipworthy.values import dataclass


if TYPE_CHECKING:
    from shipworthy.platforms.contents import EachContents, PlatformContents


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a scan works with: the database, the cache, the platform, the day."""

    db: str | Path | Sequence[str | Path] | None = None
    db_max_age: str = ""
    db_key: str | Path | None = None
    db_connection: Connection = field(default_factory=Connection)
    base: str = ""
    platform: str = ""
    all_platforms: bool = False
    cache_dir: str | Path | None = None
    cache: bool = True
    at: str = ""
    progress: Progress | None = None
    access: Access = field(default_factory=Access)
    """How images elsewhere are come by."""
    attached: bool = False
    """Whether to read the VEX that is attached to the image."""


def examine(target: str, means: Means) -> Scanned:
    """
    Everything that is found in ``target``; raises as :func:`shipworthy.scan.scan` does.
    """
    if means.all_platforms and means.platform:
        raise UsageError(
            "--platform and --all-platforms ask for one platform and for all of them",
            hint="leave one of the two out",
        )
    asked = day_of(means.at, "")
    directory = Path(means.cache_dir) if means.cache_dir else default_directory()
    database = Database(
        names=names_of(means.db),
        local=default_directory() / "db",
        cache=directory,
        key=Path(means.db_key) if means.db_key else None,
        max_age=means.db_max_age,
        connection=means.db_connection,
        tell=means.progress or (lambda _: None),
    )
    with AdvisoryStore(database.open()) as store:
        contents = _contents(target, means, directory if means.cache else None)
        if isinstance(contents, Contents):
            return _examined(contents, asked, database, store)
        return _all_platforms(contents, asked, database, store)


def _contents(
    target: str, means: Means, cache_dir: Path | None
) -> Contents | EachContents:
    if means.all_platforms:
        from shipworthy.platforms.contents import read_each

        return read_each(
            target,
            base=means.base,
            cache_dir=cache_dir,
            progress=means.progress,
            attached=means.attached,
            access=means.access,
        )
    return read_contents(
        target,
        base=means.base,
        platform=means.platform,
        cache_dir=cache_dir,
        progress=means.progress,
        attached=means.attached,
        access=means.access,
    )


def _examined(
    contents: Contents, asked: str, database: Database, store: AdvisoryStore
) -> Scanned:
    """What is found in one image."""
    question, answer = _answered(contents, store, asked)
    told = statuses_of(database, store)
    statuses = tuple(sorted({*contents.statuses, *answer.statuses, *told}))
    return Scanned(
        tool_version=__version__,
        image=contents.image,
        distro=contents.inventory.distro,
        packages=contents.inventory.packages,
        findings=answer.findings,
        database=store.info,
        coverage=_coverage(contents, answer.unmatched, statuses),
        statuses=statuses,
        day=_day(asked, store),
        attached=contents.attached,
        plans=_plans(contents, question, answer),
    )


def _plans(
    contents: Contents, question: Question, answer: Answer
) -> AnswerPlans | None:
    memory = contents.memory
    if memory is None:
        return None
    return AnswerPlans(memory=memory, answer=question.name, findings=answer.findings)


def _all_platforms(
    found: EachContents, asked: str, database: Database, store: AdvisoryStore
) -> Scanned:
    """What is found in the images of all platforms, each judged by itself."""
    from shipworthy.matching.needs import buckets_needed
    from shipworthy.platforms.whole import Examined, Unread, as_one

    read = [one.contents for one in found.platforms if one.contents is not None]
    if not store.at_hand:
        needed = (buckets_needed(one.inventory, store) for one in read)
        store.prefetch(sorted({bucket for buckets in needed for bucket in buckets}))

    def examined(one: PlatformContents) -> Examined | Unread:
        contents = one.contents
        if contents is None:
            return Unread(
                platform=one.platform,
                manifest_digest=one.manifest_digest,
                problem=one.problem,
            )
        _, answer = _answered(contents, store, asked)
        return Examined(
            platform=one.platform,
            image=contents.image,
            inventory=contents.inventory,
            findings=answer.findings,
            statuses=(*contents.statuses, *answer.statuses),
            unmatched=answer.unmatched,
        )

    return as_one(
        [examined(one) for one in found.platforms],
        index_digests=found.index_digests,
        statuses=(*found.statuses, *statuses_of(database, store)),
        database=store.info,
        day=_day(asked, store),
    )


def _answered(
    contents: Contents, store: AdvisoryStore, asked: str
) -> tuple[Question, Answer]:
    """What is asked of one image, and what the database says, now or when it was asked the same before."""
    if contents.memory is not None:
        # Nothing of the database is looked at but its index.
        question = _question(contents, store, asked)
        answer = recall(contents.memory, question)
        if answer:
            return question, answer
    return _found(contents, store, asked)


def _found(
    contents: Contents, store: AdvisoryStore, asked: str
) -> tuple[Question, Answer]:
    """What matching and assessment say, remembered."""
    from shipworthy.assessment.assess import assess, worst_first
    from shipworthy.assessment.lifecycle import end_of_life
    from shipworthy.matching.match import match
    from shipworthy.matching.needs import buckets_needed

    inventory = contents.inventory
    if not store.at_hand:
        store.prefetch(buckets_needed(inventory, store))
    # Only now: another database may have taken this one's place.
    question = _question(contents, store, asked)
    matched = match(inventory, store)
    findings = worst_first(
        (
            *assess(matched.matches, store, no_port=question.no_port),
            *end_of_life(inventory, store, question.day),
        )
    )
    answer = Answer(
        findings=with_fingerprints(findings),
        statuses=matched.statuses,
        unmatched=matched.unmatched,
    )
    if contents.memory is not None:
        remember(contents.memory, question, answer)
    return question, answer


def _question(contents: Contents, store: AdvisoryStore, asked: str) -> Question:
    return Question(
        inventory=contents.inventory,
        database=store.info.digest,
        day=_day(asked, store),
        no_port=declares_no_port(contents.image),
    )


def _day(asked: str, store: AdvisoryStore) -> str:
    return asked or day_of("", store.info.date)


def _coverage(
    contents: Contents,
    unmatched: tuple[tuple[str, int], ...],
    statuses: Sequence[Status],
) -> Coverage:
    inventory = contents.inventory
    return Coverage(
        complete=not any(status.partial for status in statuses),
        layers=len(contents.image.layers),
        entries=inventory.entries,
        files_read=inventory.files_read,
        files_failed=inventory.files_failed,
        packages=len(inventory.packages),
        packages_by_type=tuple(
            sorted(Counter(p.type for p in inventory.packages).items())
        ),
        unmatched=unmatched,
    )
