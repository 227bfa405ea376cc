"""
The result as one event for an event bus: CloudEvents 1.0.2, JSON event format, structured content mode.

Sources: the CloudEvents specification (context attributes, size limits), its JSON event format and its HTTP protocol binding,
``application/cloudevents+json``. An event knows no clock and no machine: its ``id`` is made of everything else that it says, so that a
receiver tells a repeat from a new result, and its ``time`` is the day that was judged by. It is at most :data:`LIMIT` bytes, because a
bus need not take more than 64 KiB; lists are shortened until it is. docs/notify.md has the attributes, ADR 25 the reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

import orjson

from shipworthy.reports.cloudevents_data import summary_of
from shipworthy.reports.identity import reference, repository
from shipworthy.reports.json import quieted
from shipworthy.reports.moment import moment
from shipworthy.reports.text import NAME_LIMIT, line


CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
"""What an event is sent as."""
TYPE = "shipworthy.scan.completed"
"""What happened; its data may grow, and what changes its meaning gets another name."""
SCHEMA = "urn:shipworthy:schema:event:1.0"
"""The ``$id`` of docs/schema/event.schema.json."""
LIMIT = 60_000
"""Most bytes of an event; what a bus must take has room for headers beyond that."""

_IDS = UUID("5f3ad1a4-9c0b-5a52-b7a5-0e6f8a2f6a1d")
_SHARES = (1.0, 0.6, 0.4, 0.2, 0.0)


class CloudEventsReport:
    """One event that says that an image was scanned, and what came out."""

    name = "cloudevents"
    suffix = ".cloudevents.json"

    def __init__(self, link: str = "") -> None:
        """Take the address of the whole report, where there is one."""
        self._link = link

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the event."""
        return _written(self.event(document))

    def event(self, document: Mapping[str, Any]) -> dict[str, object]:
        """The event with as much in its lists as fits."""
        event: dict[str, object] = {}
        for share in _SHARES:
            event = _event(document, summary_of(document, self._link, share))
            if len(_written(event)) <= LIMIT:
                break
        return event


def id_of(event: bytes) -> str:
    """The ``id`` of a rendered event."""
    return str(orjson.loads(event)["id"])


def _event(document: Mapping[str, Any], data: Mapping[str, object]) -> dict[str, Any]:
    home = line(repository(document), NAME_LIMIT)
    event: dict[str, Any] = {
        "data": data,
        "datacontenttype": "application/json",
        "dataschema": SCHEMA,
        "source": f"urn:shipworthy:image:{quote(home, safe='/:@.-_~') or 'unknown'}",
        "specversion": "1.0",
        "subject": reference(document),
        "type": TYPE,
        "verdict": document["verdict"]["status"],
    }
    told = (document["verdict"]["day"], document["database"]["date"])
    if time := next(filter(None, map(moment, told)), ""):
        event["time"] = time
    event["id"] = str(uuid5(_IDS, _written(event).decode()))
    return event


def _written(event: Mapping[str, object]) -> bytes:
    options = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    return quieted(orjson.dumps(event, option=options))
