"""
The bulk of a saved result, its packages and findings, taken as it is.

Nearly every result that is read was written by this release, and reading its thousands of findings field by field and
writing them again gives what was there before. So each object is compared with the shape that
:mod:`shipworthy.reports.document_parts` gives it and the JSON result writes: its names, the types of its values, its
enumerated words. Where anything does not fit, the whole is read field by field.
"""

from __future__ import annotations

from itertools import product
from operator import itemgetter
from typing import Any, get_args

from shipworthy.model.advisory import SEVERITIES, FixState
from shipworthy.model.comparison import State
from shipworthy.model.finding import Kind
from shipworthy.model.image import Origin
from shipworthy.reports.document_parts import Layers


Object = dict[str, Any]
_MOST = 2**53
_TEXT, _NUMBER, _FLAG, _LIST, _OBJECT = (str,), (float,), (bool,), (list,), (dict,)
_MAYBE = (dict, type(None))
_WHOLE_OR_NONE = (int, type(None))

_ORIGINS: frozenset[str | None] = frozenset(get_args(Origin))
_STATES: frozenset[str | None] = frozenset((*get_args(State), None))
_FIX_STATES: frozenset[str | None] = frozenset(get_args(FixState))
_KINDS: frozenset[str | None] = frozenset(get_args(Kind))
_SEVERITIES: frozenset[str | None] = frozenset(SEVERITIES)
_CONFIDENCES: frozenset[str | None] = frozenset(("high", "medium", "low"))
_ALL_TEXTS = frozenset((str,))


class Odd(Exception):  # noqa: N818  # never leaves the reading of results
    """Something is not as this release writes it."""


class _Shape:
    """The names of an object in the order in which a file has them, each with the types that its value may have."""

    def __init__(self, **names: tuple[type, ...]) -> None:
        self._names = tuple(sorted(names))
        self._types = frozenset(product(*(names[name] for name in self._names)))

    def check(self, entry: Object) -> None:
        """Raises :class:`Odd` where ``entry`` has another shape."""
        if (
            tuple(entry) != self._names
            or tuple(map(type, entry.values())) not in self._types
        ):
            raise Odd

    def check_all(self, entries: list[Any]) -> None:
        """Raises :class:`Odd` where one of ``entries`` has another shape."""
        for entry in entries:
            if type(entry) is not dict:
                raise Odd
            self.check(entry)


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


_OPTIONAL = (("epss", _EPSS), ("kev", _KEV), ("fixAvailable", _FIX))
_package_order = itemgetter("type", "name", "version", "arch")


def packages_of(entries: Any) -> list[Object]:
    """The packages; raises :class:`Odd`."""
    for entry in _objects(entries):
        _PACKAGE.check(entry)
        _texts(entry["licences"], entry["notes"])
        _places(entry["locations"])
        _one_of(entry["origin"], _ORIGINS)
        if not 0 <= entry["fileCount"] <= _MOST:
            raise Odd
    return list(entries)


def findings_of(entries: Any, layers: Layers) -> list[Object]:
    """The findings in the order of their packages; raises :class:`Odd`."""
    for entry in _objects(entries):
        _finding(entry, layers)
    return sorted(entries, key=_order)


def suppressed_of(entries: Any, layers: Layers) -> list[Object]:
    """The findings that were taken out, in the same order; raises :class:`Odd`."""
    for entry in _objects(entries):
        _SUPPRESSED.check(entry)
        _finding(entry["finding"], layers)
    return sorted(entries, key=lambda item: _order(item["finding"]))


def _order(finding: Object) -> tuple[str, ...]:
    package = finding["package"]
    return (*_package_order(package), finding["id"])


def _finding(entry: Object, layers: Layers) -> None:
    _FINDING.check(entry)
    _one_of(entry["severity"], _SEVERITIES)
    _one_of(entry["fixState"], _FIX_STATES)
    _one_of(entry["origin"], _ORIGINS)
    _one_of(entry["kind"], _KINDS)
    _one_of(entry["state"], _STATES)
    _texts(entry["aliases"], entry["cwes"], entry["fixedVersions"], entry["references"])
    _PACKAGE_OF_FINDING.check(entry["package"])
    _places(entry["package"]["locations"])
    _SCORE.check_all(entry["cvss"])
    _EXPLOIT.check_all(entry["exploits"])
    _ADVISORY.check_all(entry["advisories"])
    _EVIDENCE.check_all(entry["evidence"])
    _RISK.check(entry["risk"])
    _FACTOR.check_all(entry["risk"]["factors"])
    for one in entry["advisories"]:
        _texts(one["fixedVersions"])
    for one in entry["evidence"]:
        _one_of(one["confidence"], _CONFIDENCES)
        _texts(one["notes"])
    for name, shape in _OPTIONAL:
        if entry[name] is not None:
            shape.check(entry[name])
    if entry["endOfLife"] is not None:
        _end_of_life(entry["endOfLife"])
    _layer(entry["layer"], layers)


def _end_of_life(entry: Object) -> None:
    _END.check(entry)
    _texts(entry["supported"])
    if abs(entry["daysLeft"] or 0) > _MOST:
        raise Odd


def _layer(entry: Object | None, layers: Layers) -> None:
    """It is what the image says of its layer."""
    index = -1 if entry is None else entry.get("index")
    if type(index) is not int or layers.get(index) != entry:
        raise Odd


def _places(entries: list[Any]) -> None:
    _PLACE.check_all(entries)
    for entry in entries:
        if not 0 <= (entry["layer"] or 0) <= _MOST:
            raise Odd


def _objects(entries: Any) -> list[Object]:
    if type(entries) is not list or any(type(entry) is not dict for entry in entries):
        raise Odd
    return entries


def _texts(*lists: list[Any]) -> None:
    """Raises :class:`Odd` where anything in them is no text."""
    for values in lists:
        if not _ALL_TEXTS.issuperset(map(type, values)):
            raise Odd


def _one_of(word: str | None, known: frozenset[str | None]) -> None:
    if word not in known:
        raise Odd
