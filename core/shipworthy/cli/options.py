"""Options that several commands have, each with its one spelling, variable and help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from shipworthy.cli.several import Several


F = TypeVar("F", bound=Callable[..., Any])


def with_options(command: F, options: Sequence[Callable[[Any], Any]]) -> F:
    """``command`` with ``options``, which its help tells in this order."""
    wrapped: Any = command
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]


output_option = click.option(
    "-o",
    "--output",
    "outputs",
    cls=Several,
    metavar="FORMAT[=PATH]",
    envvar="SHIPWORTHY_OUTPUT",
    help="A report, to PATH or stdout: json, csv, html, table, markdown, sarif, sarif-github, gitlab, gitlab-codequality, junit, cyclonedx, cyclonedx-xml, spdx, openvex, asff, cloudevents, slack, teams, warnings-ng, inspector-csv, inspector-json, template=FILE. Repeat for several.  [default: table]",
)
html_assets_option = click.option(
    "--html-assets",
    type=click.Choice(("inline", "external")),
    default="inline",
    show_default=True,
    envvar="SHIPWORTHY_HTML_ASSETS",
    help="Make html one file, or with external a folder whose page is whole under Jenkins' header: -o html=FOLDER.",
)
allow_partial_option = click.option(
    "--allow-partial",
    is_flag=True,
    envvar="SHIPWORTHY_ALLOW_PARTIAL",
    help="Let a scan pass that could not look at everything.",
)
platform_option = click.option(
    "--platform",
    default="",
    metavar="OS/ARCH",
    envvar="SHIPWORTHY_PLATFORM",
    help="Which image of an index: linux/arm64.  [default: this machine's]",
)
all_platforms_option = click.option(
    "--all-platforms",
    is_flag=True,
    envvar="SHIPWORTHY_ALL_PLATFORMS",
    help="Scan the image for every platform of the index, into one result.",
)
no_cache_option = click.option(
    "--no-cache",
    is_flag=True,
    envvar="SHIPWORTHY_NO_CACHE",
    help="Read every layer anew, remember none.",
)
at_option = click.option(
    "--at",
    default="",
    metavar="DATE",
    envvar="SHIPWORTHY_AT",
    help="Count ages, grace periods and ends to this day (YYYY-MM-DD).  [default: the database's]",
)
quiet_option = click.option(
    "-q",
    "--quiet",
    is_flag=True,
    envvar="SHIPWORTHY_QUIET",
    help="Say nothing but errors.",
)
