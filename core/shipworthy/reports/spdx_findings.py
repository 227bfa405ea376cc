"""
What is told against packages in an SPDX 2.3 document (annex K, "How To Use SPDX To Communicate Security Information").

Advisories are external references of the category ``SECURITY``; version 2.3 has no field for a severity or a
decision, so each finding is an annotation as well, in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shipworthy.reports.bom import Document, every_finding, key_of, shown, told
from shipworthy.reports.summary import FIX_WORDS
from shipworthy.reports.taken import said_of
from shipworthy.reports.text import link


Json = dict[str, Any]


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
        remark = made.held.setdefault(key_of(finding["package"]), _Remark())
        words = "; ".join(_words(finding, item))
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
                name = shown(finding["id"])
                remark.advisories[url] = f"{names}, {name}" if names else name
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


def _words(finding: Document, item: Document | None) -> Iterator[str]:
    """The finding in a line: what, how bad, what repairs it, what was decided."""
    source = shown(finding["severitySource"])
    rated = f"{finding['severity']} ({source})" if source else finding["severity"]
    yield f"{shown(finding['id'])}: {rated}"
    for score in finding["cvss"]:
        yield f"CVSS {shown(score['version'])} {score['score']:.1f} {shown(score['vector'])}"
    versions = ", ".join(map(shown, finding["fixedVersions"]))
    yield (
        f"fixed in {versions}"
        if versions
        else FIX_WORDS.get(finding["fixState"], "fix unknown")
    )
    if finding["kev"]:
        yield "known to be exploited (CISA KEV)"
    if item:
        said = said_of(item)
        yield f"VEX status {said.status}"
        yield from filter(
            None, (said.justification, said.impact, said.action, said.notes)
        )
    elif finding["vexStatus"]:
        yield f"VEX status {shown(finding['vexStatus'])}"
