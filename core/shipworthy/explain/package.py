"""One package: where it was looked up, and what every advisory on that name comes to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shipworthy.advisories.store import AdvisoryStore
from shipworthy.explain.finding import row_of, why_this_name
from shipworthy.matching.explain import Explained, Said, explain, limited
from shipworthy.model.package import Distro, Inventory, Package
from shipworthy.versions.words import order_of


def explain_packages(
    packages: Sequence[Package],
    inventory: Inventory,
    store: AdvisoryStore,
    *,
    id_: str = "",
) -> list[dict[str, Any]]:
    """
    How each of ``packages`` of ``inventory`` is judged, of plain values; with ``id_`` only that vulnerability.

    Raises:
        DatabaseError: The database cannot be read.
    """
    return [
        _explained(limited(one, id_) if id_ else one, inventory, store, id_)
        for one in explain(packages, inventory, store)
    ]


def _explained(
    explained: Explained, inventory: Inventory, store: AdvisoryStore, id_: str
) -> dict[str, Any]:
    package = explained.package
    return {
        "subject": "package",
        "package": {
            "type": package.type,
            "name": package.name,
            "version": package.version,
            "purl": package.purl,
            "arch": package.arch,
            "source": package.source,
            "sourceVersion": package.source_version,
            "modularity": package.modularity,
            "vendor": package.vendor,
            "owner": package.owner,
            "notes": list(package.notes),
        },
        "distro": _distro(inventory.distro),
        "database": {"digest": store.info.digest, "date": store.info.date},
        "lookedUp": _looked_up(explained),
        "notJudged": explained.reason,
        "asked": id_,
        "vulnerabilities": [_vulnerability(one) for one in explained.said],
    }


def _distro(distro: Distro | None) -> str:
    if distro is None:
        return ""
    return f"{distro.id} {distro.branch or distro.version or distro.codename}".strip()


def _looked_up(explained: Explained) -> dict[str, Any] | None:
    lookup, package = explained.lookup, explained.package
    if lookup is None:
        return None
    return {
        "buckets": list(explained.buckets),
        "name": lookup.name,
        "nameWhy": why_this_name(lookup.name, package.name, package.source),
        "version": lookup.version,
        "scheme": explained.scheme,
        "order": order_of(explained.scheme),
    }


def _vulnerability(one: Said) -> dict[str, Any]:
    return {
        "id": one.id,
        "aliases": list(one.aliases),
        "verdict": one.verdict,
        "reason": one.reason,
        "advisories": [
            {
                **row_of(statement.advisory),
                "outcome": statement.outcome,
                "reason": statement.reason,
            }
            for statement in one.statements
        ],
    }
