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
    "USN": "https://ubuntu.com/security/notices/{id}",
    "GHSA": "https://github.com/advisories/{id}",
    "RUSTSEC": "https://rustsec.org/advisories/{id}.html",
    "GO": "https://pkg.go.dev/vuln/{id}",
}
"""By the prefix of the id."""

_VIEWS = {
    "debian": _DEBIAN,
    "alpine": "https://security.alpinelinux.org/vuln/{id}",
    "ubuntu": "https://ubuntu.com/security/{id}",
    "redhat": "https://access.redhat.com/security/cve/{id}",
    "sles": "https://www.suse.com/security/cve/{id}.html",
    "cpe": "https://nvd.nist.gov/vuln/detail/{id}",
    "opensuse": "https://www.suse.com/security/cve/{id}.html",
}
"""A distribution's own page on a CVE, and NVD's on what its configurations say."""

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
    return page.format(id=id_, dashed=id_.replace(":", "-"), release=release)
