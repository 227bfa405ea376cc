"""The forms a dashboard is written in."""

from __future__ import annotations

from shipworthy.errors import UsageError
from shipworthy.reports.interface import Report


def open_form(name: str, *, folder: bool = False) -> Report:
    """
    The form called ``name``; the page as a folder where ``folder`` says so.

    Raises ``UsageError`` where there is none of that name.
    """
    if name == "html":
        from shipworthy.fleet.page import DashboardFolder, DashboardPage

        return DashboardFolder() if folder else DashboardPage()
    if name == "json":
        from shipworthy.reports.json import JsonReport

        return JsonReport()
    raise UsageError(
        f"no form of the dashboard called {name}", hint="known: html, json"
    )
