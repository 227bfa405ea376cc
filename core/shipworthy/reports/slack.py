"""
The result as a message for Slack's incoming webhooks, and for Mattermost and Rocket.Chat, which read the same.

Sources: Slack's "Formatting message text" (``&``, ``<`` and ``>`` are the only signs to escape, and ``<!channel>`` is what they stop)
and the reference of Block Kit (a header has at most 150 characters, a section 3,000; whole messages beyond about 13,000 are refused);
Mattermost's "Slack compatibility" (no blocks; ``@all`` in a text notifies, as in Rocket.Chat). So everything is in ``text`` as well as in
blocks, and a word of others that holds more than letters, digits and plain punctuation is a code span, where nobody looks for names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shipworthy.reports.chat import Section, Voice, sections, title
from shipworthy.reports.json import JsonReport
from shipworthy.reports.text import NAME_LIMIT, harmless, link


HEADER = 150
"""Most characters of a header."""
SECTION = 2_000
"""Most characters of a section; six of them stay below what Slack takes."""

# Letters and digits with signs between and after them that no chat acts on.
_PLAIN = re.compile(r"[(\"']?[^\W_](?:[^\W_]|[.,;'\"()/+=…–-])*[!?%:.,;)\"']*|[–—→…×]")
_MEANT = re.compile(r"www\.|[^\W_]\.[^\W\d_]{2}", re.IGNORECASE)
_ENDS = re.compile(r"(.+?)([.,;:)]*)", re.DOTALL)


class SlackReport:
    """One message that says what came out of a scan."""

    name = "slack"
    suffix = ".slack.json"

    def __init__(self, link: str = "") -> None:
        """Take the address of the whole report, where there is one."""
        self._link = link

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the message."""
        texts = list(map(_written, sections(document, _VOICE)))
        if url := link(self._link):
            texts.append(f"<{_address(url)}|The whole report>")
        blocks: list[dict[str, object]] = [
            {
                "type": "header",
                "text": {
                    "type": "plain_text",
                    "text": _header(document),
                    "emoji": False,
                },
            }
        ]
        blocks += [
            {"type": "section", "text": {"type": "mrkdwn", "text": text}}
            for text in texts
        ]
        first = words(title(document, NAME_LIMIT))
        text = "\n\n".join((first, *texts))
        return JsonReport().render({"text": text, "blocks": blocks})


def _header(document: Mapping[str, Any]) -> str:
    """The title, cut so that it fits when it is escaped."""
    limit = HEADER
    while len(text := _escaped(title(document, limit))) > HEADER:
        limit -= 1
    return text


def code(text: str) -> str:
    """``text`` on one line as a code span; nothing where it is empty."""
    told = harmless(text).strip().replace("`", "'")
    return f"`{_escaped(told)}`" if told else ""


def words(text: str) -> str:
    """``text`` on one line, each word that could mean something as a code span."""
    return " ".join(map(_word, harmless(text, 2 * NAME_LIMIT).split()))


_VOICE = Voice(name=code, words=words)


def _word(word: str) -> str:
    if _PLAIN.fullmatch(word) and not _MEANT.search(word):
        return word
    match = _ENDS.fullmatch(word)
    return f"{code(match[1])}{match[2]}" if match else ""


def _written(section: Section) -> str:
    """A section as mrkdwn, cut between lines."""
    lines = [f"*{section.title}*"] if section.title else []
    lines += [f"• {each}" if section.title else each for each in section.lines]
    kept, size = [], 0
    for each in lines:
        size += len(each) + 1
        if size > SECTION:
            kept.append("…")
            break
        kept.append(each)
    return "\n".join(kept)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _address(url: str) -> str:
    """An address in which nothing ends it early."""
    return _escaped(url).replace("|", "%7C")
