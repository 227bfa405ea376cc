"""
What set the workflow off: the payload of the webhook, at ``GITHUB_EVENT_PATH``.

Documented at docs.github.com, "Webhook events and payloads"; at most 25 MB. Whoever opens a pull request wrote
parts of it, so only a number and two names are taken out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


_MOST = 32 << 20
_HIGHEST = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The pull request that the workflow is about, if it is about one."""

    number: int = 0
    """Of the pull request; 0 where there is none."""
    fork: bool = False
    """Whether the change comes from another repository, so that the workflow's token may write nothing."""


def read_event(path: str) -> Event:
    """The event in that file; none where it cannot be read or is of another form."""
    import orjson

    try:
        with Path(path).open("rb") as file:
            data = file.read(_MOST + 1)
        payload = orjson.loads(data) if path and len(data) <= _MOST else None
    except (OSError, ValueError):
        return Event()
    if not isinstance(payload, dict):
        return Event()
    pull = _inside(payload, "pull_request")
    number = pull.get("number", payload.get("number") if pull else None)
    if not pull:
        issue = _inside(payload, "issue")
        number = issue.get("number") if _inside(issue, "pull_request") else None
    if type(number) is not int or not 0 < number < _HIGHEST:
        return Event()
    head, base = (
        _inside(_inside(pull, side), "repo").get("full_name")
        for side in ("head", "base")
    )
    return Event(number=number, fork=bool(pull) and head != base)


def _inside(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}
