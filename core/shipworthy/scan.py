"""
The chain from a target to a result; the only place that knows all of it.

``open → catalog → squash → inventory → match → assess → judge``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from shipworthy import __version__
from shipworthy.advisories.distribute.connection import Connection
from shipworthy.advisories.distribute.database import Database, names_of
from shipworthy.advisories.distribute.told import statuses_of
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.assessment.assess import assess, worst_first
from shipworthy.assessment.clock import day_of
from shipworthy.assessment.exposure import declares_no_port
from shipworthy.assessment.lifecycle import end_of_life
from shipworthy.catalogers.interface import Cataloger
from shipworthy.extensions import load
from shipworthy.images.interface import Image
from shipworthy.images.target import open_image
from shipworthy.layers.cache import LayerCache, default_directory
from shipworthy.layers.remembered import recall, remember
from shipworthy.layers.select import Selector
from shipworthy.matching.match import match
from shipworthy.matching.needs import buckets_needed
from shipworthy.model.image import ImageInfo, Layer
from shipworthy.model.package import Inventory, Status
from shipworthy.model.result import Coverage, ScanResult
from shipworthy.policy.gate import judge
from shipworthy.policy.options import (
    GateOptions,
    parse_fail_on,
    parse_ignore,
    parse_max,
)
from shipworthy.sboms.source import sbom_path


if TYPE_CHECKING:
    from shipworthy.layers.record import LayerRecord

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    """What was found in the image."""

    image: ImageInfo
    inventory: Inventory
    statuses: tuple[Status, ...]


def scan(
    target: str,
    *,
    db: str | Path | Sequence[str | Path] | None = None,
    db_max_age: str = "",
    db_key: str | Path | None = None,
    db_connection: Connection | None = None,
    fail_on: str = "",
    max_counts: str = "",
    only_fixed: bool = False,
    ignore: Sequence[str] = (),
    allow_partial: bool = False,
    base: str = "",
    platform: str = "",
    cache_dir: str | Path | None = None,
    cache: bool = True,
    at: str = "",
    progress: Progress | None = None,
) -> ScanResult:
    """
    Scan one image, or what an SBOM says of one, and judge it; nothing is printed and nothing exits.

    Args:
        target: ``docker-archive:PATH[:TAG]``, ``oci:DIR[:TAG]``, ``oci-archive:PATH[:TAG]``,
            ``dir:PATH``, ``sbom:PATH`` (CycloneDX in JSON), or a bare path to any of these.
        db: The advisory database: a directory, a bundle or ``oci://HOST/REPOSITORY[:TAG][@DIGEST]``,
            or several to be tried in turn; by default the one built into the user's cache.
        db_max_age: How old it may be: ``7d`` becomes a status, ``7d,fail`` an error.
        db_key: The public key (PEM) that must have signed it.
        db_connection: How registries are spoken to.
        fail_on: Close the gate on a finding of this severity or worse: ``high``,
            ``high,unknown``.
        max_counts: Most findings allowed a severity: ``critical=0,high=5``.
        only_fixed: Let the gate count only findings that have a fix.
        ignore: Ids or aliases to leave out of the verdict.
        allow_partial: Let a scan pass that could not look at everything.
        base: The base image's target, to tell its layers from those on top.
        platform: ``os/architecture[/variant]``, where there is a choice.
        cache_dir: Where layer records are kept; by default the user's cache.
        cache: Whether to keep and use layer records at all.
        at: The day that ends of support are counted from, ``YYYY-MM-DD``; by default the
            database's.
        progress: Told in one line each what is being done.

    Returns:
        The result; ``result.verdict`` says whether the image may ship.

    Raises:
        UsageError: The target, a rule or the day cannot be understood.
        ImageError: The image cannot be opened or is not what it claims to be.
        DatabaseError: The database is missing, broken, of another schema version, too old, or
            not signed by the key.
    """
    options = GateOptions(
        fail_on=parse_fail_on(fail_on),
        max_counts=parse_max(max_counts),
        only_fixed=only_fixed,
        ignore=parse_ignore(ignore),
        allow_partial=allow_partial,
    )
    directory = Path(cache_dir) if cache_dir else default_directory()
    database = Database(
        names=names_of(db),
        local=default_directory() / "db",
        cache=directory,
        key=Path(db_key) if db_key else None,
        max_age=db_max_age,
        connection=db_connection or Connection(),
        tell=progress or (lambda _: None),
    )
    with AdvisoryStore(database.open()) as store:
        path = sbom_path(target)
        if path is not None:
            contents = _listed(path, target, base)
        else:
            with closing(open_image(target, platform=platform)) as image:
                contents = _take(image, base, directory if cache else None, progress)
        if not store.at_hand:
            store.prefetch(buckets_needed(contents.inventory, store))
        day = day_of(at, store.info.date)
        matched = match(contents.inventory, store)
        no_port = declares_no_port(contents.image)
        findings = worst_first(
            (
                *assess(matched.matches, store, no_port=no_port),
                *end_of_life(contents.inventory, store, day),
            )
        )
        statuses = tuple(
            sorted(
                {
                    *contents.statuses,
                    *matched.statuses,
                    *statuses_of(database, store),
                }
            )
        )
        judged = judge(findings, statuses, options)
        return ScanResult(
            tool_version=__version__,
            image=contents.image,
            distro=contents.inventory.distro,
            packages=contents.inventory.packages,
            findings=judged.findings,
            suppressed=judged.suppressed,
            verdict=judged.verdict,
            database=store.info,
            coverage=_coverage(contents, matched.unmatched, statuses),
            statuses=statuses,
        )


def _listed(path: str, target: str, base: str) -> _Contents:
    """What an SBOM says is in the image."""
    from shipworthy.sboms.read import read_sbom

    image, inventory = read_sbom(path, target=target, base=base)
    return _Contents(image=image, inventory=inventory, statuses=inventory.statuses)


def _take(
    image: Image, base: str, cache_dir: Path | None, progress: Progress | None
) -> _Contents:
    """Read the layers and take the inventory."""
    catalogers, statuses = load("catalogers", _cataloger)
    selector = Selector(catalogers)
    cache = LayerCache(cache_dir, selector.fingerprint) if cache_dir else None
    layers, base_statuses = _layers(image, base)
    inventory = None
    if cache and image.sizes:
        inventory = recall(cache, layers, made_by=__version__)
    if inventory is None:
        records = _records(image, selector, cache, progress)
        layers = tuple(
            replace(layer, diff_id=record.diff_id)
            for layer, record in zip(layers, records, strict=True)
        )
        inventory = _inventory(records, layers)
        if cache and image.sizes:
            remember(cache, layers, inventory, made_by=__version__)
    info = image.info
    return _Contents(
        image=info if info.kind == "dir" else replace(info, layers=layers),
        inventory=inventory,
        statuses=(*statuses, *base_statuses, *inventory.statuses),
    )


def _inventory(records: Sequence[LayerRecord], layers: Sequence[Layer]) -> Inventory:
    """What the layers' records come to; a scan that remembers the inventory never gets here."""
    from shipworthy.catalogers.distro import identify
    from shipworthy.layers.inventory import take_inventory
    from shipworthy.layers.squash import squash

    visible = squash(records)
    return take_inventory(visible, identify(visible.facts), layers)


def _cataloger(plugin: object) -> Cataloger:
    if not callable(plugin):
        raise TypeError("expected a class without arguments")
    made: Cataloger = plugin()
    return made


def _records(
    image: Image,
    selector: Selector,
    cache: LayerCache | None,
    progress: Progress | None,
) -> tuple[LayerRecord, ...]:
    from shipworthy.layers.gather import gather
    from shipworthy.layers.read import LayerBlob, read_walk

    if image.info.kind == "dir":
        from shipworthy.images.directory import DirectoryImage

        assert isinstance(image, DirectoryImage)
        walk = image.walk()
        return (read_walk(walk, walk.problems, selector, name=image.info.target),)
    count = len(image.info.layers)
    blobs = [
        LayerBlob(
            name=f"{image.info.target}: layer {layer.index + 1} of {count}",
            open=partial(image.open, layer.index),
            diff_id=layer.diff_id,
            digest=layer.digest,
        )
        for layer in image.info.layers
    ]
    return gather(
        blobs,
        selector,
        cache,
        sizes=image.sizes,
        in_order=None if image.parallel else image.stream,
        progress=progress,
    )


def _layers(image: Image, base: str) -> tuple[tuple[Layer, ...], tuple[Status, ...]]:
    """The layers, and whose they are where that is known."""
    layers = image.info.layers
    known = _base_diff_ids(image, base)
    if not known:
        return layers, ()
    shared = 0
    for layer, diff_id in zip(layers, known, strict=False):
        if layer.diff_id != diff_id:
            break
        shared += 1
    if shared < len(known):
        status = Status(
            source="base",
            subject=base or image.info.base_name or image.info.base_digest,
            message=f"is not the base of this image: {shared} of its {len(known)} layers are in it,"
            " so what is ours and what is the base's stays unknown",
            partial=False,
        )
        return layers, (status,)
    return (
        tuple(
            replace(layer, origin="base" if layer.index < shared else "own")
            for layer in layers
        ),
        (),
    )


def _base_diff_ids(image: Image, base: str) -> tuple[str, ...]:
    """The base image's diff IDs, from the caller's base or from what the annotations lead to."""
    if base:
        with closing(open_image(base, platform=image.info.platform)) as opened:
            return tuple(layer.diff_id for layer in opened.info.layers)
    from shipworthy.images.layout import LayoutImage

    return image.base_diff_ids() if isinstance(image, LayoutImage) else ()


def _coverage(
    contents: _Contents,
    unmatched: tuple[tuple[str, int], ...],
    statuses: Sequence[Status],
) -> Coverage:
    inventory = contents.inventory
    return Coverage(
        complete=not any(status.partial for status in statuses),
        layers=len(contents.image.layers),
        entries=inventory.entries,
        files_read=inventory.files_read,
        files_failed=inventory.files_failed,
        packages=len(inventory.packages),
        packages_by_type=tuple(
            sorted(Counter(p.type for p in inventory.packages).items())
        ),
        unmatched=unmatched,
    )
