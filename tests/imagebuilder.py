"""
Images made in a few lines, in every shape that is read.

A layer is a mapping from path to what is there; ``build`` writes it as docker archive, OCI
layout or OCI archive, with right digests, so that a test breaks just what it is about.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import zstandard


@dataclass(frozen=True, slots=True)
class File:
    """A regular file."""

    data: bytes
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Symlink:
    """A symbolic link."""

    target: str


@dataclass(frozen=True, slots=True)
class Hardlink:
    """A hard link to a path of the same layer."""

    target: str


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory named by the layer itself."""


Node = bytes | File | Symlink | Hardlink | Directory
Tree = Mapping[str, Node]


def layer_tar(tree: Tree, *, tar_format: int = tarfile.PAX_FORMAT) -> bytes:
    """The entries as an uncompressed tar, in the order given."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tar_format) as tar:
        for path, node in tree.items():
            info = tarfile.TarInfo(path)
            data = b""
            if isinstance(node, bytes):
                data = node
            elif isinstance(node, File):
                data, info.mode = node.data, node.mode
            elif isinstance(node, Symlink):
                info.type, info.linkname = tarfile.SYMTYPE, node.target
            elif isinstance(node, Hardlink):
                info.type, info.linkname = tarfile.LNKTYPE, node.target
            else:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def sha256(data: bytes) -> str:
    """The digest as ``sha256:<hex>``."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def compressed(data: bytes, how: str) -> bytes:
    """The bytes plain, gzipped or as zstd."""
    if how == "gzip":
        return gzip.compress(data, mtime=0)
    if how == "zstd":
        return zstandard.ZstdCompressor().compress(data)
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltImage:
    """An image with all its documents, ready to be written in any shape."""

    layers: Sequence[bytes]
    """Uncompressed tars, bottom first."""
    compression: str = "none"
    tag: str = "example:1"
    architecture: str = "amd64"
    annotations: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def blobs(self) -> list[bytes]:
        """The layers as they are stored."""
        return [compressed(layer, self.compression) for layer in self.layers]

    @property
    def config(self) -> bytes:
        """The configuration, with a history step a layer and an empty one."""
        history: list[dict[str, object]] = [
            {"created_by": f"RUN step {index}"} for index in range(len(self.layers))
        ]
        history.append({"created_by": "CMD sh", "empty_layer": True})
        document = {
            "os": "linux",
            "architecture": self.architecture,
            "config": {"Cmd": ["sh"], "Labels": dict(self.labels)},
            "rootfs": {"type": "layers", "diff_ids": [sha256(x) for x in self.layers]},
            "history": history,
        }
        return json.dumps(document).encode()

    @property
    def manifest(self) -> bytes:
        """The OCI manifest."""
        suffix = {"none": "", "gzip": "+gzip", "zstd": "+zstd"}[self.compression]
        document = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor(
                self.config, "application/vnd.oci.image.config.v1+json"
            ),
            "layers": [
                descriptor(blob, f"application/vnd.oci.image.layer.v1.tar{suffix}")
                for blob in self.blobs
            ],
            "annotations": dict(self.annotations),
        }
        return json.dumps(document).encode()

    def layout_files(self) -> dict[str, bytes]:
        """The files of an OCI layout with this image in it."""
        return layout_files([self])

    def classic_files(self) -> dict[str, bytes]:
        """The members of a docker archive in the classic shape."""
        files: dict[str, bytes] = {}
        names = []
        for index, layer in enumerate(self.layers):
            name = f"{hashlib.sha256(layer + bytes([index])).hexdigest()}/layer.tar"
            files[name] = layer
            names.append(name)
        config_name = f"{sha256(self.config)[7:]}.json"
        files[config_name] = self.config
        entry = {"Config": config_name, "RepoTags": [self.tag], "Layers": names}
        files["manifest.json"] = json.dumps([entry]).encode()
        return files

    def blobs_files(self) -> dict[str, bytes]:
        """The members of a docker archive in the newer shape."""
        files = self.layout_files()
        entry = {
            "Config": _blob(self.config),
            "RepoTags": [self.tag],
            "Layers": [_blob(blob) for blob in self.blobs],
        }
        files["manifest.json"] = json.dumps([entry]).encode()
        return files


def image(
    *trees: Tree, compression: str = "none", tag: str = "example:1"
) -> BuiltImage:
    """An image with one layer for each tree, bottom first."""
    return BuiltImage(
        layers=[layer_tar(tree) for tree in trees], compression=compression, tag=tag
    )


def descriptor(data: bytes, media_type: str, **more: object) -> dict[str, object]:
    """A descriptor of ``data``."""
    return {"mediaType": media_type, "digest": sha256(data), "size": len(data), **more}


def layout_files(images: Sequence[BuiltImage]) -> dict[str, bytes]:
    """The files of an OCI layout that holds all of ``images``, each under its tag and platform."""
    files: dict[str, bytes] = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}
    manifests = []
    for built in images:
        for data in (built.config, built.manifest, *built.blobs):
            files[_blob(data)] = data
        manifests.append(
            descriptor(
                built.manifest,
                "application/vnd.oci.image.manifest.v1+json",
                platform={"os": "linux", "architecture": built.architecture},
                annotations={"org.opencontainers.image.ref.name": built.tag},
            )
        )
    files["index.json"] = json.dumps(
        {"schemaVersion": 2, "manifests": manifests}
    ).encode()
    return files


def write_directory(files: Mapping[str, bytes], path: Path) -> Path:
    """The files below a directory."""
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def write_archive(files: Mapping[str, bytes], path: Path, how: str = "none") -> Path:
    """The files as one tar, which may be compressed as a whole."""
    path.write_bytes(compressed(layer_tar(dict(files)), how))
    return path


def _blob(data: bytes) -> str:
    return f"blobs/sha256/{sha256(data)[7:]}"
