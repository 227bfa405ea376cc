"""Parting findings into those that count and those that an entry takes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.result import Scanned
from shipworthy.model.verdict import SuppressionUse
from shipworthy.policy.rules import Settings
from shipworthy.policy.suppressions.entry import Suppression


@dataclass(frozen=True, slots=True, kw_only=True)
class Parted:
    """What is left, what was taken out by which entry, and what became of every entry."""

    kept: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]
    uses: tuple[SuppressionUse, ...]


def suppress(
    findings: Sequence[Finding],
    entries: Sequence[Suppression],
    scanned: Scanned,
    settings: Settings,
) -> Parted:
    """
    Take out of ``findings`` what ``entries`` are about; the first entry that fits a finding takes it.

    The order of findings and entries is kept.
    """
    del scanned, settings
    by_id: dict[str, list[int]] = {}
    for at, entry in enumerate(entries):
        for id_ in entry.ids:
            by_id.setdefault(id_.casefold(), []).append(at)
    kept: list[Finding] = []
    taken: list[Suppressed] = []
    counts = [0] * len(entries)
    for finding in findings:
        hits = sorted({at for name in _names(finding) for at in by_id.get(name, ())})
        if not hits:
            kept.append(finding)
            continue
        entry = entries[hits[0]]
        counts[hits[0]] += 1
        taken.append(
            Suppressed(
                finding=finding,
                reason=entry.reason,
                rule="ignore" if entry.source == "--ignore" else "suppression",
                entry=", ".join(entry.ids),
                source=entry.source,
                owner=entry.owner,
                expires=entry.expires,
            )
        )
    uses = tuple(
        SuppressionUse(
            entry=", ".join(entry.ids),
            source=entry.source,
            reason=entry.reason,
            state="used" if count else "unused",
            count=count,
            owner=entry.owner,
            expires=entry.expires,
        )
        for entry, count in zip(entries, counts, strict=True)
    )
    return Parted(kept=tuple(kept), suppressed=tuple(taken), uses=uses)


def _names(finding: Finding) -> set[str]:
    names = {finding.id, *finding.aliases}
    names.update(advisory.id for advisory in finding.advisories)
    return {name.casefold() for name in names}
