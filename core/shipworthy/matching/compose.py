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


_GUESSES = frozenset({"alpine/tracker"})
"""Feeds that find packages by a product's name, before anybody looked at the package."""
_GUESS = "by-product-name: nobody has confirmed it for the package"


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
                confidence=_less_sure(confidence, hit),
                notes=(*notes, *_notes(hit)),
            )
            for hit in verdict.hits
        ),
        ratings=tuple(
            _rating(hit.advisory) for hit in verdict.hits if hit.advisory.rating
        ),
        record_ids=_record_ids(verdict),
    )


def _less_sure(confidence: str, hit: Hit) -> str:
    guessed = hit.advisory.feed in _GUESSES and confidence == "high"
    return "medium" if guessed else confidence


def _notes(hit: Hit) -> tuple[str, ...]:
    stream = hit.advisory.modularity
    module = (f"module {stream}",) if stream else ()
    guess = (_GUESS,) if hit.advisory.feed in _GUESSES else ()
    needs = (f"fix-needs {hit.needs}",) if hit.needs else ()
    return (*module, *guess, *needs)


def _refs(verdict: Verdict) -> tuple[AdvisoryRef, ...]:
    """The advisories that matched, then the bulletins that stand beside them."""
    refs: dict[str, AdvisoryRef] = {}
    for hit in verdict.hits:
        advisory = hit.advisory
        refs.setdefault(
            advisory.id,
            AdvisoryRef(
                id=advisory.id,
                feed=advisory.feed,
                url=link_of(advisory.id, advisory.bucket),
                fixed_versions=hit.where.fixed_versions,
                needs=hit.needs,
            ),
        )
    for hit in verdict.hits:
        for id_ in hit.advisory.also:
            url = link_of(id_, hit.advisory.bucket)
            refs.setdefault(id_, AdvisoryRef(id=id_, feed=hit.advisory.feed, url=url))
    return tuple(refs.values())


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
