"""
A result held against an earlier one: the state of every finding, and what is gone.

``new``: no copy of it was there. ``existing``: each of its copies was, in the same place, whatever
version it had. ``moved``: the vulnerability was in the package, and it is in a place now in which it
was not. What an earlier policy took out was known all the same, and its going is not told.
"""

from __future__ import annotations

from shipworthy.model.advisory import SEVERITIES
from shipworthy.model.comparison import Comparison, Gone
from shipworthy.model.finding import Finding
from shipworthy.model.package import Status
from shipworthy.model.result import Scanned
from shipworthy.policy.baseline.baseline import (
    NOTHING,
    Baseline,
    Known,
    is_partial,
    known,
    versions_of,
)
from shipworthy.policy.baseline.fingerprint import marked, with_fingerprints
from shipworthy.policy.baseline.pairing import Fate, pair
from shipworthy.policy.baseline.reasons import Both, why_gone, why_moved, why_new
from shipworthy.values import dataclass


SOURCE = "policy/baseline"
"""The source of the statuses that comparing adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The findings with fingerprints and states, and what they were compared with."""

    findings: tuple[Finding, ...]
    comparison: Comparison | None = None
    statuses: tuple[Status, ...] = ()
    """What makes the comparison less sure; none of them makes a scan partial."""


def compare(scanned: Scanned, baseline: Baseline | None) -> Compared:
    """
    The findings of ``scanned`` in their order, with their states against ``baseline``.

    Without a baseline those that have no fingerprint get one, and no state; against one called
    ``none`` all are new.
    """
    if baseline is None:
        return Compared(findings=with_fingerprints(scanned.findings))
    found = [known(finding) for finding in scanned.findings]
    before, now = pair(baseline.findings, found)
    both = Both(
        before=baseline.packages,
        now=versions_of(scanned.packages, scanned.distro),
    )
    told = baseline.name != NOTHING
    findings = tuple(
        _with_state(finding, this, fate, both, told=told)
        for finding, this, fate in zip(scanned.findings, found, now, strict=True)
    )
    comparison = Comparison(
        name=baseline.name,
        target=baseline.target,
        image_id=baseline.image_id,
        database_date=baseline.database_date,
        partial=baseline.partial,
        fixed=_fixed(baseline, before, both),
    )
    statuses = _statuses(baseline, scanned, comparison)
    return Compared(findings=findings, comparison=comparison, statuses=statuses)


def _with_state(
    finding: Finding,
    this: Known,
    fate: Fate,
    both: Both,
    *,
    told: bool,
) -> Finding:
    if not fate.paired:
        reason = why_new(this, fate, both) if told else ""
        return marked(finding, this.fingerprint, "new", reason)
    if fate.moved or (fate.alone and not fate.anywhere):
        return marked(finding, this.fingerprint, "moved", why_moved(fate))
    return marked(finding, this.fingerprint, "existing")


def _fixed(baseline: Baseline, fates: list[Fate], both: Both) -> tuple[Gone, ...]:
    """What was counted before and has no copy left, the worst first."""
    gone = [
        Gone(
            id=was.ids[0],
            aliases=was.ids[1:],
            type=was.type,
            package=was.package,
            version=was.version,
            severity=was.severity,
            fingerprint=was.fingerprint,
            reason=why_gone(was, fate, both),
        )
        for was, fate in zip(baseline.findings, fates, strict=True)
        if not fate.paired and not was.suppressed
    ]
    return tuple(
        sorted(
            gone,
            key=lambda item: (
                SEVERITIES.index(item.severity),
                item.package,
                item.id,
                item.type,
                item.version,
                item.fingerprint,
            ),
        )
    )


def _statuses(
    baseline: Baseline, scanned: Scanned, comparison: Comparison
) -> tuple[Status, ...]:
    told = []
    if baseline.partial:
        told.append(
            "it is of a scan that could not look at everything, so what is called new may have been there"
        )
    if comparison.fixed and is_partial(scanned):
        told.append(
            "this scan could not look at everything, so what is called fixed may still be there"
        )
    return tuple(
        Status(source=SOURCE, subject=baseline.name, message=text, partial=False)
        for text in told
    )
