"""``shipworthy db bundle``: the database as one file."""

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


@click.command("bundle")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@db_option
@key_option
@connection_options
@cache_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def bundle(
    out: Path,
    db: tuple[str, ...],
    db_key: Path | None,
    ca_file: Path | None,
    cache_dir: Path | None,
    *,
    plain_http: bool,
    insecure: bool,
    quiet: bool,
) -> None:
    """
    Write the database into one file, OUT, for places without a network.

    It is an OCI layout in a tar: scan with --db OUT, or copy it into a registry of your own.
    """
    from shipworthy.advisories.distribute.bundle import write_bundle
    from shipworthy.advisories.distribute.packed import packing

    connection = connection_of(
        plain_http=plain_http, insecure=insecure, ca_file=ca_file
    )
    database = database_of(db, cache_dir, connection, key=db_key, quiet=quiet)
    source = database.open()
    source.prefetch(source.index.shards)  # first: an older one may take its place
    for note in source.notes:
        tell(f"shipworthy: {note}")
    with packing(source, source.signature, database.tell) as packed:
        digest = write_bundle(packed, out)
    if not quiet:
        tell(f"wrote {out}: {out.stat().st_size / 1e6:.1f} MB, {digest}")
