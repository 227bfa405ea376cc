"""What the last command made, kept until its process ends: freeing so many values one by one takes a twentieth of a short run."""

from __future__ import annotations


_KEPT: list[object] = []


def keep(*values: object) -> None:
    """Keep ``values``, in place of what was kept before."""
    _KEPT[:] = values
