"""
From a target to the list of its software, as a result that nothing was looked up for.

``open → catalog → squash → inventory``, and no database: what the list is made for may be judged later, by anybody.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from shipworthy import __version__
from shipworthy.assessment.clock import day_of
from shipworthy.contents import Progress, read_contents
from shipworthy.images.access import Access
from shipworthy.images.target import bound
from shipworthy.layers.cache import default_directory
from shipworthy.model.advisory import DatabaseInfo
from shipworthy.model.result import Coverage, ScanResult
from shipworthy.model.verdict import Verdict


_NO_DATABASE = DatabaseInfo(schema=0, digest="", date="")
_CANNOT = 3


def list_contents(
    target: str,
    *,
    base: str = "",
    platform: str = "",
    cache_dir: str | Path | None = None,
    cache: bool = True,
    allow_partial: bool = False,
    at: str = "",
    access: Access | None = None,
    progress: Progress | None = None,
) -> ScanResult:
    """
    What is in ``target``, as a result without findings whose ``looked_for`` is empty.

    The arguments are those of :func:`shipworthy.scan.scan`; ``at`` is the day that the list is made
    on, by default none. Raises as that does, and opens no database.
    """
    day = day_of(at, "")
    directory = Path(cache_dir) if cache_dir else default_directory()
    contents = read_contents(
        target,
        base=base,
        platform=platform,
        cache_dir=directory if cache else None,
        progress=progress,
        access=bound(access or Access(), target),
    )
    inventory = contents.inventory
    statuses = tuple(sorted(set(contents.statuses)))
    complete = not any(status.partial for status in statuses)
    types = Counter(package.type for package in inventory.packages)
    return ScanResult(
        tool_version=__version__,
        image=contents.image,
        distro=inventory.distro,
        packages=inventory.packages,
        findings=(),
        suppressed=(),
        verdict=_verdict(
            len(inventory.packages), day, complete=complete, accepted=allow_partial
        ),
        database=_NO_DATABASE,
        coverage=Coverage(
            complete=complete,
            layers=len(contents.image.layers),
            entries=inventory.entries,
            files_read=inventory.files_read,
            files_failed=inventory.files_failed,
            packages=len(inventory.packages),
            packages_by_type=tuple(sorted(types.items())),
        ),
        statuses=statuses,
        looked_for=frozenset(),
    )


def _verdict(packages: int, day: str, *, complete: bool, accepted: bool) -> Verdict:
    """No judgement: only whether the list is whole."""
    count = "1 package" if packages == 1 else f"{packages:,} packages"
    summary = f"Listed {count}; nothing was looked up and nothing judged."
    if not complete:
        summary = f"{summary} Part of the target could not be read."
    whole = complete or accepted
    return Verdict(
        status="pass" if whole else "partial",
        exit_code=0 if whole else _CANNOT,
        rules=(),
        summary=summary,
        day=day,
    )
