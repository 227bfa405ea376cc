"""
The rows of the shards that all buckets share: exploitation of CVEs, and life cycles of products.

``intel`` has a row of ``records`` for each CVE. ``eol`` has in ``packages`` the product's name
by distribution or package (``os/debian``, ``pypi/django``), in ``records`` the product by
``product/NAME`` and what a distribution says of its packages by ``support/BUCKET``. Bodies
are JSON arrays by position, trailing defaults left off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from shipworthy.advisories.fields import MALFORMED, share, text, trimmed
from shipworthy.errors import DatabaseError
from shipworthy.model.advisory import Epss, Exploit, Intel, Kev
from shipworthy.model.lifecycle import Cycle, Product, SupportLimit, SupportState


MAX_EXPLOITS = 10
"""Exploits kept of one CVE: that there are any is what counts."""

_EXPLOITS = (
    (
        "metasploit",
        "https://github.com/rapid7/metasploit-framework/blob/master/modules/",
    ),
    ("exploitdb", "https://www.exploit-db.com/exploits/"),
)
"""Sources and how their addresses begin, which no row repeats; the order in which exploits are listed."""

_CYCLE: tuple[Any, ...] = ("", "", "", "", 0)
_STATES: tuple[SupportState, ...] = ("ended", "limited", "supported")


def dump_intel(
    epss: Epss | None, kev: Kev | None, exploits: Sequence[Exploit] = ()
) -> bytes:
    """What is known of one CVE; the date of the scores is the shard's."""
    row: list[object] = [
        [epss.score, epss.percentile] if epss else [],
        [kev.date_added, kev.due_date, int(kev.ransomware), kev.required_action]
        if kev
        else [],
        [_dump_exploit(one) for one in sorted(exploits, key=_order)[:MAX_EXPLOITS]],
    ]
    return orjson.dumps(trimmed(row, 1))


def load_intel(body: bytes, cve: str, date: str) -> Intel:
    """Read what :func:`dump_intel` wrote; raises ``DatabaseError``."""
    try:
        scores, *rest = orjson.loads(body)
        entry, exploits = (*rest, (), ())[:2]
        if len(rest) > 2:
            raise ValueError
        epss = kev = None
        if scores:
            score, percentile = scores
            epss = Epss(score=share(score), percentile=share(percentile), date=date)
        if entry:
            added, due, ransomware, action = entry
            kev = Kev(
                date_added=text(added),
                due_date=text(due),
                ransomware=bool(ransomware),
                required_action=text(action),
            )
        return Intel(epss=epss, kev=kev, exploits=tuple(map(_load_exploit, exploits)))
    except MALFORMED:
        raise DatabaseError(f"intel: the row of {cve!r} is malformed") from None


def dump_product(product: Product) -> bytes:
    """A product without its name, which is its key."""
    cycles = [
        trimmed(
            [
                one.name,
                one.ends,
                one.extended,
                one.latest,
                one.released,
                int(one.ended),
            ],
            1,
        )
        for one in product.cycles
    ]
    return orjson.dumps([product.label, cycles])


def load_product(body: bytes, name: str) -> Product:
    """Read what :func:`dump_product` wrote; raises ``DatabaseError``."""
    try:
        label, cycles = orjson.loads(body)
        return Product(
            name=name, label=text(label), cycles=tuple(map(_load_cycle, cycles))
        )
    except MALFORMED:
        raise DatabaseError(f"eol: the row of product {name!r} is malformed") from None


def dump_limits(limits: Sequence[SupportLimit]) -> bytes:
    """What a distribution says of its packages in one release."""
    return orjson.dumps(
        [
            trimmed(
                [
                    one.package,
                    _STATES.index(one.state),
                    one.last_version,
                    one.ends,
                    one.why,
                ],
                2,
            )
            for one in limits
        ]
    )


def load_limits(body: bytes, bucket: str) -> tuple[SupportLimit, ...]:
    """Read what :func:`dump_limits` wrote; raises ``DatabaseError``."""
    try:
        return tuple(map(_load_limit, orjson.loads(body)))
    except MALFORMED:
        raise DatabaseError(
            f"eol: the row of support in {bucket!r} is malformed"
        ) from None


def load_name(body: bytes, key: str) -> str:
    """The name of the product that ``key`` leads to; raises ``DatabaseError``."""
    try:
        return text(orjson.loads(body))
    except MALFORMED:
        raise DatabaseError(f"eol: the row of {key!r} is malformed") from None


def _order(exploit: Exploit) -> tuple[int, str, str, str]:
    known = [source for source, _ in _EXPLOITS]
    place = known.index(exploit.source) if exploit.source in known else len(known)
    return place, exploit.source, exploit.url, exploit.name


def _dump_exploit(exploit: Exploit) -> list[object]:
    for at, (source, start) in enumerate(_EXPLOITS):
        if exploit.source == source and exploit.url.startswith(start):
            return [at, exploit.name, exploit.url[len(start) :]]
    return [exploit.source, exploit.name, exploit.url]


def _load_exploit(row: Any) -> Exploit:
    source, name, url = row
    if type(source) is int:
        if source < 0:
            raise IndexError
        source, start = _EXPLOITS[source]
        url = start + text(url)
    return Exploit(source=text(source), name=text(name), url=text(url))


def _load_cycle(row: Any) -> Cycle:
    name, *rest = row
    rest += _CYCLE[len(rest) :]
    ends, extended, latest, released, ended = rest
    return Cycle(
        name=text(name),
        ends=text(ends),
        extended=text(extended),
        latest=text(latest),
        released=text(released),
        ended=bool(ended),
    )


def _load_limit(row: Any) -> SupportLimit:
    package, state, *rest = row
    rest += ("", "", "")[len(rest) :]
    version, ends, why = rest
    if type(state) is not int or state < 0:
        raise TypeError
    return SupportLimit(
        package=text(package),
        state=_STATES[state],
        last_version=text(version),
        ends=text(ends),
        why=text(why),
    )
