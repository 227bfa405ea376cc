"""
Run a step of the GitHub Action without anything installed: ``python3 -E -s plugins/github_steps.py before|after``.

The packages beside it are found by this file's place and by nothing else, so that a checkout in the working directory
cannot stand in for them.
"""

from __future__ import annotations

import sys
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    sys.path[:1] = [str(ROOT / "plugins"), str(ROOT / "core")]
    from shipworthy_ci.github.action import main

    sys.exit(main(sys.argv[1:]))
