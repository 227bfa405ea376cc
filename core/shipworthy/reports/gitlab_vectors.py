"""
The vectors of CVSS that GitLab's container scanning report takes (schema 15.1.4).

Version 2 and 3 alone, and whole ones, since the schema refuses all others.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from shipworthy.reports.gitlab_members import (
    NAME_MOST,
    bounded,
    list_member,
)
from shipworthy.reports.identity import Document
from shipworthy.reports.json import written_at


VECTORS = 10
"""Most vectors of a vulnerability."""

_SHORTEST, _LONGEST = 16, 128


def _metrics(told: str) -> frozenset[str]:
    """Each metric with each of its values, of ``NAME NAME=VALUE VALUE`` a line."""
    pairs = (text.split("=") for text in told.strip().splitlines())
    return frozenset(
        f"{name}:{value}"
        for names, values in pairs
        for name in names.split()
        for value in values.split()
    )


_V2 = _metrics(
    """
    AV=N A L
    AC=L M H
    Au=M S N
    C I A=N P C
    E=U POC F H ND
    RL=OF TF W U ND
    RC=UC UR C ND
    CDP=N L LM MH H ND
    TD=N L M H ND
    CR IR AR=L M H ND
    """
)
_V3 = _metrics(
    """
    AV=N A L P
    AC=L H
    PR=N L H
    UI=N R
    S=U C
    C I A=N L H
    E=X U P F H
    RL=X O T W U
    RC=X U R C
    CR IR AR=X L M H
    MAV=X N A L P
    MAC=X L H
    MPR=X N L H
    MUI=X N R
    MS=X U C
    MC MI MA=X N L H
    """
)


def vectors(scores: Iterable[Document]) -> bytes:
    """Each once, with who gave it, as a member; nothing where there are none."""
    every = [_vector(score["source"], score["vector"]) for score in scores]
    made = list(dict.fromkeys(filter(None, every)))
    return list_member(b"cvss_vectors", made[:VECTORS]) if made else b""


@lru_cache(maxsize=1 << 12)
def _vector(source: str, vector: str) -> bytes:
    """One of CVSS 2 or 3 in full, of which few differ; nothing for others."""
    if not _is_vector(vector):
        return b""
    who = bounded(source, NAME_MOST) or "unknown"
    return written_at({"vendor": who, "vector": vector}, 4)


def _is_vector(vector: str) -> bool:
    """Whether every part of it is one that the schema knows."""
    if not _SHORTEST <= len(vector) <= _LONGEST:
        return False
    version, _, told = vector.partition("/")
    if version in {"CVSS:3.0", "CVSS:3.1"}:
        return _V3.issuperset(told.split("/"))
    return _V2.issuperset(vector.split("/"))
