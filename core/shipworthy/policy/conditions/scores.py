"""
How bad and how likely: ``cvss``, ``risk``, ``epss`` and ``epss-percentile``.

EPSS (FIRST) speaks of CVEs alone. A vulnerability without one is not unlikely to be exploited,
only not spoken of, so its score cannot be told. An end of support is no vulnerability: it has no
score at all, and the questions here do not hold for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from shipworthy.model.finding import CvssScore, Finding
from shipworthy.policy.conditions.asking import Question, number
from shipworthy.policy.conditions.interface import Atom, Expected
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts
from shipworthy.policy.selection import Selection
from shipworthy.values import dataclass


_NEWEST = ("4.0", "3.1", "3.0", "2.0")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*%", re.ASCII)
_MOST_SOURCE = 100
_APPLIES_NOT = -1.0
"""Below every score: what has none because there can be none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cvss(Question):
    """The CVSS base score is this or more: of the newest version that anybody scored by, the highest."""

    least: float
    source: str = ""
    """Who scored; empty for whoever did."""

    def select(self, view: View) -> Selection:
        """Where the score is as high."""
        return view.each(_scores, self._holds)

    def _holds(self, scores: tuple[CvssScore, ...] | None) -> bool | None:
        if scores is None:
            return False
        own = [s for s in scores if not self.source or s.source == self.source]
        if not own:
            return None
        if len(own) == 1:
            return own[0].score >= self.least
        newest = min(map(_rank, own))
        return max(s.score for s in own if _rank(s) == newest) >= self.least

    def doubt(self) -> str:
        """``without a CVSS score``."""
        return f"without a CVSS score{self._by()}"

    def words(self) -> str:
        """``with a CVSS score of 9.0 or more``."""
        return f"with a CVSS score of {self.least:.1f} or more{self._by()}"

    def _by(self) -> str:
        return f" by {self.source}" if self.source else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAtLeast(Question):
    """The risk score, which every finding has, is this or more."""

    least: float

    def select(self, view: View) -> Selection:
        """Where the risk is as high."""
        return view.where(_risk, lambda risk: risk >= self.least)

    def words(self) -> str:
        """``with a risk score of 70 or more``."""
        return f"with a risk score of {self.least:g} or more"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpssAtLeast(Question):
    """EPSS gives this probability or percentile, or more."""

    least: float
    of: Literal["score", "percentile"] = "score"

    def select(self, view: View) -> Selection:
        """Where it is as high."""
        return view.each(
            _epss if self.of == "score" else _percentile,
            lambda given: None if given is None else given >= self.least,
        )

    def lacks(self, facts: Facts) -> tuple[str, ...]:
        """The scores, where no feed brought them."""
        if "epss" in facts.feeds:
            return ()
        return ("EPSS scores, which the database does not hold",)

    def doubt(self) -> str:
        """``without an EPSS score``."""
        return "without an EPSS score"

    def words(self) -> str:
        """``with an EPSS score of 50% or more``."""
        return f"with an EPSS {self.of} of {self.least * 100:g}% or more"


def _rank(score: CvssScore) -> int:
    return _NEWEST.index(score.version) if score.version in _NEWEST else len(_NEWEST)


def _scores(finding: Finding) -> tuple[CvssScore, ...] | None:
    return None if finding.kind == "end-of-life" else finding.cvss


def _risk(finding: Finding) -> float:
    return finding.risk.score


def _epss(finding: Finding) -> float | None:
    if finding.kind == "end-of-life":
        return _APPLIES_NOT
    return finding.epss.score if finding.epss else None


def _percentile(finding: Finding) -> float | None:
    if finding.kind == "end-of-life":
        return _APPLIES_NOT
    return finding.epss.percentile if finding.epss else None


def _cvss(value: object) -> Cvss:
    what = "a CVSS score from 0 to 10, such as 9.0"
    if not isinstance(value, dict):
        return Cvss(least=number(value, 0, 10, what))
    if not value.keys() <= {"atleast", "source"} or "atleast" not in value:
        raise Expected("a score, or {atleast: SCORE, source: PUBLISHER}")
    source = value.get("source", "")
    if not isinstance(source, str) or len(source) > _MOST_SOURCE:
        raise Expected("the name of who scored as source, such as nvd")
    return Cvss(least=number(value["atleast"], 0, 10, what), source=source.strip())


def _probability(value: object) -> float:
    what = "a probability from 0 to 1, such as 0.5, or a percentage, such as 50%"
    if isinstance(value, str):
        found = _PERCENT.fullmatch(value.strip())
        if found is None:
            raise Expected(what)
        return number(float(found[1]) / 100, 0, 1, what)
    return number(value, 0, 1, what)


_SCORE = {"type": "number", "minimum": 0, "maximum": 10}
_PROBABILITY: Mapping[str, Any] = {
    "oneOf": [
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "string", "pattern": "^[0-9]{1,3}([.][0-9]{1,6})? *%$"},
    ]
}

ATOMS = (
    Atom(
        key="cvss",
        parse=_cvss,
        schema={
            "oneOf": [
                _SCORE,
                {
                    "type": "object",
                    "properties": {"atleast": _SCORE, "source": {"type": "string"}},
                    "required": ["atleast"],
                    "additionalProperties": False,
                },
            ]
        },
        words="the CVSS base score is this or more: of the newest version scored by, the highest",
    ),
    Atom(
        key="risk",
        parse=lambda value: RiskAtLeast(
            least=number(value, 0, 100, "a risk score from 0 to 100, such as 70")
        ),
        schema={"type": "number", "minimum": 0, "maximum": 100},
        words="the risk score is this or more",
    ),
    Atom(
        key="epss",
        parse=lambda value: EpssAtLeast(least=_probability(value)),
        schema=_PROBABILITY,
        words="EPSS gives this probability of exploitation or more",
    ),
    Atom(
        key="epss-percentile",
        parse=lambda value: EpssAtLeast(least=_probability(value), of="percentile"),
        schema=_PROBABILITY,
        words="at least this part of all CVEs has the same EPSS score or a lower one",
    ),
)
