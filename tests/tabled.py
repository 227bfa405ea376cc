"""Layers with a table of contents: such as the formats' own libraries make, and such as only an attacker would write."""

from __future__ import annotations

import gzip
import io
import json
import random
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imagebuilder as ib
import zstandard
from fakeregistry import FakeRegistry
from gotools import compiled
from imagesheld import hold_manifest

from shipworthy.images.tables import ESTARGZ


CHECKSUM = "io.github.containers.zstd-chunked.manifest-checksum"
POSITION = "io.github.containers.zstd-chunked.manifest-position"
_MODULE = Path(__file__).parent / "layers/converting"


def filler(size: int = 1 << 20, seed: int = 1) -> bytes:
    """Bytes that nothing compresses and nobody wants."""
    return random.Random(seed).randbytes(size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabled:
    """A layer as it is stored, with what its descriptor says of it."""

    blob: bytes
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def tar(self) -> bytes:
        """What is in it."""
        if self.blob[:2] == b"\x1f\x8b":
            return gzip.decompress(self.blob)
        reader = zstandard.ZstdDecompressor().stream_reader(
            io.BytesIO(self.blob), read_across_frames=True
        )
        return reader.read()

    def descriptor(self) -> dict[str, object]:
        """The manifest's descriptor."""
        how = "gzip" if self.blob[:2] == b"\x1f\x8b" else "zstd"
        type_ = f"application/vnd.oci.image.layer.v1.tar+{how}"
        return {
            **ib.descriptor(self.blob, type_),
            "annotations": dict(self.annotations),
        }


def converted(tar: bytes, form: str, *options: str) -> Tabled:
    """The layer as the library of ``form``, ``estargz`` or ``zstd:chunked``, makes it."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "annotations"
        command = [str(compiled(_MODULE)), "-format", form, "-annotations", str(told)]
        done = subprocess.run(
            [*command, *options], input=tar, stdout=subprocess.PIPE, check=True
        )
        return Tabled(blob=done.stdout, annotations=json.loads(told.read_text()))


def written(
    tree: ib.Tree,
    change: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    backwards: bool = False,
) -> Tabled:
    """
    An eStargz of a tree, written here so that its table can lie.

    ``change`` holds members of entries by their paths; ``backwards`` the table lists them from the last to the first.
    """
    out, entries = io.BytesIO(), []
    with tarfile.open(fileobj=io.BytesIO(ib.layer_tar(tree))) as tar:
        for member in tar:
            entry: dict[str, Any] = {"name": member.name, "mode": member.mode}
            _member(out, member.tobuf(tarfile.GNU_FORMAT))
            if member.isfile():
                body = tree[member.name]
                data = body if isinstance(body, bytes) else getattr(body, "data", b"")
                digest = ib.sha256(data)
                entry |= {"type": "reg", "size": len(data), "offset": out.tell()}
                entry |= {"digest": digest, "chunkDigest": digest}
                _member(out, data + bytes(-len(data) % 512))
            elif member.islnk() or member.issym():
                entry["type"] = "hardlink" if member.islnk() else "symlink"
                entry["linkName"] = member.linkname
            else:
                entry["type"] = "dir"
            entry |= (change or {}).get(member.name, {})
            entries.append(entry)
    told = entries[::-1] if backwards else entries
    document = json.dumps({"version": 1, "entries": told}).encode()
    return closed(out.getvalue(), document)


def closed(front: bytes, document: bytes, digest: str = "") -> Tabled:
    """An eStargz with this table, whatever it is, behind these bytes."""
    out = io.BytesIO()
    out.write(front)
    start = out.tell()
    info = tarfile.TarInfo("stargz.index.json")
    info.size = len(document)
    padded = document + bytes(-len(document) % 512)
    _member(out, info.tobuf(tarfile.GNU_FORMAT) + padded + bytes(1024))
    extra = b"SG\x16\x00" + f"{start:016x}STARGZ".encode()
    out.write(b"\x1f\x8b\x08\x04" + bytes(5) + b"\xff\x1a\x00" + extra)
    out.write(b"\x01\x00\x00\xff\xff" + bytes(8))
    return Tabled(
        blob=out.getvalue(), annotations={ESTARGZ: digest or ib.sha256(document)}
    )


def hold_tabled(
    fake: FakeRegistry,
    layers: Sequence[Tabled],
    tag: str = "1",
    *,
    claims: Sequence[str] = (),
) -> str:
    """Let a registry hold an image of these layers; gives its target. ``claims`` are diff IDs instead of the right ones."""
    config = json.dumps(
        {
            "os": "linux",
            "architecture": "amd64",
            "rootfs": {
                "type": "layers",
                "diff_ids": list(claims) or [ib.sha256(one.tar) for one in layers],
            },
        }
    ).encode()
    for blob in (config, *(one.blob for one in layers)):
        fake.blobs[ib.sha256(blob)] = blob
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": ib.descriptor(config, "application/vnd.oci.image.config.v1+json"),
        "layers": [one.descriptor() for one in layers],
    }
    hold_manifest(fake, json.dumps(manifest).encode(), tag)
    return f"registry:{fake.host}/a/app:{tag}"


def _member(out: io.BytesIO, data: bytes) -> None:
    out.write(gzip.compress(data, mtime=0))
