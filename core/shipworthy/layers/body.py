"""
The bytes of one wanted file.

A small one is held in memory. A large one goes to an unlinked temporary file and is
memory-mapped, so that a fat jar of 200 MB costs only the pages that its cataloger touches.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable

from shipworthy.catalogers.interface import Body
from shipworthy.errors import ScanError


IN_MEMORY = 24 * 1024 * 1024
"""A larger file is not held in memory."""


def spooled(parts: Iterable[bytes]) -> Body:
    """
    The concatenated ``parts``, mapped from a file without a name that goes with the last reference.

    Raises ``ScanError`` where there is no room for it.
    """
    try:
        with tempfile.TemporaryFile() as spool:
            for part in parts:
                spool.write(part)
            spool.flush()
            if not spool.tell():
                return b""
            return memoryview(mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise ScanError(
            f"a large file of the image finds no room in {tempfile.gettempdir()} ({error.strerror})",
            hint="make room there, or name another directory in TMPDIR",
        ) from error
