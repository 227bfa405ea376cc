"""
Objects of JSON made of members that are written already (RFC 8259, section 4).

What many findings say alike is written once, as members that stand side by side in the order of their names; an object is some of
these, one after the other. orjson writes every name and every value; nothing here looks into them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import orjson


def members(pairs: Mapping[str, object]) -> bytes:
    """The members of an object without its braces, sorted by their names; nothing where there are none."""
    return orjson.dumps(pairs, option=orjson.OPT_SORT_KEYS)[1:-1]


def object_of(written: Iterable[bytes]) -> bytes:
    """The object that has these members, in this order."""
    return b"{%b}" % b",".join(filter(None, written))
