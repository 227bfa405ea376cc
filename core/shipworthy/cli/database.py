"""What every command that reads the database shares: the options that name it, and opening it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from shipworthy.cli.main import tell
from shipworthy.cli.options import with_options
from shipworthy.cli.several import Several


if TYPE_CHECKING:
    from shipworthy.advisories.distribute.database import Database
    from shipworthy.remote.connection import Connection


F = TypeVar("F", bound=Callable[..., Any])

_FILE = click.Path(dir_okay=False, path_type=Path)


def db_option(command: F) -> F:
    """``--db``, which may be repeated."""
    return click.option(
        "--db",
        cls=Several,
        metavar="PLACE",
        envvar="SHIPWORTHY_DB",
        help="The advisory database: a directory, a bundle or oci://HOST/REPOSITORY[:TAG][@DIGEST]."
        " Repeat for mirrors.  [default: db in the user's cache]",
    )(command)


def key_option(command: F) -> F:
    """``--db-key``."""
    return click.option(
        "--db-key",
        type=_FILE,
        envvar="SHIPWORTHY_DB_KEY",
        help="Public key (PEM) that must have signed the database.",
    )(command)


def age_option(command: F) -> F:
    """``--db-max-age``."""
    return click.option(
        "--db-max-age",
        default="",
        metavar="AGE[,warn|fail]",
        envvar="SHIPWORTHY_DB_MAX_AGE",
        help="How old the database may be: 7d, 36h; told in the result, or with ,fail an error.",
    )(command)


def connection_options(command: F) -> F:
    """How registries are spoken to; gives ``plain_http``, ``insecure`` and ``ca_file``."""
    options = (
        click.option(
            "--db-plain-http",
            "--plain-http",
            "plain_http",
            is_flag=True,
            envvar="SHIPWORTHY_DB_PLAIN_HTTP",
            help="Speak to registries of images, databases and policies without encryption.",
        ),
        click.option(
            "--db-insecure",
            "--insecure",
            "insecure",
            is_flag=True,
            envvar="SHIPWORTHY_DB_INSECURE",
            help="Take any certificate of these registries.",
        ),
        click.option(
            "--db-ca-file",
            "--ca-file",
            "ca_file",
            type=_FILE,
            envvar="SHIPWORTHY_DB_CA_FILE",
            help="Authorities to trust for these registries, PEM.",
        ),
    )
    return with_options(command, options)


def cache_option(command: F) -> F:
    """``--cache-dir``."""
    return click.option(
        "--cache-dir",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="SHIPWORTHY_CACHE_DIR",
        help="Where what is fetched, and layers once read, are kept.  [default: the user's cache]",
    )(command)


def connection_of(
    *, plain_http: bool, insecure: bool, ca_file: Path | None
) -> Connection:
    """What the connection options say."""
    from shipworthy.remote.connection import Connection

    return Connection(plain_http=plain_http, insecure=insecure, ca_file=ca_file)


def database_of(
    db: Sequence[str],
    cache_dir: Path | None,
    connection: Connection,
    *,
    key: Path | None = None,
    quiet: bool = False,
) -> Database:
    """The database that the options name, not yet opened."""
    from shipworthy.advisories.distribute.database import Database
    from shipworthy.layers.cache import default_directory

    return Database(
        names=tuple(db),
        local=default_db(),
        cache=cache_dir or default_directory(),
        key=key,
        connection=connection,
        tell=(lambda _: None) if quiet else tell,
    )


def default_db() -> Path:
    """Where a database is built to when nobody says."""
    from shipworthy.layers.cache import default_directory

    return default_directory() / "db"


def tell_of_age(date: str) -> None:
    """Speak of a database that is old, where no limit was set that would speak of it in the result."""
    from datetime import datetime, timezone

    from shipworthy.advisories.distribute.freshness import TOLD, age_of, words

    age = age_of(date, datetime.now(timezone.utc))
    if age is not None and age > TOLD:
        tell(f"shipworthy: the advisory database is {words(age)} old ({date[:10]})")
