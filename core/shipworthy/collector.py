"""Keeping Python from looking for cycles where many plain values are made and none of them are."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """
    Keep Python from looking for cycles meanwhile.

    Millions of plain values are looked at again and again as they grow, which takes an eighth of a
    database's build and a third of matching a hundred thousand packages.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
