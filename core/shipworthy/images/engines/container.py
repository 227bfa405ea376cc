"""
A container as an image: its image's layers, and what it changed since as one more on top.

Which paths were added, changed or deleted the engine tells (``GET /containers/NAME/changes``); what is in them comes with
an export of the whole file system, which is read once and of which everything unchanged is passed over. Of the
deleted paths whiteouts are made, so that the changes lie on the image as any layer does.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator
from dataclasses import replace

from shipworthy.errors import ImageError
from shipworthy.images.documents import Json
from shipworthy.images.engines.api import Engine
from shipworthy.images.engines.image import EngineImage
from shipworthy.images.interface import Memory
from shipworthy.model.image import ImageInfo, Layer
from shipworthy.streams.header import normal_path
from shipworthy.streams.inflate import Stream
from shipworthy.streams.tar import FILE, Entry, TarWalker


_DELETED = 2
_WHITEOUT = ".wh."


class ContainerImage:
    """
    A container, running or not; nothing is done to it.

    Args:
        engine: Who keeps it.
        name: Its name or id.
        target: The target as the caller named it.
        platform: ``os/architecture[/variant]`` that its image must be for; empty for any.
        memory: As :class:`EngineImage` takes it.

    Raises:
        ImageNotFoundError: There is no such container.
        ImageError: The engine does not answer, or not as one does.
    """

    parallel = False

    def __init__(
        self,
        engine: Engine,
        name: str,
        *,
        target: str,
        platform: str = "",
        memory: Memory | None = None,
    ) -> None:
        said = engine.container(name)
        image, own = said.get("Image"), said.get("Id")
        if not isinstance(image, str) or not isinstance(own, str):
            raise ImageError(f"{engine.name}: the container {name} names no image")
        self._engine = engine
        self._id = own
        self._name = f"{engine.name}: container {name}"
        self._image = EngineImage(
            engine, image, target=target, platform=platform, memory=memory
        )
        self._step = f"changes in the container {name} since its image"
        self._changes = engine.changes(own)
        self._walks: list[Generator[bytes]] = []

    @property
    def info(self) -> ImageInfo:
        """The image's, with one layer more."""
        return self._with_changes(self._image.info)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Of the image's layers and the changes."""
        return (*self._image.sizes, 0)

    def open(self, index: int) -> Stream:
        """A layer of the image."""
        return self._image.open(index)

    def stream(self, wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        """The wanted layers of the image."""
        return self._image.stream(wanted)

    def settle(self) -> ImageInfo:
        """The image's whole configuration, with one layer more."""
        return self._with_changes(self._image.settle())

    def changes(self) -> ChangesWalk:
        """What the container changed, as the entries of a layer."""
        return ChangesWalk(self._changes, self._exported(), self._name)

    def everything(self) -> TarWalker:
        """The container's whole file system."""
        return TarWalker(self._exported(), name=self._name)

    def close(self) -> None:
        """Hang up."""
        for parts in self._walks:
            parts.close()

    def _exported(self) -> Iterator[bytes]:
        parts = self._engine.export_container(self._id)
        self._walks.append(parts)
        return parts

    def _with_changes(self, info: ImageInfo) -> ImageInfo:
        top = Layer(index=len(info.layers), diff_id="", instruction=self._step)
        return replace(info, layers=(*info.layers, top))


class ChangesWalk:
    """
    The changed entries of a container's export, whiteouts before them.

    Real files that are named like whiteouts would hide what is not deleted; they are kept in ``problems``.
    """

    def __init__(
        self, changes: Iterable[Json], parts: Iterator[bytes], name: str
    ) -> None:
        self._changed: set[str] = set()
        self._deleted: set[str] = set()
        for change in changes:
            path = change.get("Path")
            if not isinstance(path, str) or not path.strip("/"):
                continue
            chosen = self._deleted if change.get("Kind") == _DELETED else self._changed
            chosen.add(normal_path(path, name))
        self._walker = TarWalker(parts, name=name)
        self.entries = 0
        self.problems: list[tuple[str, str]] = []

    def __iter__(self) -> Iterator[Entry]:
        """Every change; raises as :class:`TarWalker` does."""
        for path in sorted(self._deleted):
            directory, slash, name = path.rpartition("/")
            self.entries += 1
            yield Entry(f"{directory}{slash}{_WHITEOUT}{name}", FILE, 0, 0, "", 0)
        for entry in self._walker:
            if entry.path not in self._changed:
                continue
            if _WHITEOUT in entry.path and _is_hidden(entry.path):
                self.problems.append((entry.path, "is named like a whiteout"))
                continue
            self.entries += 1
            yield entry

    def peek(self, count: int, /) -> bytes:
        """The first bytes of the entry just given."""
        return self._walker.peek(count)

    def body(self) -> bytes:
        """The whole entry just given."""
        return self._walker.body()

    def parts(self) -> Iterator[bytes]:
        """The entry just given in portions."""
        return self._walker.parts()


def _is_hidden(path: str) -> bool:
    return path.rpartition("/")[2].startswith(_WHITEOUT)
