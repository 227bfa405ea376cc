"""``shipworthy db pull``: fetch what scans will need."""

from __future__ import annotations

from pathlib import Path

import click

from shipworthy.cli.database import (
    cache_option,
    connection_of,
    connection_options,
    database_of,
    db_option,
    key_option,
)
from shipworthy.cli.main import tell
from shipworthy.errors import UsageError


@click.command("pull")
@db_option
@click.option(
    "--for",
    "wanted",
    default="",
    metavar="SHARD,…",
    envvar="SHIPWORTHY_DB_FOR",
    help="Only what these need: debian-12,pypi.  [default: everything]",
)
@key_option
@connection_options
@cache_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def pull(
    db: tuple[str, ...],
    wanted: str,
    db_key: Path | None,
    ca_file: Path | None,
    cache_dir: Path | None,
    *,
    plain_http: bool,
    insecure: bool,
    quiet: bool,
) -> int:
    """
    Fetch the database into the cache, so that scans with the same --db need no network.

    Only what is new is fetched. A pull that is killed leaves the database before it in place; one
    that nobody answers does as well, and ends with 3.
    """
    from shipworthy.advisories.distribute.remote import RemoteSource
    from shipworthy.advisories.schema import SHARED

    connection = connection_of(
        plain_http=plain_http, insecure=insecure, ca_file=ca_file
    )
    database = database_of(db, cache_dir, connection, key=db_key, quiet=quiet)
    source = database.open()
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    unknown = [name for name in names if name not in source.index.shards]
    if unknown:
        raise UsageError(
            f"--for {unknown[0]}: the database has no such shard",
            hint="shipworthy db status lists them",
        )
    source.prefetch([*names, *SHARED] if names else source.index.shards)
    fetched = source.fetched if isinstance(source, RemoteSource) else 0
    for note in source.notes:
        tell(f"shipworthy: {note}")
    if source.notes:
        return 3
    if not quiet:
        tell(f"{source.reference or source.name}: fetched {fetched / 1e6:.2f} MB")
    return 0
