"""
Sending a result to all receivers: the HTTP side, all side by side, within one bound of time.

Of an answer, status and ``Retry-After`` are looked at; the body is never read, so that it can be as long and as slow as it likes. A
name that is not resolved or a header that trickles can hold a connection beyond every time limit of a client; so each delivery has
a thread that the process does not wait for beyond the bound.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from shipworthy.notify.delivery import (
    LIMIT,
    Answer,
    Message,
    Outcome,
    SystemTiming,
    Timing,
    deliver,
)
from shipworthy.notify.receiver import EVENTS, Receiver
from shipworthy.remote.transfer import Patience, asked_to_wait, plain


if TYPE_CHECKING:
    from pathlib import Path

    from shipworthy.remote.session import Session

TRY = 10.0
"""Seconds that a receiver may say nothing before a try counts as failed."""

_GRACE = 2.0
_DISTRUST = re.compile("CERTIFICATE|WRONG_VERSION")
_IDS = UUID("0b0c7a0e-5c55-5d5e-9a0c-3b1f6f6f8f11")
_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What all receivers of a result share."""

    receivers: Sequence[Receiver]
    keys: Sequence[bytes] = ()
    link: str = ""
    """Where the whole report is; empty for nowhere."""
    ca_file: Path | None = None
    """Authorities to trust beside the usual, PEM."""
    agent: str = "shipworthy"
    limit: float = LIMIT
    timing: Timing = field(default_factory=SystemTiming)

    def check(self) -> None:
        """Raise :class:`shipworthy.errors.UsageError` now for a file of authorities that is none."""
        if self.receivers:
            self._session(self.receivers[0], TRY).requests.close()

    def send(self, document: Mapping[str, Any]) -> list[Outcome]:
        """Send a result to every receiver; gives what came of it, in their order."""
        messages = {
            form: message_of(document, form, self.link, self.keys)
            for form in {receiver.format for receiver in self.receivers}
        }
        found: list[Outcome | None] = [None] * len(self.receivers)

        def run(at: int, receiver: Receiver) -> None:
            message = messages[receiver.format]
            found[at] = deliver(
                message,
                receiver.place,
                partial(self._post, receiver),
                self.timing,
                self.limit,
            )

        threads = [
            threading.Thread(target=run, args=(at, receiver), daemon=True)
            for at, receiver in enumerate(self.receivers)
        ]
        for thread in threads:
            thread.start()
        end = self.timing.elapsed() + self.limit + _GRACE
        for thread in threads:
            thread.join(max(end - self.timing.elapsed(), 0.0))
        late = f"no answer within {self.limit:g} seconds"
        return [
            outcome or Outcome(place=receiver.place, tries=1, reason=late)
            for outcome, receiver in zip(tuple(found), self.receivers, strict=True)
        ]

    def _post(
        self,
        receiver: Receiver,
        headers: Mapping[str, str],
        body: bytes,
        timeout: float,
    ) -> Answer:
        """One try."""
        import requests
        import urllib3

        fixed = {"User-Agent": self.agent}
        if receiver.authorization:
            fixed["Authorization"] = receiver.authorization
        session = self._session(receiver, min(timeout, TRY))
        try:
            response = session.ask(
                receiver.url,
                "POST",
                {**headers, **fixed},
                data=body,
                allow_redirects=False,
                stream=True,
            )
            answer = Answer(
                status=response.status_code, after=asked_to_wait(response.headers)
            )
            response.close()
        except requests.exceptions.SSLError as error:
            is_final = _DISTRUST.search(str(error)) is not None
            hint = "; --notify-ca-file names whom to trust" if is_final else ""
            answer = Answer(reason=f"{plain(error)}{hint}", is_final=is_final)
        except (urllib3.exceptions.HTTPError, ValueError):
            answer = Answer(reason="the request is not possible", is_final=True)
        except (requests.RequestException, OSError) as error:
            answer = Answer(reason=plain(error))
        finally:
            session.requests.close()
        return answer

    def _session(self, receiver: Receiver, timeout: float) -> Session:
        from shipworthy.remote.connection import Connection
        from shipworthy.remote.session import Session

        patience = Patience(timeout=timeout)
        session = Session(Connection(ca_file=self.ca_file, patience=patience))
        # A proxy is for what is elsewhere; it must not see what stays on this machine.
        session.requests.trust_env = not receiver.is_loopback
        return session


def message_of(
    document: Mapping[str, Any], form: str, link: str, keys: Sequence[bytes]
) -> Message:
    """A result as a message of one format, signed where receivers of that format verify signatures."""
    if form == EVENTS:
        from shipworthy.reports.cloudevents import (
            CONTENT_TYPE,
            CloudEventsReport,
            id_of,
        )

        body = CloudEventsReport(link).render(document)
        return Message(id=id_of(body), content_type=CONTENT_TYPE, body=body, keys=keys)
    from shipworthy.reports.slack import SlackReport
    from shipworthy.reports.teams import TeamsReport

    report = SlackReport(link) if form == "slack" else TeamsReport(link)
    body = report.render(document)
    name = str(uuid5(_IDS, sha256(body).hexdigest()))
    return Message(id=name, content_type=_JSON, body=body)
