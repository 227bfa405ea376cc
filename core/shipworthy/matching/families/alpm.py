"""Packages of pacman: looked up by their own name, as Arch's tracker files them."""

from __future__ import annotations

from dataclasses import dataclass

from shipworthy.matching.families.base import PlainFamily


@dataclass(frozen=True, slots=True, kw_only=True)
class AlpmFamily(PlainFamily):
    """Arch Linux. Its tracker names each package of a group, split packages too; none of them by base."""
