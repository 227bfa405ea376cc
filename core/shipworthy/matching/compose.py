"""From a verdict to a match: ids, fixes, and the evidence for a person."""

from __future__ import annotations

import re

from shipworthy.matching.distro import OS_TYPES
from shipworthy.matching.families.base import is_plain
from shipworthy.matching.fixes import fix_of
from shipworthy.matching.interface import Family, Hit, Lookup
from shipworthy.matching.links import link_of
from shipworthy.matching.verdicts import Answer, Verdict
from shipworthy.model.advisory import Advisory, FixState
from shipworthy.model.bucket import scheme_of
from shipworthy.model.finding import AdvisoryRef, Evidence, FixNotice, Match
from shipworthy.model.package import Package
from shipworthy.values import dataclass


_CVE = re.compile(r"(?:[A-Z]+-)*CVE-[0-9]{4}-[0-9]{4,}")
"""A record that goes by the vulnerability's own name, with a publisher's prefix or without."""


Doubts = tuple[str, tuple[str, ...]]
"""A confidence, and what speaks against more of it."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """What a verdict says of every package that it is on."""

    verdict: Verdict
    fix_state: FixState
    fixed_versions: tuple[str, ...]
    advisories: tuple[AdvisoryRef, ...]
    ratings: tuple[tuple[str, str], ...]
    record_ids: tuple[tuple[str, str], ...]
    fix_notices: tuple[FixNotice, ...]
    notes: tuple[tuple[str, ...], ...]
    """Of each hit."""


class Composer:
    """Makes the matches of one family; what packages with the same verdict share is made once."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._scheme = scheme_of(family.bucket)
        self._made: dict[int, _Shared] = {}
        self._plainly_doubts = is_plain(family, "doubts_on")

    def matches(self, lookup: Lookup, answer: Answer) -> list[Match]:
        """The matches of a package with all vulnerabilities that have hits."""
        hitting = [verdict for verdict in answer.verdicts if verdict.hits]
        if not hitting:
            return []
        doubts = self._family.doubts(lookup.package) if self._plainly_doubts else None
        return [self._match(lookup, one, doubts) for one in hitting]

    def _match(self, lookup: Lookup, verdict: Verdict, doubts: Doubts | None) -> Match:
        shared = self._made.get(id(verdict))
        if shared is None:
            shared = self._made[id(verdict)] = self._share(lookup.package, verdict)
        family, package = self._family, lookup.package
        evidence = []
        for hit, said in zip(verdict.hits, shared.notes, strict=True):
            advisory = hit.advisory
            confidence, notes = doubts or family.doubts_on(package, advisory)
            evidence.append(
                Evidence(
                    advisory=advisory.id,
                    feed=advisory.feed,
                    bucket=advisory.bucket or family.bucket,
                    matched_name=lookup.name,
                    matched_version=lookup.version,
                    scheme=self._scheme,
                    constraint=hit.where.constraint,
                    confidence=confidence,
                    notes=(*notes, *said) if said else notes,
                )
            )
        return Match(
            id=verdict.group.id,
            aliases=verdict.group.aliases,
            package=package,
            fix_state=shared.fix_state,
            fixed_versions=shared.fixed_versions,
            advisories=shared.advisories,
            evidence=tuple(evidence),
            ratings=shared.ratings,
            record_ids=shared.record_ids,
            fix_notices=shared.fix_notices,
        )

    def _share(self, package: Package, verdict: Verdict) -> _Shared:
        one_line = package.type in OS_TYPES
        state, fixed = fix_of(self._scheme, verdict, highest=one_line)
        return _Shared(
            verdict=verdict,
            fix_state=state,
            fixed_versions=fixed,
            advisories=_refs(verdict),
            ratings=tuple(
                _rating(hit.advisory) for hit in verdict.hits if hit.advisory.rating
            ),
            record_ids=_record_ids(verdict),
            fix_notices=_fix_notices(verdict, fixed, whole=one_line),
            notes=tuple(_notes(hit) for hit in verdict.hits),
        )


def _notes(hit: Hit) -> tuple[str, ...]:
    stream = hit.advisory.modularity
    module = (f"module {stream}",) if stream else ()
    return (*module, f"fix-needs {hit.needs}") if hit.needs else module


def _refs(verdict: Verdict) -> tuple[AdvisoryRef, ...]:
    """
    The advisories that matched, then the bulletins that stand beside them.

    One id may speak of a release and of a channel; the reference is to where there is a fix,
    and best to one that the image can have.
    """
    told: dict[str, Hit] = {}
    for hit in verdict.hits:
        held = told.setdefault(hit.advisory.id, hit)
        if _use(hit) > _use(held):
            told[hit.advisory.id] = hit
    refs = {
        id_: AdvisoryRef(
            id=id_,
            feed=hit.advisory.feed,
            url=link_of(id_, hit.advisory.bucket),
            fixed_versions=hit.where.fixed_versions,
            needs=hit.needs,
        )
        for id_, hit in told.items()
    }
    for hit in verdict.hits:
        for id_ in hit.advisory.also:
            url = link_of(id_, hit.advisory.bucket)
            refs.setdefault(id_, AdvisoryRef(id=id_, feed=hit.advisory.feed, url=url))
    return tuple(refs.values())


def _use(hit: Hit) -> tuple[bool, bool]:
    return bool(hit.where.fixed_versions), not hit.needs


def _rating(advisory: Advisory) -> tuple[str, str]:
    """Who rates: the feed that publishes, GitHub where the feed only carries its advisories."""
    if advisory.id.startswith("GHSA-"):
        return "ghsa", advisory.rating
    return advisory.feed, advisory.rating


def _fix_notices(
    verdict: Verdict, fixed: tuple[str, ...], *, whole: bool
) -> tuple[FixNotice, ...]:
    """
    The advisories that bring one of the fixed versions, and which record was published with it.

    A distribution's record on one vulnerability is published when that becomes known, so
    there only bulletins tell of the fix: the advisory itself, or those beside it.
    ``whole`` says that this is a distribution.
    """
    notices: dict[FixNotice, None] = {}
    for hit in verdict.hits:
        advisory = hit.advisory
        if hit.needs or not set(hit.where.fixed_versions) & set(fixed):
            continue
        own = advisory.bulletin if whole else not _CVE.fullmatch(advisory.id)
        ids = (
            [advisory.id]
            if own
            else [i for i in advisory.also if not _CVE.fullmatch(i)]
        )
        records = tuple((advisory.bucket, id_) for id_ in ids)
        if records or advisory.fixed_on:
            notice = FixNotice(
                advisory=advisory.id, fixed_on=advisory.fixed_on, records=records
            )
            notices[notice] = None
    return tuple(notices)


def _record_ids(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The records to read: of those that matched, then of all others on the vulnerability."""
    advisories = (*(hit.advisory for hit in verdict.hits), *verdict.group.advisories)
    ids = {(advisory.bucket, advisory.id): None for advisory in advisories}
    for advisory in advisories:
        ids.update({(advisory.bucket, other): None for other in advisory.also})
    return tuple(ids)
