"""
Vulnerabilities of the Node.js runtime: ``nodejs/core/index.json``.

Source: https://github.com/nodejs/security-wg, ``vuln/core/index.json``: an object of entries by
number with ``cve`` (a list), ``vulnerable`` and ``patched`` (npm ranges, alternatives parted
by ``||``, one a release line), ``severity``, ``affectedEnvironments``. What is vulnerable and not
patched is affected; a line without a patch has no fix. Entries without a CVE have no name
that others know them by and are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.interface import Row
from shipworthy.advisories.feeds.software import statement, told
from shipworthy.advisories.feeds.spans import (
    END,
    NEVER,
    START,
    Cut,
    Span,
    after,
    before,
    joined,
    ranges_of,
    without,
)
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_DETAILS,
    MAX_SUMMARY,
    Broken,
    array,
    mapping,
    plain,
    prose,
    urls,
    word,
)
from shipworthy.model.advisory import Range, Record


_FEED = "nodejs/core"
_COMPARATOR = re.compile(r"(\^|~|>=|<=|>|<|=)?\s*v?(\d+(?:\.(?:\d+|[xX*]))*)", re.ASCII)
_HERE = frozenset({"all", "linux"})
_UNRATED = frozenset({"unknown"})


class NodejsFeed:
    """Reads the runtime's own list."""

    name = "nodejs"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each CVE of each entry; raises ``FeedError``."""
        path = root / "nodejs" / "core" / "index.json"
        if not path.is_file():
            return
        tally = Tally(_FEED)
        entries = read_object(path, "Node.js' list of core vulnerabilities")
        for _, entry in sorted(entries.items()):
            yield from tally.take(partial(_rows, entry))
        yield tally.info([path], root)


def _rows(item: object) -> Iterator[Row]:
    entry = mapping(item)
    cves = [v for v in array(entry.get("cve"), 100) if isinstance(v, str)]
    if not cves or not all(CVE.fullmatch(cve) for cve in cves):
        raise Broken
    rating = word(entry.get("severity"))
    ranges = _affected(entry)
    for cve in sorted(set(cves)):
        yield statement(
            cve,
            "node",
            ranges,
            feed=_FEED,
            rating="" if rating in _UNRATED else rating,
        )
        yield from told(
            Record(
                id=cve,
                source="nodejs",
                summary=prose(entry.get("description"), MAX_SUMMARY),
                details=prose(entry.get("overview"), MAX_DETAILS),
                references=urls([entry.get("ref")]),
            )
        )


def _affected(entry: Mapping[str, object]) -> tuple[Range, ...]:
    places = {word(v) for v in array(entry.get("affectedEnvironments"), 20)} - {""}
    if places and _HERE.isdisjoint(places):
        return NEVER
    vulnerable = spans_of(plain(entry.get("vulnerable"), 1_000))
    patched: list[Span] = []
    if entry.get("patched"):
        patched = spans_of(plain(entry.get("patched"), 1_000), onwards=True)
    fixes = {low.order for low, _ in patched}
    return ranges_of(
        without(vulnerable, patched), is_fix=lambda cut: cut.order in fixes
    )


def spans_of(text: str, *, onwards: bool = False) -> list[Span]:
    """
    The versions that an npm range allows; raises ``Broken``.

    ``onwards``: a single version stands for the rest of its release line.
    """
    spans: list[Span] = []
    for alternative in text.split("||"):
        low, high = START, END
        rest = alternative.strip()
        while rest:
            found = _COMPARATOR.match(rest)
            if found is None:
                raise Broken
            first, last = _comparator(found.group(1) or "", found.group(2), onwards)
            low, high = max(low, first), min(high, last)
            rest = rest[found.end() :].strip()
        if (low, high) == (START, END):
            raise Broken
        if low < high:
            spans.append((low, high))
    return joined(spans)


def _comparator(sign: str, version: str, onwards: bool) -> Span:
    numbers = [int(n) for n in version.split(".") if n.isdigit()]
    exact = len(numbers) == 3
    text = ".".join(map(str, numbers))
    low = before(text)
    if sign in {"", "="}:
        if exact and not onwards:
            return low, after(text)
        return low, _next(numbers if not exact else _line(numbers))
    if sign == "^":
        return low, _next(_line(numbers))
    if sign == "~":
        return low, _next(numbers[:2])
    if sign == ">=":
        return low, END
    if sign == "<":
        return START, low
    end = after(text) if exact else _next(numbers)
    return (START, end) if sign == "<=" else (end, END)


def _line(numbers: list[int]) -> list[int]:
    """The release line: the numbers up to the first that is not 0."""
    lead = next((i for i, n in enumerate(numbers) if n), len(numbers) - 1)
    return numbers[: lead + 1]


def _next(numbers: list[int]) -> Cut:
    """The cut before the release line that follows that of ``numbers``."""
    return before(".".join(map(str, [*numbers[:-1], numbers[-1] + 1])))
