"""Events and chat messages as their readers see them: valid and harmless, or the test fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from shipworthy.model.result import ScanResult
from shipworthy.reports.cloudevents import CONTENT_TYPE, LIMIT
from shipworthy.reports.render import render


SCHEMA: Mapping[str, Any] = json.loads(
    (Path(__file__).parents[1] / "docs/schema/event.schema.json").read_text()
)
URI = re.compile(r"urn:shipworthy:image:(?:[A-Za-z0-9._~:/@-]|%[0-9A-F]{2})+")
"""RFC 8141: what may stand in a URN."""

_ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPAN = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"<https?://[^<>|\s]+\|The whole report>")
# What Slack, Mattermost or Rocket.Chat would make a link, a mention, an emoji or emphasis of.
_MEANT = re.compile(
    r"[@`_~#\[\]\\|]|:[^\s:]+:|https?:|www\.|[^\W_]\.[A-Za-z]{2}|&(?!amp;|lt;|gt;)|[<>]"
)


def event(result: ScanResult) -> dict[str, Any]:
    """The event of a result, valid."""
    return read_event(render(result, "cloudevents"))


def read_event(data: bytes) -> dict[str, Any]:
    """An event that the CloudEvents SDK and the published schema take, and that every bus carries."""
    assert len(data) <= LIMIT
    theirs = from_http_event(HTTPMessage({"content-type": CONTENT_TYPE}, data))
    ours: dict[str, Any] = json.loads(data)
    jsonschema.Draft202012Validator(
        SCHEMA, format_checker=jsonschema.FormatChecker()
    ).validate(ours)
    assert theirs.get_data() == ours["data"]
    assert (theirs.get_id(), theirs.get_source()) == (ours["id"], ours["source"])
    assert theirs.get_extension("verdict") == ours["data"]["verdict"]["status"]
    assert URI.fullmatch(ours["source"])
    return ours


def check_event(data: bytes, document: Mapping[str, Any]) -> None:
    """It is valid, counts everything, and no text in it acts on whoever logs it."""
    told = read_event(data)
    assert told["data"]["counts"]["total"] == len(document["findings"])
    for text in texts(told):
        assert not _ACTING.search(text)


def check_slack(data: bytes, _document: Mapping[str, Any]) -> None:
    """Within Slack's limits, and outside of code nothing that any of the chats acts on."""
    message = json.loads(data)
    head, *rest = message["blocks"]
    assert head["text"] | {"text": ""} == {
        "type": "plain_text",
        "text": "",
        "emoji": False,
    }
    assert 0 < len(head["text"]["text"]) <= 150
    assert "<" not in head["text"]["text"]
    sections = [block["text"]["text"] for block in rest]
    assert {block["text"]["type"] for block in rest} == {"mrkdwn"}
    assert all(0 < len(text) <= 3_000 for text in sections)
    assert sum(map(len, sections)) < 13_000
    assert all(text in message["text"] for text in sections)
    for text in (*sections, message["text"]):
        assert text.count("`") % 2 == 0
        bare = _LINK.sub("", _SPAN.sub("", text))
        assert not _MEANT.findall(bare), bare
        assert not re.search(r"[<>]", _LINK.sub("", text))
        for part in bare.split("\n"):
            assert not re.search(r"\*(?!$)", part.removeprefix("*")), part


def check_teams(data: bytes, _document: Mapping[str, Any]) -> None:
    """Within Teams' limit, and every text stands where no Markdown is read."""
    assert len(data) <= 20_000
    message = json.loads(data)
    (attachment,) = message["attachments"]
    assert message["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.2")
    assert card["body"]
    for block in card["body"]:
        (run,) = block["inlines"]
        assert (block["type"], run["type"]) == ("RichTextBlock", "TextRun")
        assert "{{" not in run["text"]
        assert not _ACTING.search(run["text"])


def texts(value: object) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


CHECKS: dict[str, Callable[[bytes, Mapping[str, Any]], None]] = {
    "cloudevents": check_event,
    "slack": check_slack,
    "teams": check_teams,
}
