"""
Since when a fix can be had, by the word of those who publish it; never by a clock.

Of the advisories that matched and name one of the finding's fixed versions, the earliest
date counts: the publisher's own date of the fix where it gives one, else the day on which
the record was published that announces it. For distributions that is the bulletin (DSA,
ALSA, USN), which goes out with the update. **For language packages it is the day on which
the advisory was published** (GHSA, PYSEC, RUSTSEC): the fixed version was mostly released
days or weeks before, so the fix was there *at the latest* since that day, and the time
that a team had is never overstated. A record that bears a CVE's own name says when the
vulnerability became known and nothing of a fix; it does not count.
"""

from __future__ import annotations

from collections.abc import Mapping

from shipworthy.assessment.clock import day_of
from shipworthy.model.advisory import Record
from shipworthy.model.finding import FixAvailable, FixNotice, Match


def available_since(
    match: Match, records: Mapping[tuple[str, str], Record]
) -> FixAvailable | None:
    """The earliest date of the fix and who tells it; ``None`` where there is no fix or nobody tells."""
    if not match.fixed_versions:
        return None
    found = [said for notice in match.fix_notices if (said := _said(notice, records))]
    if not found:
        return None
    date, source = min(found)
    return FixAvailable(date=date, source=source)


def _said(
    notice: FixNotice, records: Mapping[tuple[str, str], Record]
) -> tuple[str, str] | None:
    """Day and advisory; of several bulletins on one fix the last, because only then it was whole."""
    if day := day_of("", notice.fixed_on):
        return day, notice.advisory
    days = [
        (day, key[1])
        for key in notice.records
        if key in records and (day := day_of("", records[key].published))
    ]
    return max(days, default=None)
