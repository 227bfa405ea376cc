"""``shipworthy db build``: from feeds to a database."""

from __future__ import annotations

from pathlib import Path

import click

from shipworthy.cli.database import default_db
from shipworthy.cli.main import tell


@click.command("build")
@click.option(
    "--feeds",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    envvar="SHIPWORTHY_FEEDS",
    help="Directory of upstream feeds as published.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SHIPWORTHY_DB",
    help="Where the database goes.  [default: db in the user's cache]",
)
@click.option(
    "--allow-partial",
    is_flag=True,
    envvar="SHIPWORTHY_ALLOW_PARTIAL",
    help="End with 0 although a feed had to be refused.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def build(feeds: Path, out: Path | None, *, allow_partial: bool, quiet: bool) -> int:
    """
    Build the database from a directory of feeds.

    The same feeds always give the same bytes. A feed that is not in its format is refused:
    the database is built without it, says so, and the command ends with 3.
    """
    from shipworthy.advisories.build import build as build_database

    info = build_database(feeds, out or default_db(), progress=None if quiet else tell)
    if not quiet:
        tell(
            f"built {out or default_db()}: {sum(n for _, n in info.shards)} advisories in"
            f" {len(info.shards)} shards, {info.digest}"
        )
    refused = [feed for feed in info.feeds if feed.refused]
    for feed in refused:
        tell(f"shipworthy: refused the feed {feed.name}: {feed.refused}")
    return 3 if refused and not allow_partial else 0
