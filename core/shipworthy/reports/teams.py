"""
The result as a message for Microsoft Teams: an Adaptive Card for a webhook of the Workflows app.

Sources: Microsoft's "Create incoming webhooks with Workflows" (a ``message`` with one attachment of
``application/vnd.microsoft.card.adaptive``; about 28 KB at most) and the Adaptive Cards schema, whose version 1.2 has all that is used
here. Text of others stands in ``TextRun`` alone, which knows no Markdown; a ``TextBlock`` would make links and emphasis of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shipworthy.reports.chat import Section, Voice, sections, title
from shipworthy.reports.json import JsonReport
from shipworthy.reports.summary import headline
from shipworthy.reports.text import NAME_LIMIT, harmless, link


LIMIT = 20_000
"""Most bytes of a message; Teams says 28 KB, and counts more than the message."""

_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_COLOURS: Mapping[str, str] = {
    "pass": "good",
    "warn": "warning",
    "fail": "attention",
    "partial": "warning",
    "undecided": "warning",
    "open": "default",
}


class TeamsReport:
    """One card that says what came out of a scan."""

    name = "teams"
    suffix = ".teams.json"

    def __init__(self, link: str = "") -> None:
        """Take the address of the whole report, where there is one."""
        self._link = link

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the message; lists are left out from the end where it would be too long."""
        parts = sections(document, Voice(name=plain, words=plain))
        while True:
            data = JsonReport().render(_message(document, parts, link(self._link)))
            if len(data) <= LIMIT or not parts:
                return data
            parts.pop()


def plain(text: str) -> str:
    """``text`` on one line, with nothing that a card would fill in or a pipeline act on."""
    return harmless(text, 2 * NAME_LIMIT).replace("{{", "{ {").strip()


def _message(
    document: Mapping[str, Any], parts: list[Section], url: str
) -> dict[str, object]:
    colour = _COLOURS[headline(document["verdict"]).tone]
    head = _run(
        plain(title(document, NAME_LIMIT)), size="large", weight="bolder", color=colour
    )
    body = [_block([head])]
    for part in parts:
        body += [_block([_run(part.title, weight="bolder")])] if part.title else []
        body += [_block([_run(each)]) for each in part.lines]
    card: dict[str, object] = {
        "$schema": _SCHEMA,
        "type": "AdaptiveCard",
        "version": "1.2",
        "body": body,
        "msteams": {"width": "Full"},
    }
    if url:
        card["actions"] = [
            {"type": "Action.OpenUrl", "title": "The whole report", "url": url}
        ]
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": card,
            }
        ],
    }


def _run(text: str, **looks: str) -> dict[str, object]:
    return {"type": "TextRun", "text": text, **looks}


def _block(runs: list[dict[str, object]]) -> dict[str, object]:
    return {"type": "RichTextBlock", "inlines": runs}
