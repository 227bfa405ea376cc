"""
VEX statements held against findings.

``not_affected`` and ``fixed`` take a finding out; ``affected`` and ``under_investigation`` leave it in
and are written into it. Which statement counts is told by dates, never by the order of documents
(:mod:`shipworthy.policy.vex.ways`); of one document given in two versions, the later one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.package import Status
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import SuppressionUse
from shipworthy.policy.vex.index import Naming, indexed
from shipworthy.policy.vex.parents import Parents
from shipworthy.policy.vex.said import Said
from shipworthy.policy.vex.statement import (
    CAREFUL,
    SUPPRESSING,
    VexStatement,
    VexStatus,
)
from shipworthy.policy.vex.words import entry_names, reason_of
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VexChoice:
    """Which statements may take a finding out; what is empty asks nothing."""

    status: str = ""
    justification: str = ""

    def allows(self, statement: VexStatement) -> bool:
        """Whether the statement is one of those; a justification is asked of ``not_affected`` alone."""
        if self.status and self.status != statement.status:
            return False
        return (
            not self.justification
            or statement.status != "not_affected"
            or self.justification == statement.justification
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Vexed:
    """What VEX made of the findings."""

    kept: tuple[Finding, ...]
    """With ``vex_status`` where a statement says affected or under investigation."""
    suppressed: tuple[Suppressed, ...]
    uses: tuple[SuppressionUse, ...]
    """The statements that took findings out, one each, in the order of their sources and names."""
    notes: tuple[Status, ...]
    """Of each source, how many of its statements are about nothing that was found."""


def apply_vex(
    findings: Sequence[Finding],
    statements: Sequence[VexStatement],
    scanned: Scanned,
    parents: Parents,
    choices: Sequence[VexChoice] = (),
) -> Vexed:
    """
    Take out of ``findings`` what ``statements`` say is not affected or fixed; the order is kept.

    Args:
        findings: Those that are still in.
        statements: Of all documents, in any order.
        scanned: The image, its distribution and packages.
        parents: What contains what in it.
        choices: A finding is taken out only by a statement that one of them allows; without any, by all.
    """
    statements = sorted(statements, key=_order)
    naming = Naming(scanned.image, scanned.distro, scanned.packages, parents.refs)
    index = indexed(statements, findings, naming)
    scan = Said(statements=statements, index=index, naming=naming, parents=parents)
    names = entry_names(statements)
    kept: list[Finding] = []
    taken: list[Suppressed] = []
    counts: Counter[int] = Counter()
    fitting: set[int] = set()
    for finding in findings:
        ranks = scan.outcomes(finding)
        told = [statements[rank.statement] for rank in ranks if rank is not None]
        fitting.update(rank.statement for rank in ranks if rank is not None)
        if len(told) == len(ranks) and all(_takes_out(one, choices) for one in told):
            at = max(rank for rank in ranks if rank is not None).statement
            counts[at] += 1
            taken.append(_suppressed(finding, statements[at], names[at]))
        else:
            kept.append(_marked(finding, told))
    uses = [_use(statements[at], names[at], count) for at, count in counts.items()]
    return Vexed(
        kept=tuple(kept),
        suppressed=tuple(taken),
        uses=tuple(sorted(uses, key=lambda use: (use.source, use.entry))),
        notes=_notes(statements, fitting),
    )


def _order(statement: VexStatement) -> tuple[object, ...]:
    """By content, so that of two that count the same always the same one is named."""
    first = statement.products[0]
    parts = tuple(one.names for one in first.subcomponents)
    return (
        statement.source,
        statement.vulnerabilities,
        statement.status,
        first.component.names,
        parts,
        statement.justification,
        statement.impact,
    )


def _takes_out(statement: VexStatement, choices: Sequence[VexChoice]) -> bool:
    if statement.status not in SUPPRESSING:
        return False
    return not choices or any(choice.allows(statement) for choice in choices)


def _marked(finding: Finding, told: Sequence[VexStatement]) -> Finding:
    """The finding with the most careful of what is said of it, where that does not take it out."""
    said = [one.status for one in told if one.status not in SUPPRESSING]
    if not said:
        return finding
    status: VexStatus = max(said, key=CAREFUL.__getitem__)
    return replace(finding, vex_status=status)


def _suppressed(finding: Finding, statement: VexStatement, name: str) -> Suppressed:
    return Suppressed(
        finding=finding,
        reason=reason_of(statement),
        rule="vex",
        entry=name,
        source=statement.source,
        owner=statement.author,
        vex_status=statement.status,
        justification=statement.justification,
    )


def _use(statement: VexStatement, name: str, count: int) -> SuppressionUse:
    return SuppressionUse(
        entry=name,
        source=statement.source,
        reason=reason_of(statement),
        state="used",
        count=count,
        owner=statement.author,
    )


def _notes(statements: Sequence[VexStatement], fitting: set[int]) -> tuple[Status, ...]:
    """A vendor's VEX is on much that this image does not have: that is counted, not listed."""
    all_of = Counter(statement.source for statement in statements)
    used = Counter(statements[at].source for at in fitting)
    return tuple(
        Status(
            source="policy/vex",
            subject=source,
            message=f"{used[source]} of {count} statements are on what was found here",
            partial=False,
        )
        for source, count in sorted(all_of.items())
        if used[source] < count
    )
