"""Values out of JSON that nobody vouches for: of the right type, bounded, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from datetime import datetime, timedelta, timezone
from typing import Any

from shipworthy.model.limits import MIB
from shipworthy.model.package import Status
from shipworthy.values import dataclass


MAX_BYTES = 64 * MIB
"""One document."""
MAX_NAMES = 500_000
"""Products, subcomponents and vulnerabilities of one document, together."""

_TEXT = 8192
_NOTES = 20
_SHOWN = 80
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?"
    r"\s?([Zz]|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Broken(Exception):  # noqa: N818  # never leaves the package
    """A part of a document that does not count; the message says why."""


@dataclass(slots=True)
class Tally:
    """What is told of one document while it is read, and how much of it has been taken."""

    name: str
    notes: list[Status] = field(default_factory=list)
    untold: int = 0
    taken: int = 0

    def note(self, what: str, why: str) -> None:
        """Say that something does not count; after a few, they are only counted."""
        if len(self.notes) < _NOTES:
            message = f"{shown(what)}: {why}"
            self.notes.append(
                Status(
                    source="policy/vex",
                    subject=self.name,
                    message=message,
                    partial=False,
                )
            )
        else:
            self.untold += 1

    def take(self, count: int = 1) -> None:
        """Count names; raises ``Broken`` where a document has more than any honest one."""
        self.taken += count
        if self.taken > MAX_NAMES:
            raise Broken(
                f"names more than {MAX_NAMES} products, the rest does not count"
            )

    def told(self) -> tuple[Status, ...]:
        """All notes."""
        if not self.untold:
            return tuple(self.notes)
        message = f"{self.untold} more like these"
        more = Status(
            source="policy/vex", subject=self.name, message=message, partial=False
        )
        return (*self.notes, more)


def mapping(value: object) -> dict[str, Any]:
    """The object, or an empty one."""
    return value if type(value) is dict else {}


def objects(value: object) -> Iterator[dict[str, Any]]:
    """The objects of a list; what is something else is left out."""
    return (item for item in listed(value) if type(item) is dict)


def listed(value: object) -> list[Any]:
    """The list, or an empty one."""
    return value if type(value) is list else []


def text(value: object) -> str:
    """The text without white space around it; nothing where it is none."""
    return value[:_TEXT].strip() if type(value) is str else ""


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list, each once."""
    return tuple(
        dict.fromkeys(found for item in listed(value) if (found := text(item)))
    )


def number(value: object) -> int:
    """A version number of a document: 2, ``2``, the 2 of ``2.1.0``; 0 where it is none."""
    if type(value) is int:
        return value if 0 <= value < 1 << 53 else 0
    digits = text(value).partition(".")[0]
    return (
        int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0
    )


def moment(value: object) -> int:
    """Nanoseconds since 1970 of an RFC 3339 date and time; -1 where it is none."""
    found = _TIME.fullmatch(text(value))
    if found is None:
        return -1
    year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
    try:
        # A leap second is the last one of its minute.
        at = datetime(
            year, month, day, hour, minute, min(second, 59), tzinfo=timezone.utc
        )
    except ValueError:
        return -1
    seconds = (at - _EPOCH) // timedelta(seconds=1) - _offset(found[8] or "Z")
    return max(-1, seconds * 10**9 + int((found[7] or "").ljust(9, "0")[:9]))


def shown(what: str) -> str:
    """A name of others, short enough for a message."""
    what = " ".join(what.split())
    return what if len(what) <= _SHOWN else f"{what[:_SHOWN]}…"


def _offset(zone: str) -> int:
    """Seconds east of Greenwich."""
    if zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds
