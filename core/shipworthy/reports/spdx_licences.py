"""
Licences as SPDX 2.3 wants them: an expression, in which whatever the licence list does not hold is a
``LicenseRef-`` that the document explains (clause 10, "Other licensing information detected").
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from shipworthy.reports.bom import shown, told
from shipworthy.reports.licence_terms import expression, references, stated


NOASSERTION = "NOASSERTION"

_NOT_HELD = "The text of this licence is not in the package's metadata."


class Licences:
    """The licences of a document while its packages are written."""

    def __init__(self) -> None:
        self._extracted: dict[str, tuple[str, str]] = {}
        self._declared: dict[tuple[str, ...], str] = {}

    def declared(self, licences: Sequence[str]) -> str:
        """What a package declares, several together; ``NOASSERTION`` where it declares none."""
        key = tuple(licences)
        known = self._declared.get(key)
        if known is None:
            known = self._declared[key] = self._together(key)
        return known

    def extracted(self) -> list[dict[str, Any]]:
        """Every licence that is none of the list's, sorted."""
        return [
            {"licenseId": id_, "name": name, "extractedText": text}
            for id_, (name, text) in sorted(self._extracted.items())
        ]

    def _together(self, licences: Sequence[str]) -> str:
        terms = [self._terms(text) for text in stated(licences)]
        if not terms:
            return NOASSERTION
        if len(terms) == 1:
            return terms[0]
        return " AND ".join(f"({one})" if " " in one else one for one in terms)

    def _terms(self, text: str) -> str:
        if found := expression(text):
            for reference in references(found):
                self._extracted.setdefault(reference, (reference, _NOT_HELD))
            return found
        mark = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
        id_ = f"LicenseRef-shipworthy-{mark[:16]}"
        name = shown(text) or id_
        self._extracted[id_] = (name, told(text) or name)
        return id_
