"""What is uploaded to code scanning: one log, or a folder in which nothing but such logs is."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

from shipworthy.errors import ScanError
from shipworthy_ci.github.outputs import SARIF
from shipworthy_ci.job import Job


FOLDER = ".code-scanning"
"""No target has a name of this form, and an artifact leaves it out: it holds copies."""


def gathered(job: Job) -> Path | None:
    """
    The file of the one image, or copies of all in a folder of the reports; nothing where there is none.

    A folder is uploaded whole, whatever logs are in it, and the reports' own may hold others.
    Raises ``ScanError`` where the copies cannot be made.
    """
    made = [
        (one.name, one.reports[SARIF]) for one in job.scanned if SARIF in one.reports
    ]
    if len(job.scanned) == 1 or not made:
        return made[0][1] if made else None
    folder = job.folder / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.sarif"):
            old.unlink()
        for name, path in made:
            copyfile(path, folder / f"{name}.sarif")
    except OSError as error:
        raise ScanError(f"{folder}: cannot be written: {error.strerror}") from error
    return folder
