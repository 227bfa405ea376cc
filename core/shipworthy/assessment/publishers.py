"""In which order publishers are listened to; one order for texts, one for severity."""

from __future__ import annotations

from collections.abc import Iterable

from shipworthy.model.advisory import Record


_TEXT = ("ghsa",)
_LAST = ("cve", "nvd", "cisa-adp")


def by_text(records: Iterable[Record]) -> list[Record]:
    """Whose words describe a vulnerability best: GitHub's reviewers, the ecosystem's own, then the rest."""
    return sorted(records, key=lambda record: _rank(record.source, _TEXT))


def by_word(records: Iterable[Record]) -> list[Record]:
    """Whose severity counts first: the ecosystem's own publisher, then GitHub, then NVD."""
    return sorted(records, key=lambda record: _rank(record.source, ()))


def _rank(source: str, first: tuple[str, ...]) -> tuple[int, str]:
    if source in first:
        return 0, source
    if source == "ghsa":
        return 2, source
    if source in _LAST:
        return 3 + _LAST.index(source), source
    return 1, source
