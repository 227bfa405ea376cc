"""Why a finding is new, has moved or is gone, in the words that reports print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from shipworthy.errors import VersionError
from shipworthy.model.bucket import scheme_of
from shipworthy.policy.baseline.baseline import Known, Versions
from shipworthy.policy.baseline.pairing import Fate
from shipworthy.versions import Key, scheme


_SCHEMES = {"alpm": "alpm", "apk": "apk", "deb": "deb", "os": "generic", "rpm": "rpm"}
_NAMED = 3
"""Most versions or places named in one reason."""


class Both(NamedTuple):
    """The packages of the earlier result and of this one."""

    before: Versions
    now: Versions


def why_new(found: Known, fate: Fate, both: Both) -> str:
    """Why ``found`` was not there before: ``package added``, ``1.0 became 1.1``, ``newly known``."""
    before, now = both.before.get(found.key, {}), both.now.get(found.key, {})
    if not before:
        return "package added"
    if fate.known:
        return f"another copy, in {_listed(fate.alone)}"
    if found.version in before:
        if found.kind == "end-of-life":
            return "support ended or ends soon"
        return "newly known"
    went = [version for version in before if version not in now]
    if went:
        return f"{_listed(went)} became {found.version}"
    return f"{found.version} added beside {_listed(before)}"


def why_moved(fate: Fate) -> str:
    """From where to where: ``from srv/a to srv/b``, ``also in srv/c``."""
    words = [f"from {old} to {new}" for old, new in sorted(fate.moved)[:_NAMED]]
    if fate.alone:
        words.append(f"also in {_listed(fate.alone)}")
    return ", ".join(words)


def why_gone(gone: Known, fate: Fate, both: Both) -> str:
    """What became of it: ``upgraded to 3.0.17``, ``package removed``, ``no longer reported``."""
    now, before = both.now.get(gone.key, {}), both.before.get(gone.key, {})
    if not now:
        return "package removed"
    if gone.version in now:
        return "one of its copies removed" if fate.known else "no longer reported"
    came = {
        version
        for version, places in now.items()
        if not (places - before.get(version, frozenset())).isdisjoint(gone.places)
    }
    candidates = came or set(now) - set(before)
    if not candidates:
        return f"removed, {_listed(now)} is left"
    return _became(gone, candidates)


def direction(type_: str, old: str, new: str) -> str:
    """``upgraded``, ``downgraded``, or ``changed`` where the scheme does not tell."""
    keys = _keys(type_, [old, new])
    if keys is None or keys[old] == keys[new]:
        return "changed"
    return "upgraded" if keys[new] > keys[old] else "downgraded"


def _became(gone: Known, candidates: set[str]) -> str:
    """The nearest later version, else the nearest earlier one."""
    keys = _keys(gone.type, [gone.version, *candidates])
    if keys is not None:
        own = keys[gone.version]
        ordered = sorted(candidates, key=lambda text: (keys[text], text))
        later = [text for text in ordered if keys[text] > own]
        earlier = [text for text in ordered if keys[text] < own]
        if later:
            return f"upgraded to {later[0]}"
        if earlier:
            return f"downgraded to {earlier[-1]}"
    return f"{gone.version} became {_listed(candidates)}"


def _keys(type_: str, versions: Iterable[str]) -> dict[str, Key] | None:
    """What orders ``versions`` of a package; ``None`` where one is no version of its scheme."""
    rules = scheme(_SCHEMES.get(type_) or scheme_of(type_))
    try:
        return {text: rules.key(text) for text in versions}
    except VersionError:
        return None


def _listed(texts: Iterable[str]) -> str:
    every = sorted({text or "an unknown place" for text in texts})
    more = len(every) - _NAMED
    return ", ".join(every[:_NAMED]) + (f" and {more} more" if more > 0 else "")
