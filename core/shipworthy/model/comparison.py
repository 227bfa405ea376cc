"""How a result compares with an earlier one: which findings are new, which were there, which are gone."""

from __future__ import annotations

from typing import Literal

from shipworthy.values import dataclass


State = Literal["new", "existing", "moved"]
"""``moved``: the same vulnerability in the same package, in another place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A finding of the earlier result that this one has no more."""

    id: str
    aliases: tuple[str, ...]
    type: str
    package: str
    version: str
    severity: str
    fingerprint: str
    reason: str
    """``upgraded to 3.0.17``, ``package removed``, ``no longer reported``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What this result was compared with, and what it no longer has; the findings' own states stand with them."""

    name: str
    """The earlier result's file or image as the caller named it; ``none`` where everything counts as new."""
    target: str = ""
    image_id: str = ""
    database_date: str = ""
    partial: bool = False
    """The earlier scan did not see everything, so what is called new may have been there."""
    fixed: tuple[Gone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageChanges:
    """How the packages of two results differ, each as ``name version`` or ``name old → new``, sorted."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    upgraded: tuple[str, ...] = ()
    downgraded: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Other versions, of which it cannot be said which is later."""
