"""
One CSAF document of Red Hat as rows.

Source: https://redhatproductsecurity.github.io/security-data-guidelines/csaf-vex/. A VEX document
tells of one CVE what becomes of it in every product; a CSAF advisory tells the same of the CVEs that
one RHSA repaired. ``fixed`` names builds; the other states name packages without a version.

======================  ==================  ==========================================
state                   remediation         means
======================  ==================  ==========================================
``fixed``               ``vendor_fix``      fixed at that build
``known_affected``      ``none_available``  affected, or the fix is deferred
``known_affected``      ``no_fix_planned``  will not be fixed; out of support scope: end of life
``under_investigation``                     under investigation
``known_not_affected``                      never affected
======================  ==================  ==========================================

What is said of one package in one channel stands in one statement, whatever repositories and
architectures repeat it. Where one minor release never had what another had to repair, the repair
is told: which builds never had it, a statement without a version could not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field
from functools import lru_cache

from shipworthy.advisories.feeds.csaf import Component, Products, ids_of
from shipworthy.advisories.feeds.interface import TRACKER, Row, Statement
from shipworthy.advisories.feeds.redhat_product import (
    SOURCE_SUFFIX,
    Place,
    Rpm,
    minor_of,
    place_of,
    rpm_of,
)
from shipworthy.advisories.feeds.redhat_ranges import NEVER, OPEN, highest, ranges_until
from shipworthy.advisories.feeds.redhat_told import Told, record_of, told_of
from shipworthy.advisories.feeds.values import (
    CVE,
    Broken,
    array,
    date,
    mapping,
)
from shipworthy.model.advisory import Advisory, FixState, Range
from shipworthy.model.cpe import holds_for
from shipworthy.values import dataclass


_FIXED, _AFFECTED, _NEVER = "fixed", "known_affected", "known_not_affected"
_OPEN = "under_investigation"
_ALL_ARCHES = frozenset({"aarch64", "ppc64le", "s390x", "x86_64"})
"""What is built for all of these is built for whatever there is."""
_RANKS = ("", "low", "moderate", "important", "critical")


@dataclass(frozen=True, slots=True)
class _Key:
    """What is told together."""

    place: Place
    package: str
    module: str
    status: str
    state: FixState

    @property
    def fixed(self) -> bool:
        """Whether builds are named."""
        return self.status == _FIXED


@dataclass(slots=True)
class _Group:
    """Everything that a document says under one key."""

    cpes: set[str] = field(default_factory=set)
    arches: set[str] = field(default_factory=set)
    fixes: dict[str, str] = field(default_factory=dict)
    """By minor release the highest build that is named as fixed."""
    bulletins: set[str] = field(default_factory=set)
    dates: dict[str, str] = field(default_factory=dict)
    """When each build was made available."""
    rating: str = ""


def rows_of(
    document: Mapping[str, object],
    feed: str,
    *,
    without: AbstractSet[str] = frozenset(),
) -> Iterator[Row]:
    """
    The rows of a document, but for the CVEs in ``without``; none of a deleted one.

    Raises:
        Broken: It is no CSAF document, or what decides a match is not as the standard has it.
    """
    head = mapping(document.get("document"))
    tracking = mapping(head.get("tracking"))
    if not tracking:
        raise Broken
    if tracking.get("status") == "deleted":
        return
    # Several advisories may tell of one CVE; none of them is an older version of another.
    stated = date(tracking.get("current_release_date"))
    modified = stated if head.get("category") == "csaf_vex" else ""
    overall = mapping(head.get("aggregate_severity")).get("text")
    products = Products(document.get("product_tree"))
    for item in array(document.get("vulnerabilities"), 10_000):
        vulnerability = mapping(item)
        cve = vulnerability.get("cve")
        if cve is None:
            continue
        if not isinstance(cve, str) or not CVE.fullmatch(cve):
            raise Broken
        if cve in without:
            continue
        told = told_of(vulnerability, overall)
        for key, group in _groups(vulnerability, products, told).items():
            yield _statement(cve, feed, key, group, modified)
        yield record_of(cve, vulnerability, told.overall, stated)


def _groups(
    vulnerability: Mapping[str, object], products: Products, told: Told
) -> dict[_Key, _Group]:
    groups: dict[_Key, _Group] = {}
    statuses = mapping(vulnerability.get("product_status"))
    for status in (_FIXED, _AFFECTED, _NEVER, _OPEN):
        for id_ in ids_of(statuses.get(status)):
            component = products.find(id_)
            if component is None or told.is_nothing(id_):
                continue
            rpm = rpm_of(component.purl, component.id, component.module)
            if rpm is not None:
                _add(groups, status, id_, component, rpm, told)
    fixed = {(key.place, key.package, key.module) for key in groups if key.fixed}
    return {
        key: group
        for key, group in groups.items()
        if key.status != _NEVER or (key.place, key.package, key.module) not in fixed
    }


def _add(
    groups: dict[_Key, _Group],
    status: str,
    id_: str,
    component: Component,
    rpm: Rpm,
    told: Told,
) -> None:
    """Where a fix names builds, all binaries are named, so their source need not be."""
    fixed = status == _FIXED
    is_source = rpm.arch == "src"
    place = place_of(component.cpe, rpm.version if fixed else "")
    if place is None or (fixed and (is_source or not rpm.version)):
        return
    state: FixState = "affected"
    if status == _AFFECTED:
        state = told.state_of(id_)
    elif status == _OPEN:
        state = "under-investigation"
    name = rpm.name + SOURCE_SUFFIX if is_source else rpm.name
    key = _Key(place, name, rpm.module, status, state)
    group = groups.get(key)
    if group is None:
        group = groups[key] = _Group()
    group.cpes.add(component.cpe)
    if status != _NEVER:
        group.rating = max(group.rating, told.rating_of(id_), key=_RANKS.index)
    if fixed:
        _add_build(group, id_, component, rpm, told)


def _add_build(
    group: _Group, id_: str, component: Component, rpm: Rpm, told: Told
) -> None:
    version = rpm.version
    minor = minor_of(component.product, version)
    held = group.fixes.setdefault(minor, version)
    if held != version:
        group.fixes[minor] = highest((held, version))
    group.arches.add(rpm.arch)
    fix = told.fixes.get(id_)
    if fix is not None:
        if fix.bulletin:
            group.bulletins.add(fix.bulletin)
        if fix.date:
            group.dates[version] = min(group.dates.get(version, fix.date), fix.date)


def _statement(
    cve: str, feed: str, key: _Key, group: _Group, modified: str
) -> Statement:
    return Statement(
        advisory=Advisory(
            id=cve,
            bucket=key.place.bucket,
            package=key.package,
            scheme="rpm",
            feed=feed,
            ranges=_ranges(key.status, group),
            fix_state=key.state,
            rating=group.rating,
            arches=_arches(frozenset(group.arches)),
            modularity=key.module,
            also=tuple(sorted(group.bulletins)),
            channel=key.place.channel,
            cpes=_cpes(frozenset(group.cpes)),
            fixed_on=_date(group),
        ),
        authority=TRACKER,
        modified=modified,
    )


def _ranges(status: str, group: _Group) -> tuple[Range, ...]:
    if status == _FIXED:
        return ranges_until(frozenset(group.fixes.values()))
    return NEVER if status == _NEVER else OPEN


def _date(group: _Group) -> str:
    """When the last of the fixes came; that is the one to update to."""
    if not group.fixes:
        return ""
    return group.dates.get(highest(group.fixes.values()), "")


@lru_cache(maxsize=1 << 10)
def _arches(found: frozenset[str]) -> tuple[str, ...]:
    if "noarch" in found or found >= _ALL_ARCHES:
        return ()
    return tuple(sorted(found))


@lru_cache(maxsize=1 << 12)
def _cpes(found: frozenset[str]) -> tuple[str, ...]:
    """Without those that another one holds for; of two that are the same, the first by text."""
    return tuple(
        sorted(
            cpe
            for cpe in found
            if not any(
                holds_for(other, cpe) and (other < cpe or not holds_for(cpe, other))
                for other in found - {cpe}
            )
        )
    )
