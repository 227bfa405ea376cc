"""Messages for chats: within the chats' limits, the verdict first, and nobody is called by an image."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from reports_endings import ended
from reports_events import check_slack, check_teams
from reports_sample import LOG4SHELL, bare, sample, undecided, warned

from shipworthy.reports.document import to_document
from shipworthy.reports.slack import SlackReport
from shipworthy.reports.teams import TeamsReport


LINK = "https://ci.example/job/1?a=b&c=<d>|e"


@pytest.mark.parametrize("make", [sample, bare, warned, undecided, ended])
def test_every_result_makes_valid_messages(make: Any) -> None:
    """For both chats, with the verdict's sentence in them."""
    document: dict[str, Any] = to_document(make())
    slack, teams = SlackReport().render(document), TeamsReport().render(document)
    check_slack(slack, document)
    check_teams(teams, document)
    assert json.loads(teams)["attachments"][0]["content"]["body"][1]["inlines"][0][
        "text"
    ].startswith(document["verdict"]["summary"][:100])


def test_slack_is_told_the_verdict_first_and_the_worst() -> None:
    """Title, reason, the worst finding with its fix, and the first action."""
    message = json.loads(SlackReport().render(to_document(sample())))
    assert message["blocks"][0]["text"]["text"].startswith("Do not ship: registry.")
    text = message["text"]
    assert "fixed in `2.15.0`, known to be exploited" in text
    assert text.index("Worst") < text.index("What to do first")


@pytest.mark.parametrize(
    "name", ["<!channel>", "<@U123>", "@here", "@channel", "@all", "<https://x|y>"]
)
def test_an_image_calls_nobody(name: str) -> None:
    """A mention in any of the chats' spellings is told as code, with Slack's signs escaped."""
    package = replace(LOG4SHELL.package, name=name, version=name)
    result = sample()
    result = replace(
        result,
        findings=(replace(LOG4SHELL, id=name, package=package),),
        image=replace(result.image, tags=(f"a/{name}:1",)),
        verdict=replace(result.verdict, summary=f"see {name} now"),
    )
    document = to_document(result)
    data = SlackReport().render(document)
    check_slack(data, document)
    assert name.replace("<", "&lt;").replace(">", "&gt;") in json.loads(data)["text"]


def test_the_report_is_a_link_away() -> None:
    """In Slack escaped as its links want it, in Teams a button; what is no address is left out."""
    document = to_document(sample())
    slack = json.loads(SlackReport("https://ci.example/1?a=b&c=d|e").render(document))
    assert not slack["blocks"][-1]["text"]["text"].startswith("<")
    slack = json.loads(SlackReport("https://ci.example/1?a=b&c=d").render(document))
    assert slack["blocks"][-1]["text"]["text"] == (
        "<https://ci.example/1?a=b&amp;c=d|The whole report>"
    )
    card = json.loads(TeamsReport("https://ci.example/1").render(document))
    (action,) = card["attachments"][0]["content"]["actions"]
    assert (action["type"], action["url"]) == ("Action.OpenUrl", "https://ci.example/1")
    for render in (SlackReport("javascript:x"), TeamsReport("javascript:x")):
        assert b"javascript" not in render.render(document)


def test_however_long_the_texts_a_message_fits() -> None:
    """Long ones everywhere, of signs that grow when they are escaped."""
    for long in ("\U000e0041" * 20_000, "&" * 20_000, "`<" * 20_000):
        result = sample()
        finding = replace(
            LOG4SHELL,
            id=long,
            package=replace(LOG4SHELL.package, name=long, version=long),
        )
        rules = tuple(
            replace(rule, name=long, reason=long) for rule in result.verdict.rules * 9
        )
        document = to_document(
            replace(
                result,
                findings=(finding,) * 40,
                verdict=replace(result.verdict, rules=rules, summary=long),
                image=replace(result.image, tags=(f"a/{long}",), target=long),
            )
        )
        check_slack(SlackReport().render(document), document)
        check_teams(TeamsReport().render(document), document)
