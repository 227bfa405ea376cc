"""``shipworthy policy convert``: ignore files of other tools, or a step that runs one, as a ``shipworthy.yaml``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from shipworthy.errors import UsageError


@click.command(
    "convert",
    short_help="Write other tools' ignore files and steps as a shipworthy.yaml.",
    epilog="Exit codes: 0 converted, 2 a file cannot be read or is none that is known.",
)
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option(
    "--from",
    "tool",
    default="",
    metavar="TOOL",
    help="What is read is a pipeline's step: of inspector-github, inspector-jenkins, inspector-teamcity, trivy-action"
    " or scan-action. FILE is the workflow, or the step's inputs as YAML; NAME=VALUE is one input.",
)
@click.option(
    "-o",
    "--output",
    "output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Write to PATH instead of stdout.",
)
@click.option("--force", is_flag=True, help="Overwrite PATH where it is there.")
def command(
    files: tuple[str, ...], tool: str, output: Path | None, *, force: bool
) -> None:
    """
    Write the entries of FILEs, ignore files of other tools, as a shipworthy.yaml.

    Read are .trivyignore, .trivyignore.yaml, .grype.yaml, osv-scanner.toml, .snyk and .inspector-ignore.
    With --from it is what a step of a pipeline asks of another scanner: its thresholds, lists and switches.
    Comments tell where each entry came from and what could not be taken over.
    """
    if output is not None:
        _check(output, force=force)
    text = _converted(tool, files)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)


def _converted(tool: str, files: tuple[str, ...]) -> str:
    if tool:
        from shipworthy.policy.pipelines.convert import convert_step

        return convert_step(tool, files)
    from shipworthy.policy.foreign.convert import convert
    from shipworthy.policy.foreign.read import read_ignore_file

    return convert([read_ignore_file(file) for file in files])


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
