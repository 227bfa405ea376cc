"""``shipworthy policy``: looking at a policy file, one module a command."""

from __future__ import annotations

import click

from shipworthy.cli.policy.check import check
from shipworthy.cli.policy.explain import explain


@click.group("policy")
def command() -> None:
    """Check a policy file, and put it in words."""


for _command in (check, explain):
    command.add_command(_command)
