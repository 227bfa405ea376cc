"""Leaving findings out by id: visible in the result, without a say in the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.model.finding import Finding, Suppressed
from shipworthy.model.result import RuleOutcome


def leave_out(
    findings: Sequence[Finding], ignore: Sequence[str]
) -> tuple[tuple[Finding, ...], tuple[Suppressed, ...], RuleOutcome | None]:
    """
    Part ``findings`` into those that count and those whose id is in ``ignore``.

    An id stands for a vulnerability by any of its names, and for an advisory (``DSA-…``,
    ``ALSA-…``) that a finding rests on; case does not matter. The outcome names the ids
    that nothing was found for; it is ``None`` where no id was given.
    """
    wanted = {text.strip().casefold(): text.strip() for text in reversed(ignore)}
    wanted.pop("", None)
    if not wanted:
        return tuple(findings), (), None
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    used: set[str] = set()
    for finding in findings:
        hits = sorted(_ids(finding) & wanted.keys())
        if not hits:
            kept.append(finding)
            continue
        used.update(hits)
        names = ", ".join(wanted[hit] for hit in hits)
        suppressed.append(
            Suppressed(finding=finding, reason=f"ignored as {names}", rule="ignore")
        )
    return tuple(kept), tuple(suppressed), _outcome(wanted, used, len(suppressed))


def _ids(finding: Finding) -> set[str]:
    names = {finding.id, *finding.aliases}
    names.update(advisory.id for advisory in finding.advisories)
    return {name.casefold() for name in names}


def _outcome(wanted: dict[str, str], used: set[str], count: int) -> RuleOutcome:
    unused = sorted(wanted[key] for key in wanted.keys() - used)
    reason = f"{count} finding{'' if count == 1 else 's'} left out"
    if unused:
        reason += f"; nothing was found for {', '.join(unused)}"
    return RuleOutcome(
        name="ignore",
        condition=f"findings of {', '.join(sorted(wanted.values()))} do not count",
        passed=True,
        limit=count,
        observed=count,
        reason=reason,
    )
