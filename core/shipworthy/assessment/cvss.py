"""
Scoring CVSS vectors: the one place that knows the ``cvss`` library, loaded when it is needed.

Specifications: FIRST, CVSS v2.0, v3.0, v3.1 and v4.0. Only base metrics are scored: what
publishers add (temporal, threat, supplemental metrics) says something of their day or
their product, not of this image.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from shipworthy.assessment.cvss3 import plain_base_score
from shipworthy.model.advisory import CvssVector
from shipworthy.model.finding import CvssScore


_LONGEST = 512
_CARRIER = "osv"
_PREFIX = re.compile(r"CVSS:(2\.0|3\.0|3\.1|4\.0)/")
_METRIC = re.compile(r"[A-Za-z]{1,3}:[A-Za-z]{1,6}")
_BASE = {
    "2.0": frozenset(("AV", "AC", "Au", "C", "I", "A")),
    "3.0": frozenset(("AV", "AC", "PR", "UI", "S", "C", "I", "A")),
    "3.1": frozenset(("AV", "AC", "PR", "UI", "S", "C", "I", "A")),
    "4.0": frozenset(
        ("AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA")
    ),
}
_PLAIN = frozenset(("3.0", "3.1"))
_NEWEST = ("4.0", "3.1", "3.0", "2.0")


def scores(vectors: Iterable[CvssVector]) -> tuple[CvssScore, ...]:
    """
    The base scores of ``vectors`` in their order, without repetition.

    A vector that its specification does not allow is left out, and so is one that OSV
    only carries when its author is among the sources.
    """
    found: dict[tuple[str, str], CvssScore] = {}
    every = list(vectors)
    authored = {given.vector for given in every if given.source != _CARRIER}
    for given in every:
        rated = base_score(given.vector)
        carried = given.source == _CARRIER and given.vector in authored
        if rated is not None and not carried:
            version, score = rated
            found.setdefault(
                (given.source, given.vector),
                CvssScore(
                    source=given.source,
                    version=version,
                    vector=given.vector,
                    score=score,
                ),
            )
    return tuple(found.values())


def newest(found: Iterable[CvssScore]) -> CvssScore | None:
    """
    The score that counts among several: the newest CVSS version, then the highest.

    Of equals the first; ``None`` where there is none.
    """
    best: CvssScore | None = None
    for score in found:
        if best is None or _order(score) < _order(best):
            best = score
    return best


def _order(score: CvssScore) -> tuple[int, float]:
    return _NEWEST.index(score.version), -score.score


@lru_cache(maxsize=1 << 16)
def base_score(vector: str) -> tuple[str, float] | None:
    """The CVSS version and base score of ``vector``, ``None`` where it is not valid."""
    if len(vector) > _LONGEST:
        return None
    prefix = _PREFIX.match(vector)
    version = prefix.group(1) if prefix else "2.0"
    body = vector[prefix.end() :] if prefix else vector.strip("()")
    metrics = body.rstrip("/").split("/")
    if not all(_METRIC.fullmatch(metric) for metric in metrics):
        return None
    wanted = _BASE[version]
    base = [metric for metric in metrics if metric.partition(":")[0] in wanted]
    if version in _PLAIN and (score := plain_base_score(base)) is not None:
        return version, score
    return _score(version, "/".join(base))


def _score(version: str, base: str) -> tuple[str, float] | None:
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    try:
        if version == "2.0":
            score = CVSS2(base).base_score
        elif version == "4.0":
            score = CVSS4(f"CVSS:4.0/{base}").base_score
        else:
            score = CVSS3(f"CVSS:{version}/{base}").base_score
    except CVSSError:
        return None
    return version, float(score)
