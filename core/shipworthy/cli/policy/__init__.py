"""``shipworthy policy``: look at a policy, take one over, share it; one module a command."""

from __future__ import annotations

import click

from shipworthy.cli.policy.check import check
from shipworthy.cli.policy.convert import command as convert
from shipworthy.cli.policy.explain import explain
from shipworthy.cli.policy.push import command as push


@click.group("policy")
def command() -> None:
    """Check policies, put them in words, take over those of other tools, share them."""


for _command in (check, convert, explain, push):
    command.add_command(_command)
