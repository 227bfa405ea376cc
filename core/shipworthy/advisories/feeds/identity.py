"""
Which of a record's ids are the vulnerability, and which only speak of it.

Rules: a bulletin (DSA, ALSA, RHSA, USN, …) covers any number of vulnerabilities and is never
one itself; ``upstream`` and ``aliases`` of a record on one vulnerability are that same
vulnerability; ``related`` is not, except where a publisher puts the CVEs of a bulletin
there (AlmaLinux, Rocky, SUSE).
"""

from __future__ import annotations

import re

from shipworthy.advisories.feeds.interface import BULLETIN, PER_VULNERABILITY
from shipworthy.advisories.feeds.values import CVE


_BULLETIN = re.compile(
    r"(DSA|DLA|DTSA|ELA|ALSA|ALBA|ALEA|RLSA|RLBA|RLEA|RXSA|RHSA|RHBA|RHEA|USN|LSN|ELSA|ELBA"
    r"|SUSE-[SRFO]U|openSUSE-[SRFO]U|MGASA|MGAA|ALAS[\w.]*|AVG|ASA|PHSA|openEuler-SA|FEDORA|CLSA|VSV|XSA"
    r"|TALOS|ZDI|wnpa|GNUTLS-SA)-.+",
    re.ASCII,
)
_SECURITY = ("ALSA-", "RLSA-", "RXSA-", "RHSA-", "ELSA-", "SUSE-SU-", "openSUSE-SU-")
_RELATED = ("AL", "RL", "RX", "SUSE-", "openSUSE-")
_PREFIXED = re.compile(r"[A-Z]+-(CVE-[0-9]{4}-[0-9]{4,12})")
_SOURCES = {
    "dsa": "debian",
    "dla": "debian",
    "debian": "debian",
    "alsa": "almalinux",
    "alba": "almalinux",
    "alea": "almalinux",
    "rlsa": "rocky",
    "rxsa": "rocky",
    "rhsa": "redhat",
    "rhba": "redhat",
    "rhea": "redhat",
    "elsa": "oracle",
    "elba": "oracle",
    "suse": "suse",
    "opensuse": "suse",
    "azl": "azurelinux",
    "usn": "ubuntu",
    "lsn": "ubuntu",
    "bit": "bitnami",
    "cga": "chainguard",
    "mini": "minimos",
    "phsa": "photon",
    "mal": "openssf",
    "friendsofphp": "friendsofphp",
    "rubysec": "rubysec",
    "nswg": "nodejs",
}


def is_bulletin(id_: str) -> bool:
    """Whether the id names a bulletin, which is no vulnerability's own name."""
    return _BULLETIN.fullmatch(id_) is not None


def is_livepatch(id_: str) -> bool:
    """Whether the id is that of a notice on live patches, whose versions are the patches' and not a package's."""
    return id_.startswith("LSN-")


def is_dated_by_fix(id_: str) -> bool:
    """Whether the record was published on the day its fix was (Ubuntu's notices)."""
    return id_.startswith("USN-")


def authority_of(id_: str) -> int:
    """How much a record's word weighs against others on the same package."""
    return BULLETIN if is_bulletin(id_) else PER_VULNERABILITY


def source_of(id_: str) -> str:
    """The publisher, by the id's prefix: ``ghsa``, ``pysec``, ``debian``, ``almalinux``."""
    prefix = id_.partition("-")[0].lower()
    return _SOURCES.get(prefix, prefix)


def cve_of(id_: str) -> str:
    """The CVE inside ids such as ``DEBIAN-CVE-2024-1``; empty where there is none."""
    if CVE.fullmatch(id_):
        return id_
    match = _PREFIXED.fullmatch(id_)
    return match[1] if match else ""


def vulnerabilities(
    id_: str,
    *,
    aliases: list[str],
    upstream: list[str],
    related: list[str],
    summary: str = "",
) -> tuple[tuple[str, ...], ...]:
    """
    The alias sets of the vulnerabilities that a record speaks of.

    A record on one vulnerability gives one set, empty when it has no other name. Several CVEs
    give a set each, with nothing but the CVE in it: which other alias belongs to which
    is not told. A bulletin that names no CVE and does not say that it is about
    security gives nothing.
    """
    if is_bulletin(id_):
        names = aliases + upstream + (related if id_.startswith(_RELATED) else [])
        found = sorted({cve for name in names if (cve := cve_of(name))})
        if found:
            return tuple((cve,) for cve in found)
        security = id_.startswith(_SECURITY) or "security update" in summary
        return ((),) if security else ()
    names = sorted({*aliases, *upstream, cve_of(id_)} - {id_, ""})
    cves = sorted({cve for name in names if (cve := cve_of(name))} - {id_})
    if CVE.fullmatch(id_) or len(cves) < 2:
        others = [n for n in names if not cve_of(n) and not is_bulletin(n)]
        return ((*cves[:1], *others),)
    return tuple((cve,) for cve in cves)
