"""What is known of a vulnerability wherever it is: scores, exploitation, dates and references."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shipworthy.reports.markup import Html, esc, items, linked


MOST = 6
"""Most places, references or advisories shown of one finding; the rest is counted."""


def facts(finding: Mapping[str, Any]) -> Html:
    """The entries of a list of facts; empty where nothing is known."""
    epss, kev = finding["epss"], finding["kev"]
    exploited = ""
    if kev:
        due = f", to be fixed by {esc(kev['dueDate'])}" if kev["dueDate"] else ""
        ransom = "; used by ransomware" if kev["ransomware"] else ""
        exploited = f'<b class="hot">Since {esc(kev["dateAdded"])}{due}{ransom}.</b> {esc(kev["requiredAction"], 400)}'
    likely = ""
    if epss:
        likely = (
            f"{percent(epss['score'])} within 30 days, more than {int(epss['percentile'] * 1000) / 10:g} % "
            f"of all <span class=soft>(EPSS {esc(epss['date'])})</span>"
        )
    dates = [
        f"{word} {esc(finding[key][:10])}"
        for word, key in (("published", "published"), ("changed", "modified"))
        if finding[key]
    ]
    return items(
        (
            ("Exploited", Html(exploited)),
            ("Exploits", several(_exploit, finding["exploits"])),
            ("CVSS", several(_score, finding["cvss"])),
            ("Exploit likely", Html(likely)),
            ("Weakness", esc(" ".join(finding["cwes"]))),
            ("Dates", Html(", ".join(dates))),
            ("References", several(linked, finding["references"])),
        )
    )


def _exploit(exploit: Mapping[str, Any]) -> Html:
    source = Html(f" <span class=soft>{esc(exploit['source'])}</span>")
    name = exploit["name"]
    return Html(
        (linked(exploit["url"], name) if exploit["url"] else esc(name)) + source
    )


def _score(score: Mapping[str, Any]) -> Html:
    return Html(
        f"<b>{score['score']:.1f}</b> <span class=soft>{esc(score['source'])}, "
        f"v{esc(score['version'])}</span> <code>{esc(score['vector'])}</code>"
    )


def several(make: Callable[[Any], Html], values: Sequence[Any]) -> Html:
    """The first :data:`MOST` of ``values`` as the values of one entry, each made into markup."""
    more = len(values) - MOST
    rest = f"<dd>and {more:,} more" if more > 0 else ""
    return Html("<dd>".join(map(make, values[:MOST])) + rest)


def percent(share: float) -> str:
    """A probability as people read it."""
    value = 100 * share
    if value >= 99.5:
        return f"{int(value * 10) / 10:g} %"
    return f"{value:.0f} %" if value >= 10 else f"{value:.2g} %"
