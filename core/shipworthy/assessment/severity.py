"""
The one severity rule, used in every output.

1. The publisher's own word for this package (a distribution's rating, Debian's urgency).
2. The publisher's own word for the vulnerability: the ecosystem's database before GitHub.
3. The CVSS score that GitHub or the ecosystem's database gives.
4. NVD: its word, its score, then the scores of others that it shows.
5. ``unknown``, a severity of its own.

The first that says something decides, and the finding says who it was. Bands of scores:
0 none, 0.1 to 3.9 low, 4.0 to 6.9 medium, 7.0 to 8.9 high, 9.0 to 10 critical, for every
version of CVSS (FIRST, CVSS v3.1 and v4.0, qualitative severity rating scale).
"""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.assessment.cvss import newest, scores
from shipworthy.assessment.publishers import by_word
from shipworthy.model.advisory import SEVERITIES, CvssVector, Record, Severity


_WORDS: dict[str, Severity] = {
    "critical": "critical",
    "high": "high",
    "important": "high",
    "medium": "medium",
    "moderate": "medium",
    "low": "low",
    "minor": "low",
    "negligible": "negligible",
    "unimportant": "negligible",
    "none": "none",
}
RANK: dict[Severity, int] = {name: rank for rank, name in enumerate(SEVERITIES)}
"""Worst first, as findings are listed."""


def severity_of_word(word: str) -> Severity | None:
    """
    The severity that a publisher's word stands for; ``None`` where it does not rate.

    ``not yet assigned``, ``end-of-life`` and Debian's ``low**`` (the tracker's guess, not
    the security team's word) do not rate.
    """
    return _WORDS.get(word.strip().lower())


def severity_of_score(score: float) -> Severity:
    """The band of a CVSS base score."""
    if score >= 9.0:
        return "critical"
    if score >= 7.0:
        return "high"
    if score >= 4.0:
        return "medium"
    return "low" if score > 0.0 else "none"


def rate(
    ratings: Sequence[tuple[str, str]], records: Sequence[Record], nvd: Record | None
) -> tuple[Severity, str]:
    """
    The severity and who says so.

    Args:
        ratings: (feed, word) for the package itself, most specific first.
        records: What publishers other than NVD say of the vulnerability.
        nvd: What NVD says of it.

    Returns:
        The severity and its source; ``unknown`` and an empty source where nobody rates.
    """
    for feed, word in ratings:
        severity = severity_of_word(word)
        if severity is not None:
            return severity, publisher(feed)
    ordered = by_word(records)
    for record in ordered:
        severity = severity_of_word(record.rating)
        if severity is not None:
            return severity, record.source
    github = [record for record in ordered if record.source == "ghsa"]
    others = [record for record in ordered if record.source != "ghsa"]
    for record in (*github, *others):
        rated = _by_score(record.cvss)
        if rated is not None:
            return rated
    return _by_nvd(nvd)


def _by_nvd(nvd: Record | None) -> tuple[Severity, str]:
    if nvd is None:
        return "unknown", ""
    severity = severity_of_word(nvd.rating)
    if severity is not None:
        return severity, nvd.source
    own = [given for given in nvd.cvss if given.source == "nvd"]
    return _by_score(own) or _by_score(nvd.cvss) or ("unknown", "")


def _by_score(vectors: Sequence[CvssVector]) -> tuple[Severity, str] | None:
    best = newest(scores(vectors))
    return None if best is None else (severity_of_score(best.score), best.source)


def publisher(feed: str) -> str:
    """Who stands behind a feed: ``debian`` for ``debian/tracker``, ``almalinux`` for ``osv/AlmaLinux``."""
    place, _, name = feed.partition("/")
    return name.lower() if place == "osv" and name else place
