"""
Why a package matches what it matches, and why nothing else.

The verdicts are those of matching itself (:mod:`shipworthy.matching.verdicts`), asked for one package; what
is added is a reason for every advisory on the name that was looked up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shipworthy.errors import VersionError
from shipworthy.matching.aliases import Group, group
from shipworthy.matching.distro import OS_TYPES
from shipworthy.matching.interface import Advisories, Family, Lookup
from shipworthy.matching.match import held_by
from shipworthy.matching.ownership import word_on
from shipworthy.matching.plan import Plan, plan_for
from shipworthy.matching.verdicts import Answer, Verdict, Verdicts
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import scheme_of
from shipworthy.model.package import Inventory, Package
from shipworthy.values import dataclass
from shipworthy.versions.ranges import affected
from shipworthy.versions.words import in_words, why_not


_Found = dict[int, tuple[Family, Lookup]]
"""Family and look-up of each package that has one, by its identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One advisory on the name, and what it comes to for the package."""

    advisory: Advisory
    outcome: str
    """``affected``, ``fixed``, ``never-affected``, ``later``, ``other-versions``, ``other-build``, ``undecided``, ``overruled``."""
    reason: str
    """One sentence for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One vulnerability, and everything said of it."""

    id: str
    aliases: tuple[str, ...]
    verdict: str
    """``affected``, ``not affected``, ``undecided`` or ``told with the owner``."""
    reason: str
    """Why the statements do not decide alone; empty where they do."""
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """How one package was judged."""

    package: Package
    lookup: Lookup | None
    """How it was looked up; ``None`` where it was not."""
    reason: str
    """Why it was not looked up; empty where it was."""
    buckets: tuple[str, ...] = ()
    scheme: str = ""
    said: tuple[Said, ...] = ()


def explain(
    packages: Sequence[Package], inventory: Inventory, advisories: Advisories
) -> tuple[Explained, ...]:
    """
    How each of ``packages``, which are some of those of ``inventory``, is judged by ``advisories``.

    Raises:
        DatabaseError: The database cannot be read.
    """
    plan = plan_for(inventory, advisories)
    found: _Found = {
        id(lookup.package): (plan.families[bucket], lookup)
        for bucket, lookups in plan.lookups.items()
        for lookup in lookups
    }
    return tuple(
        _explain(package, plan, found, inventory, advisories) for package in packages
    )


def _explain(
    package: Package,
    plan: Plan,
    found: _Found,
    inventory: Inventory,
    advisories: Advisories,
) -> Explained:
    if id(package) not in found:
        reason = _not_looked_up(plan, package)
        return Explained(package=package, lookup=None, reason=reason)
    family, lookup = found[id(package)]
    held = held_by(family, [lookup], advisories)
    answer = Verdicts(family, held).of(lookup)
    owner = _owners_answer(found, package, inventory, advisories)
    verdicts = {verdict.group.id: verdict for verdict in answer.verdicts}
    said = [
        _said(family, lookup, one, verdicts.get(one.id), owner)
        for one in group(held.get(lookup.name, ()))
    ]
    return Explained(
        package=package,
        lookup=lookup,
        reason="",
        buckets=(family.bucket, *family.more),
        scheme=scheme_of(family.bucket),
        said=tuple(said),
    )


def _not_looked_up(plan: Plan, package: Package) -> str:
    for reason, packages in plan.skipped.items():
        if any(one is package for one in packages):
            return f"not judged, because {reason.message}"
    if any(one.type == package.type for one in _planned(plan)):
        return "not judged: it holds no software of its own"
    for status in plan.statuses:
        if status.subject in plan.unmatched and (
            package.type in OS_TYPES or status.subject == package.type
        ):
            return status.message
    return "not judged"


def _planned(plan: Plan) -> list[Package]:
    return [lookup.package for lookups in plan.lookups.values() for lookup in lookups]


def _owners_answer(
    found: _Found, package: Package, inventory: Inventory, advisories: Advisories
) -> Answer | None:
    """What the distribution says of the package's owner; ``None`` where it has none or no word."""
    if not package.owner:
        return None
    for owner in inventory.packages:
        if owner.purl == package.owner and owner.type in OS_TYPES:
            if id(owner) not in found:
                return None
            family, lookup = found[id(owner)]
            return Verdicts(family, held_by(family, [lookup], advisories)).of(lookup)
    return None


def _said(
    family: Family,
    lookup: Lookup,
    one: Group,
    verdict: Verdict | None,
    owner: Answer | None,
) -> Said:
    statements = tuple(
        _statement(family, lookup, advisory, verdict) for advisory in one.advisories
    )
    if verdict is None:
        doubtful = any(s.outcome == "undecided" for s in statements)
        return _told(one, "undecided" if doubtful else "not affected", "", statements)
    if not verdict.hits:
        return _told(one, "not affected", "", statements)
    if not lookup.package.owner:
        return _told(one, "affected", "", statements)
    word = word_on(one.ids, owner.verdicts) if owner else None
    name = lookup.package.owner
    if word is None:
        why = f"the distribution does not speak of it in {name}, which installed the package"
        return _told(one, "affected", why, statements)
    if word.hits:
        why = f"the distribution calls {name}, which installed the package, affected"
        return _told(one, "told with the owner", why, statements)
    why = (
        f"the distribution says that {name}, which installed the package, is fixed"
        " or not affected"
    )
    return _told(one, "not affected", why, statements)


def _told(
    one: Group, verdict: str, reason: str, statements: tuple[Statement, ...]
) -> Said:
    return Said(
        id=one.id,
        aliases=one.aliases,
        verdict=verdict,
        reason=reason,
        statements=statements,
    )


def _statement(
    family: Family, lookup: Lookup, advisory: Advisory, verdict: Verdict | None
) -> Statement:
    """What one advisory comes to, in the order in which matching asks."""
    package = lookup.package
    if not family.admits(package, advisory):
        return Statement(
            advisory=advisory,
            outcome="other-build",
            reason=_other_build(package, advisory),
        )
    scheme = scheme_of(family.bucket)
    ranges, versions = advisory.ranges, advisory.versions
    try:
        where = affected(scheme, lookup.version, ranges, versions)
    except VersionError as error:
        return Statement(advisory=advisory, outcome="undecided", reason=error.message)
    if where is None:
        outcome, reason = why_not(scheme, lookup.version, ranges, versions)
        return Statement(advisory=advisory, outcome=outcome, reason=reason)
    reason = in_words(scheme, lookup.version, where.constraint)
    stands = verdict is not None and any(
        _same(hit.advisory, advisory) for hit in verdict.hits
    )
    if not stands:
        return Statement(
            advisory=advisory,
            outcome="overruled",
            reason=f"{reason}, but what else is said of the vulnerability weighs more",
        )
    if needs := family.needs(package, advisory):
        reason = f"{reason}; its fix needs {needs}"
    return Statement(advisory=advisory, outcome="affected", reason=reason)


def _same(one: Advisory, other: Advisory) -> bool:
    return (one.id, one.bucket, one.channel) == (other.id, other.bucket, other.channel)


def _other_build(package: Package, advisory: Advisory) -> str:
    """Which limit of the advisory the package is outside of."""
    arches = advisory.arches
    if arches and package.arch not in {"", "noarch", "all", *arches}:
        return f"only on {', '.join(arches)}, and the package is for {package.arch}"
    stream = ":".join(package.modularity.split(":")[:2])
    if advisory.modularity != stream:
        want = (
            f"module stream {advisory.modularity}"
            if advisory.modularity
            else "no module"
        )
        have = f"module stream {stream}" if stream else "no module"
        return f"only on packages of {want}, and this one is of {have}"
    if advisory.cpes:
        return f"only on {', '.join(advisory.cpes[:3])}, which the image is not"
    if advisory.channel:
        return f"only on packages of {advisory.channel}, which this one is not"
    return "on another build of the package, by the rules of its distribution"


def limited(explained: Explained, id_: str) -> Explained:
    """The same with only the vulnerability, or the advisory, of that name."""
    wanted = id_.strip().upper()
    return replace(
        explained,
        said=tuple(one for one in explained.said if wanted in _names(one)),
    )


def _names(said: Said) -> set[str]:
    ids = [one.advisory.id for one in said.statements]
    also = [other for one in said.statements for other in one.advisory.also]
    return {name.upper() for name in (said.id, *said.aliases, *ids, *also)}
