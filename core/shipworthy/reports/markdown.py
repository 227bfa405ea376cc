"""
The result as Markdown, for job summaries and comments on merge requests (GitHub's and GitLab's flavours).

The verdict first, then why, what to do, what is new, what was found, and what was not looked at. Tables
and code are those of the GFM specification, 0.29; what is folded uses ``<details>``, which both show. The
first line is a comment that nobody sees, ``<!-- shipworthy:report image=… -->``: it is the same for every
build of an image, so that the comment of the last build can be found and replaced.

GitHub takes 65,536 characters of a comment and 1 MiB of a summary, GitLab 1,000,000 characters of a note.
Where a result is longer than the limit, whole rows are left out and counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from shipworthy.errors import UsageError
from shipworthy.reports import markdown_findings as found
from shipworthy.reports import markdown_policy as policy
from shipworthy.reports import policy_words, summary
from shipworthy.reports.identity import repository
from shipworthy.reports.markdown_text import code, words
from shipworthy.reports.summary import Document, counted


LIMIT = 65_000
"""Characters of a report unless told otherwise: what a comment on GitHub may have, and some to spare."""
LEAST = 16_000
"""The smallest limit: below it there is no room for what every report must say."""

_NAME = 200
_TWO = re.compile("(?<=-)-")


class MarkdownReport:
    """The verdict with what led to it, for a comment or a summary page."""

    name = "markdown"
    suffix = ".md"

    def __init__(self, limit: int = LIMIT) -> None:
        """
        Take the most characters that the report may have.

        Raises :class:`shipworthy.errors.UsageError` for fewer than :data:`LEAST`.
        """
        if limit < LEAST:
            raise UsageError(
                f"a Markdown report of {limit:,} characters: expected {LEAST:,} or more"
            )
        self.limit = limit

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the report; at most ``limit`` characters."""
        findings = summary.ranked(document["findings"])
        top = _head(document)
        # Parts that are short unless somebody made them long get a share; the findings
        # get all that these leave.
        share = self.limit // 14
        before = [
            *policy.rules(document, share),
            *found.counts(document["findings"]),
            *policy.plan(document, self.limit // 6),
        ]
        gone = found.gone(document, share)
        after = [
            *policy.checks(document, share),
            *policy.beyond(document, share),
            *policy.suppressed(document, share),
            *policy.unseen(document, share),
            *_foot(document),
        ]
        room = self.limit - _size([*top, *before, *gone, *after])
        changed = found.changed(document, findings, room - share)
        room -= _size(changed)
        rest = found.others(document, findings, room)
        lines = [*top, *before, *changed, *gone, *rest, *after]
        return ("\n".join(lines) + "\n").encode("utf-8", "backslashreplace")


def marker(document: Document) -> str:
    """The comment by which the report of an earlier build of the same image is found."""
    name = quote(repository(document), safe="/:.")
    if len(name) > _NAME:
        name = f"{name[:_NAME]}~{sha256(name.encode()).hexdigest()[:16]}"
    # Two dashes together would end the comment for some readers.
    return f"<!-- shipworthy:report image={_TWO.sub('%2D', name)} -->"


def _head(document: Document) -> list[str]:
    verdict, tags = document["verdict"], document["image"]["tags"]
    target = document["target"]["name"]
    head = summary.headline(verdict)
    name = code(tags[0], 120) if tags else code(target, 120)
    lines = [marker(document), "", f"## {head.words}{': ' if name else ''}{name}"]
    said = words(verdict["summary"], 400)
    if said:
        lines += ["", said]
    if head.tone == "fail" and head.lacking:
        lines += ["", f"{head.lacking.capitalize()}."]
    since = policy_words.compared(document, lambda text: words(text, 120))
    return [*lines, "", since] if since else lines


def _foot(document: Document) -> list[str]:
    """One line: what judged, as of when, and what was judged."""
    image, coverage = document["image"], document["coverage"]
    day = words(document["database"]["date"][:10]) or "unknown date"
    judged = words(document["verdict"]["day"], 20)
    digest = image["manifestDigest"] or image["imageId"]
    facts = (
        f"shipworthy {words(document['tool']['version'], 40)}",
        f"database of {day}",
        f"judged as of {judged}" if judged else "",
        words(image["platform"], 40),
        counted(coverage["packages"], "package"),
        code(digest, 80),
    )
    return ["", "---", "", " · ".join(filter(None, facts))]


def _size(lines: Sequence[str]) -> int:
    return sum(len(one) + 1 for one in lines)
