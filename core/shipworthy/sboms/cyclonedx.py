"""
CycloneDX JSON (https://cyclonedx.org/docs/1.6/json/), versions 1.2 and later, as syft, Trivy, cdxgen,
Inspector's generator and Docker Scout write it.

Components are packages by their purls, wherever they are nested. A Debian component that
has Debian components in it is their source package and no package that is installed (Inspector's
generator; docs/adr/0016-what-an-sbom-is-read-as.md). References between components are not followed, so
nothing can go in circles. What cannot be judged for want of a purl is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from shipworthy.errors import ImageError, LimitError, ParseError
from shipworthy.model.image import ImageInfo, Layer
from shipworthy.model.package import Distro, Inventory, Status
from shipworthy.model.purl_parse import PackageUrl, parse_purl
from shipworthy.sboms.gathered import Gathered
from shipworthy.sboms.ours import (
    in_our_order,
    our_statuses,
    renumbered,
    with_our_channels,
    with_our_image,
)
from shipworthy.sboms.packages import BY_PACKAGE_MANAGER, Layers, Parent, package_of
from shipworthy.sboms.properties import (
    INSPECTOR,
    TRIVY,
    named,
    text_of,
    told_of,
    values_of,
)
from shipworthy.sboms.release import Hint, from_component, from_hints, hint_of
from shipworthy.sboms.stream import read_members
from shipworthy.values import dataclass


MAX_COMPONENTS = 1_000_000
"""Components in one SBOM, nested ones included."""
MAX_DEPTH = 64
"""Components inside components."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}").fullmatch
_IMAGES = frozenset({"oci", "docker"})
_NO_SOFTWARE = frozenset(
    {"file", "operating-system", "data", "device", "container", "platform"}
    | {"machine-learning-model", "cryptographic-asset", "firmware", "device-driver"}
)
_EXAMPLES = 5


@dataclass(slots=True)
class _Reading:
    """One SBOM while it is read."""

    target: str
    layers: Layers = field(default_factory=Layers)
    gathered: Gathered = field(default_factory=Gathered)
    hints: Counter[Hint] = field(default_factory=Counter)
    systems: list[Distro] = field(default_factory=list)
    seen: int = 0
    nameless: list[str] = field(default_factory=list)
    """Libraries without a purl."""
    programs: list[str] = field(default_factory=list)
    """Applications without a purl."""
    broken: list[str] = field(default_factory=list)
    """What is wrong with purls and components that cannot be understood."""

    def walk(self, first: object) -> None:
        """Take in a component and all that are nested in it."""
        waiting: list[tuple[object, Parent | None, int]] = [(first, None, 0)]
        while waiting:
            component, parent, depth = waiting.pop()
            self.seen += 1
            if self.seen > MAX_COMPONENTS:
                raise LimitError(
                    f"{self.target}: an SBOM may have at most {MAX_COMPONENTS} components"
                )
            if type(component) is not dict:
                self.broken.append("a component that is no object")
                continue
            inner = component.get("components")
            parent = _take(self, component, parent)
            if not inner:
                continue
            if type(inner) is not list:
                self.broken.append("components that are no list")
                continue
            if depth >= MAX_DEPTH:
                raise LimitError(
                    f"{self.target}: components are nested deeper than {MAX_DEPTH}"
                )
            waiting.extend((one, parent, depth + 1) for one in reversed(inner))


def read_cyclonedx(data: bytes, *, target: str) -> tuple[ImageInfo, Inventory]:
    """
    The image and the software that the SBOM in ``data`` names;
    ``target`` is what the caller calls it.

    Raises:
        ImageError: It is not CycloneDX in JSON.
        LimitError: It has more components, or deeper ones, than are allowed.
    """
    reading = _Reading(target)
    members = read_members(data, reading.walk, name=target)
    _check(members, target)
    document = _mapping(members.get("sbom", members))
    metadata = _mapping(document.get("metadata"))
    subject = _mapping(metadata.get("component"))
    for diff_id in values_of(subject, f"{INSPECTOR}layer_diff_id"):
        reading.layers.index(diff_id)
    order = in_our_order(subject, reading.layers)
    inventory = Inventory(
        distro=_distro(reading),
        packages=renumbered(reading.gathered.packages(), order),
        statuses=tuple(sorted((*_statuses(reading), *our_statuses(metadata)))),
    )
    diff_ids = reading.layers.diff_ids
    image = _image(subject, target, tuple(diff_ids[index] for index in order))
    image = with_our_image(subject, image)
    version = document.get("version")
    serial = text_of(document, "serialNumber")
    image = replace(image, serial=serial, serial_version=_count(version))
    return image, inventory


def _check(members: Mapping[str, Any], target: str) -> None:
    inner = _mapping(members.get("sbom", members))
    if inner.get("bomFormat") == "CycloneDX":
        return
    raise ImageError(
        f"{target}: {'an SPDX document' if 'spdxVersion' in members else 'not an SBOM'},"
        " expected CycloneDX with bomFormat CycloneDX",
        hint="write one with: syft IMAGE -o cyclonedx-json, or trivy image --format cyclonedx",
    )


def _take(
    reading: _Reading, component: dict[str, Any], parent: Parent | None
) -> Parent | None:
    """Take one component in; gives the source package that those nested in it are of."""
    kind = text_of(component, "type")
    purl = component.get("purl")
    if kind == "operating-system":
        found = from_component(
            text_of(component, "name"), text_of(component, "version"), named(component)
        )
        if found is not None:
            reading.systems.append(with_our_channels(component, found))
        return None
    if not purl:
        _without_purl(reading, component, kind)
        return parent
    try:
        url = parse_purl(purl if type(purl) is str else "")
    except ParseError as error:
        if component.get("name"):
            reading.broken.append(error.message)
        else:
            # A manifest without a name, as test data has them: no package anybody could install.
            reading.programs.append("one without a name")
        return None
    if url.type in _IMAGES:
        return None
    if url.type in BY_PACKAGE_MANAGER and (hint := hint_of(url)):
        reading.hints[hint] += 1
    package = package_of(
        url,
        purl=purl,
        component=component,
        told=told_of(component),
        parent=parent,
        layers=reading.layers,
    )
    if url.type == "deb" and _holds_debs(component):
        return Parent(package.name, package.version)
    reading.gathered.add(package)
    return Parent(package.name, package.version) if url.type == "apk" else None


def _without_purl(reading: _Reading, component: Mapping[str, Any], kind: str) -> None:
    if kind in _NO_SOFTWARE or told_of(component).is_file:
        return
    name, version = text_of(component, "name"), text_of(component, "version")
    shown = f"{name} {version}".strip() or "one without a name"
    (reading.programs if kind == "application" else reading.nameless).append(shown)


def _holds_debs(component: Mapping[str, Any]) -> bool:
    inner = component.get("components")
    return type(inner) is list and any(
        type(one) is dict and str(one.get("purl", "")).startswith("pkg:deb/")
        for one in inner
    )


def _distro(reading: _Reading) -> Distro | None:
    """The operating-system component's word, else the purls'."""
    if reading.systems:
        return reading.systems[0]
    return from_hints(reading.hints)


def _statuses(reading: _Reading) -> Iterator[Status]:
    for subject, found, why, partial in (
        (
            "components without a package URL",
            reading.nameless,
            "not judged, because nothing says what package each is",
            True,
        ),
        (
            "applications without a package URL",
            reading.programs,
            "not judged: they stand for programs rather than packages",
            False,
        ),
        (
            "components that cannot be understood",
            reading.broken,
            "not judged",
            True,
        ),
    ):
        if found:
            shown = sorted(set(found))
            more = " …" if len(shown) > _EXAMPLES else ""
            count = "1 component" if len(found) == 1 else f"{len(found)} components"
            message = f"{count} {why}: {', '.join(shown[:_EXAMPLES])}{more}"
            yield Status(
                source="sbom", subject=subject, message=message, partial=partial
            )
    if len(different := {(one.id, one.version) for one in reading.systems}) > 1:
        names = ", ".join(" ".join(one).strip() for one in sorted(different))
        yield Status(
            source="sbom",
            subject="operating systems",
            message=f"the SBOM names several, {names}; the first one counts",
            partial=False,
        )


def _image(
    subject: Mapping[str, Any], target: str, diff_ids: tuple[str, ...]
) -> ImageInfo:
    """The image that the SBOM is of, as far as it says."""
    name, version = text_of(subject, "name"), text_of(subject, "version")
    is_image = subject.get("type") == "container"
    said = named(subject)
    digests = [version, said.get(f"{TRIVY}RepoDigest", "").rpartition("@")[2]]
    if purl := text_of(subject, "purl"):
        digests.append(_version_of(purl))
    ids = [said.get(f"{TRIVY}ImageID", ""), said.get(f"{INSPECTOR}image_id", "")]
    return ImageInfo(
        target=target,
        kind="sbom",
        tags=(name,) if is_image and name else (),
        manifest_digest=next(filter(_DIGEST, digests), ""),
        image_id=next(filter(_DIGEST, ids), ""),
        layers=tuple(
            Layer(index=index, diff_id=diff_id)
            for index, diff_id in enumerate(diff_ids)
        ),
    )


def _version_of(purl: str) -> str:
    try:
        url: PackageUrl = parse_purl(purl)
    except ParseError:
        return ""
    return url.version


def _mapping(value: object) -> dict[str, Any]:
    return value if type(value) is dict else {}


def _count(value: object) -> int:
    return value if type(value) is int and 0 < value < 1 << 31 else 0
