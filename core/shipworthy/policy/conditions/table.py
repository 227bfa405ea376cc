"""Every key that ``when`` knows, but for ``all``, ``any`` and ``not``."""

from __future__ import annotations

from collections.abc import Mapping

from shipworthy.policy.conditions import (
    checks,
    dates,
    exploitation,
    fixes,
    identity,
    packages,
    places,
    scans,
    scores,
    severity,
    states,
    suppressions,
)
from shipworthy.policy.conditions.interface import Atom


_FAMILIES = (
    severity,
    scores,
    exploitation,
    fixes,
    dates,
    identity,
    states,
    packages,
    places,
    checks,
    scans,
    suppressions,
)

ATOMS: Mapping[str, Atom] = {
    atom.key: atom for module in _FAMILIES for atom in module.ATOMS
}
