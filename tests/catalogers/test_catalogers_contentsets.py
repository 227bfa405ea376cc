"""The repositories that Red Hat's images name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.catalogers.contentsets import MAX_SETS, ContentSetsCataloger
from shipworthy.catalogers.distro import identify
from shipworthy.catalogers.interface import Evidence, LayerFile


OLD = "root/buildinfo/content_manifests/ubi9-container-9.4-1214.json"
NEW = "usr/share/buildinfo/content-sets.json"
MANIFEST = {
    "metadata": {
        "icm_version": 1,
        "icm_spec": "https://raw.githubusercontent.com/containerbuildsystem/atomic-reactor/master/atomic_reactor/schemas/content_manifest.json",
        "image_layer_index": 0,
    },
    "from_dnf_hint": True,
    "content_sets": [
        "rhel-9-for-x86_64-baseos-rpms",
        "rhel-9-for-x86_64-baseos-source-rpms",
        "rhel-9-for-x86_64-baseos-debug-rpms",
        "rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_2",
    ],
}


def parse(data: bytes, path: str = NEW) -> list[Evidence]:
    """The evidence of one file."""
    return list(ContentSetsCataloger().parse([LayerFile(path=path, data=data)]))


@pytest.mark.parametrize("path", [OLD, NEW])
def test_content_sets_are_channels(path: str) -> None:
    """Both places are read; sources and debug symbols are no repositories of packages."""
    (found,) = parse(json.dumps(MANIFEST).encode(), path)
    release = {"ID": "rhel", "VERSION_ID": "9.2"}

    distro = identify({"etc/os-release": release, path: dict(found.facts)})

    assert distro is not None
    assert distro.id == "redhat"
    assert distro.channels == (
        "repo:rhel-9-for-x86_64-appstream-eus-rpms__9_DOT_2",
        "repo:rhel-9-for-x86_64-baseos-rpms",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[]",
        b"1",
        b'{"content_sets": []}',
        b'{"content_sets": "rhel-9"}',
        b'{"content_sets": [1, null, "a b", "", "/etc/passwd", "x\\u0000"]}',
    ],
)
def test_manifests_of_nothing(data: bytes) -> None:
    """Manifests without names give no evidence, and names that can be none are left out."""
    assert parse(data) == []


def test_other_files_beside_them() -> None:
    """Dockerfiles and labels lie there too."""
    assert parse(b"FROM scratch", "root/buildinfo/content_manifests/Dockerfile-x") == []
    assert parse(b'{"name": "ubi9"}', "usr/share/buildinfo/labels.json") == []


def test_what_is_no_manifest() -> None:
    """It is told, since nobody knows what it would have named."""
    (found,) = parse(b"{")

    assert found.problems == ("is no content manifest, expected JSON",)


def test_how_many_are_read() -> None:
    """No more than there may be."""
    names = [f"repository-{number}" for number in range(MAX_SETS + 5)]

    (found,) = parse(json.dumps({"content_sets": names}).encode())

    assert len(found.facts) == MAX_SETS


@pytest.mark.property
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Whatever stands there, nothing escapes."""
    parse(data)
    parse(b"[" * 100_000)
