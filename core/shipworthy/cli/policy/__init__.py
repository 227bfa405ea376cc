"""``shipworthy policy``: policies without a scan, one module a command."""

from __future__ import annotations

import click

from shipworthy.cli.policy.convert import command as convert


@click.group("policy")
def command() -> None:
    """Check, explain and convert policies."""


command.add_command(convert)
