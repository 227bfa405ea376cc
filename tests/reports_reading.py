"""Reports as their readers see them, for the tests of what they say."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, cast

from reports_sample import sample

from shipworthy.model.finding import Finding
from shipworthy.model.result import ScanResult
from shipworthy.model.verdict import RuleOutcome, Verdict, VerdictStatus
from shipworthy.reports.document import to_document
from shipworthy.reports.html_anchors import anchors
from shipworthy.reports.render import render


def document(result: ScanResult) -> dict[str, Any]:
    """The document that reports are made from."""
    return cast("dict[str, Any]", to_document(result))


def anchor(finding: Finding) -> str:
    """The finding's own name on the page."""
    only = replace(sample(), findings=(finding,), suppressed=())
    return anchors(document(only)["findings"])[0]


def judged(status: VerdictStatus, *rules: RuleOutcome) -> ScanResult:
    """The sample with another verdict."""
    verdict = Verdict(status=status, exit_code=0, rules=rules, summary="")
    return replace(sample(), verdict=verdict)


def page(result: ScanResult) -> str:
    """The HTML page without its style and script."""
    text = render(result, "html").decode()
    return text.partition("</style>")[2].partition("<script>")[0]


def table(result: ScanResult) -> str:
    """The plain text, its lines joined where they were broken."""
    return " ".join(render(result, "table").decode().split())


def seen(result: ScanResult) -> str:
    """What a reader of the page sees, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page(result)).split())
