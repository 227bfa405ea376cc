"""What a check found, in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

from shipworthy.reports.asff_finding import Document, Scope
from shipworthy.reports.asff_words import (
    CONFIGURATION,
    DESCRIPTION,
    TITLE,
    entry_fields,
    filled,
    fit,
    product_fields,
    provider,
    severity_of,
    state,
)


_TYPES = {
    "config": f"{CONFIGURATION}/Container Image Configuration",
    "secret": "Sensitive Data Identifications/Passwords",
}


def check_fields(
    check: Document, scope: Scope, entry: Document | None
) -> dict[str, object]:
    """All fields but those that name the account, the product and the finding."""
    severity = check["severity"]
    types = [_TYPES.get(check["kind"], _TYPES["config"])]
    title = fit(check["title"], TITLE).strip() or fit(f"check {check['id']}", TITLE)
    layer = scope.diff_ids.get(check["layer"], "")
    told = (
        ("check", check["id"]),
        ("kind", check["kind"]),
        ("path", check["path"]),
        ("layer/diffId", layer),
    )
    return filled(
        {
            "GeneratorId": fit(f"shipworthy/{check['id']}", TITLE),
            "Types": types,
            "FirstObservedAt": scope.at,
            "LastObservedAt": scope.at,
            "CreatedAt": scope.at,
            "UpdatedAt": scope.at,
            "Severity": severity_of(severity),
            "FindingProviderFields": provider(severity, types),
            "Title": title,
            "Description": fit(check["message"], DESCRIPTION).strip() or title,
            "ProductFields": {
                **scope.shared,
                **product_fields((*told, *entry_fields(entry))),
            },
            "Resources": [scope.resource],
            **state(entry, scope.at),
        }
    )
