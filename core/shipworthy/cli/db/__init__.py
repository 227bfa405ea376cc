"""``shipworthy db``: the advisory database, one module a command."""

from __future__ import annotations

import click

from shipworthy.cli.db.build import build
from shipworthy.cli.db.bundle import bundle
from shipworthy.cli.db.pull import pull
from shipworthy.cli.db.push import push
from shipworthy.cli.db.sign import sign
from shipworthy.cli.db.status import status
from shipworthy.cli.db.verify import verify


@click.group("db")
def command() -> None:
    """Build, fetch, publish and look at the advisory database."""


for _command in (build, bundle, pull, push, sign, status, verify):
    command.add_command(_command)
