"""Fetching from a publisher on this machine, without waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from feedserver import Publisher

from shipworthy.advisories.upstream.download import Bounds
from shipworthy.advisories.upstream.fetch import Fetched, Plan, fetch
from shipworthy.advisories.upstream.source import Source, Target
from shipworthy.remote.transfer import Patience


@dataclass
class Run:
    """Fetches sources into ``root``, each from below its name at the publisher."""

    root: Path
    server: Publisher
    slept: list[float] = field(default_factory=list)
    bounds: Bounds = field(default_factory=lambda: Bounds(resumable=1))

    def __call__(
        self,
        source: Source,
        *,
        mirrors: Sequence[str] = (),
        keys: dict[str, str] | None = None,
    ) -> Fetched:
        """Fetch one source and give the account of it."""
        places = tuple(mirrors) or (f"{self.server.url}/{source.name}/",)
        patience = Patience(tries=3, first=0.01, timeout=0.4, sleep=self.slept.append)
        plan = Plan(
            year=2004,
            agent="test",
            mirrors={source.name: places},
            keys=keys or {},
            patience=patience,
            bounds=self.bounds,
        )
        return fetch(self.root, [source], plan)[0]

    def files(self) -> list[str]:
        """What lies in the feeds' directory, the memory left out."""
        return sorted(
            str(path.relative_to(self.root))
            for path in self.root.rglob("*")
            if path.is_file() and ".upstream" not in path.parts
        )


def one(limit: int = 1 << 20) -> Source:
    """A source of one file, ``one/data.json``."""
    return Source(
        name="one",
        base="https://publisher.example/",
        targets=lambda _: [Target(path="one/data.json", url="data.json")],
        limit=limit,
    )
