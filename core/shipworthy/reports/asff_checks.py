"""What a check found, in the AWS Security Finding Format; :mod:`shipworthy.reports.asff` has the source of the format."""

from __future__ import annotations

import orjson

from shipworthy.reports.asff_scope import Document, Frame, Scope, framed, rating
from shipworthy.reports.asff_words import (
    CONFIGURATION,
    DESCRIPTION,
    TITLE,
    entry_fields,
    fit,
    product_fields,
    standing,
)


_TYPES = {
    "config": f"{CONFIGURATION}/Container Image Configuration",
    "secret": "Sensitive Data Identifications/Passwords",
}


def check_written(
    check: Document, id_: str, scope: Scope, entry: Document | None
) -> bytes:
    """The check as JSON."""
    types = (_TYPES.get(check["kind"], _TYPES["config"]),)
    told = (
        ("check", check["id"]),
        ("kind", check["kind"]),
        ("path", check["path"]),
        ("layer/diffId", scope.diff_ids.get(check["layer"], "")),
    )
    frame = Frame.of(
        scope,
        rating(check["severity"], types),
        check["id"],
        fit(check["message"], DESCRIPTION).strip(),
    )
    title = fit(check["title"], TITLE).strip() or fit(f"check {check['id']}", TITLE)
    return framed(
        scope,
        frame,
        standing(entry, scope.at),
        id_,
        orjson.dumps(title).decode(),
        product_fields((*scope.pairs, *told, *entry_fields(entry))),
    )
