"""``shipworthy policy check``: is it a policy, and what is in it?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shipworthy.cli.database import connection_of, connection_options
from shipworthy.cli.options import (
    quiet_option,
)
from shipworthy.cli.policyfile import DEFAULT, load


if TYPE_CHECKING:
    from shipworthy.policy.document.extend import Loaded


@click.command(
    "check",
    short_help="Read policy files, and say what is in them or wrong with them.",
    epilog="Exit codes: 0 the policy can be used, 2 it cannot be read.",
)
@click.argument("files", nargs=-1, metavar="[FILE]…")
@click.option(
    "--at",
    default="",
    metavar="DATE",
    envvar="SHIPWORTHY_AT",
    help="Tell which suppressions have ended before this day (YYYY-MM-DD).",
)
@connection_options
@quiet_option
def check(
    files: tuple[str, ...],
    at: str,
    ca_file: Path | None,
    *,
    plain_http: bool,
    insecure: bool,
    quiet: bool,
) -> int:
    """
    Read policy files with everything that they extend, and say what is in them.

    FILE is ./shipworthy.yaml where none is named. Every error of every file is told.
    """
    from shipworthy.assessment.clock import day_of
    from shipworthy.cli.main import tell_error
    from shipworthy.errors import UsageError

    day = day_of(at, "")
    connection = connection_of(
        plain_http=plain_http, insecure=insecure, ca_file=ca_file
    )
    code = 0
    for name in files or (DEFAULT,):
        try:
            loaded = load(name, connection)
            _hold_to_limits(loaded, day)
        except UsageError as error:
            tell_error(error)
            code = error.exit_code
            continue
        if not quiet:
            _print(name, loaded, day)
    return code


def _hold_to_limits(loaded: Loaded, day: str) -> None:
    from shipworthy.policy.suppressions.limits import check_limits

    check_limits(loaded.policy.suppressions, loaded.policy.settings.limits, day)


def _print(name: str, loaded: Loaded, day: str) -> None:
    from shipworthy.reports.text import line

    policy = loaded.policy
    locked = sum(rule.locked for rule in policy.rules)
    click.echo(f"{line(name)}: {'an empty policy' if loaded.empty else 'can be used'}")
    click.echo(
        f"  rules         {len(policy.rules)}{f', {locked} locked' if locked else ''}"
    )
    ended = [entry for entry in policy.suppressions if day and "" < entry.expires < day]
    expired = f", {len(ended)} ended before {day}" if day else ""
    click.echo(f"  suppressions  {len(policy.suppressions)}{expired}")
    for entry in ended:
        about = ", ".join((*entry.ids, *entry.packages)) or "by place"
        click.echo(
            f"    ended       {line(entry.source)}: {line(about)}, on {entry.expires}"
        )
    for what, paths in (("ignore file", policy.ignore_files), ("vex", policy.vex)):
        for path in paths:
            click.echo(f"  {what:12}  {line(path)}")
    if policy.baseline:
        click.echo(f"  baseline      {line(policy.baseline)}")
    for option in loaded.options:
        click.echo(f"  option        --{line(option.name)}, {line(option.source)}")
    for source in policy.sources:
        click.echo(f"  source        {line(source.name)} {source.digest}")
