"""Debian's packages whose security support has ended, will end soon, or is limited in a release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shipworthy.assessment.interface import Lifecycles
from shipworthy.assessment.lifecycle_finding import Ending
from shipworthy.assessment.support import Standing, standing
from shipworthy.errors import VersionError
from shipworthy.model.bucket import os_bucket
from shipworthy.model.finding import EndOfLife
from shipworthy.model.lifecycle import Cycle, SupportLimit
from shipworthy.model.package import Inventory, Package
from shipworthy.versions import compare


_PAGE = "https://security-tracker.debian.org/tracker/source-package/{name}"
_WIDE = ".*"
_NO_VERSION = frozenset({"", "0"})
"""A last version of ``0`` stands for all versions."""


def limited(inventory: Inventory, lifecycles: Lifecycles, day: str) -> Iterable[Ending]:
    """What the distribution says of the support of the image's source packages, one each."""
    distro = inventory.distro
    bucket = os_bucket(distro) if distro else ""
    limits = lifecycles.support(bucket) if bucket else ()
    if not limits:
        return
    sources: dict[tuple[str, str], list[Package]] = {}
    for package in inventory.packages:
        if package.type == "deb":
            source = package.source or package.name
            version = package.source_version or package.version
            sources.setdefault((source, version), []).append(package)
    told = _Limits(limits)
    for (source, version), packages in sorted(sources.items()):
        limit = told.of(source)
        if limit is None or limit.state == "supported" or _newer(version, limit):
            continue
        first, *others = sorted(
            packages, key=lambda p: (p.name != source, len(p.name), p.name)
        )
        also = tuple(one.name for one in others)
        yield from _ending(bucket, source, version, first, limit, day, also)


def _ending(
    bucket: str,
    source: str,
    version: str,
    package: Package,
    limit: SupportLimit,
    day: str,
    also: tuple[str, ...],
) -> Iterable[Ending]:
    stands: Standing | None
    if limit.state == "limited":
        stands = Standing(days_left=None, severity="negligible")
    else:
        cycle = Cycle(name=source, ends=limit.ends, ended=not limit.ends)
        stands = standing(cycle, day, gets_extended=False)
    if stands is None:
        return
    name, _, release = bucket.partition("-")
    meant = limit.last_version not in _NO_VERSION
    yield Ending(
        package=package,
        version=version,
        stands=stands,
        end=EndOfLife(
            product=source,
            label=f"{name.capitalize()} {release}",
            cycle="",
            ends=limit.ends,
            days_left=stands.days_left,
            limited=limit.state == "limited",
        ),
        url=_PAGE.format(name=source),
        constraint=f"<= {limit.last_version}" if meant else ">= 0",
        also=also,
        release=bucket,
        limits=limit.why,
    )


class _Limits:
    """Which line speaks of a source package: the one on exactly it, else the longest of those that begin its name."""

    def __init__(self, limits: Sequence[SupportLimit]) -> None:
        self._exact = {one.package: one for one in reversed(limits)}
        wide = [
            (one.package.removesuffix(_WIDE), one)
            for one in limits
            if one.package.endswith(_WIDE)
        ]
        self._wide = sorted(wide, key=lambda item: -len(item[0]))

    def of(self, source: str) -> SupportLimit | None:
        """The line; nothing where none speaks of it."""
        exact = self._exact.get(source)
        if exact is not None:
            return exact
        return next(
            (one for start, one in self._wide if source.startswith(start)), None
        )


def _newer(version: str, limit: SupportLimit) -> bool:
    """Whether the package is past the last version that the line speaks of."""
    if limit.state != "ended" or limit.last_version in _NO_VERSION:
        return False
    try:
        return compare("deb", version, limit.last_version) > 0
    except VersionError:
        return False
