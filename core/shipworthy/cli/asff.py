"""
``--asff``: the AWS account that findings are imported into, told on the command line or by AWS's own variables.

``AWS_ACCOUNT_ID``, ``AWS_REGION`` and ``AWS_DEFAULT_REGION`` are those of AWS's SDKs and command line; they are
looked at only where a report in ASFF is asked for, and only for what the option leaves open.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from shipworthy.errors import UsageError


if TYPE_CHECKING:
    from shipworthy.reports.settings import Settings


asff_option = click.option(
    "--asff",
    default="",
    metavar="account=ID,region=NAME,…",
    envvar="SHIPWORTHY_ASFF",
    help="The account, region and, where it is not the account's own, product-arn for -o asff.  [default: AWS_ACCOUNT_ID, AWS_REGION]",
)

_KEYS = {"account": "account_id", "region": "region", "product-arn": "product_arn"}
_VARIABLES = {
    "account_id": ("AWS_ACCOUNT_ID",),
    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
}


def settings_of(
    text: str, outputs: Sequence[str], environ: Mapping[str, str] = os.environ
) -> Settings | None:
    """
    The settings of the reports; ``None`` where nothing is to be set.

    Raises ``UsageError`` for a key that is not known or told twice, and a value that cannot be one.
    """
    wanted = any(output.partition("=")[0].strip() == "asff" for output in outputs)
    if not text and not wanted:
        return None
    from shipworthy.reports.asff_hub import SecurityHub
    from shipworthy.reports.settings import Settings

    told = _pairs(text)
    if wanted:
        for name, variables in _VARIABLES.items():
            values = (environ.get(variable, "").strip() for variable in variables)
            if value := next(filter(None, values), ""):
                told.setdefault(name, value)
    return Settings(asff=SecurityHub(**told))


def _pairs(text: str) -> dict[str, str]:
    told: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        name = _KEYS.get(key)
        if name is None or not equals or not value:
            raise UsageError(
                f"--asff {part}: expected account=ID, region=NAME or product-arn=ARN",
                hint="such as --asff account=123456789012,region=eu-central-1",
            )
        if name in told:
            raise UsageError(f"--asff {text}: {key} is told twice")
        told[name] = value
    return told
