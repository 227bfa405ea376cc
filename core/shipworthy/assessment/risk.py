"""
The risk score: an order among findings, 0 to 100, that lists what it was made of.

    score = impact + likelihood + ransomware

    impact       4 × the CVSS base score (0 to 40); the newest version of CVSS counts, the
                 highest score within it. Without one, the severity stands in: critical 9.5,
                 high 8.0, medium 5.5, low 2.0, negligible 0.5, none 0, unknown 5.0. Less
                 where the image declares no port (:mod:`shipworthy.assessment.exposure`)
    likelihood   the highest of 50 × √EPSS (0 to 50), 25 where Metasploit has a module, 15
                 where another exploit is public, 50 where CISA lists the CVE as exploited
    ransomware   10 where KEV knows of its use in ransomware campaigns

A malicious package has 100: the attack is in the image already.

EPSS is the probability of exploitation within 30 days (FIRST). Most CVEs are far below
1 %, and the root keeps these apart: 0.1 % gives 1.6, 1 % gives 5, 10 % gives 15.8. What
is known to be exploited needs no forecast, and what anybody can fetch and run is not
unlikely. So a medium finding that is exploited (70 or more) stands above a critical one
that nobody exploits (40 and less). The score grows, or stays, with each of its inputs.
It orders; it does not replace severity.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from shipworthy.assessment.cvss import newest
from shipworthy.assessment.exposure import from_adjacent
from shipworthy.model.advisory import Exploit, Intel, Severity
from shipworthy.model.finding import CvssScore, Risk


_IMPACT = 4.0
_LIKELIHOOD = 50.0
_MODULE = 25.0
_EXPLOIT = 15.0
_RANSOMWARE = 10.0
_MOST = 100.0
_STAND_IN: dict[Severity, float] = {
    "critical": 9.5,
    "high": 8.0,
    "medium": 5.5,
    "low": 2.0,
    "negligible": 0.5,
    "none": 0.0,
    "unknown": 5.0,
}


def risk_of(
    cvss: Sequence[CvssScore],
    severity: Severity,
    intel: Intel,
    *,
    no_port: bool = False,
    malicious: bool = False,
) -> Risk:
    """
    The risk of one finding, 0 to 100 with one decimal, and its factors in words.

    ``no_port`` says that the image declares no port; ``malicious`` that the package is an
    attack itself.
    """
    if malicious:
        words = f"+{_MOST:.1f}: the package itself is an attack"
        return Risk(score=_MOST, factors=(("malicious", words),))
    impact, factors = _impact(cvss, severity, no_port=no_port)
    likelihood, steps = _likelihood(intel)
    total = impact + likelihood
    factors += steps
    if intel.kev is not None and intel.kev.ransomware:
        total += _RANSOMWARE
        words = f"+{_RANSOMWARE:.1f}: used in ransomware campaigns"
        factors.append(("ransomware", words))
    return Risk(score=round(total, 1), factors=tuple(factors))


def _likelihood(intel: Intel) -> tuple[float, list[tuple[str, str]]]:
    """How likely it is used, and each step that raised it; a step that does not is not told."""
    likelihood = 0.0
    factors: list[tuple[str, str]] = []
    if intel.epss is not None:
        probability = min(max(intel.epss.score, 0.0), 1.0)
        likelihood = _LIKELIHOOD * sqrt(probability)
        share = f"EPSS {probability * 100:.2f} % within 30 days"
        factors.append(("epss", f"+{likelihood:.1f}: {share}"))
    least, words = _public(intel.exploits)
    if least > likelihood:
        factors.append(("exploit", f"+{least - likelihood:.1f}: {words}"))
        likelihood = least
    if intel.kev is not None:
        rest = _LIKELIHOOD - likelihood
        since = intel.kev.date_added
        factors.append(("kev", f"+{rest:.1f}: known to be exploited since {since}"))
        likelihood = _LIKELIHOOD
    return likelihood, factors


def _public(exploits: Sequence[Exploit]) -> tuple[float, str]:
    if any(exploit.source == "metasploit" for exploit in exploits):
        return _MODULE, "a Metasploit module exploits it"
    if exploits:
        return _EXPLOIT, f"an exploit is public ({exploits[0].source})"
    return 0.0, ""


def _impact(
    cvss: Sequence[CvssScore], severity: Severity, *, no_port: bool
) -> tuple[float, list[tuple[str, str]]]:
    best = newest(cvss)
    if best is None:
        base = _STAND_IN[severity]
        said = f"{base:.1f} of 10 for severity {severity}, no CVSS score"
    else:
        base = best.score
        said = f"{base:.1f} of 10 by CVSS {best.version} ({best.source})"
    impact = _IMPACT * base
    factors = [("impact", f"+{impact:.1f}: {said}")]
    if best is not None and no_port and (nearer := from_adjacent(best)) < base:
        less = _IMPACT * (base - nearer)
        words = f"-{less:.1f}: {nearer:.1f} of 10 from the adjacent network, as the image declares no port"
        factors.append(("exposure", words))
        impact -= less
    return impact, factors
