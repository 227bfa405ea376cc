"""``shipworthy report``: a saved result in other forms."""

from __future__ import annotations

import gc

import click

from shipworthy.cli.asff import asff_option, settings_of
from shipworthy.cli.main import CANNOT, tell
from shipworthy.cli.options import output_option, quiet_option


_CODES = frozenset({0, 1, CANNOT})


@click.command(
    "report",
    epilog="Exit codes: 0 rendered; with --exit-code the result's own; 2 wrong usage, or no result that can be read.",
)
@click.argument("result", envvar="SHIPWORTHY_RESULT")
@output_option
@asff_option
@click.option(
    "--exit-code",
    "own_code",
    is_flag=True,
    help="End with the exit code that the scan ended with, instead of 0.",
)
@quiet_option
def command(
    result: str,
    outputs: tuple[str, ...],
    asff: str,
    *,
    own_code: bool,
    quiet: bool,
) -> int:
    """
    Render a saved RESULT again, in any format.

    RESULT is a file written by `shipworthy scan -o json=FILE`, of this release or an older one, which may
    be compressed with gzip. Nothing is scanned or judged: the reports say what the result says.
    """
    from shipworthy.cli.output import parse_outputs

    places = parse_outputs(outputs, settings_of(asff, outputs))
    from shipworthy.cli.rendering import write_all
    from shipworthy.reports.document import to_document
    from shipworthy.reports.saved import load_result

    gc.disable()
    loaded = load_result(result)
    document = to_document(loaded)
    write_all(places, document)
    if not quiet and all(
        p.path is not None or p.report.name != "table" for p in places
    ):
        tell(f"shipworthy: {loaded.verdict.summary}")
    if not own_code:
        return 0
    code = loaded.verdict.exit_code
    return code if code in _CODES else CANNOT  # 256 would be 0 to a shell
