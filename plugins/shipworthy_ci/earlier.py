"""What an earlier run found, of the branch that a change goes to, where the platform remembers it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shipworthy.errors import UsageError
from shipworthy_ci.platform import Platform, Remembering
from shipworthy_ci.reportset import RESULT
from shipworthy_ci.scanning import Plan
from shipworthy_ci.surroundings import Surroundings


TARGET_BRANCH = "target-branch"
"""The value of ``--baseline`` that stands for the last run on the branch that a change goes to."""


@contextmanager
def recalled(
    plan: Plan,
    options: Mapping[str, Any],
    platform: Platform,
    around: Surroundings,
) -> Iterator[tuple[Plan, Mapping[str, Any]]]:
    """
    The plan and the options of a scan, where ``--baseline target-branch`` has become what the platform remembers.

    Raises:
        UsageError: The platform remembers nothing, or another baseline is named as well.
    """
    if options["baseline"] != TARGET_BRANCH:
        yield plan, options
        return
    if plan.earlier is not None:
        raise UsageError(
            f"--baseline {TARGET_BRANCH} and --baseline-from exclude each other",
            hint="name one of them",
        )
    if not isinstance(platform, Remembering):
        raise UsageError(
            f"--baseline {TARGET_BRANCH}: platform {platform.name} remembers no results",
            hint="--baseline-from names the report folder of an earlier build",
        )
    with TemporaryDirectory(prefix="shipworthy-") as made:
        earlier = Path(made)
        platform.recall(
            {
                folder / RESULT: earlier / folder.relative_to(plan.folder) / RESULT
                for _, _, folder in plan.places()
            },
            around,
        )
        yield replace(plan, earlier=earlier), {**options, "baseline": ""}
