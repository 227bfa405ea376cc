"""
The vectors of CVSS that GitLab's container scanning report takes (schema 15.1.4).

Version 2 and 3 alone, and whole ones, since the schema refuses all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from shipworthy.reports.gitlab_details import NAME_MOST, bounded
from shipworthy.reports.identity import Document


VECTORS = 10
"""Most vectors of a vulnerability."""

_V2 = (
    "AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(?:U|POC|F|H|ND)|RL:(?:OF|TF|W|U|ND)|RC:(?:UC|UR|C|ND)"
    "|CDP:(?:N|L|LM|MH|H|ND)|TD:(?:N|L|M|H|ND)|[CIA]R:(?:L|M|H|ND)"
)
_V3 = (
    "AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]"
    "|MAV:[XNALP]|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH]"
)
_VECTOR = re.compile(
    rf"(?=.{{16,128}}$)(?:(?:(?:{_V2})/)*(?:{_V2})|CVSS:3[.][01]/(?:(?:{_V3})/)*(?:{_V3}))"
)


def vectors(scores: Iterable[Document]) -> list[dict[str, str]]:
    """Each once, with who gave it."""
    made = {
        (bounded(score["source"], NAME_MOST) or "unknown", score["vector"]): None
        for score in scores
        if _is_vector(score["vector"])
    }
    return [{"vendor": who, "vector": vector} for who, vector in list(made)[:VECTORS]]


@lru_cache(maxsize=1 << 12)
def _is_vector(vector: str) -> bool:
    """Whether it is one of CVSS 2 or 3 in full; few differ."""
    return _VECTOR.fullmatch(vector) is not None
