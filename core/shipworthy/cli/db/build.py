"""``shipworthy db build``: from feeds to a database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from shipworthy.cli.database import default_db
from shipworthy.cli.main import tell
from shipworthy.errors import UsageError


@click.command("build")
@click.option(
    "--feeds",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SHIPWORTHY_FEEDS",
    help="Directory of upstream feeds as published."
    "  [default with --upstream: feeds in the user's cache]",
)
@click.option(
    "--upstream",
    is_flag=True,
    envvar="SHIPWORTHY_UPSTREAM",
    help="First fetch what the publishers have changed into the directory of feeds.",
)
@click.option(
    "--only",
    default="",
    metavar="NAME,…",
    envvar="SHIPWORTHY_ONLY",
    help="With --upstream: fetch only these sources; what is there of others is used as it is.",
)
@click.option(
    "--mirror",
    "mirrors",
    multiple=True,
    metavar="NAME=URL",
    envvar="SHIPWORTHY_MIRROR",
    help="With --upstream: fetch the source from this base instead of its publisher's."
    " Repeat for several, tried in turn; *=URL for all sources, each below its name there.",
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
    help="End with 0 although a source failed or a feed had to be refused.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def build(
    feeds: Path | None,
    only: str,
    mirrors: tuple[str, ...],
    out: Path | None,
    *,
    upstream: bool,
    allow_partial: bool,
    quiet: bool,
) -> int:
    """
    Build the database from a directory of feeds, or with --upstream from the network.

    The same feeds always give the same bytes. A feed that is not in its format is refused:
    the database is built without it, says so, and the command ends with 3. With --upstream a
    source that fails leaves the files fetched before in use; the command ends with 3 as well.
    """
    from shipworthy.advisories.build import build as build_database

    directory = _directory(feeds, upstream=upstream)
    names = [name.strip() for name in only.split(",") if name.strip()]
    if not upstream and (names or mirrors):
        raise UsageError("--only and --mirror need --upstream")
    failed = upstream and _fetch(directory, names, mirrors, quiet=quiet)
    info = build_database(
        directory, out or default_db(), progress=None if quiet else tell
    )
    if not quiet:
        tell(
            f"built {out or default_db()}: {sum(n for _, n in info.shards)} advisories in"
            f" {len(info.shards)} shards, {info.digest}"
        )
    refused = [feed for feed in info.feeds if feed.refused]
    for feed in refused:
        tell(f"shipworthy: refused the feed {feed.name}: {feed.refused}")
    return 3 if (refused or failed) and not allow_partial else 0


def _directory(feeds: Path | None, *, upstream: bool) -> Path:
    from shipworthy.layers.cache import default_directory

    if feeds is None:
        if upstream:
            return default_directory() / "feeds"
        raise UsageError(
            "expected --feeds DIR or --upstream",
            hint="--upstream fetches the feeds from their publishers",
        )
    if not upstream and not feeds.is_dir():
        raise UsageError(f"--feeds {feeds}: does not exist")
    return feeds


def _fetch(
    directory: Path, names: Sequence[str], mirrors: Sequence[str], *, quiet: bool
) -> bool:
    """Bring the feeds up to date; tells whether any source failed."""
    import os
    from datetime import datetime, timezone

    from shipworthy import __version__
    from shipworthy.advisories.upstream.fetch import Plan, fetch
    from shipworthy.advisories.upstream.mirrors import parse_mirrors
    from shipworthy.advisories.upstream.table import chosen

    plan = Plan(
        agent=f"shipworthy/{__version__}",
        year=datetime.now(timezone.utc).year,
        mirrors=parse_mirrors(mirrors),
        keys=os.environ,
    )
    done = fetch(directory, chosen(names), plan, progress=None if quiet else tell)
    failed = [fetched for fetched in done if fetched.problems]
    for fetched in failed:
        tell(f"shipworthy: {fetched.line()}")
    return bool(failed)
