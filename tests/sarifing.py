"""SARIF logs as their readers see them, for the tests of what they say."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from shipworthy.model.result import ScanResult
from shipworthy.reports.render import render


def run_of(result: ScanResult, name: str = "sarif") -> dict[str, Any]:
    """The one run of the log."""
    log = json.loads(render(result, name))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert isinstance(run, dict)
    return run


def results(run: Mapping[str, Any], rule: str = "") -> list[dict[str, Any]]:
    """The results, all of them or those of one rule."""
    return [one for one in run["results"] if rule in {"", one["ruleId"]}]


def rules(run: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The rules by id."""
    return {one["id"]: one for one in run["tool"]["driver"]["rules"]}


def identities(run: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """What GitHub tells alerts apart by: rule, place and fingerprint."""
    return {
        (
            one["ruleId"],
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            one["partialFingerprints"]["primaryLocationLineHash"],
        )
        for one in run["results"]
    }


def notifications(run: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Level and text of every notification."""
    (invocation,) = run["invocations"]
    told = invocation.get("toolExecutionNotifications", [])
    return [(one["level"], one["message"]["text"]) for one in told]


def texts(value: object) -> Iterator[str]:
    """Every text in a log, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def empties(value: object) -> Iterator[object]:
    """Everything in a log that says nothing."""
    if value is None or value == "":
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from empties(item)
    elif isinstance(value, list):
        for item in value:
            yield from empties(item)
