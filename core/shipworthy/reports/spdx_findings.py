"""
What is told against packages in an SPDX 2.3 document (annex K, "How To Use SPDX To Communicate Security Information").

Advisories are external references of the category ``SECURITY``; version 2.3 has no field for a severity or a
decision, so each finding is an annotation as well, in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from shipworthy.reports.bom import Document, every_finding, key_of, shown, told
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import FIX_WORDS
from shipworthy.reports.taken import said_of
from shipworthy.reports.text import link


Json = dict[str, Any]


_EXPLOITED = "; known to be exploited (CISA KEV)"
_KEPT = 1 << 12


class _Facts(NamedTuple):
    """What a finding says of its vulnerability, in words that are joined to a line."""

    name: str
    rated: str
    """What it is and how bad."""
    exploited: str
    """That it is exploited; empty where nobody knows of it."""


@dataclass(slots=True, kw_only=True)
class _Remark:
    """What is told against one package."""

    advisories: dict[str, str] = field(default_factory=dict)
    """Address to the names of the findings it is about."""
    annotations: list[Json] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Remarks:
    """What is told against each package; handed out once."""

    held: dict[tuple[str, ...], _Remark] = field(default_factory=dict)

    def put(self, part: Json, package: Document) -> None:
        """Write into ``part`` what is told against ``package``."""
        remark = self.held.pop(key_of(package), None)
        if remark:
            _write(part, remark)

    def rest(self, *, of_system: Json, others: Json) -> None:
        """Write what is told against the operating system, and against what the inventory does not hold."""
        for key, remark in self.held.items():
            _write(of_system if key[0] == "os" else others, remark)
        self.held.clear()


def remarks_of(document: Document, *, creator: str, date: str) -> Remarks:
    """What the findings tell, the suppressed ones last; ``creator`` says it on ``date``."""
    made = Remarks()
    for finding, item in every_finding(document):
        key = key_of(finding["package"])
        remark = made.held.get(key)
        if remark is None:
            remark = made.held[key] = _Remark()
        facts = _facts(finding, finding["severity"], finding["severitySource"])
        words = (
            facts.rated
            + _fixed(finding["fixState"], *finding["fixedVersions"])
            + facts.exploited
            + _decided(finding["vexStatus"], item)
        )
        remark.annotations.append(
            {
                "annotationDate": date,
                "annotationType": "OTHER",
                "annotator": creator,
                "comment": told(words),
            }
        )
        for advisory in finding["advisories"]:
            if url := link(advisory["url"]):
                names = remark.advisories.get(url, "")
                remark.advisories[url] = (
                    f"{names}, {facts.name}" if names else facts.name
                )
    return made


def _write(part: Json, remark: _Remark) -> None:
    part.setdefault("annotations", []).extend(remark.annotations)
    part.setdefault("externalRefs", []).extend(
        {
            "referenceCategory": "SECURITY",
            "referenceType": "advisory",
            "referenceLocator": url,
            "comment": names,
        }
        for url, names in sorted(remark.advisories.items())
    )


@common
def _facts(finding: Document, severity: str, source: str) -> _Facts:
    """One value for all findings that say the same of their vulnerability."""
    name, source = shown(finding["id"]), shown(source)
    words = [f"{name}: {severity} ({source})" if source else f"{name}: {severity}"]
    words += [
        f"CVSS {shown(score['version'])} {score['score']:.1f} {shown(score['vector'])}"
        for score in finding["cvss"]
    ]
    return _Facts(name, "; ".join(words), _EXPLOITED if finding["kev"] else "")


@lru_cache(maxsize=_KEPT)
def _fixed(state: str, *versions: str) -> str:
    """What repairs it, behind what it is."""
    if names := ", ".join(map(shown, versions)):
        return f"; fixed in {names}"
    return f"; {FIX_WORDS.get(state, 'fix unknown')}"


def _decided(status: str, item: Document | None) -> str:
    """What others state or the policy decides, behind the rest."""
    if item is None:
        return f"; VEX status {shown(status)}" if status else ""
    said = said_of(item)
    words = (said.justification, said.impact, said.action, said.notes)
    return "; ".join((f"; VEX status {said.status}", *filter(None, words)))
