"""Where a publisher shows its advisory to people."""

from __future__ import annotations

import re
from functools import lru_cache


_CVE = re.compile(r"(?:[A-Z]+-)?(CVE-[0-9]{4}-[0-9]{4,})")
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{2,100}")

_OSV = "https://osv.dev/vulnerability/{id}"
_DEBIAN = "https://security-tracker.debian.org/tracker/{id}"
_ALMALINUX = "https://errata.almalinux.org/{release}/{dashed}.html"
_ROCKY = "https://errata.rockylinux.org/{id}"
_ORACLE = "https://linux.oracle.com/errata/{id}.html"
_SUSE = "https://www.suse.com/support/update/announcement/{year}/{compact}/"
_SUSE_CVE = "https://www.suse.com/security/cve/{id}.html"
_MICROSOFT = "https://msrc.microsoft.com/update-guide/vulnerability/{id}"
_CURL = "https://curl.se/docs/{id}.html"
_RED_HAT = "https://access.redhat.com/errata/{id}"

_PAGES = {
    **dict.fromkeys(["DSA", "DLA", "TEMP"], _DEBIAN),
    **dict.fromkeys(["ALSA", "ALBA", "ALEA"], _ALMALINUX),
    **dict.fromkeys(["RLSA", "RLBA", "RLEA", "RXSA"], _ROCKY),
    **dict.fromkeys(["RHSA", "RHBA", "RHEA"], _RED_HAT),
    **dict.fromkeys(
        ["PYSEC", "MAL", "BIT", "CGA", "HSEC", "RSEC", "EEF", "DRUPAL", "OSV", "PSF"],
        _OSV,
    ),
    **dict.fromkeys(["ELSA", "ELBA", "ELEA"], _ORACLE),
    "SUSE": _SUSE,
    "USN": "https://ubuntu.com/security/notices/{id}",
    "GHSA": "https://github.com/advisories/{id}",
    "RUSTSEC": "https://rustsec.org/advisories/{id}.html",
    "GO": "https://pkg.go.dev/vuln/{id}",
    **dict.fromkeys(["AVG", "ASA"], "https://security.archlinux.org/{id}"),
    "FEDORA": "https://bodhi.fedoraproject.org/updates/{id}",
    **dict.fromkeys(["MINI", "ECHO"], _OSV),
}
"""By the prefix of the id."""

_VIEWS = {
    "debian": _DEBIAN,
    "alpine": "https://security.alpinelinux.org/vuln/{id}",
    "ubuntu": "https://ubuntu.com/security/{id}",
    "redhat": "https://access.redhat.com/security/cve/{id}",
    **dict.fromkeys(["sle", "sles", "opensuse"], _SUSE_CVE),
    "ol": "https://linux.oracle.com/cve/{id}.html",
    **dict.fromkeys(["azurelinux", "mariner"], _MICROSOFT),
    "amzn": "https://explore.alas.aws.amazon.com/{id}.html",
    "arch": "https://security.archlinux.org/{id}",
    "cpe": "https://nvd.nist.gov/vuln/detail/{id}",
}
"""A distribution's own page on a CVE, and NVD's on what its configurations say."""

_AMAZON = {
    "1": "https://alas.aws.amazon.com/{id}.html",
    "2": "https://alas.aws.amazon.com/AL2/{id}.html",
    "2022": "https://alas.aws.amazon.com/AL2022/{id}.html",
    "2023": "https://alas.aws.amazon.com/AL2023/{id}.html",
}
"""Amazon's pages, whose prefixes name the topic: ``ALAS2NGINX1-2023-001``."""

_ANY_CVE = "https://www.cve.org/CVERecord?id={id}"


@lru_cache(maxsize=1 << 14)
def link_of(id_: str, bucket: str) -> str:
    """The page of advisory ``id_``; empty where none is known. ``bucket`` tells whose view of a CVE it is."""
    if not _SAFE.fullmatch(id_):
        return ""
    distro, _, release = bucket.partition("-")
    cve = _CVE.fullmatch(id_)
    if cve and id_.startswith("CURL-"):
        return _CURL.format(id=cve.group(1))
    if cve:
        return _VIEWS.get(distro, _ANY_CVE).format(id=cve.group(1))
    page = _PAGES.get(id_.partition("-")[0], "")
    if id_.startswith("ALAS"):
        page = _AMAZON.get(release, "")
    return page.format(
        id=id_,
        dashed=id_.replace(":", "-"),
        release=release,
        compact=id_.replace(":", "").lower(),  # suse-su-20220330-1
        year=id_.partition(":")[0][-4:],
    )
