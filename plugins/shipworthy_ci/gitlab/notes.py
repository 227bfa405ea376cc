"""
The notes of a merge request by GitLab's REST interface ("Notes API" and "Users API", docs.gitlab.com).

A job's own token may not write notes: a project's, a group's or a user's access token with the scope ``api`` may, and
that user's notes alone count as ours. A note may hold 1,000,000 characters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from shipworthy_ci.comments import Comment
from shipworthy_ci.gitlab.pipeline import MergeRequest
from shipworthy_ci.rest import RefusedError, Rest


LIMIT = 65_000
"""Characters of a note that are used: what a page still renders quickly."""
_PAGES = 30
_OLDEST_FIRST = {"sort": "asc", "order_by": "created_at"}


@dataclass(slots=True, kw_only=True)
class Notes:
    """Those of one merge request."""

    rest: Rest
    of: MergeRequest
    _me: int = field(default=0, init=False)

    def comments(self) -> Iterable[Comment]:
        """Those that people and tokens wrote, of the first few thousand."""
        me = self._user()
        for entry in self.rest.pages(self._path(), _PAGES, _OLDEST_FIRST):
            key, body, author = entry.get("id"), entry.get("body"), entry.get("author")
            if type(key) is not int or not isinstance(body, str) or entry.get("system"):
                continue
            ours = isinstance(author, dict) and author.get("id") == me
            yield Comment(key=str(key), body=body, ours=ours)

    def add(self, body: str) -> None:
        """Write another."""
        self.rest.ask("POST", self._path(), body={"body": body})

    def change(self, key: str, body: str) -> None:
        """Replace the text of one."""
        self.rest.ask("PUT", f"{self._path()}/{key}", body={"body": body})

    def _path(self) -> str:
        return f"/projects/{self.of.project}/merge_requests/{self.of.number}/notes"

    def _user(self) -> int:
        """Whose the token is; without that every run would write another note."""
        if not self._me:
            answer = self.rest.ask("GET", "/user")
            found = answer.get("id") if isinstance(answer, dict) else None
            if type(found) is not int or found <= 0:
                raise RefusedError("GET /user: expected a user with an id")
            self._me = found
        return self._me
