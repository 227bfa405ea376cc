"""The result of a scan: everything every report is made from."""

from __future__ import annotations

from dataclasses import field

from shipworthy.model.advisory import DatabaseInfo
from shipworthy.model.check import Check, SuppressedCheck
from shipworthy.model.comparison import Comparison
from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Distro, Package, Status
from shipworthy.model.remediation import Action, Plans
from shipworthy.model.verdict import PolicySource, SuppressionUse, Verdict
from shipworthy.values import dataclass


VULNERABILITIES = frozenset({"vulnerabilities"})
"""What every scan looks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the image was looked at."""

    complete: bool
    layers: int
    entries: int
    files_read: int
    files_failed: int
    packages: int
    packages_by_type: tuple[tuple[str, int], ...]
    unmatched: tuple[tuple[str, int], ...] = ()
    """(bucket or type, packages) for which the database holds no advisories at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """Everything one scan found and could not see, before a policy judges it."""

    tool_version: str
    image: ImageInfo
    distro: Distro | None
    packages: tuple[Package, ...]
    findings: tuple[Finding, ...]
    """All of them, the worst first."""
    database: DatabaseInfo
    coverage: Coverage
    statuses: tuple[Status, ...]
    day: str = ""
    """The day that ages and expiries are counted from, ``YYYY-MM-DD``; empty where none is known."""
    checks: tuple[Check, ...] = ()
    looked_for: frozenset[str] = VULNERABILITIES
    """What the scan looked for: ``vulnerabilities``, ``config``, ``secrets``."""
    attached: tuple[tuple[str, bytes], ...] = ()
    """(type, bytes) of the documents attached to the image that were asked for."""
    plans: Plans | None = field(default=None, compare=False, repr=False)
    """Where plans for the findings are kept; ``None`` where nothing is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """Everything one scan found, judged and could not see."""

    tool_version: str
    image: ImageInfo
    distro: Distro | None
    packages: tuple[Package, ...]
    findings: tuple[Finding, ...]
    """Those that the policy judged."""
    suppressed: tuple[Suppressed, ...]
    """Those that an entry of the policy took out."""
    verdict: Verdict
    database: DatabaseInfo
    coverage: Coverage
    statuses: tuple[Status, ...]
    checks: tuple[Check, ...] = ()
    suppressed_checks: tuple[SuppressedCheck, ...] = ()
    looked_for: frozenset[str] = VULNERABILITIES
    policy: tuple[PolicySource, ...] = ()
    """The documents that the policy was put together from."""
    suppressions: tuple[SuppressionUse, ...] = ()
    """The policy's entries and what became of them."""
    comparison: Comparison | None = None
    """What the findings' states were told by; ``None`` without a baseline."""
    remediation: tuple[Action, ...] = ()
    """What to do, the action that removes most risk first."""
