"""``shipworthy scan``: from a target to reports and an exit code."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from shipworthy.cli.access import access_of, access_options
from shipworthy.cli.ahead import informed
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
from shipworthy.cli.notifying import Notifying, notify_options
from shipworthy.cli.options import (
    all_platforms_option,
    allow_partial_option,
    at_option,
    no_cache_option,
    platform_option,
    quiet_option,
)
from shipworthy.cli.policyfile import policy_options
from shipworthy.cli.several import Several
from shipworthy.cli.wanted import Wanted, report_options


if TYPE_CHECKING:
    from shipworthy.cli.reading import Display
    from shipworthy.model.result import ScanResult

_GIVEN = (
    "db",
    "db_max_age",
    "db_key",
    "fail_on",
    "max_counts",
    "only_fixed",
    "ignore",
    "allow_partial",
    "ignore_files",
    "vex",
    "baseline",
    "base",
    "platform",
    "all_platforms",
    "cache_dir",
    "at",
)
"""Parameters that :func:`shipworthy.scan.scan` takes as they are."""


@click.command(
    "scan",
    epilog="Exit codes: 0 passed, 1 the gate closed, 2 wrong usage, 3 could not scan or only in part.",
)
@click.argument("target", envvar="SHIPWORTHY_TARGET")
@report_options
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
    cls=Several,
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
@access_options
@click.option(
    "--base",
    default="",
    metavar="TARGET",
    envvar="SHIPWORTHY_BASE",
    help="The base image, to tell its findings from yours.",
)
@platform_option
@all_platforms_option
@cache_option
@no_cache_option
@at_option
@notify_options
@quiet_option
def command(
    target: str,
    wanted: Wanted,
    notifying: Notifying,
    *,
    quiet: bool,
    **options: Any,
) -> int:
    """
    Scan one image and judge it.

    TARGET is docker:REF, podman:REF, containerd:REF, docker:container/NAME, registry:REF,
    docker-archive:PATH[:TAG], oci:DIR[:TAG], oci-archive:PATH[:TAG], dir:PATH, sbom:PATH
    (CycloneDX JSON; sbom:- is standard input), a bare path to any of the last five, or a
    bare reference.
    """
    places = wanted.outputs()
    notifier = notifying.prepare(options["ca_file"])
    from shipworthy.cli.kept import keep
    from shipworthy.cli.rendering import write_all
    from shipworthy.cli.watching import watched
    from shipworthy.reports.document import to_document

    with watched(quiet=quiet) as progress:
        result = scanned(target, options, progress, quiet=quiet)
    document = to_document(result)
    keep(result, document, write_all(places, document))
    if not quiet and all(
        p.path is not None or p.report.name != "table" for p in places
    ):
        tell(f"shipworthy: {result.verdict.summary}")
    if not quiet and not options["db_max_age"]:
        tell_of_age(result.database.date)
    return notifier.notify(document, result.verdict.exit_code)


def scanned(
    target: str,
    options: Mapping[str, Any],
    progress: Display | None = None,
    *,
    quiet: bool = False,
) -> ScanResult:
    """
    The result of a target, scanned as the command's options say.

    Args:
        target: As the command takes it.
        options: The values of all other parameters of the command but the outputs, by their names.
        progress: Shown what is being done.
        quiet: Whether to tell nothing else.

    Raises as :func:`shipworthy.scan.scan` does.
    """
    platform = None if options["all_platforms"] else options["platform"]
    access = informed(access_of(options, quiet=quiet), target, platform)
    from shipworthy import scan
    from shipworthy.cli.watching import heard

    # A short life that makes many plain values and no cycles worth looking for.
    gc.disable()
    # Inflating threads hand the interpreter over far more often than its default expects.
    sys.setswitchinterval(0.0005)
    given = {name: options[name] for name in _GIVEN}
    return scan(
        target,
        **given,
        db_connection=connection_of(
            plain_http=options["plain_http"],
            insecure=options["insecure"],
            ca_file=options["ca_file"],
        ),
        access=heard(access, progress),
        policy=options["policy"] or None,
        dockerfile=options["dockerfile"] or None,
        cache=not options["no_cache"],
        progress=progress,
    )
