"""``shipworthy report``: a saved result in other forms."""

from __future__ import annotations

import gc

import click

from shipworthy.cli.main import CANNOT, tell
from shipworthy.cli.notifying import Notifying, notify_options
from shipworthy.cli.options import quiet_option
from shipworthy.cli.wanted import Wanted, report_options


_CODES = frozenset({0, 1, CANNOT})


@click.command(
    "report",
    epilog="Exit codes: 0 rendered; with --exit-code the result's own; 2 wrong usage, or no result that can be read; 3 not notified, where that is required.",
)
@click.argument("result", envvar="SHIPWORTHY_RESULT")
@report_options
@click.option(
    "--exit-code",
    "own_code",
    is_flag=True,
    help="End with the exit code that the scan ended with, instead of 0.",
)
@notify_options
@quiet_option
def command(
    result: str,
    notifying: Notifying,
    wanted: Wanted,
    *,
    own_code: bool,
    quiet: bool,
) -> int:
    """
    Render a saved RESULT again, in any format.

    RESULT is a file written by `shipworthy scan -o json=FILE`, of this release or an older one, which may
    be compressed with gzip. Nothing is scanned or judged: the reports say what the result says.
    """
    places = wanted.outputs()
    notifier = notifying.prepare()
    from shipworthy.cli.kept import keep
    from shipworthy.cli.rendering import write_all
    from shipworthy.reports.saved_document import load_document

    gc.disable()
    document = load_document(result)
    verdict = document["verdict"]
    keep(document, write_all(places, document))
    if not quiet and all(
        p.path is not None or p.report.name != "table" for p in places
    ):
        tell(f"shipworthy: {verdict['summary']}")
    code = verdict["exitCode"] if own_code else 0
    # 256 would be 0 to a shell
    return notifier.notify(document, code if code in _CODES else CANNOT)
