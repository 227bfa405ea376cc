"""``shipworthy cache``: the layer cache."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipworthy.cli.main import tell
from shipworthy.errors import UsageError


if TYPE_CHECKING:
    from shipworthy.layers.cache import LayerCache

_DIRECTORY = click.option(
    "--cache-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="SHIPWORTHY_CACHE_DIR",
    help="The cache's directory.  [default: the user's cache]",
)
_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group("cache")
def command() -> None:
    """Look after the layer cache."""


@command.command("clear")
@_DIRECTORY
def clear(cache_dir: Path | None) -> None:
    """Remove every layer record; the next scan reads its layers again."""
    from shipworthy.layers.cache import LayerCache, default_directory

    directory = cache_dir or default_directory()
    count = LayerCache(directory, "").clear()
    tell(f"removed {_counted(count)} from {directory}")


@command.command("export")
@_FILE
@_DIRECTORY
def export(file: Path, cache_dir: Path | None) -> None:
    """
    Write all layer records into one FILE, for the cache of a CI system.

    The same records give the same bytes.
    """
    from shipworthy.layers.travel import export_records

    temporary = file.with_name(f".{file.name}.new")
    try:
        with temporary.open("wb") as packed:
            count = export_records(_cache(cache_dir), packed)
        temporary.replace(file)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror})") from error
    finally:
        temporary.unlink(missing_ok=True)
    tell(f"wrote {_counted(count)} to {file}")


@command.command("import")
@_FILE
@_DIRECTORY
def import_(file: Path, cache_dir: Path | None) -> None:
    """
    Take the layer records of FILE in, so that a scan need not read these layers.

    FILE is to be trusted like the machine that wrote it.
    """
    from shipworthy.layers.travel import import_records

    taken, others = import_records(_cache(cache_dir), file)
    left = f"; {_counted(others)} of another release left out" if others else ""
    tell(f"took {_counted(taken)} from {file}{left}")


def _cache(cache_dir: Path | None) -> LayerCache:
    """The cache as a scan of this release uses it."""
    from shipworthy.contents import layer_cache
    from shipworthy.layers.cache import default_directory

    return layer_cache(cache_dir or default_directory())


def _counted(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"
