"""What is attached to an image in an OCI layout is found in every way that tools attach it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attaching import MANIFEST, OPENVEX, attach
from imagebuilder import (
    BuiltImage,
    descriptor,
    image,
    sha256,
    write_archive,
    write_directory,
)

from shipworthy.errors import DigestMismatchError, LimitError
from shipworthy.images import attached
from shipworthy.images.attached import Attachment
from shipworthy.images.layout import LayoutImage
from shipworthy.images.target import open_image


VEX = b'{"@context": "https://openvex.dev/ns/v0.2.0", "statements": []}'
APP = image({"etc/app": b"1"}, tag="registry.example/app:1")
OURS = sha256(APP.manifest)


def _subject(digest: str) -> dict[str, object]:
    return {
        "artifactType": OPENVEX,
        "subject": {"mediaType": MANIFEST, "digest": digest, "size": 1},
    }


WAYS: dict[str, dict[str, Any]] = {
    "referrer": {
        "manifest_more": _subject(OURS),
        "index_more": {"artifactType": OPENVEX},
    },
    "cosign tag": {
        "index_more": {
            "annotations": {
                "org.opencontainers.image.ref.name": f"{OURS.replace(':', '-')}.att"
            }
        }
    },
    "cosign save": {
        "index_more": {"annotations": {"kind": "dev.cosignproject.cosign/atts"}}
    },
    "buildkit": {
        "index_more": {
            "platform": {"os": "unknown", "architecture": "unknown"},
            "annotations": {
                "vnd.docker.reference.type": "attestation-manifest",
                "vnd.docker.reference.digest": OURS,
            },
        }
    },
}


def _attached(
    files: dict[str, bytes],
    path: Path,
    wanted: Callable[[str], bool] = lambda _: True,
) -> tuple[Attachment, ...]:
    with closing(open_image(f"oci:{write_directory(files, path)}")) as opened:
        assert isinstance(opened, LayoutImage)
        assert opened.info.manifest_digest == OURS
        return opened.attached(wanted)


@pytest.mark.parametrize("way", WAYS)
def test_each_way_of_attaching_is_found(way: str, tmp_path: Path) -> None:
    """The document comes as it is, and the layout still opens as its image."""
    (found,) = _attached(attach(APP.layout_files(), **WAYS[way]), tmp_path / "x")
    assert found.data == VEX
    assert found.type == OPENVEX


def test_it_is_found_in_an_archive_too(tmp_path: Path) -> None:
    """An archive of the layout, compressed as a whole, gives the same."""
    files = attach(APP.layout_files(), **WAYS["referrer"])
    archive = write_archive(files, tmp_path / "app.tar.gz", "gzip")
    with closing(open_image(f"oci-archive:{archive}")) as opened:
        assert isinstance(opened, LayoutImage)
        (found,) = opened.attached(lambda _: True)
    assert found.data == VEX


def test_the_index_that_leads_to_an_image_is_told(tmp_path: Path) -> None:
    """A tag for several platforms points to an index, and so does what is said of the tag."""
    files = APP.layout_files()
    inner = files["index.json"]
    outer = descriptor(inner, "application/vnd.oci.image.index.v1+json")
    files[f"blobs/sha256/{sha256(inner)[7:]}"] = inner
    whole = {"schemaVersion": 2, "manifests": [outer]}
    files["index.json"] = json.dumps(whole).encode()
    with closing(open_image(f"oci:{write_directory(files, tmp_path / 'x')}")) as opened:
        assert opened.info.index_digests == (sha256(inner),)
        assert opened.info.manifest_digest == OURS


def test_what_belongs_to_another_image_is_not_found(tmp_path: Path) -> None:
    """A referrer of another manifest says nothing of this one."""
    other = "sha256:" + "0" * 64
    files = attach(APP.layout_files(), manifest_more=_subject(other))
    assert _attached(files, tmp_path / "x") == ()


def test_the_predicate_type_is_told_before_anything_is_read(tmp_path: Path) -> None:
    """Provenance that nobody wants is not even read: its blob may be missing."""
    predicate = "https://slsa.dev/provenance/v1"
    files = attach(
        APP.layout_files(),
        media_type="application/vnd.in-toto+json",
        layer_more={"annotations": {"in-toto.io/predicate-type": predicate}},
        index_more=WAYS["buildkit"]["index_more"],
    )
    del files[f"blobs/sha256/{sha256(VEX)[7:]}"]
    asked: list[str] = []

    def wanted(type_: str) -> bool:
        asked.append(type_)
        return False

    assert _attached(files, tmp_path / "x", wanted) == ()
    assert asked == [predicate]


def test_an_image_with_attachments_for_another_machine_is_still_one_image(
    tmp_path: Path,
) -> None:
    """Artifacts are no choice of platform: the only image is the one that is meant."""
    app = BuiltImage(layers=APP.layers, tag="app:1", architecture="s390x")
    files = attach(app.layout_files(), **WAYS["referrer"])
    with closing(open_image(f"oci:{write_directory(files, tmp_path / 'x')}")) as opened:
        assert opened.info.platform == "linux/s390x"


def test_a_damaged_attachment_is_an_error(tmp_path: Path) -> None:
    """Bytes that are not what the manifest names are not taken for it."""
    files = attach(APP.layout_files(), **WAYS["referrer"])
    files[f"blobs/sha256/{sha256(VEX)[7:]}"] = VEX + b" "
    with pytest.raises(DigestMismatchError):
        _attached(files, tmp_path / "x")


def test_more_attachments_than_any_image_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Crossing the bound is an error that names it."""
    monkeypatch.setattr(attached, "MAX_ATTACHED", 1)
    files = attach(APP.layout_files(), **WAYS["referrer"])
    files = attach(files, layer=VEX + b"\n", **WAYS["referrer"])
    with pytest.raises(LimitError, match="more than 1 attachments"):
        _attached(files, tmp_path / "x")
