"""The entry point: ``python -m shipworthy`` and the command ``shipworthy``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        # Asked for by every wrapper script, so it does not pay for the command line.
        from shipworthy import __version__

        sys.stdout.write(f"shipworthy {__version__}\n")
        return
    from shipworthy.cli.main import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
