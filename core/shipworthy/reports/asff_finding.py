"""One finding in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from shipworthy.reports.asff_known import known_of
from shipworthy.reports.asff_package import packages
from shipworthy.reports.asff_scope import Document, Scope, framed
from shipworthy.reports.asff_words import (
    RECOMMENDATION,
    TITLE,
    entry_fields,
    filled,
    fit,
    product_fields,
    standing,
)
from shipworthy.reports.members import members
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import fix_words, fixed_in


_FIX_AVAILABLE = members({"FixAvailable": "YES"})
_NO_FIX = members({"FixAvailable": "NO"})

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
    weaknesses = " ".join(finding["cwes"])
    pages = tuple([one["url"] for one in finding["advisories"]])
    known = known_of(finding, scope, weaknesses, pages, *_of_vulnerability(finding))
    mark, fixed = finding["fingerprint"], fixed_in(finding)[0]
    package = _package(finding["package"], scope, fixed, _remedy(finding, scope, fixed))
    layer = finding["layer"]
    brought_by = layer["instruction"] if layer else ""
    judged = _judged(scope, brought_by, *_of_judgement(finding))
    fields = (
        known.likely,
        product_fields((("fingerprint", mark),)) if mark else b"",
        judged.fix_state,
        known.exploited,
        judged.origin,
        package.purl,
        _risk(finding["risk"]["score"]),
        known.rated.source,
        judged.state,
        product_fields(entry_fields(entry)) if entry else b"",
        judged.shared,
    )
    vulnerability = (
        known.scores,
        _FIX_AVAILABLE if finding["fixedVersions"] else _NO_FIX,
        known.vulnerability,
        package.vulnerable,
    )
    advice = {"Text": package.remedy, "Url": known.page}
    return framed(
        scope,
        known.frame,
        standing(entry, scope.at),
        id_=id_,
        title=fit(f"{finding['id']} in {package.name}", TITLE),
        fields=b",".join(filter(None, fields)),
        remediation={"Recommendation": advice if known.page else filled(advice)},
        vulnerabilities=b'"Vulnerabilities":[{%b}]' % b",".join(vulnerability),
    )


class _Package(NamedTuple):
    """What is known of a package and its fix."""

    name: str
    purl: bytes
    """Product field."""
    vulnerable: bytes
    """The member of the vulnerability that tells it in each of its places."""
    remedy: str
    """What to do, in words."""


@common
def _package(package: Document, scope: Scope, fixed: str, remedy: str) -> _Package:
    known, version, text = (
        _anyhow(package, scope),
        fit(fixed),
        fit(remedy, RECOMMENDATION),
    )
    places: Sequence[Document] = known.places
    if version:
        fix = filled({"FixedInVersion": version, "Remediation": text})
        places = [{**place, **fix} for place in places]
    return _Package(
        name=known.name,
        purl=known.purl,
        vulnerable=members({"VulnerablePackages": places}),
        remedy=text,
    )


class _Anyhow(NamedTuple):
    """What is known of a package, whatever its fix."""

    name: str
    purl: bytes
    places: Sequence[Document]


@common
def _anyhow(package: Document, scope: Scope) -> _Anyhow:
    return _Anyhow(
        name=fit(f"{package['name']} {package['version']}".strip(), 160),
        purl=product_fields([("purl", package["purl"])]),
        places=packages(package, scope.diff_ids),
    )


def _remedy(finding: Document, scope: Scope, fixed: str) -> str:
    """The plan's words where there is a fix and an action closes the finding, else the fix."""
    if not fixed:
        return fix_words(finding)
    return scope.remedies.get(finding["fingerprint"]) or f"fixed in {fixed}"


@lru_cache(maxsize=1 << 10)
def _risk(score: float) -> bytes:
    return product_fields([("risk", f"{score:g}")])


class _Judged(NamedTuple):
    """How a finding is judged and what brought it, as product fields."""

    fix_state: bytes
    origin: bytes
    state: bytes
    shared: bytes
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
        fix_state=product_fields([("fixState", fix_state)]),
        origin=product_fields(brought),
        state=product_fields([("state", compared or ""), ("stateReason", reason)]),
        shared=product_fields([*scope.pairs[1:], ("vexStatus", stated)]),
    )
