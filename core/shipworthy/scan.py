"""
The chain from a target to a result; the only place that knows all of it.

``open → catalog → squash → inventory → match → assess → judge``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from shipworthy import __version__
from shipworthy.advisories.distribute.connection import Connection
from shipworthy.advisories.distribute.database import Database, names_of
from shipworthy.advisories.distribute.told import statuses_of
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.assessment.assess import assess, worst_first
from shipworthy.assessment.clock import day_of
from shipworthy.assessment.exposure import declares_no_port
from shipworthy.assessment.lifecycle import end_of_life
from shipworthy.contents import Contents, Progress, read_contents
from shipworthy.layers.cache import default_directory
from shipworthy.matching.match import match
from shipworthy.matching.needs import buckets_needed
from shipworthy.model.package import Status
from shipworthy.model.result import Coverage, ScanResult
from shipworthy.policy.gate import judge
from shipworthy.policy.options import (
    GateOptions,
    parse_fail_on,
    parse_ignore,
    parse_max,
)


def scan(
    target: str,
    *,
    db: str | Path | Sequence[str | Path] | None = None,
    db_max_age: str = "",
    db_key: str | Path | None = None,
    db_connection: Connection | None = None,
    fail_on: str = "",
    max_counts: str = "",
    only_fixed: bool = False,
    ignore: Sequence[str] = (),
    allow_partial: bool = False,
    base: str = "",
    platform: str = "",
    cache_dir: str | Path | None = None,
    cache: bool = True,
    at: str = "",
    progress: Progress | None = None,
) -> ScanResult:
    """
    Scan one image, or what an SBOM says of one, and judge it; nothing is printed and nothing exits.

    Args:
        target: ``docker-archive:PATH[:TAG]``, ``oci:DIR[:TAG]``, ``oci-archive:PATH[:TAG]``,
            ``dir:PATH``, ``sbom:PATH`` (CycloneDX in JSON), or a bare path to any of these.
        db: The advisory database: a directory, a bundle or ``oci://HOST/REPOSITORY[:TAG][@DIGEST]``,
            or several to be tried in turn; by default the one built into the user's cache.
        db_max_age: How old it may be: ``7d`` becomes a status, ``7d,fail`` an error.
        db_key: The public key (PEM) that must have signed it.
        db_connection: How registries are spoken to.
        fail_on: Close the gate on a finding of this severity or worse: ``high``,
            ``high,unknown``.
        max_counts: Most findings allowed a severity: ``critical=0,high=5``.
        only_fixed: Let the gate count only findings that have a fix.
        ignore: Ids or aliases to leave out of the verdict.
        allow_partial: Let a scan pass that could not look at everything.
        base: The base image's target, to tell its layers from those on top.
        platform: ``os/architecture[/variant]``, where there is a choice.
        cache_dir: Where layer records are kept; by default the user's cache.
        cache: Whether to keep and use layer records at all.
        at: The day that ends of support are counted from, ``YYYY-MM-DD``; by default the
            database's.
        progress: Told in one line each what is being done.

    Returns:
        The result; ``result.verdict`` says whether the image may ship.

    Raises:
        UsageError: The target, a rule or the day cannot be understood.
        ImageError: The image cannot be opened or is not what it claims to be.
        DatabaseError: The database is missing, broken, of another schema version, too old, or
            not signed by the key.
    """
    options = GateOptions(
        fail_on=parse_fail_on(fail_on),
        max_counts=parse_max(max_counts),
        only_fixed=only_fixed,
        ignore=parse_ignore(ignore),
        allow_partial=allow_partial,
    )
    asked = day_of(at, "")
    directory = Path(cache_dir) if cache_dir else default_directory()
    database = Database(
        names=names_of(db),
        local=default_directory() / "db",
        cache=directory,
        key=Path(db_key) if db_key else None,
        max_age=db_max_age,
        connection=db_connection or Connection(),
        tell=progress or (lambda _: None),
    )
    with AdvisoryStore(database.open()) as store:
        contents = read_contents(
            target,
            base=base,
            platform=platform,
            cache_dir=directory if cache else None,
            progress=progress,
        )
        if not store.at_hand:
            store.prefetch(buckets_needed(contents.inventory, store))
        day = asked or day_of("", store.info.date)
        matched = match(contents.inventory, store)
        no_port = declares_no_port(contents.image)
        findings = worst_first(
            (
                *assess(matched.matches, store, no_port=no_port),
                *end_of_life(contents.inventory, store, day),
            )
        )
        statuses = tuple(
            sorted(
                {
                    *contents.statuses,
                    *matched.statuses,
                    *statuses_of(database, store),
                }
            )
        )
        judged = judge(findings, statuses, options)
        return ScanResult(
            tool_version=__version__,
            image=contents.image,
            distro=contents.inventory.distro,
            packages=contents.inventory.packages,
            findings=judged.findings,
            suppressed=judged.suppressed,
            verdict=judged.verdict,
            database=store.info,
            coverage=_coverage(contents, matched.unmatched, statuses),
            statuses=statuses,
        )


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
