"""Attaching documents to images in OCI layouts, as tools do it."""

from __future__ import annotations

import json

from imagebuilder import descriptor, sha256


MANIFEST = "application/vnd.oci.image.manifest.v1+json"
EMPTY = "application/vnd.oci.empty.v1+json"
OPENVEX = "application/vnd.openvex+json"
NOTHING_SAID = b'{"@context": "https://openvex.dev/ns/v0.2.0", "statements": []}'


def attach(
    files: dict[str, bytes],
    *,
    layer: bytes = NOTHING_SAID,
    media_type: str = OPENVEX,
    layer_more: dict[str, object] | None = None,
    manifest_more: dict[str, object] | None = None,
    index_more: dict[str, object] | None = None,
) -> dict[str, bytes]:
    """The layout with one more manifest that holds ``layer``."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor(b"{}", EMPTY),
        "layers": [descriptor(layer, media_type, **(layer_more or {}))],
        **(manifest_more or {}),
    }
    data = json.dumps(manifest).encode()
    index = json.loads(files["index.json"])
    index["manifests"].append(descriptor(data, MANIFEST, **(index_more or {})))
    blobs = {f"blobs/sha256/{sha256(one)[7:]}": one for one in (b"{}", layer, data)}
    return {**files, **blobs, "index.json": json.dumps(index).encode()}
