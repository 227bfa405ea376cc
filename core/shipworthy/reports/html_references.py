"""Where to read on about a vulnerability: its advisories, its other names and its references, on the HTML page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, filterfalse, islice, starmap
from typing import Any

from shipworthy.reports.markup import Html, esc, short, titled


MOST = 6
"""Most places or advisories shown of one finding; of places and scores the rest is counted."""
REFERENCES = 2
"""Most references shown of one vulnerability, beside its advisories; the rest is counted."""

Advisory = tuple[str, str]
"""Its id and its address."""

# They list what others said.
_TRACKER = re.compile(
    r"//(?:nvd\.nist\.gov|lists\.fedoraproject\.org|lists\.apache\.org|www\.oracle\.com|security\.netapp\.com)/"
)
_DISTRIBUTIONS = (
    "https://security-tracker.debian.org/tracker/",
    "https://security.alpinelinux.org/vuln/",
    "https://ubuntu.com/security/",
    "https://access.redhat.com/security/cve/",
)
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,}")
_GHSA = re.compile(r"GHSA(?:-[a-z0-9]{4}){3}")
_OSV = re.compile(r"(?:PYSEC|RUSTSEC|GO)-[0-9]{4}-[0-9]+")


def reading(finding: Mapping[str, Any], advisories: Sequence[Advisory]) -> str:
    """The entries of a list of facts that say where to read on."""
    others = _others(finding, advisories)
    pages = [_of(name) for name in others]
    text = ""
    if shown := ", ".join(starmap(_advisory, advisories[:MOST])):
        text = f"<dt>Advisories<dd>{shown}"
    if shown := ", ".join(map(_named, others[:MOST], pages)):
        text += f"<dt>Also known as<dd>{shown}"
    if finding["references"] and (shown := _references(finding, advisories, pages)):
        text += f"<dt>References<dd>{shown}"
    return text


def _references(
    finding: Mapping[str, Any], advisories: Iterable[Advisory], pages: Iterable[str]
) -> str:
    """Those that no advisory above leads to already, nor another name, and that are no distribution's page of its own."""
    told = {*pages, *[url for _, url in advisories]}
    told.update([place + finding["id"] for place in _DISTRIBUTIONS])
    urls = [url for url in finding["references"] if url not in told]
    more = len(urls) - REFERENCES
    if len(urls) > 1:
        # What is more to the point goes first.
        retells = _TRACKER.search
        ordered = chain(filterfalse(retells, urls), filter(retells, urls))
        urls = list(islice(ordered, REFERENCES))
    shown = ", ".join(map(short, urls))
    return f"{shown}, {more:,} more" if more > 0 else shown


def _advisory(name: str, url: str) -> Html:
    return titled(url, name) if url else _named(name, _of(name))


def _others(finding: Mapping[str, Any], advisories: Iterable[Advisory]) -> list[str]:
    """The aliases not told yet, and that are more than a prefix before the id (``DEBIAN-CVE-…``)."""
    told = {name for name, _ in advisories}
    end = "-" + finding["id"]
    return [n for n in finding["aliases"] if n not in told and not n.endswith(end)]


def _named(name: str, url: str) -> Html:
    if not url:
        return esc(name)
    # What we know an address of is made of letters, digits and hyphens.
    return Html(f"<a href={url}>{name}</a>") if len(name) < 64 else titled(url, name)


def _of(name: str) -> str:
    """The address of what has this name; empty where we know none."""
    if _GHSA.fullmatch(name):
        return f"https://github.com/advisories/{name}"
    if _CVE.fullmatch(name):
        return f"https://nvd.nist.gov/vuln/detail/{name}"
    return f"https://osv.dev/vulnerability/{name}" if _OSV.fullmatch(name) else ""
