"""From a verdict to a match: ids, fixes, and the evidence for a person."""

from __future__ import annotations

from shipworthy.matching.distro import OS_TYPES
from shipworthy.matching.fixes import fix_of
from shipworthy.matching.interface import Family, Hit, Lookup
from shipworthy.matching.links import link_of
from shipworthy.matching.verdicts import Verdict
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import scheme_of
from shipworthy.model.finding import AdvisoryRef, Evidence, Match


def compose(family: Family, lookup: Lookup, verdict: Verdict) -> Match:
    """The match of a package with a vulnerability that has hits."""
    group = verdict.group
    scheme = scheme_of(family.bucket)
    one_line = lookup.package.type in OS_TYPES
    state, fixed = fix_of(scheme, verdict, highest=one_line)
    confidence, notes = family.doubts(lookup.package)
    return Match(
        id=group.id,
        aliases=group.aliases,
        package=lookup.package,
        fix_state=state,
        fixed_versions=fixed,
        advisories=_refs(verdict),
        evidence=tuple(
            Evidence(
                advisory=hit.advisory.id,
                feed=hit.advisory.feed,
                bucket=hit.advisory.bucket or family.bucket,
                matched_name=lookup.name,
                matched_version=lookup.version,
                scheme=scheme,
                constraint=hit.where.constraint,
                confidence=confidence,
                notes=(*notes, *_notes(hit)),
            )
            for hit in verdict.hits
        ),
        ratings=tuple(
            _rating(hit.advisory) for hit in verdict.hits if hit.advisory.rating
        ),
        record_ids=_record_ids(verdict),
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


def _record_ids(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The records to read: of those that matched, then of all others on the vulnerability."""
    advisories = (*(hit.advisory for hit in verdict.hits), *verdict.group.advisories)
    ids = {(advisory.bucket, advisory.id): None for advisory in advisories}
    for advisory in advisories:
        ids.update({(advisory.bucket, other): None for other in advisory.also})
    return tuple(ids)
