"""One finding in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

import orjson

from shipworthy.reports.asff_known import Known, known_of
from shipworthy.reports.asff_package import Named, Place, named, package_of, places
from shipworthy.reports.asff_scope import Document, Scope, framed
from shipworthy.reports.asff_words import (
    RECOMMENDATION,
    TITLE,
    entry_fields,
    fit,
    is_plain,
    product_fields,
    run,
    standing,
    told_as_it_fits,
)
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import fix_words, fixed_in


_FIX_AVAILABLE = run({"FixAvailable": "YES"})
_NO_FIX = run({"FixAvailable": "NO"})
_NAME = 160

_url = itemgetter("url")
_of_vulnerability = itemgetter(
    "kind", "severity", "severitySource", "published", "modified"
)
_of_judgement = itemgetter(
    "kind", "fixState", "origin", "state", "stateReason", "vexStatus"
)


def finding_written(
    finding: Document, id_: str, scope: Scope, entry: Document | None
) -> bytes:
    """The finding as JSON."""
    pages = tuple(map(_url, finding["advisories"]))
    weaknesses = " ".join(finding["cwes"])
    known = known_of(finding, scope, weaknesses, pages, *_of_vulnerability(finding))
    mark, fixed = finding["fingerprint"], fixed_in(finding)[0]
    said = scope.remedies.get(mark, "") if fixed else fix_words(finding)
    package = _package(finding["package"], scope, fixed, said)
    anyhow, layer = package.anyhow, finding["layer"]
    brought_by = layer["instruction"] if layer else ""
    judged = _judged(scope, brought_by, *_of_judgement(finding))
    marked = told_as_it_fits("shipworthy/fingerprint", mark) if mark else ""
    taken_out = _alike(*entry_fields(entry)) if entry else ""
    has_fix = _FIX_AVAILABLE if finding["fixedVersions"] else _NO_FIX
    return framed(
        scope,
        known.frame,
        standing(entry, scope.at),
        id_,
        _title(finding["id"], known, anyhow),
        f"{known.likely}{marked}{judged.fix_state}{known.exploited}{judged.origin}{anyhow.purl}"
        f"{_risk(finding['risk']['score'])}{known.rated.source}{judged.state}{taken_out}{judged.shared}",
        f'"Vulnerabilities":[{{{known.scores}{has_fix}{known.vulnerability}{package.vulnerable}}}],',
        _remediation(package.remedy, known.page),
    )


class _Package(NamedTuple):
    """What is known of a package and its fix."""

    anyhow: _Anyhow
    vulnerable: str
    """The last member of the vulnerability, which tells it in each of its places."""
    remedy: str
    """What to do, as JSON; nothing where nobody knows."""


@common
def _package(package: Document, scope: Scope, fixed: str, said: str) -> _Package:
    """A package with its fix, and what is ``said`` to do; without it what the fix is."""
    known = _anyhow(package, scope)
    remedy = _remedy(said or f"fixed in {fixed}")
    version = told_as_it_fits("FixedInVersion", fixed)
    fix = (version, f'"Remediation":{remedy},' if remedy else "") if version else ()
    every = [package_of(known.named, place, *fix) for place in known.places]
    return _Package(
        known,
        f'"VulnerablePackages":[{",".join(every)}]',
        remedy,
    )


class _Anyhow(NamedTuple):
    """What is known of a package, whatever its fix."""

    name: str
    is_plain: bool
    """Whether the name stands in a title as it is."""
    purl: str
    """Product field."""
    named: Named
    places: list[Place]


@common
def _anyhow(package: Document, scope: Scope) -> _Anyhow:
    kind, name, version = package["type"], package["name"], package["version"]
    called = f"{name} {version}".strip()
    plain = len(called) <= _NAME and is_plain(f"{name}{version}")
    return _Anyhow(
        called if plain else fit(called, _NAME),
        plain,
        told_as_it_fits("shipworthy/purl", package["purl"]),
        named(kind, name, version, package["arch"]),
        places(package, scope.diff_ids),
    )


@lru_cache(maxsize=1 << 11)
def _remedy(words: str) -> str:
    """What to do as JSON; nothing where no words are."""
    told = fit(words, RECOMMENDATION)
    return orjson.dumps(told).decode() if told else ""


def _title(id_: str, known: Known, package: _Anyhow) -> str:
    """What is where, as JSON."""
    if known.is_plain and package.is_plain:
        return f'"{id_} in {package.name}"'
    return orjson.dumps(fit(f"{id_} in {package.name}", TITLE)).decode()


def _remediation(remedy: str, page: str) -> str:
    """What to do and where to read on, as the member of a finding."""
    if not page and not remedy:
        return '"Remediation":{"Recommendation":{}},'
    text = f'"Text":{remedy}' if remedy else '"Text":""'
    return f'"Remediation":{{"Recommendation":{{{text}{page}}}}},'


@lru_cache(maxsize=1 << 10)
def _risk(score: float) -> str:
    return told_as_it_fits("shipworthy/risk", f"{score:g}")


class _Judged(NamedTuple):
    """How a finding is judged and what brought it, as product fields."""

    fix_state: str
    origin: str
    state: str
    shared: str
    """Those that are the same for all, and what was stated."""


@lru_cache(maxsize=1 << 10)
def _judged(
    scope: Scope,
    instruction: str,
    kind: str,
    fix_state: str,
    origin: str,
    compared: str | None,
    reason: str,
    stated: str,
) -> _Judged:
    """Few findings are like no other in that."""
    brought = (("kind", kind), ("layer/instruction", instruction), ("origin", origin))
    return _Judged(
        fix_state=_alike(("fixState", fix_state)),
        origin=_alike(*brought),
        state=_alike(("state", compared or ""), ("stateReason", reason)),
        shared=_alike(*scope.pairs[1:], ("vexStatus", stated)),
    )


@lru_cache(maxsize=1 << 10)
def _alike(*pairs: tuple[str, str]) -> str:
    """Product fields that few findings differ in."""
    return product_fields(pairs)
