"""
Language packages that an OS package installed: the distribution's word decides.

A distribution repairs a library without raising the library's own version, so the
ecosystem's advisories would call it affected for ever. What the distribution says of the
same vulnerability in the owner's package stands: fixed or never affected takes the match
out, affected makes it part of the owner's match. Where it says nothing the match stays,
with less confidence. Owners that the distribution did not build have no such word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field

from shipworthy.matching.verdicts import Answer, Verdict
from shipworthy.model.finding import AdvisoryRef, Evidence, Match
from shipworthy.model.package import Package, Status
from shipworthy.values import dataclass


_LESS = {"high": "medium"}


@dataclass(slots=True)
class _Tally:
    """What became of the matches of owned packages."""

    suppressed: int = 0
    merged: int = 0
    silent: int = 0
    packages: set[str] = field(default_factory=set)


def settle(
    os_matches: Sequence[Match],
    language_matches: Sequence[Match],
    owners: Mapping[str, Answer],
) -> tuple[list[Match], list[Status]]:
    """
    All matches after the distribution has had its word, and how many it decided.

    Args:
        os_matches: Matches of OS packages.
        language_matches: Matches of all other packages, owned or not.
        owners: What the distribution says of OS packages, by purl; it has no word on others.
    """
    tally = _Tally()
    kept: list[Match] = []
    joining: dict[tuple[str, str], list[Match]] = {}
    for match in language_matches:
        owner = match.package.owner
        if not owner:
            kept.append(match)
            continue
        answer = owners.get(owner)
        verdict = (
            word_on({match.id, *match.aliases}, answer.verdicts) if answer else None
        )
        if verdict is None:
            tally.silent += 1
            kept.append(_less_sure(match))
            continue
        tally.packages.add(match.package.purl or match.package.name)
        if verdict.hits:
            tally.merged += 1
            joining.setdefault((owner, verdict.group.id), []).append(match)
        else:
            tally.suppressed += 1
    joined = [_joined(match, joining) for match in os_matches]
    return [*joined, *kept], _statuses(tally)


def word_on(ids: AbstractSet[str], verdicts: Iterable[Verdict]) -> Verdict | None:
    """
    What the distribution says of any of the names ``ids`` of a vulnerability; ``None`` where nothing.

    Where names lead to several verdicts, affected outweighs: nothing is taken out on
    half a word.
    """
    said = [verdict for verdict in verdicts if not ids.isdisjoint(verdict.group.ids)]
    return next(
        (verdict for verdict in said if verdict.hits), said[0] if said else None
    )


def _less_sure(match: Match) -> Match:
    note = f"owned-by {match.package.owner}"
    return match._replace(
        evidence=tuple(
            evidence._replace(
                confidence=_LESS.get(evidence.confidence, evidence.confidence),
                notes=(*evidence.notes, note),
            )
            for evidence in match.evidence
        ),
    )


def _joined(match: Match, joining: Mapping[tuple[str, str], Sequence[Match]]) -> Match:
    """The owner's match with what is known of the packages inside it."""
    inner = joining.get((match.package.purl, match.id), ())
    if not inner:
        return match
    names = {name for one in inner for name in (one.id, *one.aliases)}
    evidence = (
        *match.evidence,
        *(_inside(one.package, e) for one in inner for e in one.evidence),
    )
    record_ids = dict.fromkeys(key for one in (match, *inner) for key in one.record_ids)
    return match._replace(
        aliases=tuple(sorted({*match.aliases, *names} - {match.id})),
        advisories=_refs(match, inner),
        evidence=evidence,
        record_ids=tuple(record_ids),
    )


def _refs(match: Match, inner: Sequence[Match]) -> tuple[AdvisoryRef, ...]:
    """The distribution's advisories, then the ecosystem's that it does not name itself."""
    own = {ref.id for ref in match.advisories}
    others = {
        ref.id: ref for one in inner for ref in one.advisories if ref.id not in own
    }
    return (*match.advisories, *(others[id_] for id_ in sorted(others)))


def _inside(package: Package, evidence: Evidence) -> Evidence:
    note = f"inside: {package.purl or f'{package.name}@{package.version}'}"
    return evidence._replace(notes=(*evidence.notes, note))


def _statuses(tally: _Tally) -> list[Status]:
    decided = tally.suppressed + tally.merged
    if not decided:
        return []
    message = (
        f"the distribution decided on {decided} vulnerabilities of {len(tally.packages)}"
        f" packages that OS packages installed: {tally.suppressed} fixed or not affected"
        f" there, {tally.merged} told with the OS package"
    )
    return [
        Status(source="matching", subject="ownership", message=message, partial=False)
    ]
