"""Images for several platforms, as one index that layouts, archives and registries hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import imagebuilder as ib
from fakeregistry import FakeRegistry
from imagesheld import INDEX_TYPE, MANIFEST_TYPE, hold, hold_manifest, index_of
from scanning import OS_RELEASE, dist_info

from shipworthy.model.result import ScanResult
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report


def dpkg(arch: str, *packages: str) -> bytes:
    """A status file of ``NAME VERSION [SOURCE]`` packages for a processor."""
    paragraphs = []
    for package in packages:
        name, version, *source = package.split()
        lines = [f"Package: {name}", "Status: install ok installed"]
        lines += [f"Architecture: {arch}", f"Version: {version}"]
        lines += [f"Source: {source[0]}"] if source else []
        paragraphs.append("\n".join(lines))
    return ("\n\n".join(paragraphs) + "\n").encode()


def system(arch: str, openssl: str = "3.0.11-1~deb12u2") -> ib.Tree:
    """Debian for a processor, with an OpenSSL that has a finding."""
    libssl = f"libssl3 {openssl} openssl"
    return {
        "etc/os-release": OS_RELEASE,
        "var/lib/dpkg/status": dpkg(arch, "libc6 2.36-9+deb12u1 glibc", libssl),
    }


SHARED: ib.Tree = dist_info("Django", "2.2")
"""A layer that is the same for every processor, with a critical finding."""
ONLY_ARM: ib.Tree = dist_info(
    "Jinja2", "2.10.1", "opt/arm/lib/python3.11/site-packages"
)

AMD = replace(
    ib.image(system("amd64"), SHARED, compression="gzip"), architecture="amd64"
)
ARM = replace(
    ib.image(system("arm64"), SHARED, ONLY_ARM, compression="gzip"),
    architecture="arm64",
)
BOTH = (AMD, ARM)
"""Packages that differ in their processor alone, one layer in common, and one package that only one has."""


@dataclass(frozen=True, kw_only=True)
class Index:
    """An index with all that it leads to."""

    images: Sequence[ib.BuiltImage]
    more: Sequence[dict[str, object]] = ()
    """Further entries."""
    without: frozenset[str] = frozenset()
    """Digests of blobs that are not there."""
    nested: bool = False
    """Whether an index of it stands in the index."""

    @property
    def document(self) -> bytes:
        """The index itself."""
        entries = [*map(entry, self.images), *self.more]
        return index_of(entries)

    @property
    def top(self) -> bytes:
        """What the tag leads to."""
        if not self.nested:
            return self.document
        return index_of([ib.descriptor(self.document, INDEX_TYPE)])

    def blobs(self) -> dict[str, bytes]:
        """Everything but the top, by digest."""
        found = {ib.sha256(self.document): self.document}
        for image in self.images:
            for data in (image.manifest, image.config, *image.blobs):
                found[ib.sha256(data)] = data
        return {at: data for at, data in found.items() if at not in self.without}

    def files(self, tag: str = "latest") -> dict[str, bytes]:
        """The files of a layout."""
        held = {**self.blobs(), ib.sha256(self.top): self.top}
        files = {f"blobs/{at.replace(':', '/')}": data for at, data in held.items()}
        name = {"org.opencontainers.image.ref.name": tag}
        top = ib.descriptor(self.top, INDEX_TYPE, annotations=name)
        document = {"schemaVersion": 2, "manifests": [top]}
        files["index.json"] = json.dumps(document).encode()
        files["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
        return files

    def hold(self, fake: FakeRegistry, tag: str = "multi") -> None:
        """Let a registry hold it."""
        for image in self.images:
            hold(fake, image)
        hold_manifest(fake, self.document, type_=INDEX_TYPE)
        hold_manifest(fake, self.top, tag, INDEX_TYPE)
        for digest in self.without:
            fake.blobs.pop(digest, None)
            fake.manifests.pop(digest, None)


def entry(image: ib.BuiltImage) -> dict[str, object]:
    """An index's descriptor of an image."""
    platform = {"os": "linux", "architecture": image.architecture}
    return ib.descriptor(image.manifest, MANIFEST_TYPE, platform=platform)


def document_of(result: ScanResult) -> bytes:
    """The JSON result."""
    return open_report("json").render(to_document(result))
