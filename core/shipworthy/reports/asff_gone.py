"""
A finding of the baseline that is gone, in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format.

It is archived under the id that it was imported with, so that Security Hub closes it with this import and not after 90 days.
"""

from __future__ import annotations

import orjson
from orjson import Fragment

from shipworthy.reports.asff_known import LINKS, types_of
from shipworthy.reports.asff_package import named, package_of
from shipworthy.reports.asff_scope import Document, Frame, Scope, framed, rating
from shipworthy.reports.asff_words import (
    NOTE,
    TITLE,
    Standing,
    filled,
    fit,
    product_fields,
    run,
)
from shipworthy.reports.policy_words import rated


def gone_written(gone: Document, id_: str, scope: Scope) -> bytes:
    """The finding as JSON."""
    types = types_of(gone["id"], "vulnerability")
    name = fit(f"{gone['package']} {gone['version']}".strip(), 160)
    reason = fit(gone["reason"], NOTE).strip() or "no longer reported"
    told = (
        ("fingerprint", gone["fingerprint"]),
        ("state", "fixed"),
        ("stateReason", reason),
    )
    note = {"Text": reason, "UpdatedBy": "shipworthy", "UpdatedAt": scope.at}
    frame = Frame.of(
        scope,
        rating(rated(gone["severity"]), types),
        gone["id"],
        fit(f"Fixed: {reason}", NOTE),
    )
    return framed(
        scope,
        frame,
        Standing.of("ARCHIVED", "RESOLVED", note),
        id_,
        orjson.dumps(fit(f"{gone['id']} in {name}", TITLE)).decode(),
        product_fields((*scope.pairs, *told)),
        run({"Vulnerabilities": [_vulnerability(gone)]}),
    )


def _vulnerability(gone: Document) -> dict[str, object]:
    package = package_of(named(gone["type"], gone["package"], gone["version"]))
    return filled(
        {
            "Id": fit(gone["id"]).strip() or "unknown",
            "RelatedVulnerabilities": [
                told
                for alias in gone["aliases"][:LINKS]
                if (told := fit(alias)).strip()
            ],
            "VulnerablePackages": [Fragment(package)] if package != "{}" else [],
        }
    )
