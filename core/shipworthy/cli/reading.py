"""How far the reading of an image's layers is and how fast it goes, in numbers and in words; where it is shown."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

from shipworthy.layers.progress import Waiting, Watching


_LOOKED_BACK: Final = 3.0
"""Seconds that a speed is the mean of."""
_UNITS: Final = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


class Display(Watching, Protocol):
    """**Protocol:** somewhere that progress is shown."""

    def say(self, text: str) -> None:
        """Tell a line that stays, between what comes and goes."""
        ...

    def close(self) -> None:
        """Leave nothing behind that would be in the way of what comes next."""
        ...


class Reading:
    """
    The layers that are read of one image, as they were counted last.

    Args:
        layers: All of them.
        now: Seconds, as of all counts.
    """

    def __init__(self, layers: Sequence[Waiting], now: float) -> None:
        self.layers = layers
        self.finished: set[int] = set()
        self.counts: tuple[int, ...] = (0,) * (len(layers) + 1)
        sizes = [layer.size for layer in layers]
        self.whole = sum(sizes) if all(sizes) else 0
        """Bytes of all together; 0 where that is not known."""
        self._speeds = [Speed(now) for _ in range(len(layers) + 2)]

    def count(self, counts: Sequence[int], now: float) -> None:
        """So many bytes were read of each."""
        self.counts = tuple(counts)
        for speed, size in zip(self._speeds, (*counts, sum(counts)), strict=True):
            speed.count(size, now)

    def speed(self, at: int = -1) -> float:
        """Bytes a second of the layer at that place, of all by default."""
        return self._speeds[at].value

    @property
    def bytes(self) -> int:
        """What is done of :attr:`whole`: a layer that is read in part only is done when it is."""
        if not self.whole:
            return sum(self.counts)
        return sum(
            layer.size if at in self.finished else min(self.counts[at], layer.size)
            for at, layer in enumerate(self.layers)
        )

    @property
    def words(self) -> str:
        """All of it on a line, without a word of the image's."""
        many = len(self.layers)
        layers = f"{len(self.finished)} of {many} layer{'s' * (many != 1)}"
        size = f"{amount(self.bytes, self.whole)} of " if self.whole else ""
        return f"read {layers}, {size}{amount(self.whole or self.bytes)}, {amount(int(self.speed()))}/s"


class Speed:
    """Bytes a second over the last seconds, so that what stands still is seen to."""

    def __init__(self, now: float) -> None:
        self._seen = deque([(now, 0)])

    def count(self, size: int, now: float) -> None:
        """So many bytes at this time, counted from when there are any; fewer than before where they turn out to be another's."""
        if not size:
            self._seen.clear()
        self._seen.append((now, size))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _LOOKED_BACK:
            self._seen.popleft()

    @property
    def value(self) -> float:
        """Bytes a second."""
        (since, before), (until, after) = self._seen[0], self._seen[-1]
        return max(after - before, 0) / (until - since) if until > since else 0.0


def amount(size: int, whole: int = 0) -> str:
    """``592 MB``; with ``whole`` the bare number in the unit that ``whole`` is told in."""
    scale, unit = next((one for one in _UNITS if (whole or size) >= one[0]), (1, "B"))
    number = size / scale
    digits = 1 if scale > 1 and (whole or size) / scale < 10 else 0
    return f"{number:,.{digits}f}" if whole else f"{number:,.{digits}f} {unit}"
