"""
The versions to bring one package to: the smallest in its own line that closes most, then the rest.

A version is held to close a finding where publishers' fixed versions say so by themselves:

- It is not below the highest of them, or
- between two of them it is nearer to the lower one, by leading numbers: with fixes 4.2.10 and
  5.0.3, 4.2.16 is behind the first and 5.0.1 before the second.

Where that leaves a doubt the finding counts as open.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from shipworthy.assessment.remediation.streams import (
    Line,
    is_of_line,
    is_pre_release,
    line_of,
    released,
    shared,
)
from shipworthy.errors import UsageError, VersionError
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package
from shipworthy.values import dataclass
from shipworthy.versions import Key, scheme


_SCHEMES = {
    "alpm": "alpm",
    "apk": "apk",
    "cargo": "semver",
    "composer": "composer",
    "deb": "deb",
    "gem": "gem",
    "golang": "golang",
    "maven": "maven",
    "npm": "semver",
    "nuget": "nuget",
    "pypi": "pep440",
    "rpm": "rpm",
}
"""By package type, for findings without evidence."""

_MOST_STEPS = 3
_Keyed = tuple[Key, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One version to bring the package to, and what that closes beyond the step before."""

    target: str
    findings: tuple[Finding, ...]
    new_line: bool = False
    """It is of another major than the one installed."""
    release: bool = False
    """It is a supported release line, because that of the installed version has ended."""
    also: int = 0
    """How many findings of the steps before it closes too: all of them, or 0."""


def key_of(finding: Finding) -> Callable[[str], Key | None]:
    """The order of the versions that a finding speaks of; ``None`` for one that is none of the scheme."""
    evidence = finding.evidence
    name = evidence[0].scheme if evidence else ""
    if name in {"", "release line"}:
        name = _SCHEMES.get(finding.package.type, "generic")
    try:
        parse = scheme(name).range_key
    except UsageError:
        parse = scheme("generic").range_key

    def key(text: str) -> Key | None:
        try:
            return parse(text)
        except VersionError:
            return None

    return key


def steps_of(findings: Sequence[Finding]) -> tuple[list[Step], list[Finding]]:
    """
    What to bring one package to, in order, and the findings that no version closes.

    Args:
        findings: All findings of one version of one package.
    """
    package = findings[0].package
    reader = next((f for f in findings if f.kind == "vulnerability"), findings[0])
    closing = _Closing(package, key_of(reader))
    left = [f for f in findings if f.fixed_versions]
    ends = [f for f in findings if not f.fixed_versions and f.end_of_life is not None]
    rest = [f for f in findings if not f.fixed_versions and f.end_of_life is None]
    walk = _Walk(closing, line_of(package.type, package.name, package.version))
    own = closing.best(left, walk.is_own)
    moved = _Best(0, "")
    if ends and (supported := closing.supported(ends)):
        moved = closing.best(
            left,
            lambda text: any(is_of_line(text, cycle) for cycle in supported),
            supported,
        )
        if own.text and any(is_of_line(own.text, cycle) for cycle in supported):
            moved = own
    if own.closes and not walk.is_one_step(own, moved):
        left = walk.to(own.text, left)
    if moved.text:
        left = walk.to(moved.text, left, ends)
        ends = []
    while left and len(walk.steps) < _MOST_STEPS:
        found = closing.best(left, lambda text: not walk.is_own(text))
        if not found.closes:
            break
        left = walk.to(found.text, left)
    return walk.steps, [*left, *ends, *rest]


def highest(findings: Sequence[Finding], key: Callable[[str], Key | None]) -> str:
    """Of the fixed versions of all findings the last one; the first listed where they cannot be compared."""
    named = dict.fromkeys(f.fixed_versions[-1] for f in findings if f.fixed_versions)
    if len(named) == 1:
        return next(iter(named))
    keyed = [(found, text) for text in named if (found := key(text)) is not None]
    return max(keyed)[1] if keyed else next(iter(named), "")


class _Fixes(NamedTuple):
    """The fixed versions of a finding that come after the installed one, in order."""

    keys: list[Key]
    texts: list[str]

    def close_at(self, key: Key, text: str) -> bool:
        """Whether the version is behind the fix of its line."""
        keys = self.keys
        if not keys or key < keys[0]:
            return False
        if key >= keys[-1]:
            return True
        at = bisect_right(keys, key)
        if keys[at - 1] == key:
            return True
        return shared(self.texts[at - 1], text) > shared(self.texts[at], text)


_NONE = _Fixes([], [])
_NOWHERE: tuple[bool, Key, str] = (False, (), "")
"""Stands for the version to go to where there is none."""


class _Best(NamedTuple):
    """A version and how many findings it closes."""

    closes: int
    text: str


class _Closing:
    """Which of one package's findings a version closes; each set of fixes is put in order once."""

    def __init__(self, package: Package, key: Callable[[str], Key | None]) -> None:
        self.kind = package.type
        self.name = package.name
        self._key = key
        self._installed = key(package.version)
        self._fixes: dict[tuple[str, ...], _Fixes] = {}

    def closed_at(self, version: str) -> Callable[[Finding], bool]:
        """Which findings ``version`` closes, because it is behind the fix of its line."""
        key = self._key(version)

        def is_closed(finding: Finding) -> bool:
            fixes = self._ordered(finding.fixed_versions)
            return key is not None and fixes.close_at(key, version)

        return is_closed

    def best(
        self,
        findings: Sequence[Finding],
        admits: Callable[[str], bool],
        more: Iterable[str] = (),
    ) -> _Best:
        """The lowest admitted version, of the fixes or ``more``, that closes most of ``findings``."""
        asked = Counter([finding.fixed_versions for finding in findings])
        texts = dict.fromkeys([text for fixes in asked for text in fixes])
        wanted = [(self._ordered(fixes), n) for fixes, n in asked.items()]
        lasts = sorted([f.keys[-1] for f, n in wanted if f.keys for _ in range(n)])
        several = [(f.keys[0], f.keys[-1], f, n) for f, n in wanted if len(f.keys) > 1]
        ranked: list[tuple[int, Key, str]] = []
        for key, text in self._after([*more, *filter(admits, texts)]):
            between = [
                n
                for first, last, fixes, n in several
                if first <= key < last and fixes.close_at(key, text)
            ]
            count = bisect_right(lasts, key) + sum(between)
            ranked.append((count, key, text))
        most = max([count for count, _, _ in ranked], default=0)
        best = [(key, text) for count, key, text in ranked if count == most]
        _, _, text = min([(is_pre_release(t), k, t) for k, t in best], default=_NOWHERE)
        return _Best(most, text)

    def supported(self, ends: Sequence[Finding]) -> list[str]:
        """The supported release lines above the installed version, the oldest first."""
        end = ends[0].end_of_life
        if end is None or end.limited:
            return []
        return [text for _, text in sorted(self._after(end.supported))]

    def _after(self, texts: Iterable[str]) -> list[_Keyed]:
        """Those that come after the installed version, with their keys."""
        return self._behind(self._keyed(texts))

    def _keyed(self, texts: Iterable[str]) -> list[_Keyed]:
        return [(key, text) for text in texts if (key := self._key(text)) is not None]

    def _behind(self, keyed: list[_Keyed]) -> list[_Keyed]:
        if self._installed is None:
            return keyed
        return [one for one in keyed if one[0] > self._installed]

    def _ordered(self, fixes: tuple[str, ...]) -> _Fixes:
        """The fixes in order; none where one of them cannot be compared."""
        held = self._fixes.get(fixes)
        if held is None:
            keyed = self._keyed(fixes)
            keyed = sorted(self._behind(keyed)) if len(keyed) == len(fixes) else []
            held = (
                _Fixes([k for k, _ in keyed], [t for _, t in keyed]) if keyed else _NONE
            )
            self._fixes[fixes] = held
        return held


class _Walk:
    """The steps so far; each knows what it leaves and whether it is enough alone."""

    def __init__(self, closing: _Closing, own: Line) -> None:
        self.steps: list[Step] = []
        self._closing = closing
        self._own = own

    def is_own(self, version: str) -> bool:
        """Whether the version is of the installed major."""
        return line_of(self._closing.kind, self._closing.name, version) == self._own

    def is_one_step(self, own: _Best, moved: _Best) -> bool:
        """Whether the move to a supported line makes the upgrade before it pointless."""
        if not moved.text:
            return False
        return own == moved or (self.is_own(moved.text) and moved.closes >= own.closes)

    def to(
        self, target: str, left: Sequence[Finding], ends: Sequence[Finding] = ()
    ) -> list[Finding]:
        """Add the step to ``target``, which closes ``ends`` too, and give what is left after it."""
        closing = self._closing
        is_closed = closing.closed_at(target)
        closed: list[Finding] = []
        kept: list[Finding] = []
        for finding in left:
            (closed if is_closed(finding) else kept).append(finding)
        before = [f for step in self.steps for f in step.findings]
        enough = all(is_closed(f) for f in before if f.fixed_versions)
        new_line = not self.is_own(target)
        self.steps.append(
            Step(
                target=released(closing.kind, target),
                findings=(*ends, *closed),
                new_line=new_line,
                release=bool(ends) and (new_line or not closed),
                also=len(before) if enough else 0,
            )
        )
        return kept
