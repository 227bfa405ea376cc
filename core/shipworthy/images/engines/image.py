"""
An image that Docker or Podman keeps, read through the engine's API.

What the engine says of the image tells its layers' diff IDs; where all of their records are known, nothing is
exported. Else the export is read once, from its front to its end. Every layer read is verified by its diff ID, the
configuration by its digest, and both must be what the engine said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Generator, Iterator
from contextlib import closing
from dataclasses import replace

from shipworthy.errors import ImageError, ImageNotFoundError, LimitError
from shipworthy.images.documents import (
    Json,
    checked_digest,
    instructions,
    parse_config,
)
from shipworthy.images.engines.api import Engine
from shipworthy.images.engines.export import Export, Member
from shipworthy.images.engines.inspected import configuration_of, with_history
from shipworthy.images.engines.names import is_classic, names_of
from shipworthy.images.interface import UNKNOWN, Memory
from shipworthy.model.image import ImageConfig, ImageInfo, Layer
from shipworthy.model.limits import LIMITS
from shipworthy.streams.inflate import Stream


class EngineImage:
    """
    One image of an engine.

    Args:
        engine: Who keeps it.
        reference: Its name or id.
        target: The target as the caller named it.
        platform: ``os/architecture[/variant]`` that it must be for; empty for any.
        memory: Where configurations seen before are kept; nothing is without one.

    Raises:
        ImageNotFoundError: The engine has no such image, or one for another platform.
        ImageError: The engine does not answer, or not as one does.
    """

    parallel = False

    def __init__(
        self,
        engine: Engine,
        reference: str,
        *,
        target: str,
        platform: str = "",
        memory: Memory | None = None,
    ) -> None:
        self._engine = engine
        self._memory = memory
        said = engine.image(reference)
        self.name = f"{engine.name}: {reference}"
        self._id = checked_digest(_with_algorithm(said.get("Id")), f"{self.name}: Id")
        # The Id of an image in containerd's store is its manifest's digest or its index's.
        self._is_config = "Descriptor" not in said
        found = configuration_of(said, self.name)
        if len(found.diff_ids) > LIMITS.layers:
            raise LimitError(f"{self.name}: more than {LIMITS.layers} layers")
        self._diff_ids = found.diff_ids
        self._names = names_of(found.diff_ids)
        self.sizes = (0,) * len(found.diff_ids)
        tags = said.get("RepoTags")
        self.info = self._told(
            ImageInfo(
                target=target,
                kind=engine.name,
                tags=tuple(sorted(t for t in tags if isinstance(t, str)))
                if isinstance(tags, list)
                else (),
                image_id=self._id if self._is_config else "",
            ),
            found,
        )
        have = self.info.platform
        if platform and have != platform and not have.startswith(f"{platform}/"):
            raise ImageNotFoundError(
                f"{self.name}: the image is for {have or 'no platform'}, not for {platform!r}",
                hint=f"{engine.name} pull --platform {platform} fetches the other",
            )
        self._settled = self._recalled() or self._followed(said, found)

    def open(self, index: int) -> Stream:
        """Layer ``index`` from an export of its own."""
        return self._again("", index)

    def stream(self, wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        """
        The wanted layers in the export's order, and with them those whose diff ID only their bytes can tell.

        The index of those is :data:`~shipworthy.images.interface.UNKNOWN`; at the end the configuration is known.
        """
        left = set(wanted)
        known = False
        parts = self._engine.export_image(self._id)
        with closing(parts):
            export = Export(parts, self.name)
            for member in export.layers(self._again, self._learn):
                index = self._index(member)
                known = known or index != UNKNOWN
                top = len(self._diff_ids) - 1
                if index == UNKNOWN and known and is_classic(member.name):
                    # All but the top layer's names are known there.
                    index = top if top not in left else UNKNOWN
                if index == UNKNOWN or index in left:
                    left.discard(index)
                    yield index, member
                if not left and self._settled:
                    return
            if not self._settled:
                self._settle(export)

    def settle(self) -> ImageInfo:
        """The image with its whole configuration, which is exported where nothing else tells it."""
        if not self._settled:
            for _ in self.stream(()):
                pass
        return self.info

    def close(self) -> None:
        """Nothing is held between questions."""

    def _index(self, member: Member) -> int:
        """Which layer a member is, by its name or by what was learned of its digest."""
        index = self._names.get(member.name, UNKNOWN)
        if index == UNKNOWN and member.digest and self._memory:
            diff_id = self._memory.read(_key("blob", member.digest)).decode(
                "ascii", "replace"
            )
            if diff_id in self._diff_ids:
                return self._diff_ids.index(diff_id)
        return index

    def _learn(self, digest: str, diff_id: str) -> None:
        if self._memory:
            self._memory.write(_key("blob", digest), diff_id.encode())

    def _again(self, name: str, index: int = UNKNOWN) -> Stream:
        """A member by name or layer, from another export."""
        parts = self._engine.export_image(self._id)
        for member in Export(parts, self.name).layers(self._again, self._learn):
            if member.name == name or self._names.get(member.name) == index >= 0:
                return _Hanging(member, parts)
        told = self._diff_ids[index] if index >= 0 else name
        raise ImageError(
            f"{self.name}: the engine's export lacks the layer {told}",
            hint=f"scan an archive instead: {self._engine.name} save",
        )

    def _told(self, info: ImageInfo, config: ImageConfig) -> ImageInfo:
        steps = instructions(config, len(config.diff_ids))
        parts = (config.os, config.architecture, config.variant)
        return replace(
            info,
            platform="/".join(part for part in parts if part),
            config=config,
            layers=tuple(
                Layer(index=index, diff_id=diff_id, instruction=steps[index])
                for index, diff_id in enumerate(config.diff_ids)
            ),
        )

    def _followed(self, said: Json, found: ImageConfig) -> bool:
        """Whether the engine's answers alone tell the whole configuration."""
        if not self._is_config:
            return False
        if "History" in said:
            return True
        whole = with_history(found, self._engine.history(self._id))
        if whole is None:
            return False
        self.info = self._told(self.info, whole)
        return True

    def _settle(self, export: Export) -> None:
        data = export.configuration()
        digest = export.configuration_digest
        if self._is_config and digest != self._id:
            raise ImageError(
                f"{self.name}: the export holds another image than {self._id}"
            )
        self._take(data, digest)
        if self._memory:
            self._memory.write(
                _key("configuration", self._id), digest.encode() + b"\n" + data
            )

    def _recalled(self) -> bool:
        """Whether the configuration was seen before; then it is taken."""
        key = _key("configuration", self._id)
        stored = self._memory.read(key) if self._memory else b""
        head, _, data = stored.partition(b"\n")
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if head.decode("ascii", "replace") != digest:
            return False
        if self._is_config and digest != self._id:
            return False
        try:
            self._take(data, digest)
        except ImageError:
            return False
        return True

    def _take(self, data: bytes, digest: str) -> None:
        config = parse_config(data, f"{self.name}: {digest}")
        if config.diff_ids != self._diff_ids:
            raise ImageError(
                f"{self.name}: the export's configuration names other layers than the engine",
                hint="the image may have been replaced meanwhile; scan again",
            )
        self.info = self._told(replace(self.info, image_id=digest), config)
        self._settled = True


class _Hanging:
    """A member with the line that it comes over, which is hung up with it."""

    def __init__(self, member: Member, parts: Generator[bytes]) -> None:
        self._member = member
        self._parts = parts

    def read(self, size: int = -1, /) -> bytes:
        return self._member.read(size)

    def close(self) -> None:
        self._parts.close()


def _key(what: str, digest: str) -> str:
    """What is remembered of a digest is kept under another."""
    text = f"engine's {what} {digest}"
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _with_algorithm(value: object) -> object:
    """Podman's ids are without ``sha256:``."""
    is_bare = isinstance(value, str) and ":" not in value
    return f"sha256:{value}" if is_bare else value
