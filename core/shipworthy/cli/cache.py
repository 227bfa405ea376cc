"""``shipworthy cache``: the layer cache."""

from __future__ import annotations

from pathlib import Path

import click

from shipworthy.cli.main import tell


@click.group("cache")
def command() -> None:
    """Look after the layer cache."""


@command.command("clear")
@click.option(
    "--cache-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SHIPWORTHY_CACHE_DIR",
    help="The cache's directory.  [default: the user's cache]",
)
def clear(cache_dir: Path | None) -> None:
    """Remove every layer record; the next scan reads its layers again."""
    from shipworthy.layers.cache import LayerCache, default_directory

    directory = cache_dir or default_directory()
    count = LayerCache(directory, "").clear()
    tell(f"removed {count} record{'' if count == 1 else 's'} from {directory}")
