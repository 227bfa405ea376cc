"""Whether there is a fix, and which versions bring it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.errors import VersionError
from shipworthy.matching.verdicts import Verdict
from shipworthy.model.advisory import FixState, Range
from shipworthy.versions import scheme as scheme_named
from shipworthy.versions.interface import Key, Scheme
from shipworthy.versions.ranges import affected


_SAID: tuple[FixState, ...] = (
    "will-not-fix",
    "end-of-life",
    "fix-deferred",
    "affected",
    "under-investigation",
)
"""Where publishers differ, the one that says most."""


def fix_of(
    scheme: str, verdict: Verdict, *, highest: bool
) -> tuple[FixState, tuple[str, ...]]:
    """
    The fix state, and the versions that fix the vulnerability by everyone's word.

    Args:
        scheme: The scheme of the versions.
        verdict: What is said, with at least one hit.
        highest: A release of a distribution has one line of versions, so of several fixes
            only the last one is whole. Elsewhere each line may have its own.

    A fix that the image needs something more for than an update is none to it.

    Returns:
        ``fixed`` and the versions in order, or the state that the publisher gives and none.
    """
    named = [
        version
        for hit in verdict.hits
        if not hit.needs
        for version in hit.where.fixed_versions
    ]
    fixes = ordered(scheme, named) if len(named) > 1 else tuple(named)
    if not fixes:
        states = {hit.advisory.fix_state for hit in verdict.hits}
        return next((state for state in _SAID if state in states), "affected"), ()
    if highest:
        return "fixed", fixes[-1:]
    if len(fixes) > 1:
        fixes = _by_everyones_word(scheme, verdict, fixes) or fixes
    return "fixed", fixes


def ordered(scheme: str, versions: Iterable[str]) -> tuple[str, ...]:
    """The versions in their scheme's order, each once; what the scheme does not allow comes last."""
    found = scheme_named(scheme)
    unique: dict[tuple[int, Key], str] = {}
    for version in sorted(set(versions)):
        unique.setdefault(_key(found, version), version)
    return tuple(unique[key] for key in sorted(unique))


def _key(scheme: Scheme, version: str) -> tuple[int, Key]:
    try:
        return 0, scheme.range_key(version)
    except VersionError:
        return 1, (version,)


def _by_everyones_word(
    scheme: str, verdict: Verdict, fixes: Sequence[str]
) -> tuple[str, ...]:
    """Only the fixes that no advisory on the vulnerability still calls affected: it may come back, or another fix came later."""
    return tuple(
        fix
        for fix in fixes
        if not any(
            _still_affected(scheme, fix, hit.advisory.ranges) for hit in verdict.hits
        )
    )


def _still_affected(scheme: str, version: str, ranges: Sequence[Range]) -> bool:
    try:
        return affected(scheme, version, ranges) is not None
    except VersionError:
        return False
