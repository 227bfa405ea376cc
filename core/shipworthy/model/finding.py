"""
A package of this image × a vulnerability, with everything known about the pair.

``Match`` and ``Evidence`` are tuples: half a million of them may be made in one scan, and a
frozen dataclass takes three times as long to make.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from shipworthy.model.advisory import Epss, Exploit, FixState, Kev, Severity
from shipworthy.model.comparison import State
from shipworthy.model.image import Origin
from shipworthy.model.package import Package
from shipworthy.values import dataclass


Kind = Literal["vulnerability", "malicious", "end-of-life"]
"""
What a finding is about: a flaw in a package; a package that is an attack itself, which no
version repairs; software whose security support has ended or soon will.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CvssScore:
    """One publisher's CVSS vector with its base score."""

    source: str
    version: str
    """``2.0``, ``3.0``, ``3.1`` or ``4.0``."""
    vector: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisoryRef:
    """An advisory that matched, and the fixed versions it names for this package."""

    id: str
    feed: str
    url: str = ""
    fixed_versions: tuple[str, ...] = ()
    needs: str = ""
    """What this image lacks to get the fix: ``Ubuntu Pro (esm-infra)``; empty where an update is enough."""


class Evidence(NamedTuple):
    """Why the package matches: what was compared with what."""

    advisory: str
    feed: str
    bucket: str
    matched_name: str
    """The name looked up: the source package where the distribution goes by sources."""
    matched_version: str
    """The version compared."""
    scheme: str
    constraint: str
    """The range that held, written as ``>= 1.0, < 1.2.3`` or ``= 1.1``."""
    confidence: str = "high"
    """``high``, ``medium`` or ``low``."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FixNotice:
    """An advisory that brings the fix which a match names, and where its date is told."""

    advisory: str
    fixed_on: str = ""
    """The publisher's own date of the fix; it stands before that of any record."""
    records: tuple[tuple[str, str], ...] = ()
    """(bucket, id) of the records that were published with the fix, not of those on the vulnerability alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixAvailable:
    """Since when a fix could be had, as the first publisher to tell says."""

    date: str
    """``YYYY-MM-DD``."""
    source: str
    """The advisory that says so: ``DSA-5514-1``, ``GHSA-…``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfLife:
    """The end of a product's security support, seen from one day."""

    product: str
    """endoflife.date's name: ``debian``, ``nodejs``; the source package where a distribution ends or limits support of one."""
    label: str
    """The product's name for people: ``Node.js``."""
    cycle: str
    """The release line: ``10``, ``14``, ``2.2``."""
    ends: str
    """Last day of regular security support, ISO 8601; empty where only its having ended is told."""
    extended: str = ""
    """Last day of extended support where there is one: Debian LTS, Ubuntu Pro, a vendor's offer."""
    days_left: int | None = None
    """Days from the day of judging to the last day of the support that this image gets; negative where it has passed, ``None`` where the day is not told."""
    latest: str = ""
    """The newest release of the line."""
    limited: bool = False
    """Support has not ended, but the distribution limits it; then there is no day."""
    supported: tuple[str, ...] = ()
    """The release lines that are supported on that day, newest first; at most five."""


class Match(NamedTuple):
    """What matching alone says: a package, a vulnerability, and the evidence."""

    id: str
    """The CVE where there is exactly one, else the publisher's id."""
    aliases: tuple[str, ...]
    """All other ids of the same vulnerability, sorted."""
    package: Package
    fix_state: FixState
    fixed_versions: tuple[str, ...]
    advisories: tuple[AdvisoryRef, ...]
    evidence: tuple[Evidence, ...]
    ratings: tuple[tuple[str, str], ...] = ()
    """(feed, rating) of package-specific publisher ratings, most specific first."""
    record_ids: tuple[tuple[str, str], ...] = ()
    """(bucket, id) of the records to read the details from."""
    fix_notices: tuple[FixNotice, ...] = ()
    """The advisories that bring the fixed versions, for the date since when there is a fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """An order among findings, 0 to 100, with what it was made of; it does not replace severity."""

    score: float
    factors: tuple[tuple[str, str], ...]
    """(name, what it contributed), in the order applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding: one alias set × one package, with all its places."""

    id: str
    aliases: tuple[str, ...]
    package: Package
    severity: Severity
    severity_source: str
    title: str
    description: str
    cvss: tuple[CvssScore, ...]
    cwes: tuple[str, ...]
    epss: Epss | None
    kev: Kev | None
    fix_state: FixState
    fixed_versions: tuple[str, ...]
    layer: int
    """Index of the lowest layer among the package's locations; -1 where there are none."""
    origin: Origin
    risk: Risk
    advisories: tuple[AdvisoryRef, ...]
    references: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    published: str = ""
    modified: str = ""
    kind: Kind = "vulnerability"
    exploits: tuple[Exploit, ...] = ()
    """Public exploits, Metasploit's modules first."""
    fix_available: FixAvailable | None = None
    """Since when there is a fix, by publishers' dates alone; ``None`` where none tells."""
    end_of_life: EndOfLife | None = None
    """Set on findings of the kind ``end-of-life`` and on no other."""
    fingerprint: str = ""
    """The same for this vulnerability in this package and place in every build; set when the finding is judged."""
    state: State | None = None
    """How it compares with the baseline; ``None`` without one."""
    state_reason: str = ""
    """Why it is new: ``package added``, ``1.0 became 1.1``, ``newly known``."""
    vex_status: str = ""
    """``affected`` or ``under_investigation`` where a VEX statement says so; what is ``not_affected`` or ``fixed`` is suppressed."""
    platforms: tuple[str, ...] = ()
    """The platforms on which it was found, in the order of the index; empty where one image was scanned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """A finding that an entry of the policy took out of the verdict."""

    finding: Finding
    reason: str
    rule: str
    """What took it out: ``ignore`` (the command line), ``suppression`` or ``vex``."""
    entry: str = ""
    """The entry's name in the list of suppressions."""
    source: str = ""
    """Where the entry is written."""
    owner: str = ""
    expires: str = ""
    vex_status: str = ""
    """``not_affected`` or ``fixed``."""
    justification: str = ""
    """VEX's own word for why: ``vulnerable_code_not_in_execute_path``."""
