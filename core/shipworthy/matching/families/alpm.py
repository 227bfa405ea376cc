"""Packages of pacman: looked up by their own name, as Arch's tracker files them."""

from __future__ import annotations

from shipworthy.matching.families.base import PlainFamily
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AlpmFamily(PlainFamily):
    """Arch Linux. Its tracker names each package of a group, split packages too; none of them by base."""
