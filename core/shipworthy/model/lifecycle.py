"""How long products get security fixes, as their publishers say: what end of life is judged by."""

from __future__ import annotations

from typing import Literal

from shipworthy.values import dataclass


SupportState = Literal["ended", "limited", "supported"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One release line of a product."""

    name: str
    """The line as versions begin: ``14``, ``2.2``, ``3.10``."""
    ends: str = ""
    """Last day of regular security support, ``YYYY-MM-DD``; empty where it is not told."""
    ended: bool = False
    """The publisher says that support has ended and not when."""
    extended: str = ""
    """Last day of support beyond the regular one."""
    latest: str = ""
    """The newest release of the line."""
    released: str = ""
    """Day of the line's first release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product and its release lines, newest first."""

    name: str
    """endoflife.date's name: ``debian``, ``nodejs``."""
    label: str
    """The name for people: ``Node.js``."""
    cycles: tuple[Cycle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportLimit:
    """What a distribution says of the support of one source package in one release."""

    package: str
    """The source package; with ``.*`` at its end all whose names begin so."""
    state: SupportState
    """``ended`` also where the end is yet to come; ``supported`` makes an exception from a wider line."""
    last_version: str = ""
    """The last version that was supported; a later one is not meant."""
    ends: str = ""
    """Last day of support, ``YYYY-MM-DD``."""
    why: str = ""
    """The distribution's words."""


def distro_key(id_: str) -> str:
    """The key that a distribution's product is found by; ``id_`` is os-release's."""
    return f"os/{id_}"


def package_key(type_: str, name: str) -> str:
    """The key that a package's product is found by; ``name`` is the normalised one of its bucket."""
    return f"{type_}/{name}"
