"""The parts of the JSON result that make up its bulk: packages and findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from shipworthy.model.advisory import Epss, Kev
from shipworthy.model.finding import EndOfLife, Evidence, Finding, Suppressed
from shipworthy.model.package import Location, Package


Layers = Mapping[int, dict[str, object]]
"""What findings say of the image's layers, by index."""


def layer_references(layers: Iterable[Mapping[str, Any]]) -> Layers:
    """What findings say of ``layers`` of the document; all that one brought say it with one value."""
    names = ("index", "diffId", "digest", "instruction")
    return {layer["index"]: {name: layer[name] for name in names} for layer in layers}


def package_part(package: Package) -> dict[str, object]:
    """One package; the files it installed are only counted."""
    return {
        "type": package.type,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "arch": package.arch,
        "source": package.source,
        "sourceVersion": package.source_version,
        "vendor": package.vendor,
        "modularity": package.modularity,
        "licences": list(package.licences),
        "locations": _locations(package.locations),
        "origin": package.origin,
        "owner": package.owner,
        "notes": list(package.notes),
        "fileCount": package.file_list.count("\0") + 1
        if package.file_list
        else package.file_count,
        **_platforms(package.platforms),
    }


def finding_part(finding: Finding, layers: Layers) -> dict[str, object]:
    """One finding with its package, layer and evidence."""
    package = finding.package
    return {
        "id": finding.id,
        "aliases": list(finding.aliases),
        "package": {
            "type": package.type,
            "name": package.name,
            "version": package.version,
            "purl": package.purl,
            "arch": package.arch,
            "source": package.source,
            "sourceVersion": package.source_version,
            "owner": package.owner,
            "locations": _locations(package.locations),
        },
        "severity": finding.severity,
        "severitySource": finding.severity_source,
        "title": finding.title,
        "description": finding.description,
        **_exploitation(finding),
        **_fix(finding),
        "layer": layers.get(finding.layer),
        "origin": finding.origin,
        "risk": {
            "score": finding.risk.score,
            "factors": [
                {"name": name, "effect": effect}
                for name, effect in finding.risk.factors
            ],
        },
        "references": list(finding.references),
        "evidence": [_evidence(item) for item in finding.evidence],
        "published": finding.published,
        "modified": finding.modified,
        "kind": finding.kind,
        "endOfLife": _end_of_life(finding.end_of_life),
        "fingerprint": finding.fingerprint,
        "state": finding.state,
        "stateReason": finding.state_reason,
        "vexStatus": finding.vex_status,
        **_platforms(finding.platforms),
    }


def _exploitation(finding: Finding) -> dict[str, object]:
    """How bad it would be, and what is known of its being used."""
    return {
        "cvss": [
            {
                "source": score.source,
                "version": score.version,
                "vector": score.vector,
                "score": score.score,
            }
            for score in finding.cvss
        ],
        "cwes": list(finding.cwes),
        "epss": _epss(finding.epss),
        "kev": _kev(finding.kev),
        "exploits": [
            {"source": exploit.source, "name": exploit.name, "url": exploit.url}
            for exploit in finding.exploits
        ],
    }


def _fix(finding: Finding) -> dict[str, object]:
    """What repairs it, since when, and who says so."""
    return {
        "fixState": finding.fix_state,
        "fixedVersions": list(finding.fixed_versions),
        "fixAvailable": {
            "date": finding.fix_available.date,
            "source": finding.fix_available.source,
        }
        if finding.fix_available
        else None,
        "advisories": [
            {
                "id": advisory.id,
                "feed": advisory.feed,
                "url": advisory.url,
                "fixedVersions": list(advisory.fixed_versions),
                "needs": advisory.needs,
            }
            for advisory in finding.advisories
        ],
    }


def suppressed_part(item: Suppressed, layers: Layers) -> dict[str, object]:
    """One finding that the policy took out, and why."""
    return {
        "reason": item.reason,
        "rule": item.rule,
        "entry": item.entry,
        "source": item.source,
        "owner": item.owner,
        "expires": item.expires,
        "vexStatus": item.vex_status,
        "justification": item.justification,
        "finding": finding_part(item.finding, layers),
    }


def _platforms(platforms: tuple[str, ...]) -> dict[str, object]:
    """Of a result of all platforms those that are meant; of any other nothing."""
    return {"platforms": list(platforms)} if platforms else {}


def _locations(locations: tuple[Location, ...]) -> list[dict[str, object]]:
    return [
        {"path": place.path, "layer": place.layer if place.layer >= 0 else None}
        for place in locations
    ]


def _epss(epss: Epss | None) -> dict[str, object] | None:
    if epss is None:
        return None
    return {"score": epss.score, "percentile": epss.percentile, "date": epss.date}


def _kev(kev: Kev | None) -> dict[str, object] | None:
    if kev is None:
        return None
    return {
        "dateAdded": kev.date_added,
        "dueDate": kev.due_date,
        "ransomware": kev.ransomware,
        "requiredAction": kev.required_action,
    }


def _end_of_life(end: EndOfLife | None) -> dict[str, object] | None:
    if end is None:
        return None
    return {
        "product": end.product,
        "label": end.label,
        "cycle": end.cycle,
        "ends": end.ends,
        "extended": end.extended,
        "daysLeft": end.days_left,
        "latest": end.latest,
        "limited": end.limited,
        "supported": list(end.supported),
    }


def _evidence(evidence: Evidence) -> dict[str, object]:
    return {
        "advisory": evidence.advisory,
        "feed": evidence.feed,
        "bucket": evidence.bucket,
        "matchedName": evidence.matched_name,
        "matchedVersion": evidence.matched_version,
        "scheme": evidence.scheme,
        "constraint": evidence.constraint,
        "confidence": evidence.confidence,
        "notes": list(evidence.notes),
    }
