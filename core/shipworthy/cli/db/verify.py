"""``shipworthy db verify``: is every byte the one that was published?"""

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


@click.command("verify")
@db_option
@key_option
@connection_options
@cache_option
def verify(
    db: tuple[str, ...],
    db_key: Path | None,
    ca_file: Path | None,
    cache_dir: Path | None,
    *,
    plain_http: bool,
    insecure: bool,
) -> None:
    """
    Check every shard against the digests of the index, and the signature where a key is given.

    What is in a bundle or a registry is fetched into the cache first.
    """
    from shipworthy.advisories.verify import verify_source

    connection = connection_of(
        plain_http=plain_http, insecure=insecure, ca_file=ca_file
    )
    source = database_of(db, cache_dir, connection, key=db_key, quiet=True).open()
    verify_source(source)
    signed = ", and the signature is by the key" if db_key else ""
    click.echo(f"{source.name}: every shard is what the index says{signed}")
