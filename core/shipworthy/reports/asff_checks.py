"""What a check found, in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

from shipworthy.reports.asff_scope import Document, Scope, framed, rating
from shipworthy.reports.asff_words import (
    CONFIGURATION,
    DESCRIPTION,
    TITLE,
    entry_fields,
    fit,
    product_fields,
    state,
)


_TYPES = {
    "config": f"{CONFIGURATION}/Container Image Configuration",
    "secret": "Sensitive Data Identifications/Passwords",
}


def check_fields(
    check: Document, scope: Scope, entry: Document | None
) -> dict[str, object]:
    """All fields but the id."""
    types = (_TYPES.get(check["kind"], _TYPES["config"]),)
    told = (
        ("check", check["id"]),
        ("kind", check["kind"]),
        ("path", check["path"]),
        ("layer/diffId", scope.diff_ids.get(check["layer"], "")),
    )
    frame = framed(
        scope,
        rating(check["severity"], types),
        generator=fit(f"shipworthy/{check['id']}", TITLE),
        title=fit(check["title"], TITLE).strip() or fit(f"check {check['id']}", TITLE),
        text=fit(check["message"], DESCRIPTION).strip(),
        fields=scope.shared | product_fields((*told, *entry_fields(entry))),
    )
    return {**frame, **state(entry, scope.at)}
