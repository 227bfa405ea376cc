"""
nginx' own list of vulnerabilities: ``nginx/security_advisories.xml``.

Source: https://github.com/nginx/nginx.org, ``xml/en/security_advisories.xml``, which
https://nginx.org/en/security_advisories.html is made of. An ``item`` has ``cve`` (without its
prefix), ``vulnerable`` (``1.1.3-1.23.1, 1.0.7-1.0.15``, ``all``), ``good`` (``1.23.2+, 1.22.1+``, ``none``),
``severity``. By its author's word the good versions are exceptions to the vulnerable ones,
each for the rest of its branch, the highest for all that follows. What is on Windows alone
(``nginx/Windows 0.7.52-1.3.0``) affects no image of Linux.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from shipworthy.advisories.feeds.interface import Row
from shipworthy.advisories.feeds.software import statement, told
from shipworthy.advisories.feeds.spans import (
    END,
    EVERYTHING,
    NEVER,
    Cut,
    Span,
    after,
    before,
    ranges_of,
    upto_fix,
    without,
)
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    CVE,
    MAX_SUMMARY,
    Broken,
    prose,
    urls,
    word,
)
from shipworthy.advisories.feeds.xml import elements
from shipworthy.model.advisory import Range, Record


_FEED = "nginx"
_WINDOWS = "nginx/Windows"
_GOOD = re.compile(r"(\d+)\.(\d+)\.(\d+)\+", re.ASCII)
_BAD = re.compile(r"(\d+(?:\.\d+){2})(?:\s*-\s*(\d+(?:\.\d+){2}))?", re.ASCII)


class NginxFeed:
    """Reads the list of the project's site."""

    name = "nginx"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each item with a CVE; raises ``FeedError``."""
        path = root / "nginx" / "security_advisories.xml"
        if not path.is_file():
            return
        tally = Tally(_FEED)
        for item in elements(path, {"item"}, "nginx' list of security advisories"):
            yield from tally.take(partial(_rows, item))
        yield tally.info([path], root)


def _rows(item: Element) -> Iterator[Row]:
    cve = f"CVE-{item.get('cve', '').removeprefix('CVE-')}"
    if not CVE.fullmatch(cve):
        raise Broken
    rating = word(item.get("severity"))
    ranges = _affected(item.get("vulnerable", ""), item.get("good", ""))
    yield statement(cve, "nginx", ranges, feed=_FEED, rating=rating)
    yield from told(
        Record(
            id=cve,
            source="nginx",
            summary=prose(item.get("name"), MAX_SUMMARY),
            references=urls([item.get("advisory"), item.get("href")]),
        )
    )


def _affected(vulnerable: str, good: str) -> tuple[Range, ...]:
    parts = [part.strip() for part in vulnerable.split(",")]
    here = [part for part in parts if not part.startswith(_WINDOWS)]
    if not here:
        return NEVER
    fixes = _good(good)
    spans = [EVERYTHING if part == "all" else _span(part, fixes) for part in here]
    return ranges_of(without(spans, fixes))


def _good(text: str) -> list[Span]:
    """Each good version for the rest of its branch, the highest without end."""
    if text.strip() == "none":
        return []
    found = sorted(
        {
            (int(m[1]), int(m[2]), int(m[3]))
            for part in text.split(",")
            if (m := _GOOD.fullmatch(part.strip()))
        }
    )
    if len(found) != len({part.strip() for part in text.split(",")}):
        raise Broken
    return [
        (
            _at(*numbers),
            END if numbers == found[-1] else _at(numbers[0], numbers[1] + 1),
        )
        for numbers in found
    ]


def _span(text: str, fixes: Sequence[Span]) -> Span:
    """From the first vulnerable version to the last, or on to the fix in its branch."""
    found = _BAD.fullmatch(text)
    if found is None:
        raise Broken
    last = found[2] or found[1]
    return upto_fix((before(found[1]), after(last)), [first for first, _ in fixes])


def _at(*numbers: int) -> Cut:
    return before(".".join(map(str, numbers)))
