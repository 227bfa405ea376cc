"""
The scanned image as statements may name it.

By purl (``pkg:oci/NAME@sha256:…?repository_url=…&tag=…&arch=…``, package-url specification, type
``oci``; ``pkg:docker/…@TAG`` likewise), by reference (``registry.example/app:1``, ``app@sha256:…``), by
digest, and by the CPE of the distribution that it is an installation of. What is known of the
image must agree: its name by its tags, its digest by its manifest. A purl with a digest is about that
very image; one without holds for every image of the name, repository and tag that it gives.
"""

from __future__ import annotations

import re

from shipworthy.errors import ParseError
from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Distro
from shipworthy.model.purl_parse import PackageUrl, parse_purl
from shipworthy.policy.vex.things import SEVERAL, cpe_parts
from shipworthy.values import dataclass


_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_HUB = frozenset({"", "index.docker.io", "docker.io", "registry-1.docker.io"})
_FETCHED = ("docker:", "podman:", "containerd:", "registry:")
_TYPES = frozenset({"oci", "docker"})
_OF_IMAGES = re.compile(r"pkg:/*(?:oci|docker)/", re.IGNORECASE).match
_LAYOUTS = frozenset({"oci", "oci-archive"})
_SYSTEMS = {
    "rhel": ("redhat", "enterprise_linux"),
    "sles": ("suse", "sles"),
    "debian": ("debian", "debian_linux"),
    "ubuntu": ("canonical", "ubuntu_linux"),
    "alpine": ("alpinelinux", "alpine_linux"),
    "ol": ("oracle", "linux"),
    "amzn": ("amazon", "linux"),
}


@dataclass(frozen=True, slots=True)
class Reference:
    """An image's name taken apart."""

    repository: str
    """With its registry, Docker Hub's in full: ``docker.io/library/debian``."""
    tag: str = ""
    digest: str = ""
    plain: bool = False
    """It is one word: no registry, no path, no tag, no digest."""

    @property
    def name(self) -> str:
        """The last part of the repository."""
        return self.repository.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The scanned image, by everything that a statement could know it by."""

    references: frozenset[Reference]
    tags: frozenset[str]
    """Tags that stand without a repository, as in most OCI layouts."""
    digests: frozenset[str]
    architecture: str
    serial: str
    serial_version: int
    distro: Distro | None

    def is_called(self, name: str) -> bool:
        """Whether ``name``, a purl, reference, digest or CPE, is the image's."""
        lowered = name[:4].lower()
        if lowered == "pkg:":
            return _OF_IMAGES(name) is not None and self._by_purl(name)
        if lowered == "cpe:":
            return self._by_cpe(name)
        if found := _DIGEST.fullmatch(name):
            return f"sha256:{found[1]}" in self.digests
        wanted = reference_of(name)
        return wanted is not None and not wanted.plain and self._by_reference(wanted)

    def has(self, digest: str) -> bool:
        """Whether it is the image's digest, or its configuration's."""
        return digest in self.digests

    def _by_reference(self, wanted: Reference) -> bool:
        if wanted.digest and wanted.digest not in self.digests:
            return False
        same = [r for r in self.references if r.repository == wanted.repository]
        if wanted.digest:
            return bool(same) or not self.references
        return any(not wanted.tag or wanted.tag == one.tag for one in same)

    def _by_purl(self, purl: str) -> bool:
        try:
            url = parse_purl(purl)
        except ParseError:
            return False
        if url.type not in _TYPES:
            return False
        digest, tag = _version(url)
        arch = url.qualifiers.get("arch", "")
        if arch and self.architecture and arch != self.architecture:
            return False
        if digest and digest not in self.digests:
            return False
        if not self.references:
            known = not tag or not self.tags or tag in self.tags
            return bool(digest) and known
        where = _repositories(url)
        return any(
            one.name == url.name.lower()
            and (not where or one.repository in where)
            and (not tag or tag == one.tag or (bool(digest) and not one.tag))
            for one in self.references
        )

    def _by_cpe(self, cpe: str) -> bool:
        """Whether the image is an installation of that operating system."""
        parts = cpe_parts(cpe)
        distro = self.distro
        if distro is None or len(parts) < 4 or not parts[3]:
            return False
        if _SYSTEMS.get(distro.id) != (parts[1], parts[2]) or parts[0] not in "ao":
            return False
        version = parts[3]
        if len(parts) > 4 and parts[4].startswith("sp"):
            version = f"{version}.{parts[4][2:]}"
        return distro.version == version or distro.version.startswith(f"{version}.")


def subject_of(image: ImageInfo, distro: Distro | None) -> Subject:
    """The image as statements may name it."""
    names = list(image.tags)
    if image.target.startswith(_FETCHED):
        names.append(image.target.partition(":")[2])
    found = [one for name in names if (one := reference_of(name)) is not None]
    tags: set[str] = set()
    if image.kind in _LAYOUTS:
        tags = {one.name for one in found if one.plain}
        found = [one for one in found if not one.plain]
    digests = {image.manifest_digest, image.image_id, *image.index_digests}
    digests.update(one.digest for one in found)
    if image.platforms:
        # What is said of one processor's image is not said of the others.
        architecture = SEVERAL
    elif image.config.architecture:
        architecture = image.config.architecture
    else:
        architecture = image.platform.partition("/")[2].partition("/")[0]
    return Subject(
        references=frozenset(found),
        tags=frozenset(tags),
        digests=frozenset(digests - {""}),
        architecture=architecture,
        serial=image.serial.lower().removeprefix("urn:uuid:"),
        serial_version=image.serial_version,
        distro=distro,
    )


def reference_of(name: str) -> Reference | None:
    """The reference that ``name`` is; ``None`` where it is none, such as an address on the web."""
    rest, at, digest = name.strip().partition("@")
    if not rest or "//" in rest or any(char.isspace() for char in rest):
        return None
    if at and not _DIGEST.fullmatch(digest):
        return None
    head, slash, last = rest.rpartition("/")
    last, colon, tag = last.partition(":")
    if not last or (colon and not _TAG.fullmatch(tag)):
        return None
    repository = _repository(f"{head}{slash}{last}")
    plain = not (slash or colon or at)
    return Reference(repository, tag, _full(digest), plain)


def _full(digest: str) -> str:
    return f"sha256:{digest.removeprefix('sha256:')}" if digest else ""


def _repository(name: str) -> str:
    """The repository with its registry; one without is Docker Hub's."""
    name = name.strip("/").lower()
    first, slash, rest = name.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    host, path = (first, rest) if is_host else ("", name)
    if host in _HUB:
        return f"docker.io/{path if '/' in path else f'library/{path}'}"
    return f"{host}/{path}"


def _version(url: PackageUrl) -> tuple[str, str]:
    """Digest and tag that the purl names."""
    tag = url.qualifiers.get("tag", "")
    if _DIGEST.fullmatch(url.version.lower()):
        return _full(url.version.lower()), tag
    if url.version.lower().startswith("sha256:"):
        return url.version.lower(), tag  # cut short: no image has it
    return "", tag or url.version


def _repositories(url: PackageUrl) -> frozenset[str]:
    """The repositories that are meant; none where the purl leaves it open."""
    name = url.name.lower()
    if where := url.qualifiers.get("repository_url", ""):
        where = re.sub(r"^[a-z][a-z0-9+.-]*://", "", where.strip().lower()).strip("/")
        # Some write the repository, some (go-vex) what stands before its name.
        whole = {_repository(where)} if where.rpartition("/")[2] == name else set()
        return frozenset({*whole, _repository(f"{where}/{name}")})
    if url.namespace:
        return frozenset({_repository(f"{url.namespace.lower()}/{name}")})
    return frozenset()
