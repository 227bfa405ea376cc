"""
Where a store's shards come from: the seam between looking things up and how a database travels.

A source knows the index at once and gives a shard's file when it is asked for. A directory has
all of them at hand; a bundle and a registry bring them into the cache first, and do so side by side
when they are told beforehand which ones will be asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from shipworthy.advisories.index import SIGNATURE, Index, load_index, shard_path
from shipworthy.errors import DatabaseError


MAX_SIGNATURE = 4096


class ShardSource(Protocol):
    """**Protocol:** a database, wherever it is."""

    @property
    def index(self) -> Index:
        """Its index; :meth:`prefetch` may put an older one in its place, see :attr:`notes`."""
        ...

    @property
    def name(self) -> str:
        """What a person calls it: a path or a reference."""
        ...

    @property
    def reference(self) -> str:
        """Reference and digest of what a registry gave; empty for a file or a directory."""
        ...

    @property
    def signature(self) -> str:
        """The signature of the index, base64; empty where there is none."""
        ...

    @property
    def at_hand(self) -> bool:
        """Whether every shard is there already, so that nothing is gained by :meth:`prefetch`."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of a result must know: that an older database had to do."""
        ...

    def shard(self, name: str) -> Path:
        """Give the file of one shard; raises ``DatabaseError``."""
        ...

    def prefetch(self, names: Iterable[str]) -> None:
        """Bring these shards, side by side; names that the index has not are passed over. Raises ``DatabaseError``."""
        ...


class DirectorySource:
    """A database as it was built: nothing is fetched and nothing is hashed."""

    at_hand = True
    reference = ""
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path) -> None:
        self._path = path
        self.index = load_index(path)
        self.name = str(path)

    @property
    def signature(self) -> str:
        """What ``index.json.sig`` holds."""
        path = self._path / SIGNATURE
        try:
            with path.open("rb") as file:
                data = file.read(MAX_SIGNATURE + 1)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise DatabaseError(f"{path}: cannot be read ({error.strerror})") from None
        return data.decode("ascii", "replace").strip()

    def shard(self, name: str) -> Path:
        """The file in the directory, whether it is there or not."""
        return shard_path(self._path, name)

    def prefetch(self, names: Iterable[str]) -> None:
        """Do nothing: all is at hand."""
