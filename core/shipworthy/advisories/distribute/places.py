"""What ``--db`` names: directories, bundles and registries, ``PATH`` or ``oci://…``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from shipworthy.remote.reference import SCHEME, RegistryPlace, parse_registry
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalPlace:
    """A directory or a bundle, whichever is there."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


Place = LocalPlace | RegistryPlace


def parse_places(texts: Iterable[str | Path]) -> tuple[Place, ...]:
    """
    The places that the texts name, in their order; references may be parted by commas.

    Raises:
        UsageError: A reference is not one.
    """
    places: list[Place] = []
    for text in texts:
        if isinstance(text, Path) or not text.startswith(SCHEME):
            if str(text):
                places.append(LocalPlace(path=Path(text)))
            continue
        places += [parse_registry(part) for part in text.split(",") if part]
    return tuple(places)
