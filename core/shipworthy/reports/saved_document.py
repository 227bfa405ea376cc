"""
A saved JSON result as a document again, for who makes reports of it and nothing else.

The same as the document of the value that :mod:`shipworthy.reports.saved` reads, in a third of the time: what makes up
its bulk is taken as it is where this release wrote it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shipworthy.reports.document import to_document
from shipworthy.reports.document_parts import layer_references
from shipworthy.reports.fields import Json, items, mapping
from shipworthy.reports.saved import from_document, read_document
from shipworthy.reports.saved_bulk import (
    Odd,
    findings_of,
    packages_of,
    suppressed_of,
)


_BULK = ("packages", "findings", "suppressed")


def load_document(path: str | Path) -> dict[str, Any]:
    """The document saved at ``path``; raises as :func:`shipworthy.reports.saved.load_result` does."""
    return as_now(read_document(path), name=str(path))


def as_now(document: Json, *, name: str = "") -> dict[str, Any]:
    """``document`` as this release writes it; raises as :func:`shipworthy.reports.saved.from_document` does."""
    small = from_document({**document, **dict.fromkeys(_BULK)}, name=name)
    made = to_document(small)
    layers = layer_references(items(mapping(made, "image"), "layers"))
    try:
        return {
            **made,
            "packages": packages_of(document.get("packages")),
            "findings": findings_of(document.get("findings"), layers),
            "suppressed": suppressed_of(document.get("suppressed"), layers),
        }
    except Odd:
        return to_document(from_document(document))
