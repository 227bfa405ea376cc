"""
The bulk of a saved result, its packages and findings, taken as it is.

Nearly every result that is read was written by this release, and reading its thousands of findings field by field and
writing them again gives what was there before. So the objects of one kind are compared with the shape that
:mod:`shipworthy.reports.document_parts` gives them and the JSON result writes, all at once: their names, the types of
their values, their enumerated words. Where anything does not fit, the whole is read field by field.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, product
from operator import itemgetter
from typing import Any, get_args

from shipworthy.model.advisory import SEVERITIES, FixState
from shipworthy.model.comparison import State
from shipworthy.model.finding import Kind
from shipworthy.model.image import Origin
from shipworthy.reports.document_parts import Layers


Object = dict[str, Any]
_MOST = 2**53
# Findings that are looked at together: few enough for a processor's cache.
_AT_ONCE = 64
_TEXT, _NUMBER, _FLAG, _LIST, _OBJECT = (str,), (float,), (bool,), (list,), (dict,)
_MAYBE = (dict, type(None))
_WHOLE_OR_NONE = (int, type(None))

_ORIGINS: frozenset[str | None] = frozenset(get_args(Origin))
_STATES: frozenset[str | None] = frozenset((*get_args(State), None))
_FIX_STATES: frozenset[str | None] = frozenset(get_args(FixState))
_KINDS: frozenset[str | None] = frozenset(get_args(Kind))
_SEVERITIES: frozenset[str | None] = frozenset(SEVERITIES)
_CONFIDENCES: frozenset[str | None] = frozenset(("high", "medium", "low"))


class Odd(Exception):  # noqa: N818  # never leaves the reading of results
    """Something is not as this release writes it."""


class _Shape:
    """The names of an object in the order in which a file has them, each with the types that its value may have."""

    def __init__(self, **names: tuple[type, ...]) -> None:
        self._names = tuple(sorted(names))
        self._types = frozenset(product(*(names[name] for name in self._names)))

    def check(self, entries: Iterable[Any]) -> list[Object]:
        """The same entries; raises :class:`Odd` where one of them has another shape."""
        objects = _typed(entries, dict)
        shapes = {tuple(map(type, entry.values())) for entry in objects}
        if set(map(tuple, objects)) - {self._names} or shapes - self._types:
            raise Odd
        return objects


_PLACE = _Shape(path=_TEXT, layer=_WHOLE_OR_NONE)
_PACKAGE = _Shape(
    type=_TEXT,
    name=_TEXT,
    version=_TEXT,
    purl=_TEXT,
    arch=_TEXT,
    source=_TEXT,
    sourceVersion=_TEXT,
    vendor=_TEXT,
    modularity=_TEXT,
    licences=_LIST,
    locations=_LIST,
    origin=_TEXT,
    owner=_TEXT,
    notes=_LIST,
    fileCount=(int,),
)
_PACKAGE_OF_FINDING = _Shape(
    type=_TEXT,
    name=_TEXT,
    version=_TEXT,
    purl=_TEXT,
    arch=_TEXT,
    source=_TEXT,
    sourceVersion=_TEXT,
    owner=_TEXT,
    locations=_LIST,
)
_FINDING = _Shape(
    id=_TEXT,
    aliases=_LIST,
    package=_OBJECT,
    severity=_TEXT,
    severitySource=_TEXT,
    title=_TEXT,
    description=_TEXT,
    cvss=_LIST,
    cwes=_LIST,
    epss=_MAYBE,
    kev=_MAYBE,
    exploits=_LIST,
    fixState=_TEXT,
    fixedVersions=_LIST,
    fixAvailable=_MAYBE,
    advisories=_LIST,
    layer=_MAYBE,
    origin=_TEXT,
    risk=_OBJECT,
    references=_LIST,
    evidence=_LIST,
    published=_TEXT,
    modified=_TEXT,
    kind=_TEXT,
    endOfLife=_MAYBE,
    fingerprint=_TEXT,
    state=(str, type(None)),
    stateReason=_TEXT,
    vexStatus=_TEXT,
)
_SCORE = _Shape(source=_TEXT, version=_TEXT, vector=_TEXT, score=_NUMBER)
_EPSS = _Shape(score=_NUMBER, percentile=_NUMBER, date=_TEXT)
_KEV = _Shape(dateAdded=_TEXT, dueDate=_TEXT, ransomware=_FLAG, requiredAction=_TEXT)
_EXPLOIT = _Shape(source=_TEXT, name=_TEXT, url=_TEXT)
_FIX = _Shape(date=_TEXT, source=_TEXT)
_ADVISORY = _Shape(id=_TEXT, feed=_TEXT, url=_TEXT, fixedVersions=_LIST, needs=_TEXT)
_RISK = _Shape(score=_NUMBER, factors=_LIST)
_FACTOR = _Shape(name=_TEXT, effect=_TEXT)
_EVIDENCE = _Shape(
    advisory=_TEXT,
    feed=_TEXT,
    bucket=_TEXT,
    matchedName=_TEXT,
    matchedVersion=_TEXT,
    scheme=_TEXT,
    constraint=_TEXT,
    confidence=_TEXT,
    notes=_LIST,
)
_END = _Shape(
    product=_TEXT,
    label=_TEXT,
    cycle=_TEXT,
    ends=_TEXT,
    extended=_TEXT,
    daysLeft=_WHOLE_OR_NONE,
    latest=_TEXT,
    limited=_FLAG,
    supported=_LIST,
)
_SUPPRESSED = _Shape(
    reason=_TEXT,
    rule=_TEXT,
    entry=_TEXT,
    source=_TEXT,
    owner=_TEXT,
    expires=_TEXT,
    vexStatus=_TEXT,
    justification=_TEXT,
    finding=_OBJECT,
)


_package_order = itemgetter("type", "name", "version", "arch")


def packages_of(entries: Any) -> list[Object]:
    """The packages; raises :class:`Odd`."""
    packages = _PACKAGE.check(_listed(entries))
    _texts(packages, "licences", "notes")
    _places(packages)
    _words(packages, "origin", _ORIGINS)
    if any(not 0 <= entry["fileCount"] <= _MOST for entry in packages):
        raise Odd
    return packages


def findings_of(entries: Any, layers: Layers) -> list[Object]:
    """The findings in the order of their packages; raises :class:`Odd`."""
    _findings(_listed(entries), layers)
    return sorted(entries, key=_order)


def suppressed_of(entries: Any, layers: Layers) -> list[Object]:
    """The findings that were taken out, in the same order; raises :class:`Odd`."""
    suppressed = _SUPPRESSED.check(_listed(entries))
    _findings([entry["finding"] for entry in suppressed], layers)
    return sorted(suppressed, key=lambda item: _order(item["finding"]))


def _order(finding: Object) -> tuple[str, ...]:
    package = finding["package"]
    return (*_package_order(package), finding["id"])


def _findings(entries: list[Any], layers: Layers) -> None:
    """Raises :class:`Odd` where one is not as this release writes it."""
    for at in range(0, len(entries), _AT_ONCE):
        _some(_FINDING.check(entries[at : at + _AT_ONCE]), layers)


def _some(findings: list[Object], layers: Layers) -> None:
    _words(findings, "severity", _SEVERITIES)
    _words(findings, "fixState", _FIX_STATES)
    _words(findings, "origin", _ORIGINS)
    _words(findings, "kind", _KINDS)
    _words(findings, "state", _STATES)
    _texts(findings, "aliases", "cwes", "fixedVersions", "references")
    _places(_PACKAGE_OF_FINDING.check(_column(findings, "package")))
    _SCORE.check(_inside(findings, "cvss"))
    _EXPLOIT.check(_inside(findings, "exploits"))
    _texts(_ADVISORY.check(_inside(findings, "advisories")), "fixedVersions")
    evidence = _EVIDENCE.check(_inside(findings, "evidence"))
    _words(evidence, "confidence", _CONFIDENCES)
    _texts(evidence, "notes")
    _FACTOR.check(_inside(_RISK.check(_column(findings, "risk")), "factors"))
    _EPSS.check(_given(findings, "epss"))
    _KEV.check(_given(findings, "kev"))
    _FIX.check(_given(findings, "fixAvailable"))
    ends = _END.check(_given(findings, "endOfLife"))
    _texts(ends, "supported")
    if any(abs(end["daysLeft"] or 0) > _MOST for end in ends):
        raise Odd
    for layer in _column(findings, "layer"):
        _layer(layer, layers)


def _layer(entry: Object | None, layers: Layers) -> None:
    """It is what the image says of its layer."""
    index = -1 if entry is None else entry.get("index")
    if type(index) is not int or layers.get(index) != entry:
        raise Odd


def _places(packages: list[Object]) -> None:
    for place in _PLACE.check(_inside(packages, "locations")):
        if not 0 <= (place["layer"] or 0) <= _MOST:
            raise Odd


def _column(entries: list[Object], name: str) -> list[Any]:
    return list(map(itemgetter(name), entries))


def _given(entries: list[Object], name: str) -> list[Any]:
    return [value for value in _column(entries, name) if value is not None]


def _inside(entries: list[Object], name: str) -> Iterable[Any]:
    """What the lists of that name hold, of all entries."""
    return chain.from_iterable(_column(entries, name))


def _listed(entries: Any) -> list[Any]:
    if type(entries) is not list:
        raise Odd
    return entries


def _typed(entries: Iterable[Any], kind: type) -> list[Any]:
    """The entries; raises :class:`Odd` where one is not of that type."""
    listed = list(entries)
    if set(map(type, listed)) - {kind}:
        raise Odd
    return listed


def _texts(entries: list[Object], *names: str) -> None:
    """Raises :class:`Odd` where anything in the lists of these names is no text."""
    for name in names:
        _typed(_inside(entries, name), str)


def _words(entries: list[Object], name: str, known: frozenset[str | None]) -> None:
    if not known.issuperset(_column(entries, name)):
        raise Odd
