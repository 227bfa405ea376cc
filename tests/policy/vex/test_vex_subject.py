"""The scanned image as a product: by purl, reference, digest, hash, CPE."""

from __future__ import annotations

from typing import Any

import pytest
from vexing import (
    DIGEST,
    found,
    image,
    openvex,
    part,
    said,
    vexed,
)

from shipworthy.model.package import Distro


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.1-2%2Bdeb11u1?arch=amd64&distro=debian-11"
OCI = f"pkg:oci/debian@{DIGEST}"


def _fits(product: object, purl: str = BASH, **more: Any) -> bool:
    """Whether a statement on the product takes out a finding in the package."""
    document = openvex(said(CVE, [product]))
    return bool(vexed([found(CVE, purl)], document, **more).suppressed)


# Products that are the image.


@pytest.mark.parametrize(
    ("product", "fits"),
    [
        (OCI, True),
        (OCI.replace(":", "%3A").replace("pkg%3A", "pkg:"), True),
        ("pkg:oci/debian", True),
        ("pkg:oci/mismatch", False),
        (f"pkg:oci/debian@sha256:{'0' * 64}", False),
        (f"{OCI}?repository_url=docker.io/library/debian", True),
        (f"{OCI}?repository_url=index.docker.io%2Flibrary", True),
        (f"{OCI}?repository_url=index.docker.io%2Flibrary%2Fdebian&arch=amd64", True),
        (f"{OCI}?repository_url=ghcr.io/x/debian", False),
        (f"{OCI}?arch=arm64", False),
        (f"{OCI}?tag=12", True),
        ("pkg:oci/debian?tag=12", True),
        ("pkg:oci/debian?tag=11", False),
        ("pkg:oci/debian?repository_url=ghcr.io/x/debian&tag=12", False),
        ("pkg:docker/library/debian@12", True),
        ("pkg:docker/debian@11", False),
        ("debian:12", True),
        ("docker.io/library/debian:12", True),
        ("debian:11", False),
        ("ghcr.io/x/debian:12", False),
        (f"debian@{DIGEST}", True),
        (DIGEST, True),
        (DIGEST[7:], True),
        ("debian", False),
    ],
)
def test_the_image_is_known_by_purl_reference_and_digest(
    product: str, fits: bool
) -> None:
    """Everything that the statement names and the scan knows must agree."""
    assert _fits(product, of=image("debian:12")) == fits
    assert _fits(part(product, "pkg:deb/debian/bash"), of=image("debian:12")) == fits
    assert not _fits(part(product, "pkg:deb/debian/dash"), of=image("debian:12"))


def test_an_image_without_a_name_is_known_by_its_digest_alone() -> None:
    """A purl without a digest could mean any image of the name."""
    assert _fits(OCI, of=image())
    assert _fits(f"{OCI}?tag=12", of=image("12", kind="oci"))
    assert not _fits(f"{OCI}?tag=12", of=image("11", kind="oci"))
    assert not _fits("pkg:oci/debian", of=image())
    assert not _fits("pkg:oci/12", of=image("12", kind="oci"))


def test_a_tag_of_one_registry_says_nothing_of_another() -> None:
    """The same image is gcr.io/foo/alpine:1.0 and alpine:latest; gcr.io/foo/alpine:latest it is not."""
    of = image("gcr.io/foo/alpine:1.0", "alpine:latest")
    assert _fits("pkg:oci/alpine?repository_url=gcr.io/foo/alpine&tag=1.0", of=of)
    assert not _fits(
        "pkg:oci/alpine?repository_url=gcr.io/foo/alpine&tag=latest", of=of
    )


def test_an_image_is_known_by_the_digest_of_its_index() -> None:
    """What a registry's tag points to is often an index for several platforms."""
    index = "sha256:" + "1f" * 32
    of = image("debian:12", index_digests=(index,))
    assert _fits(f"pkg:oci/debian@{index}", of=of)
    assert _fits(f"pkg:oci/debian@{index}?arch=amd64", of=of)
    assert not _fits(f"pkg:oci/debian@{index}?arch=arm64", of=of)


def test_hashes_name_the_image() -> None:
    """A product may be known by its digest alone."""
    assert _fits({"hashes": {"sha-256": DIGEST[7:]}})
    assert not _fits({"hashes": {"sha-256": "0" * 64}})


def test_a_broken_list_of_subcomponents_does_not_widen_a_statement() -> None:
    """What was to be about one package must not become about the whole image."""
    several: list[object] = ["pkg:deb/debian/dash", {"@id": "x"}, [{}], [17]]
    for broken in several:
        assert not _fits({"@id": OCI, "subcomponents": broken})


def test_an_operating_system_is_known_by_its_cpe() -> None:
    """Red Hat's products are platforms: packages of another release are not meant."""
    purl = "pkg:rpm/redhat/bash@5.1.8-6.el9?arch=x86_64"
    product = part("cpe:/o:redhat:enterprise_linux:9::baseos", "pkg:rpm/redhat/bash")
    assert _fits(product, purl, distro=Distro(id="rhel", version="9.4"))
    assert not _fits(product, purl, distro=Distro(id="rhel", version="8.10"))
    assert not _fits(product, purl, distro=Distro(id="rocky", version="9.4"))
