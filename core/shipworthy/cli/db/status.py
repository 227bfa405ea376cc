"""``shipworthy db status``: which database this is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipworthy.cli.database import (
    cache_option,
    connection_of,
    connection_options,
    database_of,
    db_option,
    key_option,
)


if TYPE_CHECKING:
    from shipworthy.advisories.source import ShardSource


@click.command("status")
@db_option
@key_option
@connection_options
@cache_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def status(
    db: tuple[str, ...],
    db_key: Path | None,
    ca_file: Path | None,
    cache_dir: Path | None,
    *,
    plain_http: bool,
    insecure: bool,
    as_json: bool,
) -> None:
    """Show the database's sources, their dates and counts."""
    connection = connection_of(
        plain_http=plain_http, insecure=insecure, ca_file=ca_file
    )
    source = database_of(db, cache_dir, connection, key=db_key, quiet=True).open()
    if as_json:
        _print_json(source)
    else:
        _print(source, is_checked=db_key is not None)


def _print_json(source: ShardSource) -> None:
    import json
    from dataclasses import asdict

    document = {
        **asdict(source.index.info),
        "source": source.reference or source.name,
        "signed": bool(source.signature),
    }
    click.echo(json.dumps(document, indent=2, sort_keys=True))


def _print(source: ShardSource, *, is_checked: bool) -> None:
    info = source.index.info
    signed = "yes" if source.signature else "no"
    click.echo(f"database  {source.reference or source.name}")
    click.echo(f"schema    {info.schema}")
    click.echo(f"digest    {info.digest}")
    click.echo(f"date      {info.date}{_age(info.date)}")
    click.echo(f"signed    {'yes, by the key given' if is_checked else signed}")
    for note in source.notes:
        click.echo(f"note      {note}")
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


def _age(date: str) -> str:
    from datetime import datetime, timezone

    from shipworthy.advisories.distribute.freshness import age_of, words

    age = age_of(date, datetime.now(timezone.utc))
    return "" if age is None else f" ({words(age)} old)"
