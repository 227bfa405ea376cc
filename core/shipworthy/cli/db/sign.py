"""``shipworthy db sign``: sign a database where it lies."""

from __future__ import annotations

from pathlib import Path

import click

from shipworthy.cli.database import default_db
from shipworthy.cli.main import tell


@click.command("sign")
@click.option(
    "--db",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SHIPWORTHY_DB",
    help="The database's directory.  [default: db in the user's cache]",
)
@click.option(
    "--key",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    envvar="SHIPWORTHY_DB_SIGN_KEY",
    help="Private key: PEM, Ed25519 or P-256, without a password.",
)
def sign(db: Path | None, key: Path) -> None:
    """Sign the database's index, and so all of it; the signature lies beside the index."""
    from shipworthy.advisories.distribute.signing import sign as sign_index
    from shipworthy.advisories.index import SIGNATURE
    from shipworthy.advisories.source import DirectorySource

    directory = db or default_db()
    signature = sign_index(DirectorySource(directory).index.data, key)
    (directory / SIGNATURE).write_text(f"{signature}\n", "ascii")
    tell(f"signed {directory / SIGNATURE}")
