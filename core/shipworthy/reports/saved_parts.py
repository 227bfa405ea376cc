"""The bulk of a saved result: packages and findings, read back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from shipworthy.model.advisory import (
    SEVERITIES,
    Epss,
    Exploit,
    FixState,
    Kev,
)
from shipworthy.model.comparison import State
from shipworthy.model.finding import (
    AdvisoryRef,
    CvssScore,
    EndOfLife,
    Evidence,
    Finding,
    FixAvailable,
    Kind,
    Risk,
    Suppressed,
)
from shipworthy.model.image import Origin
from shipworthy.model.package import Location, Package
from shipworthy.reports.fields import (
    Json,
    flag,
    index_of,
    items,
    mapping,
    number,
    one_of,
    optional,
    text,
    texts,
    whole,
)


ORIGINS: tuple[Origin, ...] = get_args(Origin)
_STATES: tuple[State, ...] = get_args(State)
_FIX_STATES: tuple[FixState, ...] = get_args(FixState)
_KINDS: tuple[Kind, ...] = get_args(Kind)

_REMEMBERED = 8  # packages of one purl: the same version in several places

_Same = tuple[object, ...]


class Packages:
    """The packages of a result; a finding, which holds less of its package, gets the whole one from here."""

    def __init__(self, entries: Iterable[Json]) -> None:
        self.all = tuple(map(package_of, entries))
        self._whole = {_same(package): package for package in reversed(self.all)}
        self._read: dict[str, list[tuple[Json, Package]]] = {}

    def whole(self, entry: Json) -> Package:
        """The package that a finding names, or as much as the finding says of it."""
        # A package has many findings, each with the same words on it.
        known = self._read.setdefault(text(entry, "purl"), [])
        for words, found in known:
            if words == entry:
                return found
        package = package_of(entry)
        package = self._whole.get(_same(package), package)
        if len(known) < _REMEMBERED:
            known.append((entry, package))
        return package


def _same(package: Package) -> _Same:
    """What a finding holds of its package."""
    return (
        package.type,
        package.name,
        package.version,
        package.purl,
        package.arch,
        package.source,
        package.source_version,
        package.owner,
        package.locations,
    )


def package_of(entry: Json) -> Package:
    """One package; of the files it installed only the number is known."""
    return Package(
        type=text(entry, "type"),
        name=text(entry, "name"),
        version=text(entry, "version"),
        purl=text(entry, "purl"),
        arch=text(entry, "arch"),
        source=text(entry, "source"),
        source_version=text(entry, "sourceVersion"),
        vendor=text(entry, "vendor"),
        modularity=text(entry, "modularity"),
        licences=tuple(texts(entry, "licences")),
        locations=tuple(
            Location(path=text(place, "path"), layer=index_of(place))
            for place in items(entry, "locations")
        ),
        origin=one_of(entry, "origin", ORIGINS, "unknown"),
        owner=text(entry, "owner"),
        notes=tuple(texts(entry, "notes")),
        file_count=max(whole(entry, "fileCount"), 0),
        platforms=tuple(texts(entry, "platforms")),
    )


def finding_of(entry: Json, packages: Packages) -> Finding:
    """One finding with its package and evidence."""
    layer = mapping(entry, "layer")
    risk = mapping(entry, "risk")
    state = text(entry, "state")
    return Finding(
        id=text(entry, "id"),
        aliases=tuple(texts(entry, "aliases")),
        package=packages.whole(mapping(entry, "package")),
        severity=one_of(entry, "severity", SEVERITIES, "unknown"),
        severity_source=text(entry, "severitySource"),
        title=text(entry, "title"),
        description=text(entry, "description"),
        cvss=tuple(map(_score, items(entry, "cvss"))),
        cwes=tuple(texts(entry, "cwes")),
        epss=_epss(entry.get("epss")),
        kev=_kev(entry.get("kev")),
        fix_state=one_of(entry, "fixState", _FIX_STATES, "affected"),
        fixed_versions=tuple(texts(entry, "fixedVersions")),
        layer=index_of(layer, "index"),
        origin=one_of(entry, "origin", ORIGINS, "unknown"),
        risk=Risk(
            score=number(risk, "score"),
            factors=tuple(
                (text(factor, "name"), text(factor, "effect"))
                for factor in items(risk, "factors")
            ),
        ),
        advisories=tuple(map(_advisory, items(entry, "advisories"))),
        references=tuple(texts(entry, "references")),
        evidence=tuple(map(_evidence, items(entry, "evidence"))),
        published=text(entry, "published"),
        modified=text(entry, "modified"),
        kind=one_of(entry, "kind", _KINDS, "vulnerability"),
        exploits=tuple(
            Exploit(source=text(e, "source"), name=text(e, "name"), url=text(e, "url"))
            for e in items(entry, "exploits")
        ),
        fix_available=_fix_available(entry.get("fixAvailable")),
        end_of_life=_end_of_life(entry.get("endOfLife")),
        fingerprint=text(entry, "fingerprint"),
        state=next((word for word in _STATES if word == state), None),
        state_reason=text(entry, "stateReason"),
        vex_status=text(entry, "vexStatus"),
        platforms=tuple(texts(entry, "platforms")),
    )


def suppressed_of(entry: Json, packages: Packages) -> Suppressed:
    """One finding that the policy took out."""
    return Suppressed(
        finding=finding_of(mapping(entry, "finding"), packages),
        reason=text(entry, "reason"),
        rule=text(entry, "rule"),
        entry=text(entry, "entry"),
        source=text(entry, "source"),
        owner=text(entry, "owner"),
        expires=text(entry, "expires"),
        vex_status=text(entry, "vexStatus"),
        justification=text(entry, "justification"),
    )


def _score(entry: Json) -> CvssScore:
    return CvssScore(
        source=text(entry, "source"),
        version=text(entry, "version"),
        vector=text(entry, "vector"),
        score=number(entry, "score"),
    )


def _advisory(entry: Json) -> AdvisoryRef:
    return AdvisoryRef(
        id=text(entry, "id"),
        feed=text(entry, "feed"),
        url=text(entry, "url"),
        fixed_versions=tuple(texts(entry, "fixedVersions")),
        needs=text(entry, "needs"),
    )


def _evidence(entry: Json) -> Evidence:
    return Evidence(
        advisory=text(entry, "advisory"),
        feed=text(entry, "feed"),
        bucket=text(entry, "bucket"),
        matched_name=text(entry, "matchedName"),
        matched_version=text(entry, "matchedVersion"),
        scheme=text(entry, "scheme"),
        constraint=text(entry, "constraint"),
        confidence=one_of(entry, "confidence", ("high", "medium", "low"), "low"),
        notes=tuple(texts(entry, "notes")),
    )


def _epss(value: object) -> Epss | None:
    if type(value) is not dict:
        return None
    return Epss(
        score=number(value, "score"),
        percentile=number(value, "percentile"),
        date=text(value, "date"),
    )


def _kev(value: object) -> Kev | None:
    if type(value) is not dict:
        return None
    return Kev(
        date_added=text(value, "dateAdded"),
        due_date=text(value, "dueDate"),
        ransomware=flag(value, "ransomware"),
        required_action=text(value, "requiredAction"),
    )


def _fix_available(value: object) -> FixAvailable | None:
    if type(value) is not dict:
        return None
    return FixAvailable(date=text(value, "date"), source=text(value, "source"))


def _end_of_life(value: object) -> EndOfLife | None:
    if type(value) is not dict:
        return None
    return EndOfLife(
        product=text(value, "product"),
        label=text(value, "label"),
        cycle=text(value, "cycle"),
        ends=text(value, "ends"),
        extended=text(value, "extended"),
        days_left=optional(value, "daysLeft"),
        latest=text(value, "latest"),
        limited=flag(value, "limited"),
        supported=tuple(texts(value, "supported")),
    )
