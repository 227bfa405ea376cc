"""``shipworthy sbom``: the software of an image, as a bill of materials; no database is needed."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Any

import click

from shipworthy.cli.access import access_of, access_options
from shipworthy.cli.ahead import informed
from shipworthy.cli.database import cache_option
from shipworthy.cli.main import tell
from shipworthy.cli.options import (
    allow_partial_option,
    no_cache_option,
    platform_option,
    quiet_option,
)
from shipworthy.errors import UsageError


FORMATS = ("cyclonedx", "cyclonedx-xml", "spdx", "json")


@click.command(
    "sbom",
    epilog="Exit codes: 0 written, 2 wrong usage, 3 could not read the target or only in part.",
)
@click.argument("target", envvar="SHIPWORTHY_TARGET")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT[=PATH]",
    envvar="SHIPWORTHY_SBOM_OUTPUT",
    help="cyclonedx, cyclonedx-xml, spdx or json; to PATH, or stdout. Repeat for several.  [default: cyclonedx]",
)
@allow_partial_option
@click.option(
    "--base",
    default="",
    metavar="TARGET",
    envvar="SHIPWORTHY_BASE",
    help="The base image, to tell its packages from yours.",
)
@platform_option
@access_options
@cache_option
@no_cache_option
@click.option(
    "--at",
    default="",
    metavar="DATE",
    envvar="SHIPWORTHY_AT",
    help="The day to write as that of its making (YYYY-MM-DD).  [default: none]",
)
@quiet_option
def command(
    target: str,
    outputs: tuple[str, ...],
    base: str,
    platform: str,
    cache_dir: Path | None,
    at: str,
    *,
    allow_partial: bool,
    no_cache: bool,
    quiet: bool,
    **reaching: Any,
) -> int:
    """
    List the software of one image as CycloneDX or SPDX.

    TARGET is what `shipworthy scan` takes. Nothing is looked up: the list says
    what is there, and nothing of vulnerabilities.
    """
    from shipworthy.cli.output import parse_outputs, write

    _check(outputs)
    places = parse_outputs(outputs or FORMATS[:1])
    access = informed(access_of(reaching, quiet=quiet), target, platform)
    from shipworthy.cli.watching import heard, watched
    from shipworthy.listing import list_contents
    from shipworthy.reports.document import to_document

    # A short life that makes many plain values and no cycles worth looking for.
    gc.disable()
    sys.setswitchinterval(0.0005)
    with watched(quiet=quiet) as progress:
        result = list_contents(
            target,
            base=base,
            platform=platform,
            cache_dir=cache_dir,
            cache=not no_cache,
            allow_partial=allow_partial,
            at=at,
            access=heard(access, progress),
            progress=progress,
        )
    document = to_document(result)
    for place in places:
        write(place, document)
    if not quiet:
        for status in result.statuses:
            subject = f"{status.subject}: " if status.subject else ""
            tell(f"shipworthy: {status.source}: {subject}{status.message}")
        tell(f"shipworthy: {result.verdict.summary}")
    return result.verdict.exit_code


def _check(outputs: tuple[str, ...]) -> None:
    """Refuse what is no list of software before anything is read."""
    for text in outputs:
        name = text.partition("=")[0].strip()
        if name not in FORMATS:
            raise UsageError(
                f"-o {text}: a list of software is written as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}",
                hint="scan the image for the other reports: shipworthy scan TARGET -o html=report.html",
            )
