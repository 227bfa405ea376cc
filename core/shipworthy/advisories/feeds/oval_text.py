"""What OVAL definitions tell people: descriptions, scores, weaknesses, references."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from shipworthy.advisories.feeds.oval import Definition
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_DETAILS,
    cwes,
    prose,
    urls,
    vector,
)
from shipworthy.model.advisory import CvssVector


_FIRST = re.compile(r"\s*(CVE-[0-9]{4}-[0-9]{4,12})(?:\s.*)?", re.DOTALL)
_WEAKNESS = re.compile(r"CWE-[0-9]{1,6}")
_MAX_CVES = 5_000


def cves_of(definition: Definition) -> tuple[str, ...]:
    """The CVEs that a definition is on: those of its advisory and of its references to CVE, sorted."""
    named = [item.text or "" for item in _entries(definition)]
    named += [id_.rpartition(" ")[2] for id_ in definition.references("CVE")]
    found = {match[1] for name in named if (match := _FIRST.fullmatch(name))}
    return tuple(sorted(found))


def vectors_of(
    definition: Definition, source: str
) -> dict[str, tuple[CvssVector, ...]]:
    """The CVSS vectors by CVE; whose they are the link beside them tells, else they are ``source``'s."""
    found: dict[str, dict[CvssVector, None]] = {}
    for item in _entries(definition):
        match = _FIRST.fullmatch(item.text or "")
        if not match:
            continue
        scorer = "nvd" if "nvd.nist.gov" in (item.get("href") or "") else source
        for name in ("cvss4", "cvss3", "cvss2"):
            # the score stands before the vector
            value = (item.get(name) or "").partition("/")[2]
            if made := vector(scorer, value):
                found.setdefault(match[1], {})[made] = None
    return {cve: tuple(vectors) for cve, vectors in found.items()}


def weaknesses_of(definition: Definition, cve: str) -> tuple[str, ...]:
    """The weaknesses that the definition gives one CVE."""
    found = [
        name
        for item in _entries(definition)
        if (item.text or "").strip().startswith(cve)
        for name in _WEAKNESS.findall((item.get("cwe") or "")[:1_000])
    ]
    return cwes(found)


def prose_of(definition: Definition) -> str:
    """The description, its lines trimmed."""
    text = definition.metadata.findtext("description") or ""
    lines = (line.strip() for line in text[: 4 * MAX_DETAILS].strip().splitlines())
    return prose("\n".join(lines), MAX_DETAILS)


def links_of(definition: Definition) -> tuple[str, ...]:
    """The addresses of the definition's references."""
    found = definition.metadata.findall("reference")
    return urls([item.get("ref_url") for item in found[:500]])


def is_cve(text: str) -> bool:
    """Whether a title is nothing but a CVE."""
    return CVE.fullmatch(text) is not None


def _entries(definition: Definition) -> list[Element]:
    return definition.metadata.findall("advisory/cve")[:_MAX_CVES]
