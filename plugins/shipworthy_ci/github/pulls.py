"""
The comments of a pull request by GitHub's REST interface ("REST API endpoints for issue comments", docs.github.com).

A pull request is an issue there. Whose a token is tells ``GET /user``; the token of a workflow may not ask that, and
then any bot's comment counts as its own: no person can write in a bot's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shipworthy.errors import UsageError
from shipworthy_ci.comments import Comment
from shipworthy_ci.rest import RefusedError, Rest


LIMIT = 65_536
"""Characters of a comment."""
PUBLIC = "https://api.github.com"

_PAGES = 30
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_VERSION = "2022-11-28"


@dataclass(slots=True, kw_only=True)
class PullRequest:
    """The comments of one pull request."""

    rest: Rest
    repository: str
    number: int
    _login: str | None = field(default=None, init=False)

    def comments(self) -> Iterable[Comment]:
        """Those that are there, of the first few thousand."""
        me = self._me()
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        for entry in self.rest.pages(path, _PAGES):
            key, body = entry.get("id"), entry.get("body")
            if isinstance(key, int) and isinstance(body, str):
                yield Comment(key=str(key), body=body, ours=_is_of(entry, me))

    def add(self, body: str) -> None:
        """Write another."""
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        self.rest.ask("POST", path, body={"body": body})

    def change(self, key: str, body: str) -> None:
        """Replace the text of one."""
        path = f"/repos/{self.repository}/issues/comments/{key}"
        self.rest.ask("PATCH", path, body={"body": body})

    def _me(self) -> str:
        """The login of the token's user; empty for a token that is of none."""
        if self._login is None:
            try:
                answer = self.rest.ask("GET", "/user")
            except RefusedError:
                answer = None
            login = answer.get("login") if isinstance(answer, dict) else ""
            self._login = login if isinstance(login, str) else ""
        return self._login


def pull_request(number: int, *, base: str, repository: str, token: str) -> PullRequest:
    """
    The pull request of that number.

    Raises ``UsageError`` for a repository that is no ``owner/name`` and for a token that is none.
    """
    if not _REPOSITORY.fullmatch(repository) or ".." in repository.split("/"):
        raise UsageError("GITHUB_REPOSITORY: expected owner/name")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("GITHUB_TOKEN: expected a token, of letters and digits")
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": _VERSION,
    }
    rest = Rest(base=base or PUBLIC, headers=headers)
    return PullRequest(rest=rest, repository=repository, number=number)


def _is_of(entry: Any, me: str) -> bool:
    user = entry.get("user")
    if not isinstance(user, dict):
        return False
    return user.get("login") == me if me else user.get("type") == "Bot"
