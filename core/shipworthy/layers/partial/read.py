"""
The record of a layer by its table of contents: only what is wanted is fetched, and all of it verified.

What is verified is that the files are those that the table names, and that the table is the one that the manifest names. That the
layer's tar holds these files and no others is its author's word, so such a record never stands for the diff ID that he claims.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial

from shipworthy.images.tables import NoRangesError, TableOffer
from shipworthy.layers.collect import Collector
from shipworthy.layers.partial.fetch import Fetcher
from shipworthy.layers.partial.plan import plan
from shipworthy.layers.partial.table import read_table
from shipworthy.layers.partial.toc import Unfit
from shipworthy.layers.partial.walk import TableWalk
from shipworthy.layers.record import LayerRecord
from shipworthy.layers.select import Selector
from shipworthy.model.limits import Limits


SMALLEST = 128 * 1024
"""Bytes of a blob below which nothing is gained."""


def read_by_table(
    offer: TableOffer, selector: Selector, *, name: str, limits: Limits
) -> LayerRecord | None:
    """
    The record of one layer under its table's key, or nothing where it is to be read whole.

    Raises:
        DigestMismatchError: A wanted file is not the one that the table names.
        LimitError: A bound against hostile input is crossed.
        ImageError: The layer cannot be had.
    """
    size = offer.place.size
    if size < SMALLEST:
        return None
    try:
        items = read_table(offer, name=name, limits=limits)
        parts = plan(items, selector, size=size)
        with closing(Fetcher(offer.blob, parts, spare=size)) as fetcher:
            walk = partial(TableWalk, items, fetcher.read, name=name, limits=limits)
            collector = Collector(selector, name, limits)
            collector.collect(walk())
            if collector.linked:
                collector.collect_linked(walk())
            return collector.record(offer.key, 0)
    except (Unfit, NoRangesError):
        return None
