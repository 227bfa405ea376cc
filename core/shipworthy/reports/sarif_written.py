"""
Parts of a SARIF log as they stand in it: indented by two spaces a level, names in their order.

What many results or rules say alike is written once, as members that stand side by side; orjson writes every value of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orjson import Fragment, dumps

from shipworthy.reports.json import written_at
from shipworthy.reports.sarif_words import LEVELS, TEXT_MOST, Json, filled, plain


RESULT = 4
"""How many objects and lists a result of the log stands in."""
PROPERTIES = RESULT + 1
"""How many its properties stand in."""
LOCATION = RESULT + 2
"""How many its location stands in."""
RULE = 6
"""How many a rule stands in."""
TITLE = 400
"""Longest title in a message."""
SAID = 160
"""Longest other text of one thing in it."""
PLACES = 100
"""Most places of a package that are listed; a message tells how many there are."""

_LEVELS = {severity: level.encode() for severity, level in LEVELS.items()}
ENDS = ". :"
"""What no sentence ends in before its full stop."""


# The names that every result has, in their order; between them stand members that some have.
(
    _OPENED,
    _MARKED,
    _LEVEL,
    _PLACE,
    _MESSAGE,
    _AGAIN,
    _PROPERTIES,
    _RULE,
    _CLOSED,
) = b"""{%b
          "fingerprints": {
            "shipworthy/v1": "%b"
          },
          "level": "%b",
          "locations": [
            {%b
            }
          ],
          "message": {
            "text": %b
          },
          "partialFingerprints": {
            "primaryLocationLineHash": "%b"
          },
          "properties": {%b
          },%b
        }""".split(b"%b")


def written(
    mark: str,
    severity: str,
    state: bytes,
    place: bytes,
    message: str,
    properties: bytes,
    last: bytes,
) -> Fragment:
    """
    A result as it stands in the log.

    ``state`` is the member that tells how it compares with the baseline, or nothing; ``place`` and ``properties`` are the members
    of its location and properties, and ``last`` its own from the rank on, without a comma behind the last of each.
    """
    if len(message) > TEXT_MOST:
        message = f"{message[: TEXT_MOST - 2]}…."
    told = mark.encode()
    return Fragment(
        b"".join(
            (
                _OPENED,
                state,
                _MARKED,
                told,
                _LEVEL,
                _LEVELS[severity],
                _PLACE,
                place,
                _MESSAGE,
                dumps(message),
                _AGAIN,
                told,
                _PROPERTIES,
                properties,
                _RULE,
                last,
                _CLOSED,
            )
        )
    )


def members(pairs: Mapping[str, object], depth: int) -> bytes:
    """
    The members of an object that stands in ``depth`` others, each on lines of its own and with a comma behind it.

    There is one at least.
    """
    return written_at(pairs, depth)[1 : -2 - 2 * depth] + b","


def ended(written: bytes) -> bytes:
    """The last members of an object."""
    return written[:-1]


def places(logical: Sequence[Json]) -> bytes:
    """The logical locations as a member of a location; nothing where there are none."""
    return members({"logicalLocations": logical}, LOCATION) if logical else b""


def module(name: str, whole: str) -> list[Json]:
    """The logical location of a package; none where it has no name."""
    part = filled(name=plain(name), fullyQualifiedName=plain(whole, TEXT_MOST))
    return [{**part, "kind": "module"}] if part else []


def resources(paths: Sequence[str]) -> list[Json]:
    """The logical locations of files."""
    parts = (filled(fullyQualifiedName=plain(path, TEXT_MOST)) for path in paths)
    return [{**part, "kind": "resource"} for part in parts if part]


def sentence(told: str) -> str:
    """``told`` as a sentence that stands behind another."""
    return f" {told.rstrip(ENDS)}." if told.strip() else ""
