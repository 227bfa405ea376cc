"""
What reports go by beside the document: settings that no result can hold, told by the caller once for all formats.

A report that goes by some has a class method ``configured``, see :class:`shipworthy.reports.interface.Configurable`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shipworthy.reports.asff_hub import SecurityHub


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of all formats; each takes its own."""

    asff: SecurityHub = field(default_factory=SecurityHub)
