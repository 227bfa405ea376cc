"""What a job comes to in plain values: for outputs, statistics, summaries and status lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports.summary import headline
from shipworthy_ci.job import CLOSED, PASSED, Job, Scanned


_WORDS = {
    PASSED: "passed",
    CLOSED: "failed",
}
_CANNOT = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many findings there are, of one image or of several."""

    severities: Mapping[str, int]
    """Findings by severity, every severity named, worst first."""
    fixable: int = 0
    exploited: int = 0
    new: int = 0
    """Findings that the baseline has not; 0 without one."""
    suppressed: int = 0
    packages: int = 0

    @property
    def total(self) -> int:
        """All findings."""
        return sum(self.severities.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A job in figures and one line."""

    status: str
    """``passed``, ``failed`` (the gate closed) or ``error`` (not scanned, or not wholly)."""
    headline: str
    """The verdict in words of ours."""
    counts: Counts = field(default_factory=lambda: Counts(severities={}))
    threshold_exceeded: bool = False
    """Whether a rule closed the gate, whatever else the verdict is."""


def facts_of(job: Job) -> Facts:
    """The job as a whole: its figures are those of all its images together."""
    each = [counts_of(one.document) for one in job.scanned if one.document is not None]
    severities: dict[str, int] = {
        name: sum(counts.severities[name] for counts in each) for name in SEVERITIES
    }
    return Facts(
        status=_WORDS.get(job.verdict_code, _CANNOT),
        headline=_headline(job),
        counts=Counts(
            severities=severities,
            fixable=sum(counts.fixable for counts in each),
            exploited=sum(counts.exploited for counts in each),
            new=sum(counts.new for counts in each),
            suppressed=sum(counts.suppressed for counts in each),
            packages=sum(counts.packages for counts in each),
        ),
        threshold_exceeded=any(map(gate_closed, job.scanned)),
    )


def counts_of(document: Mapping[str, Any]) -> Counts:
    """The figures of one result."""
    found: Counter[str] = Counter()
    fixable = exploited = new = 0
    for finding in document["findings"]:
        found[finding["severity"]] += 1
        fixable += bool(finding["fixedVersions"])
        exploited += finding["kev"] is not None
        new += finding["state"] == "new"
    return Counts(
        severities={name: found[name] for name in SEVERITIES},
        fixable=fixable,
        exploited=exploited,
        new=new,
        suppressed=len(document["suppressed"]),
        packages=document["coverage"]["packages"],
    )


def gate_closed(one: Scanned) -> bool:
    """Whether a rule closed the gate on this target, be its scan whole or not."""
    return one.document is not None and headline(one.document["verdict"]).tone == "fail"


def _headline(job: Job) -> str:
    if len(job.scanned) == 1:
        document = job.scanned[0].document
        return headline(document["verdict"]).words if document else "Not scanned"
    count = len(job.scanned)
    closed = sum(map(gate_closed, job.scanned))
    passed = sum(one.exit_code == PASSED for one in job.scanned)
    other = count - passed - closed
    told = [
        f"{passed} fit to ship" if passed else "",
        f"{closed} not"
        if closed and passed
        else f"{closed} not fit to ship"
        if closed
        else "",
        f"{other} not wholly scanned or judged" if other else "",
    ]
    return f"Of {count} images " + ", ".join(filter(None, told))
