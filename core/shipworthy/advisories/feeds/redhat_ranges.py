"""
The ranges that Red Hat's fixes of one vulnerability leave affected in one package.

A fix is made once for every minor release that is kept, each on the version that release
had: ``7.76.1-23.el9_2.4`` in 9.2 and ``7.76.1-26.el9_3.2`` in 9.3. A build of 9.2 with its fix
is lower than the fix of 9.3 and still not affected, a build of 9.3 before its fix is higher
than the fix of 9.2 and still affected. So each fix ends a range of its own, which begins
where the builds of the one before cannot reach.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from shipworthy.advisories.feeds.values import Broken
from shipworthy.advisories.order import is_lower
from shipworthy.errors import VersionError
from shipworthy.model.advisory import Range
from shipworthy.versions import scheme
from shipworthy.versions.disttag import first_build, next_build


OPEN = (Range(events=(("introduced", "0"),)),)
"""Every version: no fix."""
NEVER = (Range(events=(("introduced", "0"), ("fixed", "0"))),)
"""No version."""

_RPM = "rpm"


def highest(versions: Iterable[str]) -> str:
    """
    The highest version by rpm's order.

    Raises:
        Broken: One of them is no version.
    """
    try:
        return max(versions, key=lambda text: (scheme(_RPM).range_key(text), text))
    except VersionError:
        raise Broken from None


@lru_cache(maxsize=1 << 14)
def ranges_until(fixes: frozenset[str]) -> tuple[Range, ...]:
    """
    What is affected where each of ``fixes`` is the fix of one minor release.

    Raises:
        Broken: One of them is no version.
    """
    try:
        ordered = sorted(fixes, key=lambda text: (scheme(_RPM).range_key(text), text))
    except VersionError:
        raise Broken from None
    events = [("introduced", "0")]
    last = ""
    for fix in ordered:
        if last:
            start = _start(last, fix)
            if start:
                events.append(("introduced", start))
            else:
                events.pop()
        events.append(("fixed", fix))
        last = fix
    return (Range(events=tuple(events)),)


def _start(last: str, fix: str) -> str:
    """Where the builds before ``fix`` begin that do not follow ``last``; empty where they cannot be told apart."""
    for start in (next_build(last), first_build(fix)):
        if start and is_lower(_RPM, last, start) and is_lower(_RPM, start, fix):
            return start
    return ""
