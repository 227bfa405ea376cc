"""
shipworthy: is this image fit to ship?

``scan`` reads an image, finds its packages, matches them against the advisory database and
judges the result; ``build_database`` makes that database from upstream feeds. Everything here
is typed, prints nothing and never exits; every error is a ``ShipworthyError``.

    from shipworthy import scan

    result = scan("image.tar", db="db", fail_on="high")
    print(result.verdict.summary)
"""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from shipworthy.advisories.build import build as build_database
    from shipworthy.errors import (
        DatabaseError,
        ImageError,
        ScanError,
        ShipworthyError,
        UsageError,
    )
    from shipworthy.model.finding import Finding
    from shipworthy.model.package import Package
    from shipworthy.model.result import ScanResult
    from shipworthy.model.verdict import Verdict
    from shipworthy.reports.render import render
    from shipworthy.scan import scan

__version__ = "0.1.0"

__all__ = [
    "DatabaseError",
    "Finding",
    "ImageError",
    "Package",
    "ScanError",
    "ScanResult",
    "ShipworthyError",
    "UsageError",
    "Verdict",
    "__version__",
    "build_database",
    "render",
    "scan",
]

_HOMES = {
    "DatabaseError": "shipworthy.errors",
    "Finding": "shipworthy.model.finding",
    "ImageError": "shipworthy.errors",
    "Package": "shipworthy.model.package",
    "ScanError": "shipworthy.errors",
    "ScanResult": "shipworthy.model.result",
    "ShipworthyError": "shipworthy.errors",
    "UsageError": "shipworthy.errors",
    "Verdict": "shipworthy.model.verdict",
    "build_database": "shipworthy.advisories.build",
    "render": "shipworthy.reports.render",
    "scan": "shipworthy.scan",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for, so that importing costs nothing."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(
        import_module(home), "build" if name == "build_database" else name
    )
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return __all__
