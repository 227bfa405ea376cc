"""
The one way plug-ins come in: entry points, for the built-in ones as for anybody's.

A plug-in that cannot be loaded is a named status, never a silent hole.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from typing import TypeVar

from shipworthy.model.package import Status


Plugin = TypeVar("Plugin")


def load(
    group: str, make: Callable[[object], Plugin]
) -> tuple[tuple[Plugin, ...], tuple[Status, ...]]:
    """
    Every plug-in of ``shipworthy.<group>``, sorted by entry-point name.

    Args:
        group: ``catalogers``, ``feeds``, ``reports`` or ``platforms``.
        make: Turns the loaded object into a plug-in, usually by calling it.

    Returns:
        The plug-ins, and a status for each one that would not load.
    """
    plugins: list[Plugin] = []
    statuses: list[Status] = []
    points = sorted(entry_points(group=f"shipworthy.{group}"), key=lambda p: p.name)
    for point in dict(zip((p.name for p in points), points, strict=True)).values():
        try:
            plugins.append(make(point.load()))
        except Exception as error:  # noqa: BLE001  # a stranger's code may raise anything
            statuses.append(
                Status(
                    source=f"plug-in/{group}/{point.name}",
                    subject=point.value,
                    message=f"cannot be loaded: {type(error).__name__}: {error}",
                )
            )
    return tuple(plugins), tuple(statuses)
