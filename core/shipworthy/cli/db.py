"""``shipworthy db``: the advisory database."""

from __future__ import annotations

from pathlib import Path

import click

from shipworthy.cli.main import tell


_DB = click.option(
    "--db",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SHIPWORTHY_DB",
    help="The database's directory.  [default: db in the user's cache]",
)


def default_db() -> Path:
    """Where the database is looked for when nobody says."""
    from shipworthy.layers.cache import default_directory

    return default_directory() / "db"


@click.group("db")
def command() -> None:
    """Build and look at the advisory database."""


@command.command("build")
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


@command.command("status")
@_DB
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def status(db: Path | None, *, as_json: bool) -> None:
    """Show the database's sources, their dates and counts."""
    from shipworthy.advisories.store import AdvisoryStore

    with AdvisoryStore.open(db or default_db()) as store:
        info = store.info
    if as_json:
        import json
        from dataclasses import asdict

        click.echo(json.dumps(asdict(info), indent=2, sort_keys=True))
        return
    click.echo(f"database  {db or default_db()}")
    click.echo(f"schema    {info.schema}")
    click.echo(f"digest    {info.digest}")
    click.echo(f"date      {info.date}")
    click.echo("")
    width = max((len(feed.name) for feed in info.feeds), default=4)
    click.echo(f"{'feed':{width}}  {'newest':20}  {'records':>9}  {'skipped':>8}")
    for feed in info.feeds:
        click.echo(
            f"{feed.name:{width}}  {feed.date:20}  {feed.records:9}  {feed.skipped:8}"
            f"{f'  refused: {feed.refused}' if feed.refused else ''}"
        )
    click.echo("")
    width = max((len(name) for name, _ in info.shards), default=5)
    click.echo(f"{'shard':{width}}  {'advisories':>10}")
    for name, count in info.shards:
        click.echo(f"{name:{width}}  {count:10}")


@command.command("verify")
@_DB
def verify(db: Path | None) -> None:
    """Check every shard against the digests of the index."""
    from shipworthy.advisories.verify import verify as verify_database

    verify_database(db or default_db())
    click.echo(f"{db or default_db()}: every shard is what the index says")
