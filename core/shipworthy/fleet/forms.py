"""The forms a dashboard is written in."""

from __future__ import annotations

from shipworthy.errors import UsageError
from shipworthy.reports.interface import Report


def open_form(name: str) -> Report:
    """The form called ``name``; raises ``UsageError`` where there is none of that name."""
    if name == "html":
        from shipworthy.fleet.page import DashboardPage

        return DashboardPage()
    if name == "json":
        from shipworthy.reports.json import JsonReport

        return JsonReport()
    raise UsageError(
        f"no form of the dashboard called {name}", hint="known: html, json"
    )
