"""The result as a folder with an HTML page: the same page as of one file, for servers that forbid style and script inside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from shipworthy.reports.html import HtmlReport, page_of, slots_of
from shipworthy.reports.html_assets import (
    ICON,
    PAGE,
    SCRIPT,
    STYLE,
    external,
    external_files,
    sources,
)
from shipworthy.reports.html_downloads import beside, files


class HtmlFolderReport(HtmlReport):
    """``index.html`` with its style sheet, its script and the downloads as files beside it, linked relatively."""

    files: Collection[str] = (
        "findings.csv",
        ICON,
        PAGE,
        "result.json",
        "sbom.cdx.json",
        SCRIPT,
        STYLE,
    )

    def render_files(self, document: Mapping[str, Any]) -> Mapping[str, bytes]:
        """The bytes of every file by its name."""
        found = tuple(files(document))
        page = page_of(slots_of(document), external(), beside(found))
        return {
            **{one.name: one.data for one in found},
            **external_files(sources()),
            PAGE: page,
        }
