"""
What a CycloneDX vulnerability (https://cyclonedx.org/docs/1.6/json/#vulnerabilities) says of itself, whichever package has it.

All findings that agree on it have one value, so that each form writes it once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shipworthy.reports.bom import Document, shown, time_of, told
from shipworthy.reports.cyclonedx_components import Json, Pair, filled, properties
from shipworthy.reports.cyclonedx_ratings import ratings
from shipworthy.reports.sharing import common
from shipworthy.reports.text import link, links
from shipworthy.values import dataclass


_CWE = re.compile(r"(?:CWE-)?([1-9][0-9]{0,5})", re.ASCII)
_SOURCES = {
    "CVE": ("NVD", "https://nvd.nist.gov/vuln/detail/"),
    "GHSA": ("GitHub", "https://github.com/advisories/"),
}
_ID = re.compile(r"[A-Z]{2,12}-[A-Za-z0-9:._-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What findings of one vulnerability have in common; nobody changes it."""

    fields: Json
    """The fields of the vulnerability that the standard has."""
    likelihood: list[Json]
    """Properties: how likely it is exploited."""


def facts_of(finding: Document) -> Facts:
    """What the finding says of its vulnerability; one value for all that say the same."""
    return _facts(
        finding,
        finding["severitySource"],
        finding["severity"],
        tuple(finding["cwes"]),
        tuple([(one["url"], one["id"]) for one in finding["advisories"]]),
        finding["published"],
        finding["modified"],
    )


@common
def _facts(
    finding: Document,
    source: str,
    severity: str,
    cwes: tuple[str, ...],
    advisories: tuple[tuple[str, str], ...],
    published: str,
    modified: str,
) -> Facts:
    fields = {
        "id": shown(finding["id"]),
        "source": _source(finding["id"]),
        "references": _references(finding["aliases"]),
        "ratings": ratings(finding["cvss"], source, severity),
        "cwes": _weaknesses(cwes),
        "description": told(finding["title"]),
        "detail": told(finding["description"]),
        "advisories": _to_read(advisories, finding["references"]),
        "published": time_of(published),
        "updated": time_of(modified),
    }
    return Facts(fields=filled(fields), likelihood=properties(_likelihood(finding)))


def _source(id_: str) -> Json:
    """Who publishes under that identifier."""
    prefix = id_.partition("-")[0]
    name, address = _SOURCES.get(prefix) or (shown(prefix) or "unknown", "")
    if address and _ID.fullmatch(id_):
        return {"name": name, "url": f"{address}{id_}"}
    return {"name": name}


def _references(aliases: Sequence[str]) -> list[Json]:
    """Its other names."""
    return [
        {"id": name, "source": _source(alias)}
        for alias in dict.fromkeys(aliases)
        if (name := shown(alias))
    ]


def _weaknesses(cwes: Sequence[str]) -> list[int]:
    numbers = (int(found[1]) for cwe in cwes if (found := _CWE.fullmatch(cwe)))
    return list(dict.fromkeys(numbers))


def _to_read(
    advisories: Sequence[tuple[str, str]], references: Sequence[str]
) -> list[Json]:
    """Where to read on: the advisories that matched, then all other references."""
    found: dict[str, str] = {}
    for address, id_ in advisories:
        if url := link(address):
            found.setdefault(url, shown(id_))
    for url in links(references):
        found.setdefault(url, "")
    return [
        {"title": title, "url": url} if title else {"url": url}
        for url, title in found.items()
    ]


def _likelihood(finding: Document) -> Iterator[Pair]:
    """How likely it is exploited, wherever it is."""
    epss, kev = finding["epss"], finding["kev"]
    if epss:
        yield "epss:score", f"{epss['score']:.5f}"
        yield "epss:percentile", f"{epss['percentile']:.5f}"
        yield "epss:date", epss["date"]
    if kev:
        yield "kev:dateAdded", kev["dateAdded"]
        yield "kev:dueDate", kev["dueDate"]
        yield "kev:ransomware", "true" if kev["ransomware"] else "false"
    for one in finding["exploits"]:
        yield "exploit", one["url"] or one["source"]
