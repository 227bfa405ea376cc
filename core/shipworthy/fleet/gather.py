"""Results to images: each read once, one at a time, and only what is compared kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from shipworthy.errors import UsageError
from shipworthy.fleet.files import Source
from shipworthy.fleet.links import report_of
from shipworthy.fleet.model import Fleet, GroupBy, Image, Scan, Unreadable
from shipworthy.fleet.summarise import is_result, summarise
from shipworthy.model.limits import MIB
from shipworthy.reports.saved import read_json
from shipworthy.reports.text import sound


MAX_BYTES = 256 * MIB
"""One result, uncompressed."""
WHOLE = 2
"""Results of an image whose findings are kept: the newest, and the one it is compared with."""

_Series = dict[str, Scan]
"""An image's results by their digest."""


def gather(
    found: Iterable[Source | Unreadable],
    *,
    start: Path,
    link_base: str = "",
    group_by: GroupBy = "repository",
) -> Fleet:
    """
    Read all files; the fleet is the same whatever order they come in.

    What cannot be read is told in it. Links lead from ``start``.
    """
    series: dict[tuple[str, str], _Series] = {}
    unreadable: list[Unreadable] = []
    others: list[str] = []
    copies = 0
    for source in found:
        if isinstance(source, Unreadable):
            unreadable.append(replace(source, file=sound(source.file)))
            continue
        name = sound(str(source.path))
        try:
            scan = _scan(
                source, name, report_of(source, start=start, base=link_base), group_by
            )
        except UsageError as error:
            told = sound(error.message).removeprefix(f"{name}: ")
            unreadable.append(Unreadable(file=name, error=told))
            continue
        if scan is None:
            others.append(name)
            continue
        copies += not _kept(series.setdefault((scan.name, scan.platform), {}), scan)
    return Fleet(
        images=_images(series),
        unreadable=tuple(sorted(unreadable, key=lambda one: (one.file, one.error))),
        others=tuple(sorted(others)),
        copies=copies,
    )


def _scan(source: Source, name: str, page: str, group_by: GroupBy) -> Scan | None:
    """What is kept of a file; ``None`` for one below a directory that is no result."""
    document = read_json(source.path, limit=MAX_BYTES)
    if type(document) is dict and (source.named or is_result(document)):
        return summarise(document, file=name, report=page, group_by=group_by)
    if source.named:
        raise UsageError("expected a JSON result")
    return None


def _kept(series: _Series, scan: Scan) -> bool:
    """Whether ``scan`` is a result that was not there yet."""
    twin = series.get(scan.digest)
    if twin is None or _place(scan) < _place(twin):
        series[scan.digest] = scan
    newest = sorted(series.values(), key=lambda one: one.order, reverse=True)
    for old in newest[WHOLE:]:
        if old.findings or old.steps:
            series[old.digest] = replace(old, findings=(), steps=())
    return twin is None


def _place(scan: Scan) -> tuple[bool, str]:
    """Of the same result in two places, the one that has a page beside it."""
    return (not scan.report, scan.file)


def _images(series: dict[tuple[str, str], _Series]) -> tuple[Image, ...]:
    platforms = Counter(name for name, _ in series)
    short = Counter(map(_short, platforms))
    images: list[Image] = []
    told: Counter[str] = Counter()
    for (name, platform), scans in sorted(series.items()):
        label = _short(name) if short[_short(name)] == 1 else name
        if platforms[name] > 1:
            label += f" ({platform or 'no platform'})"
        told[label] += 1
        if told[label] > 1:  # a name may be made to look like another's
            label += f" #{told[label]}"
        ordered = tuple(sorted(scans.values(), key=lambda one: one.order))
        images.append(Image(label=label, scans=ordered))
    return tuple(sorted(images, key=lambda image: image.label))


def _short(name: str) -> str:
    """A repository as people write it: without the registry that is meant where none is named."""
    return name.removeprefix("docker.io/").removeprefix("library/") or name
