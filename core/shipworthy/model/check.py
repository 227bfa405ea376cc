"""A finding that is not about a package: a setting of the image, a line of its Dockerfile, a secret in a file."""

from __future__ import annotations

from typing import Literal

from shipworthy.model.advisory import Severity
from shipworthy.values import dataclass


CheckKind = Literal["config", "secret"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Check:
    """One thing that a check found."""

    id: str
    """The check's own stable name."""
    kind: CheckKind
    severity: Severity
    title: str
    path: str = ""
    layer: int = -1
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedCheck:
    """What a check found and an entry of the policy took out of the verdict."""

    check: Check
    reason: str
    rule: str
    """What took it out: ``ignore`` (the command line) or ``suppression``."""
    entry: str = ""
    """The entry's name in the list of suppressions."""
    source: str = ""
    """Where the entry is written."""
    owner: str = ""
    expires: str = ""
