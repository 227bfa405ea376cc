"""The life cycles of products as several sources tell them, settled: what the shard ``eol`` will hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, field, replace

import orjson

from shipworthy.advisories.feeds.interface import ProductRow, SupportRow
from shipworthy.advisories.schema import EOL_SHARD
from shipworthy.advisories.schema_shared import dump_limits, dump_product
from shipworthy.advisories.shards import Content
from shipworthy.model.lifecycle import Cycle, Product, SupportLimit
from shipworthy.values import dataclass


@dataclass(slots=True)
class Lifecycles:
    """Everything the feeds brought on life cycles, in no order that matters."""

    products: dict[str, list[ProductRow]] = field(default_factory=dict)
    """By the product's name."""
    limits: dict[str, set[SupportLimit]] = field(default_factory=dict)
    """By bucket."""

    def __bool__(self) -> bool:
        return bool(self.products or self.limits)

    def add(self, row: ProductRow | SupportRow) -> None:
        """Take one row."""
        if isinstance(row, ProductRow):
            self.products.setdefault(row.product.name, []).append(row)
        else:
            self.limits.setdefault(row.bucket, set()).update(row.limits)

    def content(self) -> Content:
        """The rows of the shard; a product that no key leads to is nobody's and stays out."""
        keys: dict[str, str] = {}
        records: dict[str, bytes] = {}
        for name, rows in sorted(self.products.items()):
            new = {key for row in rows for key in row.keys} - keys.keys()
            if new:
                records[f"product/{name}"] = dump_product(settled(rows))
                keys.update(dict.fromkeys(new, name))
        for bucket, limits in self.limits.items():
            records[f"support/{bucket}"] = dump_limits(sorted(limits, key=astuple))
        return Content(
            name=EOL_SHARD,
            advisories=0,
            packages=((key, orjson.dumps(name)) for key, name in sorted(keys.items())),
            records=iter(sorted(records.items())),
        )


def settled(rows: Sequence[ProductRow]) -> Product:
    """
    One product of what several sources say of it.

    The source of least authority tells which cycles there are and what their newest
    release is; on the ends of a cycle the one of most authority that knows it has the
    last word.
    """
    ordered = sorted(rows, key=lambda row: (row.authority, repr(row.product)))
    base = ordered[-1].product
    cycles = list(base.cycles)
    for row in reversed(ordered[:-1]):
        said = {cycle.name: cycle for cycle in row.product.cycles}
        cycles = [_overruled(cycle, said.get(cycle.name)) for cycle in cycles]
    return replace(base, cycles=tuple(cycles))


def _overruled(cycle: Cycle, said: Cycle | None) -> Cycle:
    if said is None or not said.ends:
        return cycle
    return replace(
        cycle, ends=said.ends, ended=False, extended=said.extended or cycle.extended
    )
