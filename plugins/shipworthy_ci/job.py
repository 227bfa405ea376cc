"""What one step of a pipeline scanned, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shipworthy.errors import ShipworthyError


PASSED, CLOSED, WRONG, CANNOT = 0, 1, 2, 3
"""Exit codes: the gate is open, it is closed, the call is wrong, not (wholly) scanned."""

_ORDER = (PASSED, CLOSED, CANNOT, WRONG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """One target: its result with the reports of it, or why there is none."""

    target: str
    """As the pipeline named it; untrusted text."""
    name: str
    """A name for files and keys, made of the target: ``[A-Za-z0-9._-]`` alone, no two in a job alike."""
    folder: Path
    """Where its reports are."""
    reports: Mapping[str, Path]
    """The reports written, by format."""
    document: Mapping[str, Any] | None = None
    """The JSON result; none where the target could not be scanned at all."""
    error: ShipworthyError | None = None
    """Why there is no result."""

    @property
    def exit_code(self) -> int:
        """As ``shipworthy scan`` would end."""
        if self.document is None:
            return self.error.exit_code if self.error else CANNOT
        return int(self.document["verdict"]["exitCode"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """All targets of one step, in the order they were named."""

    scanned: tuple[Scanned, ...]
    folder: Path
    """The directory of all reports."""
    overview: Path | None = None
    """The page over all images, where there are several."""
    comment: bool = False
    """Whether the merge request should be told."""
    no_fail: bool = False
    """Whether a closed gate lets the step pass all the same."""
    title: str = "shipworthy"
    """What tells this step from others of the pipeline, in comments and summaries; untrusted text."""
    dockerfile: str = ""
    """The Dockerfile whose lines the plans of the results name, as the call named it; empty for none."""

    @property
    def verdict_code(self) -> int:
        """The gravest exit code of all targets: wrong, then cannot, then closed, then passed."""
        return max(
            (one.exit_code for one in self.scanned), key=_gravity, default=CANNOT
        )

    @property
    def exit_code(self) -> int:
        """What the step should end with: a closed gate counts as passed where it may not fail."""
        code = self.verdict_code
        return PASSED if code == CLOSED and self.no_fail else code


def _gravity(code: int) -> int:
    return _ORDER.index(code) if code in _ORDER else len(_ORDER)
