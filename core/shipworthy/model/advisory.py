"""What publishers say about vulnerabilities: the rows of the advisory database."""

from __future__ import annotations

from typing import Literal

from shipworthy.values import dataclass


FixState = Literal[
    "fixed",
    "affected",
    "will-not-fix",
    "fix-deferred",
    "end-of-life",
    "under-investigation",
]
"""Whether a fix exists, and if not what the publisher says of it."""

Severity = Literal["unknown", "none", "negligible", "low", "medium", "high", "critical"]
"""Bands of CVSS v3 (FIRST), ``negligible`` as distributions use it, and ``unknown``, a severity of its own."""

UNRELEASED = "unreleased"
"""Channel of a fix that is made, but not yet in any repository of the release."""

SEVERITIES: tuple[Severity, ...] = (
    "critical",
    "high",
    "medium",
    "low",
    "negligible",
    "none",
    "unknown",
)
"""Worst first; ``unknown`` last because it cannot be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """
    One range of an advisory as sorted events (OSV schema, ``affected[].ranges[]``).

    ``events`` are pairs of ``introduced``, ``fixed``, ``last_affected`` or ``limit``
    and a version; ``introduced 0`` is before every version. A ``fixed`` version of
    ``0`` means never affected.
    """

    events: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """One publisher's statement about one package: what matching needs and no more."""

    id: str
    """The publisher's id: ``GHSA-…``, ``PYSEC-…``, ``DSA-…``, ``ALSA-…``, or the CVE itself."""
    aliases: tuple[str, ...] = ()
    """Other ids of the same vulnerability; the CVE for distro records. Never DSA/RHSA-like ids."""
    bucket: str = ""
    """The shard's key, see :mod:`shipworthy.model.bucket`."""
    package: str = ""
    """Normalised name the record is filed under: a source package for Debian, Ubuntu, Alpine, Wolfi."""
    scheme: str = ""
    """Version scheme of the ranges, a name of :mod:`shipworthy.versions`."""
    feed: str = ""
    """The feed that brought it: ``osv/PyPI``, ``debian/tracker``, ``alpine/secdb``."""
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    """Versions affected besides the ranges, exactly as listed."""
    fix_state: FixState = "affected"
    """State where no fixed version applies; ``fixed`` where one does is decided in matching."""
    rating: str = ""
    """The publisher's own word for the severity, package-specific, lower case; empty where none."""
    arches: tuple[str, ...] = ()
    """Architectures the statement is limited to; empty means all."""
    modularity: str = ""
    """RPM module stream ``name:stream`` the statement is limited to."""
    also: tuple[str, ...] = ()
    """Further advisories on the same thing, such as the DSA that brought the fix; never identities."""
    bulletin: bool = False
    """``id`` names an advisory on several vulnerabilities: not an alias, the vulnerability is in ``aliases``."""
    channel: str = ""
    """Where its fix is sold or kept apart from the release's own repositories: ``esm-infra``, ``eus-9.2``, ``extras-docker``; empty means open to all."""
    cpes: tuple[str, ...] = ()
    """CPE URIs of the products the statement is limited to (Red Hat); empty means the whole bucket."""
    fixed_on: str = ""
    """When the publisher made the fix available, ISO 8601, where that is told apart from the record's own dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CvssVector:
    """A CVSS vector as one publisher gives it."""

    source: str
    """Who scored: ``ghsa``, ``nvd``, ``cisa-adp``, ``osv``, a CNA's id."""
    vector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one publisher tells about one vulnerability, whatever the package."""

    id: str
    source: str
    """Publisher: ``ghsa``, ``pysec``, ``nvd``, ``debian``, …"""
    summary: str = ""
    details: str = ""
    rating: str = ""
    cvss: tuple[CvssVector, ...] = ()
    cwes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    disputed: bool = False
    """Whether the vulnerability's existence is contested (NVD's tag)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epss:
    """The Exploit Prediction Scoring System's view of a CVE (FIRST): probabilities 0 to 1 on a date."""

    score: float
    percentile: float
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kev:
    """An entry of CISA's catalogue of known exploited vulnerabilities."""

    date_added: str
    due_date: str = ""
    ransomware: bool = False
    required_action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploit:
    """A public program or description that exploits a vulnerability."""

    source: str
    """Who publishes it: ``metasploit``, ``exploitdb``."""
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intel:
    """What is known about the exploitation of a CVE."""

    epss: Epss | None = None
    kev: Kev | None = None
    exploits: tuple[Exploit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedInfo:
    """One upstream feed inside a database."""

    name: str
    date: str
    """Newest date found in the feed itself, ISO 8601; never the build's clock."""
    records: int
    skipped: int = 0
    """Records left out because they could not be understood."""
    digest: str = ""
    refused: str = ""
    """Why the feed was left out or read only in part; empty where it was read whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseInfo:
    """Which database judged."""

    schema: int
    digest: str
    """sha256 of the index, so of everything in it."""
    date: str
    """Newest date of any feed."""
    feeds: tuple[FeedInfo, ...] = ()
    shards: tuple[tuple[str, int], ...] = ()
    """Every shard with its count of advisories."""
    source: str = ""
    """Reference and digest in the registry it was fetched from; empty for a local one."""
