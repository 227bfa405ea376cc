"""
The base score of CVSS v3.0 and v3.1 (FIRST, CVSS v3.1 specification, section 7.1).

Both versions give the same base scores: their formulas differ in the other scores only.
This is for vectors that are whole and plain, which nearly all are; a few thousand of
these are scored in the time that a general library needs to be loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil


_WEIGHTS = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "PR": {"N": 0.85, "L": 0.62, "H": 0.27},
    "UI": {"N": 0.85, "R": 0.62},
    "S": {"U": 0.0, "C": 1.0},
    "C": {"H": 0.56, "L": 0.22, "N": 0.0},
    "I": {"H": 0.56, "L": 0.22, "N": 0.0},
    "A": {"H": 0.56, "L": 0.22, "N": 0.0},
}
_PRIVILEGES_CHANGED = {"N": 0.85, "L": 0.68, "H": 0.5}
"""Weights of ``PR`` where the scope changes."""


def plain_base_score(metrics: Sequence[str]) -> float | None:
    """The score of the eight base metrics, ``AV:N`` and so on; ``None`` unless each is there once and valid."""
    values = dict(metric.split(":") for metric in metrics)
    if len(metrics) != len(_WEIGHTS) or len(values) != len(_WEIGHTS):
        return None
    try:
        weights = {name: _WEIGHTS[name][value] for name, value in values.items()}
    except KeyError:
        return None
    changed = values["S"] == "C"
    if changed:
        weights["PR"] = _PRIVILEGES_CHANGED[values["PR"]]
    base = 1 - (1 - weights["C"]) * (1 - weights["I"]) * (1 - weights["A"])
    if not changed:
        impact = 6.42 * base
    else:
        impact = 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15
    if impact <= 0:
        return 0.0
    exploitability = (
        8.22 * weights["AV"] * weights["AC"] * weights["PR"] * weights["UI"]
    )
    total = (1.08 if changed else 1) * (impact + exploitability)
    # Rounded up to one decimal, after what binary fractions add has been taken off.
    return ceil(round(min(total, 10) * 10, 6)) / 10
