"""``shipworthy dashboard``: one page over the results of many images."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from shipworthy import __version__
from shipworthy.cli.main import CANNOT, tell
from shipworthy.cli.options import html_assets_option, quiet_option
from shipworthy.cli.several import Several
from shipworthy.errors import UsageError
from shipworthy.fleet.model import GroupBy


if TYPE_CHECKING:
    from shipworthy.cli.output import Output


_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@click.command(
    "dashboard",
    epilog="Exit codes: 0 rendered; with --exit-code 1 if an image does not ship; 2 wrong usage; 3 a result could not be read (the page is written all the same), with --exit-code also an image that was not wholly scanned or judged, or not at all.",
)
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "outputs",
    cls=Several,
    metavar="FORMAT[=PATH]",
    envvar="SHIPWORTHY_DASHBOARD_OUTPUT",
    help="html or json, to PATH or stdout. Repeat for both.  [default: html]",
)
@html_assets_option
@click.option(
    "--expected",
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar="SHIPWORTHY_DASHBOARD_EXPECTED",
    help="Images that should have been scanned: a name a line, # begins a comment.",
)
@click.option(
    "--max-age",
    type=click.IntRange(min=0),
    metavar="DAYS",
    envvar="SHIPWORTHY_DASHBOARD_MAX_AGE",
    help="Mark results as too old that were judged more than DAYS days before --at.",
)
@click.option(
    "--at",
    default="",
    metavar="DATE",
    envvar="SHIPWORTHY_AT",
    help="Count ages to this day (YYYY-MM-DD).  [default: the newest result's]",
)
@click.option(
    "--group-by",
    type=click.Choice(get_args(GroupBy)),
    envvar="SHIPWORTHY_DASHBOARD_GROUP_BY",
    default="repository",
    show_default=True,
    help="What the results of one image have in common: its repository, its name with the tag, or the target that was scanned.",
)
@click.option(
    "--link-base",
    default="",
    metavar="URL",
    envvar="SHIPWORTHY_DASHBOARD_LINK_BASE",
    help="Where the images' own pages will lie, an address or a relative path.  [default: where they lie now]",
)
@click.option(
    "--exit-code",
    "gate",
    is_flag=True,
    help="End with 1 if an image does not ship, with 3 if that cannot be told of all.",
)
@quiet_option
def command(
    results: tuple[Path, ...],
    outputs: tuple[str, ...],
    html_assets: str,
    expected: Path | None,
    max_age: int | None,
    at: str,
    group_by: GroupBy,
    link_base: str,
    *,
    gate: bool,
    quiet: bool,
) -> int:
    """
    Make one page over the RESULTS of many images: which ship, what to do first, what was not scanned.

    RESULTS are files written by `shipworthy scan -o json=FILE`, of one image or many and of one day or many, and
    directories that hold some. Results of one image are a series over time; the newest counts.
    """
    places = _outputs(outputs, folder=html_assets == "external")
    _check_day(at)
    from shipworthy.cli.output import write
    from shipworthy.fleet.document import to_document
    from shipworthy.fleet.expected import read_expected
    from shipworthy.fleet.files import sources
    from shipworthy.fleet.gather import gather
    from shipworthy.fleet.links import link_base as based
    from shipworthy.fleet.model import Asked
    from shipworthy.fleet.verdict import exit_code

    names = None if expected is None else read_expected(expected)
    page = next((p.path for p in places if p.report.name == "html"), None)
    start = (
        Path() if page is None else page if html_assets == "external" else page.parent
    )
    fleet = gather(
        sources(results), start=start, link_base=based(link_base), group_by=group_by
    )
    if not fleet.images and not fleet.unreadable and not names:
        raise UsageError(
            f"{', '.join(map(str, results))}: no result there",
            hint="give files written by `shipworthy scan -o json=FILE`, or a directory that holds some",
        )
    document = to_document(
        fleet, Asked(expected=names, at=at, max_age=max_age), version=__version__
    )
    for place in places:
        write(place, document)
    for one in fleet.unreadable:
        tell(f"shipworthy: error: {one.file}: {one.error}")
    if not quiet:
        head = document["headline"]
        tell(f"shipworthy: {head['words']}. {head['summary']}")
    if fleet.unreadable:
        return CANNOT
    return exit_code(document["totals"]) if gate else 0


def _outputs(texts: tuple[str, ...], *, folder: bool) -> tuple[Output, ...]:
    """The places to write to; a page is not written to a terminal unless that is asked for."""
    from shipworthy.cli.output import parse_outputs
    from shipworthy.fleet.forms import open_form

    if not texts and sys.stdout.isatty():
        raise UsageError(
            "a page is nothing for a terminal", hint="add -o html=dashboard.html"
        )
    return parse_outputs(
        texts or ("html",), lambda name: open_form(name, folder=folder)
    )


def _check_day(text: str) -> None:
    if text and not _DAY.fullmatch(text):
        raise UsageError(f"--at {text}: expected a day, YYYY-MM-DD")
    try:
        date.fromisoformat(text or "2000-01-01")
    except ValueError:
        raise UsageError(f"--at {text}: there is no such day") from None
