"""Every key that ``when`` knows, but for ``all``, ``any`` and ``not``."""

from __future__ import annotations

from collections.abc import Mapping

from shipworthy.policy.conditions import fixes, severity
from shipworthy.policy.conditions.interface import Atom


ATOMS: Mapping[str, Atom] = {
    atom.key: atom for module in (fixes, severity) for atom in module.ATOMS
}
