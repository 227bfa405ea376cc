"""Rendering a result in one format, for programs that use shipworthy as a library."""

from __future__ import annotations

from shipworthy.model.result import ScanResult
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report


def render(result: ScanResult, report: str) -> bytes:
    """
    The bytes of ``result`` in the format called ``report``, such as ``json``, ``csv``, ``html`` or ``table``.

    Raises ``UsageError`` for a format that nobody registered.
    """
    return open_report(report).render(to_document(result))
