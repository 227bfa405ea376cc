"""
Getting one message to one receiver: tried again while another try may help, and not for long.

Sources: "HTTP 1.1 Web Hooks for Event Delivery" (CloudEvents 1.0.2) and the Standard Webhooks specification. Any 2xx is delivered.
A lost connection, 408, 425, 429 and 5xx are tried again, after a while that doubles and varies, and never before ``Retry-After``;
where that is later than the time that is left, the delivery ends at once. Everything else is a refusal: redirects are not followed,
so that neither a message nor a token goes where nobody sent it. Every try has the same id and the same body, so that a receiver can
drop what it has; only the time of sending is new.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shipworthy.notify.sign import headers


TRIES = 6
"""Most tries of one delivery."""
LIMIT = 30.0
"""Seconds that a delivery may take, waiting included."""
FIRST = 0.5
"""Seconds before the second try; they double each time."""

_AGAIN = frozenset({408, 425, 429})
_REFUSALS: Mapping[int, str] = {
    401: "access denied: is the token right?",
    403: "access denied: is the token right?",
    404: "nothing is at this address",
    410: "it wants no notifications any more: take the address out",
    413: "the message is too long for it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent."""

    id: str
    content_type: str
    body: bytes
    keys: Sequence[bytes] = field(default=(), repr=False)
    """What to sign with; none for a receiver that verifies nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one try."""

    status: int = 0
    """0 where no answer came."""
    reason: str = ""
    """Why none came, without anything of the address."""
    is_final: bool = False
    """Whether another try cannot help, though no answer came."""
    after: float = 0.0
    """Seconds that the receiver asks to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a delivery."""

    place: str
    tries: int
    reason: str = ""
    """Why it was not delivered; empty where it was."""

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver has it."""
        return not self.reason


class Post(Protocol):
    """**Protocol:** one try to send; raises nothing."""

    def __call__(
        self, headers: Mapping[str, str], body: bytes, timeout: float
    ) -> Answer:
        """What the receiver said within about ``timeout`` seconds."""
        ...


class Timing(Protocol):
    """**Protocol:** the clocks that a delivery goes by, and chance."""

    def now(self) -> float:
        """Seconds of the epoch, for the time of sending."""
        ...

    def elapsed(self) -> float:
        """Seconds since some moment, on a clock that nobody sets."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        ...

    def chance(self) -> float:
        """A number from 0 to 1, another one each time."""
        ...


class SystemTiming:
    """The machine's clocks."""

    def now(self) -> float:
        """Seconds of the epoch."""
        return time.time()

    def elapsed(self) -> float:
        """Seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let that much time pass."""
        time.sleep(seconds)

    def chance(self) -> float:
        """A number from 0 to 1."""
        return random.SystemRandom().random()


def deliver(
    message: Message, place: str, post: Post, timing: Timing, limit: float = LIMIT
) -> Outcome:
    """Send ``message`` until it arrives, is refused, or ``limit`` seconds are over; raises nothing."""
    end = timing.elapsed() + limit
    number, reason = 0, ""
    while number < TRIES:
        number += 1
        told = {
            "Content-Type": message.content_type,
            **headers(message.keys, message.id, int(timing.now()), message.body),
        }
        left = end - timing.elapsed()
        answer = post(told, message.body, left)
        if 200 <= answer.status < 300:
            return Outcome(place=place, tries=number)
        reason = _reason(answer)
        if not _may_help(answer):
            break
        pause = max(answer.after, FIRST * 2 ** (number - 1) * (1 + timing.chance()) / 2)
        left = end - timing.elapsed()
        if answer.after and answer.after >= left:
            reason += f"; it asks to wait {answer.after:,.0f} seconds"
        if number == TRIES or pause >= left:
            break
        timing.sleep(pause)
    return Outcome(place=place, tries=number, reason=reason)


def _may_help(answer: Answer) -> bool:
    if not answer.status:
        return not answer.is_final
    return answer.status in _AGAIN or answer.status >= 500


def _reason(answer: Answer) -> str:
    if not answer.status:
        return answer.reason
    if 300 <= answer.status < 400:
        return f"it says {answer.status}, a redirect, which is not followed: give the new address"
    told = _REFUSALS.get(answer.status, "")
    return f"it says {answer.status}{', ' if told else ''}{told}"
