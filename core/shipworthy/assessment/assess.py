"""From matches to findings: how much each one matters, and what a person reads about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shipworthy.assessment.cvss import scores
from shipworthy.assessment.details import Texts, texts
from shipworthy.assessment.exploitation import united
from shipworthy.assessment.fixes import available_since
from shipworthy.assessment.interface import Details
from shipworthy.assessment.publishers import by_text
from shipworthy.assessment.risk import risk_of
from shipworthy.assessment.severity import RANK, rate
from shipworthy.model.advisory import Intel, Record, Severity
from shipworthy.model.finding import CvssScore, Finding, Kind, Match, Risk
from shipworthy.values import dataclass


_MALWARE = "MAL-"
"""How the ids of the OpenSSF's records on malicious packages begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Assessed:
    """What is the same for every package with one vulnerability by one publisher."""

    severity: Severity
    severity_source: str
    cvss: tuple[CvssScore, ...]
    texts: Texts
    intel: Intel
    risk: Risk
    kind: Kind


def assess(
    matches: Sequence[Match], advisories: Details, *, no_port: bool = False
) -> tuple[Finding, ...]:
    """
    Turn ``matches`` into findings: severity, scores, exploitation, risk and texts.

    ``no_port`` says that the image declares no port, which lowers the risk of what is
    attacked over the network. A package that a ``MAL-`` record names is malicious and
    critical, whatever anybody else rates. Worst first: by severity, then by risk, then by
    id and package; so the same matches in any order give the same findings.
    """
    keys = sorted({key for match in matches for key in match.record_ids})
    cves = sorted({cve for match in matches for cve in _cves(match)})
    records = advisories.records(keys)
    nvd = advisories.cves(cves)
    intel = advisories.intel(cves)
    known: dict[object, _Assessed] = {}
    findings = []
    for match in matches:
        key = (match.id, match.aliases, match.record_ids, match.ratings)
        if key not in known:
            known[key] = _assess(match, records, nvd, intel, no_port=no_port)
        findings.append(_finding(match, known[key], records))
    return worst_first(findings)


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings by severity, then by risk, then by id and package."""
    return tuple(sorted(findings, key=_order))


def _assess(
    match: Match,
    records: Mapping[tuple[str, str], Record],
    nvd: Mapping[str, Record],
    intel: Mapping[str, Intel],
    *,
    no_port: bool,
) -> _Assessed:
    told = [records[key] for key in match.record_ids if key in records]
    on_cves = [nvd[cve] for cve in _cves(match) if cve in nvd]
    by_nvd = on_cves[0] if on_cves else None
    severity, source = rate(match.ratings, told, by_nvd)
    malicious = any(name.startswith(_MALWARE) for name in _ids(match))
    if malicious:
        severity, source = "critical", "malicious package"
    ordered = [*by_text(told), *on_cves]
    cvss = scores(vector for record in ordered for vector in record.cvss)
    exploited = united([intel[cve] for cve in _cves(match) if cve in intel])
    return _Assessed(
        severity=severity,
        severity_source=source,
        cvss=cvss,
        texts=texts(told, by_nvd),
        intel=exploited,
        risk=risk_of(cvss, severity, exploited, no_port=no_port, malicious=malicious),
        kind="malicious" if malicious else "vulnerability",
    )


def _finding(
    match: Match, assessed: _Assessed, records: Mapping[tuple[str, str], Record]
) -> Finding:
    layers = [place.layer for place in match.package.locations if place.layer >= 0]
    return Finding(
        id=match.id,
        aliases=match.aliases,
        package=match.package,
        severity=assessed.severity,
        severity_source=assessed.severity_source,
        title=assessed.texts.title,
        description=assessed.texts.description,
        cvss=assessed.cvss,
        cwes=assessed.texts.cwes,
        epss=assessed.intel.epss,
        kev=assessed.intel.kev,
        fix_state=match.fix_state,
        fixed_versions=match.fixed_versions,
        layer=min(layers, default=-1),
        origin=match.package.origin,
        risk=assessed.risk,
        advisories=match.advisories,
        references=assessed.texts.references,
        evidence=match.evidence,
        published=assessed.texts.published,
        modified=assessed.texts.modified,
        kind=assessed.kind,
        exploits=assessed.intel.exploits,
        fix_available=available_since(match, records),
    )


def _ids(match: Match) -> tuple[str, ...]:
    return (match.id, *match.aliases)


def _cves(match: Match) -> list[str]:
    return [name for name in _ids(match) if name.startswith("CVE-")]


def _order(finding: Finding) -> tuple[int, float, str, str, str, str]:
    package = finding.package
    return (
        RANK[finding.severity],
        -finding.risk.score,
        finding.id,
        package.purl,
        package.name,
        package.version,
    )
