"""
Constraints as people and databases write them: ``>= 1.0, < 1.5 || = 2.0``.

A comma means *and*, ``||`` means *or*, nothing at all means every version. A comparison is
an operator (``=``, ``==``, ``!=``, ``<``, ``<=``, ``>``, ``>=``; none is ``=``) and a
version, in quotes or not; several with operators may also stand side by side.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache

from shipworthy import versions
from shipworthy.errors import VersionError
from shipworthy.values import dataclass
from shipworthy.versions.interface import Key, MissingEpoch, Scheme


_MAX_LENGTH = 64 * 1024
_CACHED = 4096
_SHOWN = 60

_COMPARISON = re.compile(
    r"""\s*(?P<operator>[<>]=?|[!=]=?)?\s*
    (?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<bare>[^\s'"<>=!|,()](?:[^\s<>=!|,()]|!(?!=))*))
    \s*""",
    re.VERBOSE,
)
_OPERATORS: dict[str, Callable[[Key, Key], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class _Comparison:
    operator: str
    version: str


def _refuse(constraint: str) -> VersionError:
    shown = constraint if len(constraint) <= _SHOWN else f"{constraint[:_SHOWN]}…"
    return VersionError(
        f"{shown!r} is not a constraint: expected comparisons joined by , and ||"
    )


def _parse_all_of(text: str, constraint: str) -> tuple[_Comparison, ...]:
    found: list[_Comparison] = []
    position = 0
    while position < len(text) or not found:
        match = _COMPARISON.match(text, position)
        if match is None:
            raise _refuse(constraint)
        sign = match["operator"] or ""
        if sign == "!" or (found and not sign):
            raise _refuse(constraint)
        version = match["bare"] or match["single"] or match["double"] or ""
        found.append(_Comparison(sign, version))
        position = match.end()
    return tuple(found)


@lru_cache(maxsize=_CACHED)
def _parse(constraint: str) -> tuple[tuple[_Comparison, ...], ...]:
    """Read a constraint into any-of of all-of; empty for one that every version satisfies."""
    if len(constraint) > _MAX_LENGTH:
        raise _refuse(constraint)
    if not constraint.strip():
        return ()
    return tuple(
        tuple(
            comparison
            for part in alternative.split(",")
            for comparison in _parse_all_of(part, constraint)
        )
        for alternative in constraint.split("||")
    )


def _holds(
    scheme: Scheme, version: str, comparison: _Comparison, missing_epoch: MissingEpoch
) -> bool:
    if missing_epoch == "auto":
        version = scheme.with_epoch_of(version, comparison.version)
    bound = scheme.range_key(comparison.version)
    key = scheme.range_key(version)
    if scheme.public(bound) == bound:
        key = scheme.public(key)
    return _OPERATORS[comparison.operator](key, bound)


def satisfies(
    scheme: str, version: str, constraint: str, *, missing_epoch: MissingEpoch = "zero"
) -> bool:
    """
    Tell whether ``version`` satisfies ``constraint``; an empty constraint admits every version.

    Pre-releases follow plain order. A local label (PEP 440) counts only where the
    constraint's version has one.

    Args:
        scheme: A name of :data:`shipworthy.versions.SCHEMES`.
        version: The version in question.
        constraint: Comparisons; see the module's description.
        missing_epoch: ``auto`` gives a version without epoch that of each comparison.

    Raises:
        UsageError: There is no such scheme.
        VersionError: The version, or anything in the constraint, cannot be understood.
    """
    found = versions.scheme(scheme)
    alternatives = _parse(constraint)
    if not alternatives:
        return True
    # All comparisons are made, so that what is wrong is told whatever the version.
    outcomes = [
        [_holds(found, version, one, missing_epoch) for one in alternative]
        for alternative in alternatives
    ]
    return any(all(alternative) for alternative in outcomes)
