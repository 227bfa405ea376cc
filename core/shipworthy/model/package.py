"""The software found in an image."""

from __future__ import annotations

from shipworthy.model.image import Origin
from shipworthy.values import dataclass


REPOSITORY = "repo:"
"""Begins the channels that are repositories by the name of their content set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distro:
    """The distribution an image says it is, from its release files."""

    id: str
    """os-release ``ID`` after aliases, lower case: ``debian``, ``alpine``, ``almalinux``."""
    version: str = ""
    """os-release ``VERSION_ID`` or what its fall-backs give: ``12``, ``3.18.9``; empty for a rolling release."""
    codename: str = ""
    name: str = ""
    """``PRETTY_NAME`` or what its fall-backs give."""
    id_like: tuple[str, ...] = ()
    branch: str = ""
    """The release branch that advisories go by where it is not ``version``: Alpine's from its repositories file, ``edge``."""
    path: str = ""
    """The file that decided."""
    channels: tuple[str, ...] = ()
    """What the image is set up to install from beside the release's own repositories, sorted: ``esm-infra``, ``extras-docker``, ``repo:rhel-9-for-x86_64-baseos-eus-rpms``."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Location:
    """One place in the image that shows a package."""

    path: str
    """Path from the root without a leading slash; inside an archive ``outer.jar!/inner.jar``."""
    layer: int = -1
    """Index of the layer that brought this version of the package; -1 where there are no layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """
    One package of the image: a name and a version of one type, with every place it was seen in.

    ``type`` is the purl type (``deb``, ``apk``, ``rpm``, ``pypi``, ``npm``, ``maven``,
    ``golang``, ``cargo``, ``gem``, …); names are the ecosystem's own: Maven
    ``group:artifact``, npm ``@scope/name``; ``version`` is the full version as the
    ecosystem writes it: Debian and RPM with epoch (when not 0) and release, Go with ``v``.
    """

    type: str
    name: str
    version: str
    purl: str = ""
    arch: str = ""
    source: str = ""
    """Name of the source package (deb, apk origin, rpm); empty where it is the name."""
    source_version: str = ""
    """Version of the source package; empty where it is the version."""
    vendor: str = ""
    """Who built it, as the package says: RPM ``Vendor``, dpkg ``Maintainer``."""
    modularity: str = ""
    """RPM ``MODULARITYLABEL``."""
    licences: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    origin: Origin = "unknown"
    owner: str = ""
    """purl of the OS package that installed every location of this one; empty where none did."""
    notes: tuple[str, ...] = ()
    """Marks of the cataloger: ``shaded``, ``low-confidence``, ``main-module``, …"""
    file_list: str = ""
    """The files the package installed, NUL-separated, without leading slashes: compact for tens of thousands."""
    file_count: int = 0
    """How many files it installed, where their names are not known: in a saved result, which counts them."""
    platforms: tuple[str, ...] = ()
    """The platforms whose images have it, in the order of the index; empty where one image was scanned."""

    @property
    def is_of_several(self) -> bool:
        """Whether it stands for the packages of several processors, so that nothing said of one of them is said of it."""
        return len(self.platforms) > 1 and not self.arch

    @property
    def files(self) -> tuple[str, ...]:
        """The files the package installed, as its package manager lists them."""
        return tuple(self.file_list.split("\0")) if self.file_list else ()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Status:
    """
    Something that was not as it should be, so that nothing is passed over in silence.

    ``partial`` means that part of the image stayed unread and the scan is not whole.
    """

    source: str
    """The room or plug-in that says so: ``cataloger/java``, ``layers``, ``database``."""
    subject: str
    """The file, layer or feed in question."""
    message: str
    partial: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All the software of an image, sorted by type, name and version."""

    distro: Distro | None = None
    packages: tuple[Package, ...] = ()
    statuses: tuple[Status, ...] = ()
    entries: int = 0
    """Files, links, directories and whiteouts of all layers."""
    files_read: int = 0
    """Files that a cataloger read, in all layers."""
    files_failed: int = 0
    """Visible files that a cataloger wanted and could not read."""
