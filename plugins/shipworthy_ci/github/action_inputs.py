"""
The inputs of the action that are none of the command's: read from the variables ``ACTION_…``, checked before anything is done.

The standard library alone is used: nothing is installed yet. An empty value is one that was not given, for GitHub
tells no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


TARGET_BRANCH = "target-branch"
"""The value of input ``baseline`` that stands for the last run on the branch that a change goes to."""

_FLAGS = {"true": True, "false": False}
# What actions/upload-artifact takes for no name, and what could not be a file's.
_NO_NAME = re.compile(r'["<>|:*?\\/\x00-\x1f\x7f]')
_LONGEST = 200


class InputError(Exception):
    """
    An input has a value that cannot be.

    Args:
        name: Of the input.
        expected: What was expected of it.
    """

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")
        self.name = name
        self.expected = expected


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionInputs:
    """What the action itself is told."""

    cache: bool
    upload_report: bool
    upload_sarif: bool
    artifact_name: str
    baseline: str
    """As ``shipworthy ci --baseline`` takes it; empty where the target branch's run is meant."""
    follow_branch: bool
    """Whether to compare with the last run on the target branch."""
    targets: str


def given_of(environment: Mapping[str, str], name: str) -> str:
    """The value of an input, else of the command's own variable; empty where neither is given."""
    given = environment.get(f"ACTION_{name}", "").strip()
    return given or environment.get(f"SHIPWORTHY_{name}", "").strip()


def read_inputs(
    environment: Mapping[str, str],
) -> tuple[ActionInputs | None, list[InputError]]:
    """The inputs, or all that is wrong with them."""
    errors: list[InputError] = []

    def text(name: str) -> str:
        return given_of(environment, name)

    def flag(name: str, *, usual: bool) -> bool:
        given = text(name).lower()
        if given and given not in _FLAGS:
            told = name.lower().replace("_", "-")
            errors.append(InputError(told, f"expected true or false, not {given[:60]}"))
        return _FLAGS.get(given, usual)

    baseline = text("BASELINE")
    follow = baseline == TARGET_BRANCH
    inputs = ActionInputs(
        cache=flag("CACHE", usual=True),
        upload_report=flag("UPLOAD_REPORT", usual=True),
        upload_sarif=flag("UPLOAD_SARIF", usual=False),
        artifact_name=text("ARTIFACT_NAME"),
        baseline="" if follow else baseline,
        follow_branch=follow,
        targets=text("IMAGE") or text("TARGET"),
    )
    if text("IMAGE") and environment.get("ACTION_TARGET", "").strip():
        told = "expected image or target, which are the same, not both"
        errors.append(InputError("target", told))
    if follow and text("BASELINE_FROM"):
        told = f"expected none beside baseline: {TARGET_BRANCH}, which brings one"
        errors.append(InputError("baseline-from", told))
    if _NO_NAME.search(inputs.artifact_name) or len(inputs.artifact_name) > _LONGEST:
        told = f'expected a name of at most {_LONGEST} characters and none of " : < > | * ? \\ /'
        errors.append(InputError("artifact-name", told))
    return (None if errors else inputs), errors
