"""Who rated a vulnerability and how, and where its ids have their pages, in the terms of :mod:`shipworthy.reports.inspector`."""

from __future__ import annotations

import re

from shipworthy.reports.inspector import (
    DISCONTINUED,
    SCANNER,
    Document,
    rater,
    severity_word,
)
from shipworthy.reports.text import line, link


_METHODS = {"2.0": "CVSSv2", "3.0": "CVSSv3", "3.1": "CVSSv31", "4.0": "CVSSv4"}
_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII)
_GHSA = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}", re.ASCII)
_USN = re.compile(r"USN-(\d{1,9}-\d{1,9})", re.ASCII)
_PREFIX = re.compile(r"[A-Za-z]+")
_SCANNER = {"name": SCANNER, "url": "https://aws.amazon.com/inspector/"}
_PAGES = {
    "NVD": "https://nvd.nist.gov/vuln/detail/",
    "MITRE": "https://www.cve.org/CVERecord?id=",
    "Ubuntu Linux": "https://people.canonical.com/~ubuntu-security/cve/",
    "Amazon Linux": "https://alas.aws.amazon.com/cve/json/v1/",
    "EPSS": "https://api.first.org/data/v1/epss?cve=",
}
"""What stands before a CVE id in the address of its page; Ubuntu has the year there too."""
_ENDS = {"Ubuntu Linux": ".html", "Amazon Linux": ".json"}
_HOMES = {
    "NVD": "https://nvd.nist.gov/",
    "MITRE": "https://www.cve.org/",
    "GITHUB": "https://github.com/advisories",
    "Ubuntu Linux": "https://ubuntu.com/security/cves",
    "Amazon Linux": "https://alas.aws.amazon.com/",
    "EPSS": "https://www.first.org/epss/",
}
# Lowest CVSS scores of the bands (FIRST); 0 is none.
_BANDS = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))


def home(name: str) -> dict[str, str]:
    """Whose id it is and its page; the scanner's where it is nobody's, no page where none is known. Nobody may change it."""
    if _is_cve(name):
        return {"name": "NVD", "url": f"https://nvd.nist.gov/vuln/detail/{name}"}
    if _is_ghsa(name):
        return {"name": "GITHUB", "url": f"https://github.com/advisories/{name}"}
    if found := _USN.fullmatch(name):
        return {"name": "USN", "url": f"https://usn.ubuntu.com/{found[1]}"}
    found = _PREFIX.match(name)
    return {"name": found[0][:64]} if found else _SCANNER


def origin_of(name: str, finding: Document) -> dict[str, str]:
    """The source of the vulnerability itself: whose id it is, with its advisory's page where the id has none."""
    if name == DISCONTINUED or finding["kind"] == "end-of-life":
        return _SCANNER
    told = home(name)
    if "url" not in told and finding["advisories"]:
        url = link(finding["advisories"][0]["url"])
        return told | {"url": url} if url else told
    return told


def ratings(name: str, finding: Document) -> list[dict[str, object]]:
    """
    The finding's own severity first, then every other CVSS score, then EPSS.

    The own one carries the score of who gave the severity, where that publisher scored; other scores have the
    severity of their band.
    """
    names = (name, *finding["aliases"])
    cve = next(filter(_is_cve, names), "")
    ghsa = next(filter(_is_ghsa, names), "")
    severity, source = finding["severity"], finding["severitySource"]
    own: Document | None = None
    others: list[dict[str, object]] = []
    for each in finding["cvss"]:
        if own is None and each["source"] == source:
            own = each
        else:
            others.append(_scored(each, _band(each["score"]), cve, ghsa))
    first: dict[str, object] = (
        _scored(own, severity_word(severity), cve, ghsa)
        if own is not None
        else {
            "method": "other",
            "severity": severity_word(severity),
            "source": _page(rater(source), cve, ghsa),
        }
    )
    told = [first, *others]
    if epss := finding["epss"]:
        told.append(
            {
                "method": "other",
                "score": round(epss["score"], 5),
                "severity": "none",
                "source": _page("EPSS", cve, ghsa),
                "vector": f"date:{line(epss['date'], 10)[:10]}T00:00:00+0000",
            }
        )
    return told


def _scored(cvss: Document, severity: str, cve: str, ghsa: str) -> dict[str, object]:
    return {
        "method": _METHODS.get(cvss["version"], "other"),
        "score": cvss["score"],
        "severity": severity,
        "source": _page(rater(cvss["source"]), cve, ghsa),
        "vector": line(cvss["vector"], 300),
    }


def _page(name: str, cve: str, ghsa: str) -> dict[str, str]:
    """A rater with its page on the vulnerability, as far as an id tells where that is."""
    if name == SCANNER:
        return _SCANNER
    if name == "GITHUB" and ghsa:
        return home(ghsa)
    if name == "GITHUB" or not cve:
        return {"name": name, "url": _HOMES[name]}
    told = f"{cve[4:8]}/{cve}" if name == "Ubuntu Linux" else cve
    return {"name": name, "url": f"{_PAGES[name]}{told}{_ENDS.get(name, '')}"}


def _is_cve(name: str) -> bool:
    return name.startswith("CVE-") and _CVE.fullmatch(name) is not None


def _is_ghsa(name: str) -> bool:
    return name.startswith("GHSA-") and _GHSA.fullmatch(name) is not None


def _band(score: float) -> str:
    for least, word in _BANDS:
        if score >= least:
            return word
    return "none"
