"""``shipworthy scan``: from a target to reports and an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from shipworthy.cli.asff import asff_option, settings_of
from shipworthy.cli.database import (
    age_option,
    cache_option,
    connection_of,
    connection_options,
    db_option,
    key_option,
    tell_of_age,
)
from shipworthy.cli.main import tell
from shipworthy.cli.options import (
    allow_partial_option,
    at_option,
    no_cache_option,
    output_option,
    platform_option,
    quiet_option,
)
from shipworthy.cli.policyfile import policy_options


@click.command(
    "scan",
    epilog="Exit codes: 0 passed, 1 the gate closed, 2 wrong usage, 3 could not scan or only in part.",
)
@click.argument("target", envvar="SHIPWORTHY_TARGET")
@output_option
@asff_option
@click.option(
    "--fail-on",
    default="",
    metavar="SEVERITY",
    envvar="SHIPWORTHY_FAIL_ON",
    help="Close the gate on a finding this severe or worse; unknown only when named: high,unknown.",
)
@click.option(
    "--max",
    "max_counts",
    default="",
    metavar="SEVERITY=N,…",
    envvar="SHIPWORTHY_MAX",
    help="Most findings allowed of a severity: critical=0,high=5.",
)
@click.option(
    "--only-fixed",
    is_flag=True,
    envvar="SHIPWORTHY_ONLY_FIXED",
    help="Let the gate count only findings that have a fix.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="ID",
    envvar="SHIPWORTHY_IGNORE",
    help="Leave a vulnerability out of the verdict, by id or alias. Repeat for several.",
)
@allow_partial_option
@policy_options
@db_option
@age_option
@key_option
@connection_options
@click.option(
    "--base",
    default="",
    metavar="TARGET",
    envvar="SHIPWORTHY_BASE",
    help="The base image, to tell its findings from yours.",
)
@platform_option
@cache_option
@no_cache_option
@at_option
@quiet_option
def command(
    target: str,
    outputs: tuple[str, ...],
    asff: str,
    fail_on: str,
    max_counts: str,
    ignore: tuple[str, ...],
    policy: str,
    ignore_files: tuple[str, ...],
    vex: tuple[str, ...],
    baseline: str,
    dockerfile: str,
    db: tuple[str, ...],
    db_max_age: str,
    db_key: Path | None,
    ca_file: Path | None,
    base: str,
    platform: str,
    cache_dir: Path | None,
    at: str,
    *,
    plain_http: bool,
    insecure: bool,
    only_fixed: bool,
    allow_partial: bool,
    no_cache: bool,
    quiet: bool,
) -> int:
    """
    Scan one image and judge it.

    TARGET is docker-archive:PATH[:TAG], oci:DIR[:TAG], oci-archive:PATH[:TAG],
    dir:PATH, sbom:PATH (CycloneDX JSON; sbom:- is standard input), or a bare path
    to any of these.
    """
    from shipworthy.cli.output import parse_outputs

    places = parse_outputs(outputs, settings_of(asff, outputs))
    from shipworthy import scan
    from shipworthy.cli.rendering import write_all
    from shipworthy.reports.document import to_document

    # A short life that makes many plain values and no cycles worth looking for.
    gc.disable()
    # Inflating threads hand the interpreter over far more often than its default expects.
    sys.setswitchinterval(0.0005)
    with _progress(quiet=quiet) as progress:
        result = scan(
            target,
            db=db,
            db_max_age=db_max_age,
            db_key=db_key,
            db_connection=connection_of(
                plain_http=plain_http, insecure=insecure, ca_file=ca_file
            ),
            fail_on=fail_on,
            max_counts=max_counts,
            only_fixed=only_fixed,
            ignore=ignore,
            allow_partial=allow_partial,
            policy=policy or None,
            ignore_files=ignore_files,
            vex=vex,
            baseline=baseline,
            dockerfile=dockerfile or None,
            base=base,
            platform=platform,
            cache_dir=cache_dir,
            cache=not no_cache,
            at=at,
            progress=progress,
        )
    document = to_document(result)
    write_all(places, document)
    if not quiet and all(
        p.path is not None or p.report.name != "table" for p in places
    ):
        tell(f"shipworthy: {result.verdict.summary}")
    if not quiet and not db_max_age:
        tell_of_age(result.database.date)
    return result.verdict.exit_code


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """A line that says what is being done, where somebody watches; it goes when all is done."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    from shutil import get_terminal_size

    from shipworthy.reports.text import fit, line

    columns = get_terminal_size((80, 24)).columns - 1

    def show(text: str) -> None:
        sys.stderr.write(f"\r{fit(line(text), columns)}")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write(f"\r{' ' * columns}\r")
        sys.stderr.flush()
