"""
Docker archives: what ``docker save`` and its kin write.

Both shapes are read by ``manifest.json``: the classic one (``<id>/layer.tar``) and the newer one
(``blobs/sha256/<digest>``, an OCI layout at the same time). Docker image specification v1.2,
"Combined Image JSON + Filesystem Changeset Format".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from shipworthy.errors import ImageError, ImageNotFoundError
from shipworthy.images.archive import Archive
from shipworthy.images.documents import (
    Json,
    checked_digest,
    decode,
    instructions,
    parse_config,
    verify,
)
from shipworthy.model.image import ImageConfig, ImageInfo, Layer
from shipworthy.streams.inflate import Stream


MANIFEST = "manifest.json"


class DockerArchive:
    """
    One image of a docker archive.

    Args:
        archive: The opened archive; closed with the image.
        target: The target as the caller named it.
        tag: Which of several images, by tag or image id; may be empty for an archive of one.

    Raises:
        ImageNotFoundError: The tag is not in the archive, or must be given.
        ImageError: The archive is not what its manifest says.
    """

    def __init__(self, archive: Archive, *, target: str, tag: str = "") -> None:
        self._archive = archive
        entry = _choose(_entries(archive), tag, archive.name)
        config_name = _name(entry.get("Config"), archive.name)
        data = archive.read(config_name)
        image_id = _image_id(config_name)
        if image_id:
            verify(data, image_id, f"{archive.name}: {config_name}")
        config = parse_config(data, f"{archive.name}: {config_name}")
        members = entry.get("Layers")
        if not isinstance(members, list):
            raise ImageError(f"{archive.name}: {MANIFEST} names no layers")
        self._members = tuple(_name(member, archive.name) for member in members)
        self.sizes = tuple(archive.size(member) for member in self._members)
        self.parallel = not archive.compressed
        tags = entry.get("RepoTags") or []
        self.info = ImageInfo(
            target=target,
            kind="docker-archive",
            tags=tuple(sorted(t for t in tags if isinstance(t, str)))
            if isinstance(tags, list)
            else (),
            image_id=image_id,
            platform="/".join(
                part
                for part in (config.os, config.architecture, config.variant)
                if part
            ),
            config=config,
            layers=_layers(config, self._members, archive.name),
        )

    def open(self, index: int) -> Stream:
        """The stored bytes of layer ``index``."""
        return self._archive.open(self._members[index])

    def stream(self, wanted: Collection[int]) -> Iterator[tuple[int, Stream]]:
        """The wanted layers in the archive's order; of two that share a member only one."""
        indexes = {
            self._members[index]: index for index in sorted(wanted, reverse=True)
        }
        for member, stream in self._archive.stream(sorted(indexes)):
            yield indexes[member], stream

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()


def _entries(archive: Archive) -> list[Json]:
    document = decode(archive.read(MANIFEST), f"{archive.name}: {MANIFEST}")
    if not isinstance(document, list) or not document:
        raise ImageError(f"{archive.name}: {MANIFEST} lists no image")
    entries: list[Json] = [item for item in document if isinstance(item, dict)]
    if len(entries) != len(document):
        raise ImageError(f"{archive.name}: {MANIFEST} holds something that is no image")
    return entries


def _choose(entries: list[Json], tag: str, name: str) -> Json:
    """The image of that tag or id, or the only one."""
    if not tag:
        if len(entries) == 1:
            return entries[0]
        raise ImageNotFoundError(
            f"{name}: holds {len(entries)} images, expected a choice of one",
            hint=f"append one of these to the path, after a colon: {_known(entries)}",
        )
    for entry in entries:
        tags = entry.get("RepoTags") or []
        known = (
            [t for t in tags if isinstance(t, str)] if isinstance(tags, list) else []
        )
        image_id = _image_id(str(entry.get("Config")))
        if tag in {image_id, *known} or any(
            t.endswith((f"/{tag}", f":{tag}")) for t in known
        ):
            return entry
    raise ImageNotFoundError(
        f"{name}: no image {tag!r} in the archive", hint=f"it holds: {_known(entries)}"
    )


def _known(entries: list[Json]) -> str:
    tags: list[str] = []
    for entry in entries[:20]:
        names = entry.get("RepoTags")
        if isinstance(names, list) and names:
            tags.extend(str(name)[:100] for name in names[:5])
        else:
            tags.append(_image_id(str(entry.get("Config"))) or "an image without a tag")
    return ", ".join(tags)


def _name(value: object, archive: str) -> str:
    if not isinstance(value, str) or not value:
        raise ImageError(
            f"{archive}: {MANIFEST} lacks the name of a configuration or layer"
        )
    return value


def _image_id(config_name: str) -> str:
    """The digest that the configuration's file name claims; empty where the name is free."""
    stem = config_name.rpartition("/")[2].removesuffix(".json")
    if len(stem) == 64 and all(c in "0123456789abcdef" for c in stem):
        return checked_digest(f"sha256:{stem}", config_name)
    return ""


def _layers(
    config: ImageConfig, members: tuple[str, ...], name: str
) -> tuple[Layer, ...]:
    if len(config.diff_ids) != len(members):
        raise ImageError(
            f"{name}: the configuration names {len(config.diff_ids)} layers,"
            f" {MANIFEST} names {len(members)}"
        )
    steps = instructions(config, len(members))
    return tuple(
        Layer(
            index=index,
            diff_id=config.diff_ids[index],
            digest=_image_id(member) if member.startswith("blobs/sha256/") else "",
            instruction=steps[index],
        )
        for index, member in enumerate(members)
    )
