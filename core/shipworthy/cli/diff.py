"""``shipworthy diff``: what changed between two results or images."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shipworthy.cli.access import access_of, access_options
from shipworthy.cli.database import (
    age_option,
    cache_option,
    connection_of,
    connection_options,
    db_option,
    key_option,
)
from shipworthy.cli.main import tell
from shipworthy.cli.options import (
    allow_partial_option,
    at_option,
    no_cache_option,
    output_option,
    platform_option,
    quiet_option,
)


if TYPE_CHECKING:
    from shipworthy.cli.output import Output
    from shipworthy.reports.changes import ChangesReport


@click.command(
    "diff",
    epilog="Exit codes: 0 compared, 1 --fail-on met a new finding, 2 wrong usage, 3 could not scan or only in part.",
)
@click.argument("old")
@click.argument("new")
@output_option
@click.option(
    "--fail-on",
    default="",
    metavar="SEVERITY",
    help="Close the gate on a new finding this severe or worse; unknown only when named: high,unknown.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also list the findings that were there before.",
)
@allow_partial_option
@db_option
@age_option
@key_option
@connection_options
@access_options
@platform_option
@cache_option
@no_cache_option
@at_option
@quiet_option
def command(
    old: str,
    new: str,
    outputs: tuple[str, ...],
    fail_on: str,
    db: tuple[str, ...],
    db_max_age: str,
    db_key: Path | None,
    platform: str,
    cache_dir: Path | None,
    at: str,
    *,
    everything: bool,
    allow_partial: bool,
    no_cache: bool,
    quiet: bool,
    **reaching: Any,
) -> int:
    """
    Tell what changed from OLD to NEW: findings that are new, have moved or are fixed.

    Each is a result written by `shipworthy scan -o json=FILE`, or a target as `scan` takes it, which is
    scanned now. The reports are NEW's, of the findings that changed; --all lists all.
    """
    from shipworthy.cli.output import parse_outputs
    from shipworthy.cli.watching import heard, watched
    from shipworthy.policy.options import parse_fail_on

    places, severities = parse_outputs(outputs), parse_fail_on(fail_on)
    from shipworthy.diff import diff
    from shipworthy.examine import Means
    from shipworthy.images.target import bound
    from shipworthy.reports.changes import ChangesReport
    from shipworthy.reports.document import to_document
    from shipworthy.results import result_of

    gc.disable()
    means = Means(
        db=db,
        db_max_age=db_max_age,
        db_key=db_key,
        db_connection=connection_of(
            plain_http=reaching["plain_http"],
            insecure=reaching["insecure"],
            ca_file=reaching["ca_file"],
        ),
        access=bound(access_of(reaching, quiet=quiet), new),
        platform=platform,
        cache_dir=cache_dir,
        cache=not no_cache,
        at=at,
    )
    with watched(quiet=quiet) as progress:
        told = heard(means.access, progress)
        means = replace(means, progress=progress, access=told)
        before, after = result_of(old, means), result_of(new, means)
    found = diff(
        before,
        after,
        name=old,
        fail_on=severities,
        everything=everything,
        allow_partial=allow_partial,
    )
    document = to_document(found.result)
    changes = ChangesReport(
        old=before, newer=new, packages=found.packages, existing=found.existing
    )
    for place in places:
        _write(place, changes, document)
    if not quiet and all(
        p.path is not None or p.report.name != "table" for p in places
    ):
        tell(f"shipworthy: {found.result.verdict.summary}")
    return found.result.verdict.exit_code


def _write(place: Output, changes: ChangesReport, document: Mapping[str, Any]) -> None:
    """One report; where a scan writes its table, the list of changes."""
    from shutil import get_terminal_size

    from shipworthy.cli.output import colour_wanted, write

    if place.report.name != "table":
        write(place, document)
        return
    colour = place.path is None and colour_wanted(sys.stdout)
    if place.path is None and (colour or sys.stdout.isatty()):
        columns = get_terminal_size((100, 24)).columns
        shown = changes.render_terminal(document, color=colour, width=columns)
        sys.stdout.write(shown)
        sys.stdout.flush()
        return
    write(replace(place, report=changes), document)
