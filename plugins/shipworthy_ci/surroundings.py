"""The pipeline around the process: its variables, its log, and where it stands."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that a platform may look at and speak through; everything in it is untrusted."""

    environment: Mapping[str, str]
    """The environment's variables."""
    log: TextIO
    """Where the pipeline reads its log, and the commands of platforms that have such."""
    folder: Path
    """The directory that the step runs in."""

    def variable(self, name: str) -> str:
        """The value of a variable without blanks around it; empty where it is not set."""
        return self.environment.get(name, "").strip()

    def say(self, line: str) -> None:
        """Write one line to the log, at once."""
        self.log.write(f"{line}\n")
        self.log.flush()


def here() -> Surroundings:
    """What is around this process; the log takes UTF-8 whatever the machine's locale says."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")
    return Surroundings(environment=dict(os.environ), log=sys.stdout, folder=Path.cwd())
