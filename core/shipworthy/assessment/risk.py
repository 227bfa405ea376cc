"""
The risk score: an order among findings, 0 to 100, that lists what it was made of.

    score = impact + likelihood + ransomware

    impact       4 × the CVSS base score (0 to 40); the newest version of CVSS counts, the
                 highest score within it. Without one, the severity stands in: critical 9.5,
                 high 8.0, medium 5.5, low 2.0, negligible 0.5, none 0, unknown 5.0
    likelihood   50 × √EPSS (0 to 50); 50 where CISA lists the CVE as exploited (KEV)
    ransomware   10 where KEV knows of its use in ransomware campaigns

EPSS is the probability of exploitation within 30 days (FIRST). Most CVEs are far below
1 %, and the root keeps these apart: 0.1 % gives 1.6, 1 % gives 5, 10 % gives 15.8. What
is known to be exploited needs no forecast. So a medium finding that is exploited (70 or
more) stands above a critical one that nobody exploits (40 and less). The score grows, or
stays, with each of its inputs. It orders; it does not replace severity.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from shipworthy.assessment.cvss import newest
from shipworthy.model.advisory import Intel, Severity
from shipworthy.model.finding import CvssScore, Risk


_IMPACT = 4.0
_LIKELIHOOD = 50.0
_RANSOMWARE = 10.0
_STAND_IN: dict[Severity, float] = {
    "critical": 9.5,
    "high": 8.0,
    "medium": 5.5,
    "low": 2.0,
    "negligible": 0.5,
    "none": 0.0,
    "unknown": 5.0,
}


def risk_of(cvss: Sequence[CvssScore], severity: Severity, intel: Intel) -> Risk:
    """The risk of one finding, 0 to 100 with one decimal, and its factors in words."""
    impact, words = _impact(cvss, severity)
    total = impact
    factors = [("impact", words)]
    if intel.epss is not None:
        probability = min(max(intel.epss.score, 0.0), 1.0)
        likelihood = _LIKELIHOOD * sqrt(probability)
        share = f"EPSS {probability * 100:.2f} % within 30 days"
        factors.append(("epss", f"+{likelihood:.1f}: {share}"))
    else:
        likelihood = 0.0
    total += likelihood
    if intel.kev is not None:
        rest = _LIKELIHOOD - likelihood
        total = impact + _LIKELIHOOD
        since = intel.kev.date_added
        factors.append(("kev", f"+{rest:.1f}: known to be exploited since {since}"))
        if intel.kev.ransomware:
            total += _RANSOMWARE
            factors.append(
                ("ransomware", f"+{_RANSOMWARE:.1f}: used in ransomware campaigns")
            )
    return Risk(score=round(total, 1), factors=tuple(factors))


def _impact(cvss: Sequence[CvssScore], severity: Severity) -> tuple[float, str]:
    best = newest(cvss)
    if best is None:
        base = _STAND_IN[severity]
        said = f"{base:.1f} of 10 for severity {severity}, no CVSS score"
    else:
        base = best.score
        said = f"{base:.1f} of 10 by CVSS {best.version} ({best.source})"
    impact = _IMPACT * base
    return impact, f"+{impact:.1f}: {said}"
