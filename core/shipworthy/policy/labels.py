"""How a verdict names what its rules count."""

from __future__ import annotations

from shipworthy.model.check import Check
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import SuppressionUse
from shipworthy.policy.facts import Subject


def label(subject: Subject) -> str:
    """How a verdict names what it counts: ``ID package@version`` for a finding."""
    if isinstance(subject, Finding):
        return f"{subject.id} {subject.package.name}@{subject.package.version}"
    if isinstance(subject, Package):
        return f"{subject.name}@{subject.version}"
    if isinstance(subject, Check):
        return f"{subject.id} {subject.path}".strip()
    if isinstance(subject, SuppressionUse):
        return f"{subject.entry} ({subject.source})"
    assert isinstance(subject, Scanned)
    return subject.image.target
