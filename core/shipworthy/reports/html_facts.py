"""What is known of a vulnerability wherever it is: scores, exploitation, dates and references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, filterfalse, islice, starmap
from operator import itemgetter
from typing import Any, NamedTuple

from shipworthy.reports.markup import (
    Html,
    esc,
    in_turn,
    items,
    joined,
    lines_of,
    short,
    titled,
)
from shipworthy.reports.sharing import common


MOST = 6
"""Most places or advisories shown of one finding; the rest is counted."""
REFERENCES = 2
"""Most references shown of one vulnerability, beside its advisories; the rest is counted."""
DESCRIBED = 280
"""Longest description, in characters; the advisories and the JSON result have all of it."""
TITLE = 120
"""Characters of a description that stand for a title where there is none."""

Hoisted = tuple[tuple[str, str], ...]
"""Factors of a risk, and how all their effects end."""

_Advisory = tuple[str, str]  # its id and its address
_Factor = tuple[str, str]  # its name and its effect
_ADVISORY, _FACTOR = itemgetter("id", "url"), itemgetter("name", "effect")
_TAG = ' <span class="tag hot">exploited</span>'
_PUBLIC = ' <span class="tag">exploit public</span>'
_WORTH = 20  # characters of a common end
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


class _Own(NamedTuple):
    """What a finding adds to what is said of its vulnerability."""

    advisories: tuple[_Advisory, ...]
    factors: tuple[_Factor, ...]
    rated_by: str
    cwes: str
    published: str


class Known(NamedTuple):
    """What the page says of a vulnerability wherever it is."""

    id: Html
    tag: str
    """Whether it is exploited."""
    likely: str
    title: Html
    facts: Html
    """All of it as a list of facts below the description; the same text for the same vulnerability."""


def about(finding: Mapping[str, Any], hoisted: Hoisted) -> Known:
    """
    What the page says of a finding's vulnerability.

    ``hoisted`` is what :func:`in_common` found, and is said above the list instead.
    """
    own = _Own(
        tuple(map(_ADVISORY, finding["advisories"])),
        tuple(map(_FACTOR, finding["risk"]["factors"])),
        finding["severitySource"],
        " ".join(finding["cwes"]),
        finding["published"][:10],
    )
    return _about(finding, own, hoisted)


@common
def _about(finding: Mapping[str, Any], own: _Own, hoisted: Hoisted) -> Known:
    """Made once for all findings that say the same: nearly always all of a vulnerability."""
    epss = finding["epss"]
    return Known(
        esc(finding["id"], 80),
        _TAG if finding["kev"] else _PUBLIC if finding["exploits"] else "",
        percent(epss["score"]) if epss else "–",
        esc(finding["title"] or finding["description"][:TITLE] or "Details"),
        _facts(finding, own, hoisted),
    )


def _facts(finding: Mapping[str, Any], own: _Own, hoisted: Hoisted) -> Html:
    """The description and the list of facts below it."""
    epss = finding["epss"]
    above = f"above {percent(epss['percentile'])} of all" if epss else ""
    # Where EPSS raises the risk, it is said there.
    compared = "" if "epss" in [name for name, _ in own.factors] else above
    facts = items(
        (
            ("Exploited", _exploited(finding["kev"])),
            ("Exploits", several(_exploit, finding["exploits"])),
            ("Severity", _rated(finding, own.rated_by)),
            ("CVSS", several(_score, _by_vector(finding["cvss"]))),
            ("EPSS", Html(compared)),
            ("Risk", _risk(finding, own.factors, dict(hoisted), above)),
            ("Weakness", esc(own.cwes)),
            ("Published", esc(own.published)),
        )
    )
    return Html(
        f"{_description(finding)}<dl>{facts}{_reading(finding, own.advisories)}</dl>"
    )


def _reading(finding: Mapping[str, Any], advisories: tuple[_Advisory, ...]) -> Html:
    """Advisories, other names and where to read on."""
    others = _others(finding, advisories)
    return items(
        (
            ("Advisories", joined(starmap(_advisory, advisories[:MOST]))),
            ("Also known as", joined(map(_alias, others[:MOST]))),
            ("References", _references(finding, advisories, others)),
        )
    )


def _description(finding: Mapping[str, Any]) -> str:
    """The description without the title that stands above it already."""
    text = finding["description"].removeprefix(finding["title"]).lstrip()
    if not text or (not finding["title"] and len(text) <= TITLE):
        return ""
    return f"<p>{lines_of(text, DESCRIBED)}"


def _exploited(kev: Mapping[str, Any] | None) -> Html:
    if not kev:
        return Html("")
    due = f", to be fixed by {esc(kev['dueDate'])}" if kev["dueDate"] else ""
    ransom = "; used by ransomware" if kev["ransomware"] else ""
    return Html(
        f"<b class=hot>Since {esc(kev['dateAdded'])}{due}{ransom}.</b> {esc(kev['requiredAction'], 400)}"
    )


def _exploit(exploit: Mapping[str, Any]) -> Html:
    source = Html(f" <span class=soft>{esc(exploit['source'])}</span>")
    name = exploit["name"]
    return Html(
        (titled(exploit["url"], name) if exploit["url"] else esc(name)) + source
    )


def _by_vector(
    scores: Sequence[Mapping[str, Any]],
) -> Sequence[Sequence[Mapping[str, Any]]]:
    """Those who gave the same vector together, in the order of the first of each."""
    if len(scores) < 2:
        return [scores] if scores else []
    found: dict[tuple[str, float], list[Mapping[str, Any]]] = {}
    for score in scores:
        found.setdefault((score["vector"], score["score"]), []).append(score)
    return list(found.values())


def _score(scores: Sequence[Mapping[str, Any]]) -> Html:
    """The vector begins with its version, but for CVSS 2."""
    first = scores[0]
    vector = first["vector"]
    version = "" if vector.startswith("CVSS:") else f", v{esc(first['version'])}"
    sources = joined([esc(one["source"]) for one in scores])
    return Html(f"{first['score']:.1f} {sources}{version} {esc(vector)}")


def _rated(finding: Mapping[str, Any], source: str) -> Html:
    """Who rated it, where it is not who scored it first."""
    scores = finding["cvss"]
    told = scores and scores[0]["source"] == source
    return Html("" if told or not source else f"by {esc(source)}")


def _risk(
    finding: Mapping[str, Any],
    factors: Sequence[_Factor],
    hoisted: Mapping[str, str],
    above: str,
) -> Html:
    """What the score in the row is made of; what stands beside or above it is not said again."""
    parts: list[Html] = []
    for name, effect in factors:
        amount = effect.partition(": ")[0]
        said = effect
        if name == "impact" and finding["cvss"]:
            said = amount
        elif name == "epss" and finding["epss"]:
            said = f"{amount} ({above})"
        elif name in hoisted:
            said = f"{effect.removesuffix(hoisted[name])}…"
        parts.append(in_turn((name, " ", said)))
    return joined(parts)


def in_common(findings: Sequence[Mapping[str, Any]]) -> Hoisted:
    """How every effect of a factor ends, by the factor: to be said once where that is worth it."""
    effects: dict[str, set[str]] = {}
    told = chain.from_iterable([finding["risk"]["factors"] for finding in findings])
    for name, effect in set(map(_FACTOR, told)):
        effects.setdefault(name, set()).add(effect)
    ends = {
        name: _end(found)
        for name, found in sorted(effects.items())
        if name not in {"impact", "epss"} and len(found) > 1
    }
    return tuple([(name, end) for name, end in ends.items() if len(end) >= _WORTH])


def _end(texts: Iterable[str]) -> str:
    """What all of ``texts`` end with, from a word's start."""
    end = ""
    for characters in zip(*(reversed(text) for text in texts), strict=False):
        if len(set(characters)) > 1:
            break
        end = characters[0] + end
    return end[end.find(" ") :] if " " in end else ""


def _references(
    finding: Mapping[str, Any], advisories: Iterable[_Advisory], others: Iterable[str]
) -> Html:
    """Those that no advisory above leads to already, and that are no distribution's page of its own."""
    told = {url for _, url in advisories}
    told |= {_of(name) for name in others}
    told |= {place + finding["id"] for place in _DISTRIBUTIONS}
    urls = [url for url in finding["references"] if url not in told]
    more = len(urls) - REFERENCES
    # What is more to the point goes first.
    retells = _TRACKER.search
    ordered = chain(filterfalse(retells, urls), filter(retells, urls))
    shown = joined(map(short, islice(ordered, REFERENCES)))
    return Html(f"{shown}, {more:,} more" if more > 0 else shown)


def _advisory(name: str, url: str) -> Html:
    return titled(url, name) if url else _alias(name)


def _others(finding: Mapping[str, Any], advisories: Iterable[_Advisory]) -> list[str]:
    """The aliases not told yet, and that are more than a prefix before the id (``DEBIAN-CVE-…``)."""
    told = {name for name, _ in advisories}
    end = "-" + finding["id"]
    return [n for n in finding["aliases"] if n not in told and not n.endswith(end)]


def _alias(name: str) -> Html:
    url = _of(name)
    return titled(url, name) if url else esc(name)


def _of(name: str) -> str:
    """The address of what has this name; empty where we know none."""
    if _CVE.fullmatch(name):
        return f"https://nvd.nist.gov/vuln/detail/{name}"
    if _GHSA.fullmatch(name):
        return f"https://github.com/advisories/{name}"
    return f"https://osv.dev/vulnerability/{name}" if _OSV.fullmatch(name) else ""


def several(make: Callable[[Any], Html], values: Sequence[Any]) -> Html:
    """The first :data:`MOST` of ``values`` as the values of one entry, each made into markup."""
    if not values:
        return Html("")
    more = len(values) - MOST
    rest = f"<dd>and {more:,} more" if more > 0 else ""
    return Html("<dd>".join(map(make, values[:MOST])) + rest)


def percent(share: float) -> str:
    """A probability as people read it."""
    value = 100 * share
    if value >= 99.5:
        return f"{int(value * 10) / 10:g} %"
    return f"{value:.0f} %" if value >= 10 else f"{value:.2g} %"
