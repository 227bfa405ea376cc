"""
The versions of a CVE record's ``affected`` entry (CVE record format 5.x, ``affected[].versions[]``).

Source: https://cveproject.github.io/cve-schema/schema/docs/versions.html. An entry is one version, or
with ``lessThan`` or ``lessThanOrEqual`` the versions from it on, whose ``status`` may change
on the way (``changes``). What no entry names has the ``defaultStatus``. Besides, as numbering
authorities really write: GitHub puts a constraint into ``version`` (``>= 7.0.0, < 7.2.6``), PHP
a branch (``8.1.*``), OpenSSL once a sentence (``Fixed in OpenSSL 1.1.1l (Affected 1.1.1-1.1.1k)``),
Apache the product (``Apache HTTP Server 2.4``) and a span (``Apache Tomcat 9 9.0.0.M1 to 9.0.46``).

``defaultStatus: affected`` counts only where an entry says what is *not* affected, or where
there are no entries: authorities leave it at that beside a full list of what is
affected (PHP), and everything later would be affected for ever.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from shipworthy.advisories.feeds.spans import (
    END,
    EVERYTHING,
    START,
    Cut,
    Span,
    after,
    before,
    exactly,
    joined,
    without,
)
from shipworthy.advisories.feeds.values import (
    MAX_VERSION,
    Broken,
    array,
    mapping,
    plain,
)


MAX_ENTRIES = 5_000
MAX_CHANGES = 500

_AFFECTED, _UNAFFECTED = "affected", "unaffected"
_STATUSES = frozenset({_AFFECTED, _UNAFFECTED, "unknown"})
_BEGINNING = frozenset({"0", "*", "-", "n/a", "unspecified", "unknown", "all"})
_COMPARATOR = re.compile(r"(>=|<=|>|<|==?)\s*([^\s,<>=|]+)\s*,?\s*")
_SENTENCE = re.compile(
    r"Fixed in OpenSSL (\S+) \(Affected ([^\s)]+?)(?:-[^\s)]+)?\)", re.ASCII
)
_SPAN = re.compile(r"(?:.* )?([^ ]+) (?:to|through) ([^ ]+)")
_PRODUCT = re.compile(r"(?:[A-Z][A-Za-z./+-]* )+(?=v?[0-9])")
_BRANCH = re.compile(r"(\d+(?:\.\d+)*)\.[*xX]", re.ASCII)
_COMMITS = "git"


def spans_of(entry: Mapping[str, object]) -> list[Span] | None:
    """The affected versions of one entry of ``affected``; ``None`` where it tells only commits; raises ``Broken``."""
    found: dict[str, list[Span]] = {status: [] for status in _STATUSES}
    versions = array(entry.get("versions"), MAX_ENTRIES)
    comparable = 0
    for item in versions:
        version = mapping(item)
        if version.get("versionType") == _COMMITS:
            continue
        comparable += 1
        for status, span in _parts(version):
            found[status].append(span)
    if versions and not comparable:
        return None
    by_default = entry.get("defaultStatus") == _AFFECTED
    if by_default and (found[_UNAFFECTED] or not versions):
        spared = [*found[_UNAFFECTED], *found["unknown"]]
        return joined([*found[_AFFECTED], *without([EVERYTHING], spared)])
    return without(found[_AFFECTED], found[_UNAFFECTED])


def _parts(item: Mapping[str, object]) -> Iterator[tuple[str, Span]]:
    """The spans of one entry of ``versions`` with their status."""
    status = _status(item.get("status"))
    text = plain(item.get("version"), MAX_VERSION)
    below, upto = item.get("lessThan"), item.get("lessThanOrEqual")
    if below is None and upto is None:
        for span in _alone(text):
            yield status, span
        return
    low = START if text.lower() in _BEGINNING else before(_stem(text))
    if below is not None:
        high = _limit(plain(below, MAX_VERSION))
    else:
        high = _last(plain(upto, MAX_VERSION))
    yield from _changing(low, high, status, item.get("changes"))


def _changing(
    low: Cut, high: Cut, status: str, changes: object
) -> Iterator[tuple[str, Span]]:
    at = []
    for item in array(changes, MAX_CHANGES):
        change = mapping(item)
        where = before(plain(change.get("at"), MAX_VERSION))
        at.append((where, _status(change.get("status"))))
    for where, then in sorted(at, key=lambda pair: pair[0]):
        cut = min(max(where, low), high)
        yield status, (low, cut)
        low, status = cut, then
    yield status, (low, high)


def _alone(text: str) -> Sequence[Span]:
    """The versions that ``version`` means by itself."""
    if sentence := _SENTENCE.findall(text):
        return [(before(first), before(fix)) for fix, first in sentence]
    if _COMPARATOR.match(text):
        return [_constraint(part) for part in text.split("||")]
    if span := _SPAN.fullmatch(text):
        return [(before(span[1]), _last(span[2]))]
    text = _PRODUCT.sub("", text)
    if branch := _BRANCH.fullmatch(text):
        return [(before(branch[1]), _following(branch[1]))]
    if text.lower() in _BEGINNING:
        # an entry that names no version says nothing that could be held against one
        raise Broken
    return [exactly(text)]


def _constraint(text: str) -> Span:
    low, high = EVERYTHING
    rest = text.strip()
    while rest:
        found = _COMPARATOR.match(rest)
        if found is None:
            raise Broken
        sign, version = found.groups()
        if sign.startswith("="):
            first, last = exactly(version)
        elif sign.startswith(">"):
            first = before(version) if sign == ">=" else after(version)
            last = END
        else:
            first = START
            last = after(version) if sign == "<=" else before(version)
        low, high = max(low, first), min(high, last)
        rest = rest[found.end() :]
    return low, high


def _limit(text: str) -> Cut:
    if text == "*":
        return END
    branch = _BRANCH.fullmatch(text)
    return _following(branch[1]) if branch else before(text)


def _last(text: str) -> Cut:
    if text == "*":
        return END
    branch = _BRANCH.fullmatch(text)
    return _following(branch[1]) if branch else after(text)


def _stem(text: str) -> str:
    """The first version of what begins with it, without the product's name and a branch's star."""
    text = _PRODUCT.sub("", text)
    branch = _BRANCH.fullmatch(text)
    return branch[1] if branch else text


def _following(branch: str) -> Cut:
    """The cut before the branch after this one: that of ``8.1`` is before ``8.2``."""
    head, _, last = branch.rpartition(".")
    return before(f"{head}.{int(last) + 1}" if head else str(int(last) + 1))


def _status(value: object) -> str:
    if isinstance(value, str) and value in _STATUSES:
        return value
    raise Broken
