"""What was found on each platform as one scan of one image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from shipworthy import __version__
from shipworthy.layers.inventory import OS_TYPES
from shipworthy.model.advisory import DatabaseInfo
from shipworthy.model.finding import Finding
from shipworthy.model.image import ImageInfo, Layer, PlatformImage
from shipworthy.model.package import Distro, Inventory, Status
from shipworthy.model.result import Coverage, Scanned
from shipworthy.platforms.findings import Found, united_findings
from shipworthy.platforms.layers import Places, united
from shipworthy.platforms.packages import Held, United, counted
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One platform's image, and what was found in it."""

    platform: str
    image: ImageInfo
    inventory: Inventory
    findings: tuple[Finding, ...]
    statuses: tuple[Status, ...]
    unmatched: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """One platform whose image could not be read."""

    platform: str
    manifest_digest: str
    problem: str


def as_one(
    platforms: Sequence[Examined | Unread],
    *,
    index_digests: tuple[str, ...],
    statuses: Sequence[Status],
    database: DatabaseInfo,
    day: str,
) -> Scanned:
    """
    The scan of all ``platforms``, which stand in the order of the index; at least one was read.

    ``statuses`` are what is told of the scan and not of one platform.
    """
    read = [one for one in platforms if isinstance(one, Examined)]
    layers, places = united([one.image.layers for one in read])
    packages = United(
        [
            Held(platform=one.platform, packages=one.inventory.packages, places=own)
            for one, own in zip(read, places, strict=True)
        ]
    )
    findings = united_findings(
        [
            Found(platform=one.platform, findings=one.findings, places=own)
            for one, own in zip(read, places, strict=True)
        ],
        packages,
    )
    told = tuple(sorted({*statuses, *_statuses(platforms)}))
    return Scanned(
        tool_version=__version__,
        image=_image(platforms, layers, places, index_digests),
        distro=_distro(read),
        packages=packages.packages,
        findings=findings,
        database=database,
        coverage=_coverage(read, layers, packages, told),
        statuses=told,
        day=day,
    )


def _image(
    platforms: Sequence[Examined | Unread],
    layers: tuple[Layer, ...],
    places: Sequence[Places],
    index_digests: tuple[str, ...],
) -> ImageInfo:
    left = iter(places)
    told = tuple(
        PlatformImage(
            platform=one.platform,
            manifest_digest=one.image.manifest_digest,
            image_id=one.image.image_id,
            distro=one.inventory.distro,
            layers=next(left),
        )
        if isinstance(one, Examined)
        else PlatformImage(
            platform=one.platform,
            manifest_digest=one.manifest_digest,
            problem=one.problem,
        )
        for one in platforms
    )
    images = [one.image for one in platforms if isinstance(one, Examined)]
    bases = {(image.base_name, image.base_digest) for image in images}
    return replace(
        images[0],
        tags=tuple(sorted({tag for image in images for tag in image.tags})),
        manifest_digest=index_digests[-1] if index_digests else "",
        image_id="",
        platform=", ".join(one.platform for one in told if not one.problem),
        base_name=_only([image.base_name for image in images]),
        base_digest=bases.pop()[1] if len(bases) == 1 else "",
        layers=layers,
        index_digests=index_digests,
        platforms=told,
    )


def _only(names: Sequence[str]) -> str:
    return names[0] if len(set(names)) == 1 else ""


def _distro(read: Sequence[Examined]) -> Distro | None:
    """The distribution, where it is the same on all platforms."""
    distros = [one.inventory.distro for one in read]
    named = {(d.id, d.version, d.branch) if d else None for d in distros}
    return distros[0] if len(named) == 1 else None


def _statuses(platforms: Sequence[Examined | Unread]) -> list[Status]:
    """What is told of platforms, each with their names; what is told of all of them as it is."""
    told: dict[Status, list[str]] = {}
    found: list[Status] = []
    count = 0
    for one in platforms:
        if isinstance(one, Unread):
            found.append(
                Status(
                    source="platforms",
                    subject=one.platform,
                    message=f"the image for it was not read: {one.problem}",
                )
            )
            continue
        count += 1
        for status in dict.fromkeys(one.statuses):
            told.setdefault(status, []).append(one.platform)
    found += [
        status
        if len(names) == count and count == len(platforms)
        else replace(status, message=f"{status.message} ({', '.join(names)})")
        for status, names in told.items()
    ]
    return found


def _coverage(
    read: Sequence[Examined],
    layers: tuple[Layer, ...],
    packages: United,
    statuses: Sequence[Status],
) -> Coverage:
    types = Counter(package.type for package in packages.packages)
    return Coverage(
        complete=not any(status.partial for status in statuses),
        layers=len(layers),
        entries=sum(one.inventory.entries for one in read),
        files_read=sum(one.inventory.files_read for one in read),
        files_failed=sum(one.inventory.files_failed for one in read),
        packages=len(packages.packages),
        packages_by_type=tuple(sorted(types.items())),
        unmatched=counted(
            {one.platform: one.unmatched for one in read}, packages.packages, OS_TYPES
        ),
    )
