"""``shipworthy db push``: publish the database in a registry."""

from __future__ import annotations

from pathlib import Path

import click

from shipworthy.cli.database import (
    cache_option,
    connection_of,
    connection_options,
    database_of,
    db_option,
)
from shipworthy.cli.main import tell


@click.command("push")
@click.argument("reference")
@db_option
@click.option(
    "--sign-key",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="SHIPWORTHY_DB_SIGN_KEY",
    help="Private key (PEM, Ed25519 or P-256) to sign it with.",
)
@connection_options
@cache_option
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def push(
    reference: str,
    db: tuple[str, ...],
    sign_key: Path | None,
    ca_file: Path | None,
    cache_dir: Path | None,
    *,
    plain_http: bool,
    insecure: bool,
    quiet: bool,
) -> None:
    """
    Publish the database as an OCI artifact at REFERENCE: oci://HOST/REPOSITORY[:TAG].

    It gets the tag of its date, which is never written twice, and TAG or latest.
    Credentials are docker's.
    """
    from shipworthy.advisories.distribute.publish import publish
    from shipworthy.remote.reference import parse_registry

    place = parse_registry(reference)
    connection = connection_of(
        plain_http=plain_http, insecure=insecure, ca_file=ca_file
    )
    database = database_of(db, cache_dir, connection, quiet=quiet)
    done = publish(
        database.open(),
        place,
        connection=connection,
        sign_key=sign_key,
        tell=database.tell,
    )
    if not quiet:
        tell(
            f"pushed {', '.join(done.tags)}: {done.size / 1e6:.1f} MB,"
            f" {done.uploaded} new blobs"
        )
    click.echo(f"oci://{place.host}/{place.repository}@{done.digest}")
