"""
Until when a release line is supported, and how bad its end is: one rule for all.

* Support **ended**: ``high``. What is found from now on stays open.
* It **ends within 90 days** (:data:`SOON`): ``medium``. There is time, and not much.
* Regular support ended and the image **lives on extended support** that it gets: ``low``.
* A distribution **limits** the support of one package: ``negligible``, a note for those whom
  it concerns.

Extended support counts where the image gets it: Debian's LTS comes with plain updates;
Ubuntu Pro, SUSE's LTSS and Red Hat's ELS only where the image is set up for them
(``Distro.channels``); commercial offers for languages and frameworks never, because an
image does not show them. Days are counted to the last day of support, which still is one.
"""

from __future__ import annotations

import re

from shipworthy.assessment.clock import days_between
from shipworthy.model.advisory import Severity
from shipworthy.model.lifecycle import Cycle, Product
from shipworthy.values import dataclass


SOON = 90
"""Days before the end of support from which on it is a finding."""

MAX_SUPPORTED = 5
_PARTS = re.compile(r"[.\-_+~: ]")
_BY_CHANNEL = {"ubuntu": "esm", "sles": "ltss", "rhel": "els"}
"""Product to the word that a channel of its extended support has in its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one release line stands on one day."""

    severity: Severity
    days_left: int | None
    """To the end of the support that counts; ``None`` where no day is told."""
    by_extended: bool = False
    """Regular support is over and extended support is what counts."""


def standing(cycle: Cycle, day: str, *, gets_extended: bool) -> Standing | None:
    """How ``cycle`` stands on ``day``; ``None`` where there is nothing to report."""
    left = days_between(day, cycle.ends)
    longer = days_between(day, cycle.extended) if gets_extended else None
    over = cycle.ended if left is None else left < 0
    if over and longer is not None and (left is None or longer > left):
        return Standing(severity=_severity(longer), days_left=longer, by_extended=True)
    if left is None:
        return Standing(severity="high", days_left=None) if over else None
    if left > SOON:
        return None
    return Standing(severity=_severity(left), days_left=left)


def _severity(left: int) -> Severity:
    if left < 0:
        return "high"
    return "medium" if left <= SOON else "low"


def cycle_of(product: Product, version: str) -> Cycle | None:
    """The line that ``version`` is of: the longest whose name begins it, part by part; ``None`` where none does."""
    parts = _parts(version)
    best: Cycle | None = None
    for cycle in product.cycles:
        named = _parts(cycle.name)
        if parts[: len(named)] == named and (
            best is None or len(named) > len(_parts(best.name))
        ):
            best = cycle
    return best


def supported_on(product: Product, day: str) -> tuple[str, ...]:
    """The lines with regular support on ``day``, in the product's order; at most five."""
    found = [
        cycle.name
        for cycle in product.cycles
        if not cycle.ended
        and (not cycle.ends or cycle.ends >= day)
        and cycle.released <= day
    ]
    return tuple(found[:MAX_SUPPORTED])


def gets_extended(product: str, channels: tuple[str, ...]) -> bool:
    """Whether an image with these channels gets the extended support of its distribution."""
    if product == "debian":
        return True
    word = _BY_CHANNEL.get(product)
    return word is not None and any(word in _PARTS.split(name) for name in channels)


def _parts(text: str) -> list[str]:
    return _PARTS.split(text.lower().removeprefix("v"))
