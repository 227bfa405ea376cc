"""
endoflife.date: ``eol/v1/products-full.json`` (or ``.json.gz``), and ``eol/<product>.json`` for what that lacks.

Source: https://endoflife.date/docs/api/v1/ (schema 1.2) and the older ``/api/<product>.json``,
whose ``eol`` and ``extendedSupport`` are a day, or whether it has come. The first names the
packages of a product by package URL; for distributions, runtimes and what it does not
name, :mod:`shipworthy.advisories.feeds.eol_identity` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from shipworthy.advisories.feeds.eol_identity import keys_of
from shipworthy.advisories.feeds.files import read, read_object
from shipworthy.advisories.feeds.interface import ProductRow, Row
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import Broken, array, date, mapping, plain
from shipworthy.errors import FeedError
from shipworthy.model.lifecycle import Cycle, Product


MAX_FILE = 256 << 20
MAX_PRODUCTS = 10_000
MAX_CYCLES = 2_000
MAX_IDENTIFIERS = 2_000

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}", re.ASCII)
_FULL = ("products-full.json", "products-full.json.gz")


class EolFeed:
    """Reads the release cycles of every product."""

    name = "eol"

    def read(self, root: Path) -> Iterator[Row]:
        """Give each product with the keys of the packages that it is."""
        directory = root / "eol"
        paths = [p for name in _FULL if (p := directory / "v1" / name).is_file()][:1]
        tally = Tally("eol")
        known: set[str] = set()
        day = ""
        for path in paths:
            document = read_object(path, "endoflife.date's products")
            products = document.get("result")
            if not isinstance(products, list) or len(products) > MAX_PRODUCTS:
                raise FeedError(
                    f"{path}: expected endoflife.date's products, found no list of them"
                )
            day = date(document.get("generated_at"))
            for item in products:
                for row in tally.take(lambda item=item: [_product(item)]):  # type: ignore[misc]  # bound now
                    known.add(row.product.name)
                    yield row
        for path in sorted(directory.glob("*.json"))[:MAX_PRODUCTS]:
            name = path.stem
            if name == "all" or name in known or not _NAME.fullmatch(name):
                continue
            paths.append(path)
            yield from tally.take(lambda path=path: [_plain_product(path)])  # type: ignore[misc]  # bound now
        if paths:
            yield tally.info(paths, root, date=day)


def _product(item: object) -> ProductRow:
    entry = mapping(item)
    name = _name(entry.get("name"))
    cycles = []
    for value in array(entry.get("releases"), MAX_CYCLES):
        release = mapping(value)
        latest = mapping(release.get("latest"))
        ends = _day(release.get("eolFrom"))
        cycles.append(
            Cycle(
                name=plain(release.get("name"), 60),
                ends=ends,
                ended=not ends and release.get("isEol") is True,
                extended=_day(release.get("eoesFrom")),
                latest=_word(latest.get("name")),
                released=_day(release.get("releaseDate")),
            )
        )
    purls = [
        identifier.get("id")
        for value in array(entry.get("identifiers"), MAX_IDENTIFIERS)
        if (identifier := mapping(value)).get("type") == "purl"
    ]
    label = plain(entry.get("label"), 100)
    product = Product(name=name, label=label, cycles=tuple(cycles))
    return ProductRow(product=product, keys=keys_of(name, purls))


def _plain_product(path: Path) -> ProductRow:
    """A product of the older interface, which knows neither names for people nor packages."""
    try:
        values = orjson.loads(read(path, MAX_FILE))
    except (FeedError, orjson.JSONDecodeError):
        raise Broken from None
    if not isinstance(values, list):
        raise Broken
    cycles = []
    for value in array(values, MAX_CYCLES):
        cycle = mapping(value)
        ends = _day(cycle.get("eol"))
        cycles.append(
            Cycle(
                name=plain(cycle.get("cycle"), 60),
                ends=ends,
                ended=not ends and cycle.get("eol") is True,
                extended=_day(cycle.get("extendedSupport")),
                latest=_word(cycle.get("latest")),
                released=_day(cycle.get("releaseDate")),
            )
        )
    name = _name(path.stem)
    product = Product(name=name, label=name, cycles=tuple(cycles))
    return ProductRow(product=product, keys=keys_of(name, []))


def _name(value: object) -> str:
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    raise Broken


def _day(value: object) -> str:
    return date(value)[:10]


def _word(value: object) -> str:
    try:
        return plain(value, 60)
    except Broken:
        return ""
