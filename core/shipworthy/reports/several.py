"""Where a finding is, in a result of all platforms; in the result of one image none of this says anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


Document = Mapping[str, Any]


def read(document: Document) -> tuple[str, ...]:
    """The platforms whose images were read, in the order of the index."""
    platforms = document["image"].get("platforms", ())
    return tuple(one["platform"] for one in platforms if not one["problem"])


def found_on(finding: Document) -> tuple[str, ...]:
    """The platforms that it was found on."""
    return tuple(finding.get("platforms", ()))


def only_on(finding: Document, platforms: tuple[str, ...]) -> str:
    """``linux/arm64``, where that is not all ``platforms`` that were read; empty where it is."""
    found = found_on(finding)
    return ", ".join(found) if len(found) < len(platforms) else ""
