"""The entry point: ``python -m shipworthy`` and the command ``shipworthy``."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line and exit with its code."""
    # One short run makes much and drops little: collecting it costs more than it frees.
    gc.disable()
    if sys.argv[1:] == ["--version"]:
        # Asked for by every wrapper script, so it does not pay for the command line.
        from shipworthy import __version__

        sys.stdout.write(f"shipworthy {__version__}\n")
        return
    from shipworthy.cli.ahead import standing_by

    with standing_by(sys.argv[1:]):
        from shipworthy.cli.main import CANNOT, run

        code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        code = code or CANNOT  # 1 would be a closed gate
    with suppress(OSError):
        sys.stderr.flush()
    # Everything is written; the system frees the memory faster than the interpreter would.
    os._exit(code)


if __name__ == "__main__":
    main()
