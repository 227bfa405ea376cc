"""
The charts of the HTML page: findings by severity, and by the score of their risk.

They are drawn with presentation attributes and classes alone, because a strict content security
policy takes every other style away; what they show stands beside them in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports import summary
from shipworthy.reports.markup import Html, bar
from shipworthy.reports.summary import counted


BANDS = 10
"""How many bands the scores from 0 to 100 are put in."""

_WIDE, _HIGH = 30, 84  # of one band, and of the fullest one
_TOP = 14  # room for its count
_LEAST = 1.5  # of a severity that few have, so that it is seen at all


def by_severity(findings: Sequence[Mapping[str, Any]]) -> Html:
    """How many there are of each severity, and how many of those can be fixed."""
    tallies = summary.tally(findings)
    most = max(count.total for count in tallies)
    rows: list[str] = []
    for at, count in enumerate(tallies):
        if count.severity == "none" and not count.total:
            continue
        if count.total:
            parts = (
                (f"f{at}", count.fixable),
                (f"f{at} pale", count.total - count.fixable),
            )
            rows.append(
                f'<tr><th scope="row">{count.severity.capitalize()}</th>'
                f'<td class="bar">{bar(parts, most)}</td><td class="n">{count.total:,}</td>'
                f'<td class="n">{count.fixable:,} fixable</td></tr>'
            )
        else:
            rows.append(
                f'<tr><th scope="row" class="zero">{count.severity.capitalize()}</th>'
                f'<td class="bar">{bar((), 1)}</td><td class="n zero">0</td><td class="n"></td></tr>'
            )
    return Html(
        '<table class="chart"><caption>Findings by severity '
        '<span class="key"></span>can be fixed <span class="key pale"></span>no fix yet'
        f"</caption><tbody>{''.join(rows)}</tbody></table>"
    )


def by_risk(findings: Sequence[Mapping[str, Any]]) -> Html:
    """How many there are in each band of the risk score, the severities on each other; nothing where there are none."""
    if not findings:
        return Html("")
    bands = [Counter[str]() for _ in range(BANDS)]
    alike = Counter([(one["risk"]["score"], one["severity"]) for one in findings])
    for (score, severity), count in alike.items():
        bands[_band(score)][severity] += count
    most = max(band.total() for band in bands)
    drawn = "".join(_column(at, band, most) for at, band in enumerate(bands))
    said = "; ".join(
        f"{_range(at)}: {band.total():,} ({summary.in_words(summary.tally_of(band))})"
        for at, band in reversed(list(enumerate(bands)))
        if band
    )
    size = f"0 0 {BANDS * _WIDE} {_TOP + _HIGH + 16}"
    return Html(
        '<figure class="risk"><figcaption>Findings by risk score, 0 to 100</figcaption>'
        f'<svg viewBox="{size}" role="img" aria-labelledby="risk-title risk-desc">'
        f'<title id="risk-title">{counted(len(findings), "finding")} by risk score</title>'
        f'<desc id="risk-desc">{said}</desc>{drawn}</svg></figure>'
    )


def _band(score: float) -> int:
    return max(0, min(int(score * BANDS / 100), BANDS - 1))


def _range(at: int) -> str:
    width = 100 // BANDS
    return f"{at * width} to {(at + 1) * width}"


def _column(at: int, band: Mapping[str, int], most: int) -> str:
    """One band: severities from the bottom up, the worst on top, and how many there are."""
    left, base = at * _WIDE, _TOP + _HIGH
    top = float(base)
    rects: list[str] = []
    for rank in reversed(range(len(SEVERITIES))):
        count = band.get(SEVERITIES[rank], 0)
        if count:
            size = max(_LEAST, _HIGH * count / most)
            top = max(_TOP, top - size)
            rects.append(
                f'<rect class="f{rank}" x="{left + 2}" y="{top:.1f}" width="{_WIDE - 4}" height="{size:.1f}"/>'
            )
    total = sum(band.values())
    middle = left + _WIDE // 2
    number = f'<text x="{middle}" y="{top - 3:.1f}">{total:,}</text>' if total else ""
    axis = f'<rect class="rail" x="{left}" y="{base}" width="{_WIDE}" height="1"/>'
    width = 100 // BANDS
    return f'{"".join(rects)}{number}{axis}<text class="unit" x="{middle}" y="{base + 12}">{at * width}–{(at + 1) * width}</text>'
