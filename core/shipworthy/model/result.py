"""The result of a scan: everything every report is made from."""

from __future__ import annotations

from dataclasses import dataclass

from shipworthy.model.advisory import DatabaseInfo
from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Distro, Package, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """One rule of the gate, what it saw and why it passed or failed."""

    name: str
    """Short and stable: ``fail-on``, ``max-high``, ``coverage``."""
    condition: str
    """The rule in words: ``no finding of severity high or worse``."""
    passed: bool
    limit: int
    """How many findings the rule allows."""
    observed: int
    """How many it saw."""
    reason: str
    """One sentence for a person."""
    findings: tuple[str, ...] = ()
    """``ID package@version`` of the findings counted, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the image may ship, and why."""

    status: str
    """``pass``, ``fail`` (the gate closed) or ``partial`` (not everything could be looked at)."""
    exit_code: int
    rules: tuple[RuleOutcome, ...]
    summary: str
    """One sentence for a person."""


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
class ScanResult:
    """Everything one scan found, judged and could not see."""

    tool_version: str
    image: ImageInfo
    distro: Distro | None
    packages: tuple[Package, ...]
    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    verdict: Verdict
    database: DatabaseInfo
    coverage: Coverage
    statuses: tuple[Status, ...]
