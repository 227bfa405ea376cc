"""The ratings of a CycloneDX vulnerability: what the finding is rated as, then every score."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from shipworthy.reports.bom import Document, shown
from shipworthy.reports.cyclonedx_components import Json, filled


_METHODS = {
    "2.0": "CVSSv2",
    "3.0": "CVSSv3",
    "3.1": "CVSSv31",
    "4.0": "CVSSv4",
}
_SEVERITIES = {
    "critical": "critical",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "negligible": "info",
    "none": "none",
}
_BANDS = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))
_KEPT = 1 << 12
_Score = tuple[str, str, str, float]


def ratings(cvss: Sequence[Document], source: str, severity: str) -> list[Json]:
    """What ``source`` rates it as, then every score; one value for all that are rated the same."""
    scores = [
        (one["source"], one["version"], one["vector"], one["score"]) for one in cvss
    ]
    return _rated(source, severity, tuple(scores))


@lru_cache(maxsize=_KEPT)
def _rated(source: str, severity: str, scores: tuple[_Score, ...]) -> list[Json]:
    return [_rating(source, severity), *(_scored(*score) for score in scores)]


@lru_cache(maxsize=1 << 10)
def _rating(source: str, severity: str) -> Json:
    return filled(
        {
            "source": filled({"name": shown(source)}),
            "severity": _SEVERITIES.get(severity, "unknown"),
            "method": "other",
        }
    )


@lru_cache(maxsize=1 << 12)
def _scored(source: str, version: str, vector: str, score: float) -> Json:
    return filled(
        {
            "source": filled({"name": shown(source)}),
            "score": score,
            "severity": next(
                (word for least, word in _BANDS if score >= least), "none"
            ),
            "method": _METHODS.get(version, "other"),
            "vector": shown(vector),
        }
    )
