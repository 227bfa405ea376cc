"""``shipworthy policy``: take over a policy, and share it; one module a command."""

from __future__ import annotations

import click

from shipworthy.cli.policy.convert import command as convert
from shipworthy.cli.policy.push import command as push


@click.group("policy")
def command() -> None:
    """Take over policies of other tools, and share them."""


for _command in (convert, push):
    command.add_command(_command)
