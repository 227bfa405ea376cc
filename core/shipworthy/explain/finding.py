"""
One finding with all its evidence, out of a saved result alone.

With the database at hand the advisories' own rows stand beside it, as their ranges are written, and
every publisher's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipworthy.advisories.store import AdvisoryStore
from shipworthy.assessment.severity import severity_of_score
from shipworthy.explain.policy import policy_of, suppression_of
from shipworthy.explain.saved import Saved
from shipworthy.model.advisory import Advisory
from shipworthy.reports.fields import Json, index_of, items, mapping, text, texts
from shipworthy.versions.words import in_words, order_of


_RANKS = {"ghsa": 0, "nvd": 2, "cisa-adp": 3}
"""Whose score counts first; all others come between GitHub and NVD."""
_PACKAGE = (
    "type",
    "name",
    "version",
    "purl",
    "arch",
    "source",
    "sourceVersion",
    "owner",
)
_PASSED_ON = (
    "kind",
    "epss",
    "kev",
    "exploits",
    "fixAvailable",
    "endOfLife",
    "risk",
    "published",
    "modified",
    "references",
)
"""What is handed on as the result has it, where it has it."""


def explain_finding(
    saved: Saved, finding: Json, suppressed: Json | None, store: AdvisoryStore | None
) -> dict[str, Any]:
    """
    Everything known of ``finding``, of plain values.

    Args:
        saved: The result it is in.
        finding: The finding.
        suppressed: Its suppression, where the policy took it out.
        store: The database, for the advisories in full.

    Raises:
        DatabaseError: The database cannot be read.
    """
    package = mapping(finding, "package")
    made: dict[str, Any] = {
        "subject": "finding",
        "id": text(finding, "id"),
        "aliases": texts(finding, "aliases"),
        "title": text(finding, "title"),
        "package": {key: text(package, key) for key in _PACKAGE},
        "places": _places(saved.document, package),
        **(
            {"platforms": texts(finding, "platforms")} if "platforms" in finding else {}
        ),
        "origin": text(finding, "origin"),
        "severity": _severity(finding),
        "fixState": text(finding, "fixState"),
        "fixedVersions": texts(finding, "fixedVersions"),
        "advisories": [
            {
                "id": text(ref, "id"),
                "feed": text(ref, "feed"),
                "url": text(ref, "url"),
                "fixedVersions": texts(ref, "fixedVersions"),
                "needs": text(ref, "needs"),
            }
            for ref in items(finding, "advisories")
        ],
        "evidence": [_evidence(package, one) for one in items(finding, "evidence")],
        "suppressed": suppression_of(saved, suppressed),
        "policy": policy_of(saved, finding),
    }
    made.update({key: finding[key] for key in _PASSED_ON if key in finding})
    if store is not None:
        made["database"] = _rows(saved, finding, store)
    return made


def row_of(advisory: Advisory) -> dict[str, Any]:
    """An advisory's row as it is in the database, ranges as written."""
    return {
        "id": advisory.id,
        "aliases": list(advisory.aliases),
        "feed": advisory.feed,
        "bucket": advisory.bucket,
        "package": advisory.package,
        "ranges": [
            " ".join(f"{kind} {version}" for kind, version in one.events)
            for one in advisory.ranges
        ],
        "versions": list(advisory.versions),
        "fixState": advisory.fix_state,
        "rating": advisory.rating,
        "arches": list(advisory.arches),
        "modularity": advisory.modularity,
        "channel": advisory.channel,
        "cpes": list(advisory.cpes),
        "also": list(advisory.also),
    }


def _places(document: Json, package: Json) -> list[dict[str, Any]]:
    """Where the package was seen, with the layer and the instruction that made it."""
    layers = {
        layer.get("index"): layer
        for layer in items(mapping(document, "image"), "layers")
        if type(layer.get("index")) is int
    }
    made = []
    for place in items(package, "locations"):
        index = index_of(place)
        layer: Json = layers.get(index, {})
        made.append(
            {
                "path": text(place, "path"),
                "layer": index if index >= 0 else None,
                "diffId": text(layer, "diffId"),
                "instruction": text(layer, "instruction"),
                "origin": text(layer, "origin"),
            }
        )
    return made


def _severity(finding: Json) -> dict[str, Any]:
    """The severity, who gave it, who would have been next, and every score."""
    source = text(finding, "severitySource")
    scores = []
    for entry in items(finding, "cvss"):
        score = entry.get("score")
        if not isinstance(score, int | float):
            continue
        scores.append(
            {
                "source": text(entry, "source"),
                "version": text(entry, "version"),
                "vector": text(entry, "vector"),
                "score": score,
                "severity": severity_of_score(float(score)),
            }
        )
    others = [one for one in scores if one["source"] != source]
    following = min(others, key=_rank, default=None)
    return {
        "severity": text(finding, "severity"),
        "source": source,
        "next": following and {k: following[k] for k in ("source", "severity")},
        "scores": scores,
    }


def _rank(score: dict[str, Any]) -> int:
    return _RANKS.get(score["source"], 1)


def _evidence(package: Json, entry: Json) -> dict[str, Any]:
    scheme, version = text(entry, "scheme"), text(entry, "matchedVersion")
    constraint = text(entry, "constraint")
    return {
        "advisory": text(entry, "advisory"),
        "feed": text(entry, "feed"),
        "bucket": text(entry, "bucket"),
        "name": text(entry, "matchedName"),
        "nameWhy": why_this_name(
            text(entry, "matchedName"), text(package, "name"), text(package, "source")
        ),
        "version": version,
        "scheme": scheme,
        "order": order_of(scheme),
        "constraint": constraint,
        "comparison": in_words(scheme, version, constraint),
        "confidence": text(entry, "confidence"),
        "notes": texts(entry, "notes"),
    }


def why_this_name(looked_up: str, name: str, source: str) -> str:
    """Why a package was looked up by that name."""
    if looked_up == name:
        return "the package's own name"
    if looked_up == source:
        return f"the source package of {name}, by which the advisories go"
    return f"how the advisories file {name}"


def _rows(saved: Saved, finding: Json, store: AdvisoryStore) -> dict[str, Any]:
    """The database's rows on what matched, and whether it is the database that judged."""
    wanted = {
        (text(one, "bucket"), text(one, "matchedName"))
        for one in items(finding, "evidence")
    }
    ids = {text(one, "advisory") for one in items(finding, "evidence")}
    ids |= {text(finding, "id"), *texts(finding, "aliases")}
    rows: list[Advisory] = []
    for bucket, name in sorted(wanted):
        held: Sequence[Advisory] = store.advisories(bucket, [name]).get(name, ())
        rows += [one for one in held if not ids.isdisjoint({one.id, *one.aliases})]
    judged_by = text(mapping(saved.document, "database"), "digest")
    records = store.records([(one.bucket, one.id) for one in rows])
    return {
        "digest": store.info.digest,
        "isTheOneThatJudged": judged_by == store.info.digest,
        "advisories": [row_of(one) for one in rows],
        "ratings": [
            {"source": record.source, "id": record.id, "rating": record.rating}
            for record in records.values()
            if record.rating
        ],
    }
