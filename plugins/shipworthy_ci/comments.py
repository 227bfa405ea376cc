"""
One comment on a merge request that is kept up to date: found by its first line, changed in place, added where there is none.

The first line is a comment of HTML that nobody sees. Anybody may write such a line, so a comment counts
only where the forge says that it is of the user who would change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote

from shipworthy.errors import UnreachableError
from shipworthy.remote.transfer import Again, Patience, persist
from shipworthy.reports.image_purl import name_from_target
from shipworthy_ci.job import Job
from shipworthy_ci.rest import RefusedError


USUAL_TITLE = "shipworthy"
"""The title of a job that nobody gave one."""
PATIENCE = Patience(tries=4, first=1.0)

_NAME = 150
_GONE = frozenset({404, 410})
_TWO = re.compile("(?<=-)-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One that is there."""

    key: str
    """What the forge calls it."""
    body: str
    ours: bool
    """Whether it is of the user that changes it."""


class Thread(Protocol):
    """
    **Protocol:** the comments of one merge request.

    Each call asks the forge once; it raises :class:`shipworthy_ci.rest.RefusedError`, or ``Again`` for what
    may go better next time.
    """

    def comments(self) -> Iterable[Comment]:
        """Those that are there, the oldest first, as far as they are looked through."""
        ...

    def add(self, body: str) -> None:
        """Write another."""
        ...

    def change(self, key: str, body: str) -> None:
        """Replace the text of one."""
        ...


def upsert(
    thread: Thread, marker: str, body: str, patience: Patience = PATIENCE
) -> str:
    """
    Let ``body``, whose first line is ``marker``, be the one comment of its kind; ``added``, ``changed`` or ``same``.

    When a try fails the comment is looked for anew, so that an answer that was lost makes no second one.
    Raises ``RefusedError``.
    """
    assert body.partition("\n")[0] == marker, "a comment is found by its first line"
    try:
        return persist("the comment", patience, lambda: _once(thread, marker, body))
    except UnreachableError as error:
        raise RefusedError(error.message) from None


def marker_of(job: Job) -> str:
    """
    The first line of a job's comment: the same in every run of the same step, and of no other.

    A title of the user's own is enough; else the targets tell it, without tags and folders.
    """
    words = f"title={_part(job.title)}"
    if job.title == USUAL_TITLE:
        names = sorted({name_from_target(one.target) for one in job.scanned})
        words += f" image={_part(','.join(names))}"
    return f"<!-- shipworthy:comment {words} -->"


def _once(thread: Thread, marker: str, body: str) -> str:
    for comment in thread.comments():
        if comment.ours and comment.body.partition("\n")[0].rstrip() == marker:
            if comment.body.replace("\r\n", "\n").rstrip() == body.rstrip():
                return "same"
            try:
                thread.change(comment.key, body)
            except RefusedError as error:
                if error.status in _GONE:  # removed in this moment
                    raise Again("the comment is gone") from None
                raise
            return "changed"
    thread.add(body)
    return "added"


def _part(text: str) -> str:
    """``text`` with nothing in it that could end the line or the comment."""
    plain = quote(text.encode("utf-8", "surrogatepass"), safe="/:.,")
    if len(plain) > _NAME:
        plain = f"{plain[:_NAME]}~{sha256(plain.encode()).hexdigest()[:16]}"
    return _TWO.sub("%2D", plain)
