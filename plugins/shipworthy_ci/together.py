"""One page over all images of a job, beside their own: which ship, what to do first over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shipworthy_ci.job import Scanned
from shipworthy_ci.reportset import OVERVIEW


def write_overview(
    scanned: Sequence[Scanned], folder: Path, *, external: bool
) -> Path | None:
    """
    Write the page to ``folder`` and give its file; ``None`` where there are no two images to be seen together.

    What could not be scanned is told as missing.

    Args:
        scanned: The job's images.
        folder: Where their reports are.
        external: Whether style and script stand beside the page.
    """
    results = [one.reports["json"] for one in scanned if "json" in one.reports]
    place = folder / (OVERVIEW if external else f"{OVERVIEW}.html")
    if len(scanned) < 2 or not results:
        (place / "index.html" if external else place).unlink(missing_ok=True)
        return None
    from shipworthy import __version__
    from shipworthy.cli.output import parse_outputs, write
    from shipworthy.fleet.document import to_document
    from shipworthy.fleet.files import sources
    from shipworthy.fleet.forms import open_form
    from shipworthy.fleet.gather import gather
    from shipworthy.fleet.model import Asked

    (output,) = parse_outputs(
        [f"html={place}"], lambda name: open_form(name, folder=external)
    )
    start = place if external else folder
    fleet = gather(sources(results), start=start, group_by="target")
    failed = tuple(sorted({one.target for one in scanned if one.document is None}))
    write(
        output, to_document(fleet, Asked(expected=failed or None), version=__version__)
    )
    return place / "index.html" if external else place
