"""Which vulnerability it is and how sure that is: ``id``, ``cwe`` and ``confidence``."""

from __future__ import annotations

import re

from shipworthy.model.finding import Finding
from shipworthy.policy.conditions.asking import (
    TEXTS,
    Question,
    among,
    held,
    one_or_many,
    texts,
)
from shipworthy.policy.conditions.interface import Atom, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.globs import any_of, is_glob, loose
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


_CONFIDENCES = ("high", "medium", "low")
_RANKS = {name: rank for rank, name in enumerate(_CONFIDENCES)}
_CWE = re.compile(r"(?:cwe-)?([0-9]{1,6})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdIs(Question):
    """One of its names, the vulnerability's or an advisory's, is one of these; case does not matter."""

    ids: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where it has such a name."""
        plain = frozenset(id_.casefold() for id_ in self.ids if not is_glob(id_))
        globs = any_of(loose(id_.casefold()) for id_ in self.ids if is_glob(id_))
        if not any(map(is_glob, self.ids)):
            return view.each(names, lambda known: not plain.isdisjoint(known))
        return view.each(
            names, lambda known: not plain.isdisjoint(known) or held(globs, known)
        )

    def words(self) -> str:
        """``known as CVE-2021-44228``."""
        return f"known as {one_or_many(self.ids)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CweIs(Question):
    """One of its weaknesses is one of these."""

    cwes: tuple[str, ...]

    def select(self, view: View) -> Selection:
        """Where it has such a weakness; where none is known, it cannot be told."""
        wished = frozenset(self.cwes)
        return view.each(
            _weaknesses,
            lambda known: (
                None if known == _NOBODY_SAYS else not wished.isdisjoint(known)
            ),
        )

    def doubt(self) -> str:
        """``without a known weakness``."""
        return "without a known weakness"

    def words(self) -> str:
        """``of weakness CWE-79``."""
        return f"of weakness {one_or_many(self.cwes)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceAtLeast(Question):
    """The best of its evidence is this sure, or surer."""

    least: str

    def select(self, view: View) -> Selection:
        """Where it is as sure; without any evidence it cannot be told."""
        most = _RANKS[self.least]
        return view.where(
            _confidence_of, lambda best: None if best is None else best <= most
        )

    def doubt(self) -> str:
        """``without evidence``."""
        return "without evidence"

    def words(self) -> str:
        """``of confidence medium or better``."""
        better = "" if self.least == _CONFIDENCES[0] else " or better"
        return f"of confidence {self.least}{better}"


_NOBODY_SAYS = frozenset({""})


def names(finding: Finding) -> frozenset[str]:
    """All names of a finding, without case: its id, its aliases and the advisories on it."""
    found = [finding.id, *finding.aliases, *[a.id for a in finding.advisories]]
    return frozenset([name.casefold() for name in found])


def _weaknesses(finding: Finding) -> frozenset[str]:
    if finding.cwes or finding.kind == "end-of-life":
        return frozenset(cwe.upper() for cwe in finding.cwes)
    return _NOBODY_SAYS


def _confidence_of(finding: Finding) -> int | None:
    """The rank of the best evidence, 0 the best."""
    ranks = [_RANKS.get(evidence.confidence) for evidence in finding.evidence]
    return min((rank for rank in ranks if rank is not None), default=None)


def _cwe(text: str) -> str:
    found = _CWE.fullmatch(text)
    if found is None:
        raise Expected("a weakness, such as CWE-79")
    return f"CWE-{int(found[1])}"


def _cwes(value: object) -> CweIs:
    listed = value if isinstance(value, list) else [value]
    plain = [
        str(one) if isinstance(one, int) and not isinstance(one, bool) else one
        for one in listed
    ]
    found = map(_cwe, texts(plain, "a weakness, such as CWE-79"))
    return CweIs(cwes=tuple(dict.fromkeys(found)))


def _confidence(value: object) -> ConfidenceAtLeast:
    found = among(value, _CONFIDENCES, "a confidence")
    return ConfidenceAtLeast(least=found[-1])


def _ids(value: object) -> IdIs:
    what = "the id of a vulnerability or an advisory, such as CVE-2021-44228"
    return IdIs(ids=texts(value, what))


ATOMS = (
    Atom(
        key="id",
        parse=_ids,
        schema=TEXTS,
        words="one of these is a name of the vulnerability or of an advisory on it; * stands for anything",
    ),
    Atom(
        key="cwe",
        parse=_cwes,
        schema=TEXTS,
        words="one of its weaknesses is one of these",
    ),
    Atom(
        key="confidence",
        parse=_confidence,
        schema={"enum": list(_CONFIDENCES)},
        words="the match is this sure, or surer",
    ),
)
