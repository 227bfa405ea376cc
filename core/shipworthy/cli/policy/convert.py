"""``shipworthy policy convert``: ignore files of other tools as a ``shipworthy.yaml``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from shipworthy.errors import UsageError


@click.command(
    "convert",
    short_help="Write other tools' ignore files as a shipworthy.yaml.",
    epilog="Exit codes: 0 converted, 2 a file cannot be read or is none that is known.",
)
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option(
    "-o",
    "--output",
    "output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write to PATH instead of stdout.",
)
@click.option("--force", is_flag=True, help="Overwrite PATH where it is there.")
def command(files: tuple[str, ...], output: Path | None, *, force: bool) -> None:
    """
    Write the entries of FILEs, ignore files of other tools, as a shipworthy.yaml.

    Read are .trivyignore, .trivyignore.yaml, .grype.yaml, osv-scanner.toml, .snyk and .inspector-ignore.
    Comments tell where each entry came from and what could not be taken over.
    """
    from shipworthy.policy.foreign.convert import convert
    from shipworthy.policy.foreign.read import read_ignore_file

    if output is not None:
        _check(output, force=force)
    text = convert([read_ignore_file(file) for file in files])
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)


def _check(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise UsageError(f"{path}: is a directory, expected a file to write")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no directory {path.parent}")
    if path.exists() and not force:
        raise UsageError(
            f"{path}: is there already", hint="say --force to overwrite it"
        )


def _write(path: Path, text: str) -> None:
    """Put the file there whole or not at all."""
    temporary = path.parent / f".shipworthy-{os.urandom(8).hex()}"
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
