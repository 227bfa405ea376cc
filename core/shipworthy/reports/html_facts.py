"""What is known of a vulnerability wherever it is: scores, exploitation, dates and where to read on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from shipworthy.reports.html_references import MOST, Advisory, reading
from shipworthy.reports.markup import Html, esc, in_turn, lines_of, titled
from shipworthy.reports.sharing import common


DESCRIBED = 280
"""Longest description, in characters; the advisories and the JSON result have all of it."""
TITLE = 120
"""Characters of a description that stand for a title where there is none."""

Hoisted = tuple[tuple[str, str], ...]
"""Factors of a risk, and how all their effects end."""

_Factor = tuple[str, str]  # its name and its effect
_Score = tuple[
    tuple[str, float], list[str]
]  # its vector and itself, its version and who gave it
_FACTOR = itemgetter("name", "effect")
_TAG = ' <span class="tag hot">exploited</span>'
_PUBLIC = ' <span class="tag">exploit public</span>'
_VARIANTS = 8  # of what findings say of one vulnerability that are compared
_SAID = ("impact", "epss")  # what stands beside the risk says how they end
_WORTH = 20  # characters of a common end

_Own = tuple[list[Advisory], list[Mapping[str, str]], str, list[str], str]
"""What a finding adds to what is said of its vulnerability: advisories, factors of its risk, who rated it, weaknesses, the day."""


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
    own: _Own = (
        [(one["id"], one["url"]) for one in finding["advisories"]],
        finding["risk"]["factors"],
        finding["severitySource"],
        finding["cwes"],
        finding["published"][:10],
    )
    vulnerability, known = _known(finding, hoisted)
    for others, made in known:
        if others == own:
            return made
    made = _about(vulnerability, own, hoisted)
    if len(known) < _VARIANTS:
        known.append((own, made))
    return made


@common
def _known(
    finding: Mapping[str, Any], _hoisted: Hoisted
) -> tuple[Mapping[str, Any], list[tuple[_Own, Known]]]:
    """
    The vulnerability's facts, and what :func:`about` made of them so far, by what a finding added.

    Nearly always all of them add the same: comparing that costs less than finding what was made by it.
    """
    return finding, []


def _about(finding: Mapping[str, Any], own: _Own, hoisted: Hoisted) -> Known:
    epss = finding["epss"]
    return Known(
        esc(finding["id"], 80),
        _TAG if finding["kev"] else _PUBLIC if finding["exploits"] else "",
        percent(epss["score"]) if epss else "–",
        in_turn((finding["title"] or finding["description"][:TITLE] or "Details",)),
        _facts(finding, own, hoisted),
    )


def _facts(finding: Mapping[str, Any], own: _Own, hoisted: Hoisted) -> Html:
    """The description and the list of facts below it."""
    advisories, told, source, cwes, published = own
    factors = list(map(_FACTOR, told))
    epss, scores = finding["epss"], finding["cvss"]
    above = f"above {percent(epss['percentile'])} of all" if epss else ""
    text = f"{_description(finding)}<dl>"
    if kev := finding["kev"]:
        text += f"<dt>Exploited<dd>{_exploited(kev)}"
    if exploits := finding["exploits"]:
        text += f"<dt>Exploits<dd>{several(_exploit, exploits)}"
    # Who rated it is said where it is not who scored it first.
    if source and not (scores and scores[0]["source"] == source):
        text += f"<dt>Severity<dd>by {esc(source)}"
    if scores:
        text += f"<dt>CVSS<dd>{several(_score, _by_vector(scores))}"
    # Where EPSS raises the risk, it is said there.
    if above and "epss" not in [name for name, _ in factors]:
        text += f"<dt>EPSS<dd>{above}"
    if factors:
        text += f"<dt>Risk<dd>{_risk(finding, factors, dict(hoisted), above)}"
    weakness, day = esc(" ".join(cwes)), esc(published)
    if weakness:
        text += f"<dt>Weakness<dd>{weakness}"
    if day:
        text += f"<dt>Published<dd>{day}"
    return Html(f"{text}{reading(finding, advisories)}</dl>")


def _description(finding: Mapping[str, Any]) -> str:
    """The description without the title that stands above it already."""
    text = finding["description"].removeprefix(finding["title"]).lstrip()
    if not text or (not finding["title"] and len(text) <= TITLE):
        return ""
    return f"<p>{lines_of(text, DESCRIBED)}"


def _exploited(kev: Mapping[str, Any]) -> Html:
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


def _by_vector(scores: Sequence[Mapping[str, Any]]) -> list[_Score]:
    """Those who gave the same vector together, in the order of the first of each."""
    found: dict[tuple[str, float], list[str]] = {}
    for one in scores:
        alike = found.setdefault((one["vector"], one["score"]), [one["version"]])
        alike.append(one["source"])
    return list(found.items())


def _score(told: _Score) -> str:
    (vector, score), (version, *sources) = told
    return f"{score:.1f} {_by(tuple(sources), version, vector)}"


@lru_cache(maxsize=1 << 12)
def _by(sources: tuple[str, ...], version: str, vector: str) -> str:
    """Who gave a score and the vector, which begins with its version, but for CVSS 2; they come again and again."""
    told = "" if vector.startswith("CVSS:") else f", v{esc(version)}"
    return f"{', '.join(map(esc, sources))}{told} {esc(vector)}"


def _risk(
    finding: Mapping[str, Any],
    factors: Sequence[_Factor],
    hoisted: Mapping[str, str],
    above: str,
) -> Html:
    """What the score in the row is made of; what stands beside or above it is not said again."""
    words: list[str] = []
    for name, effect in factors:
        amount = effect.partition(": ")[0]
        said = effect
        if name == "impact" and finding["cvss"]:
            said = amount
        elif name == "epss" and finding["epss"]:
            said = f"{amount} ({above})"
        elif name in hoisted:
            said = f"{effect.removesuffix(hoisted[name])}…"
        words += (", ", name, " ", said)
    return in_turn(words[1:])


def in_common(findings: Sequence[Mapping[str, Any]]) -> Hoisted:
    """How every effect of a factor ends, by the factor: to be said once where that is worth it."""
    effects: dict[str, set[str]] = {}
    told = chain.from_iterable([finding["risk"]["factors"] for finding in findings])
    for factor in told:
        if (name := factor["name"]) not in _SAID:
            effects.setdefault(name, set()).add(factor["effect"])
    ends = {
        name: _end(found) for name, found in sorted(effects.items()) if len(found) > 1
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


def several(make: Callable[[Any], str], values: Sequence[Any]) -> Html:
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
