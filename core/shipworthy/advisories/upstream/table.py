"""
Every source: one a publisher's place, by the name that ``--only`` and ``--mirror`` use.

docs/database.md tells which feeds have no source here, and why.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from shipworthy.advisories.upstream import listings
from shipworthy.advisories.upstream.source import MAX_ARCHIVE, Source, Target, fixed
from shipworthy.errors import UsageError


_RAW = "https://raw.githubusercontent.com"
_SALSA = "https://salsa.debian.org/debian"


def _one(
    name: str, base: str, path: str, url: str, *, limit: int = 1 << 30, key: str = ""
) -> Source:
    return Source(
        name=name,
        base=base,
        targets=fixed(Target(path=path, url=url)),
        limit=limit,
        key=key,
    )


def _all(
    name: str, base: str, folder: str, *names: str, optional: bool = False
) -> Source:
    """Files that are named alike there and here."""
    return Source(
        name=name,
        base=base,
        targets=fixed(
            *(Target(path=f"{folder}/{n}", url=n, optional=optional) for n in names)
        ),
    )


_DISTROS = (
    Source(
        name="almalinux",
        base="https://errata.almalinux.org/",
        targets=fixed(
            *(
                Target(path=f"almalinux/{release}/errata.full.json", url=url)
                for release in (8, 9, 10)
                for url in (f"{release}/errata.full.json",)
            )
        ),
    ),
    Source(
        name="alpine", base="https://secdb.alpinelinux.org/", targets=listings.alpine
    ),
    _all(
        "alpine-rejections",
        "https://gitlab.alpinelinux.org/alpine/infra/security-rejections/-/raw/HEAD/",
        "alpine/security-rejections",
        "main.yaml",
        "community.yaml",
    ),
    Source(
        name="alpine-tracker",
        base="https://security.alpinelinux.org/",
        targets=listings.alpine_tracker,
    ),
    Source(name="amazon", base=listings.CDN, targets=listings.amazon),
    _one("arch", "https://security.archlinux.org/", "arch/all.json", "all.json"),
    _all(
        "azurelinux",
        f"{_RAW}/microsoft/AzureLinuxVulnerabilityData/main/",
        "azurelinux",
        "azurelinux-3.0-oval.xml",
        "cbl-mariner-2.0-oval.xml",
    ),
    _one(
        "chainguard",
        "https://packages.cgr.dev/chainguard/",
        "chainguard/security.json",
        "security.json",
    ),
    _one(
        "debian",
        "https://security-tracker.debian.org/tracker/",
        "debian/tracker.json",
        "data/json",
    ),
    _all(
        "debian-support",
        f"{_SALSA}/debian-security-support/-/raw/HEAD/",
        "debian/security-support",
        *(f"security-support.deb{release}" for release in range(11, 15)),
        optional=True,
    ),
    _all(
        "distro-info",
        f"{_SALSA}/distro-info-data/-/raw/main/",
        "eol/distro-info",
        "debian.csv",
        "ubuntu.csv",
    ),
    Source(
        name="fedora",
        base="https://bodhi.fedoraproject.org/",
        targets=listings.fedora,
    ),
    _one(
        "minimos",
        "https://packages.mini.dev/advisories/secdb/",
        "minimos/security.json",
        "security.json",
    ),
    _one(
        "oracle",
        "https://linux.oracle.com/security/oval/",
        "oracle/com.oracle.elsa-all.xml.bz2",
        "com.oracle.elsa-all.xml.bz2",
    ),
    Source(
        name="photon",
        base="https://packages.broadcom.com/photon/photon_cve_metadata/",
        targets=listings.photon,
    ),
    Source(
        name="redhat",
        base="https://security.access.redhat.com/data/",
        targets=listings.redhat,
        limit=MAX_ARCHIVE,
    ),
    Source(
        name="suse",
        base="https://ftp.suse.com/pub/projects/security/oval/",
        targets=listings.suse,
    ),
    Source(
        name="ubuntu",
        base="https://security-metadata.canonical.com/",
        targets=fixed(
            Target(path="ubuntu/osv/osv-all.tar.xz", url="osv/osv-all.tar.xz"),
            Target(path="ubuntu/vex/vex-all.tar.xz", url="vex/vex-all.tar.xz"),
        ),
        limit=MAX_ARCHIVE,
    ),
    _one(
        "wolfi",
        "https://packages.wolfi.dev/os/",
        "wolfi/security.json",
        "security.json",
    ),
)

_SOFTWARE = (
    _one("curl", "https://curl.se/docs/", "curl/vuln.json", "vuln.json"),
    Source(
        name="httpd",
        base="https://httpd.apache.org/security/json/",
        targets=listings.httpd,
    ),
    _one(
        "nginx",
        f"{_RAW}/nginx/nginx.org/main/",
        "nginx/security_advisories.xml",
        "xml/en/security_advisories.xml",
    ),
    _one(
        "nodejs",
        f"{_RAW}/nodejs/security-wg/main/",
        "nodejs/core/index.json",
        "vuln/core/index.json",
    ),
    Source(
        name="openssl",
        base=f"{_RAW}/openssl/release-metadata/main/",
        index="https://openssl-library.org/news/vulnerabilities/",
        targets=listings.openssl,
    ),
    Source(
        name="osv",
        base="https://osv-vulnerabilities.storage.googleapis.com/",
        targets=listings.osv,
        limit=MAX_ARCHIVE,
    ),
    _all(
        "retirejs",
        f"{_RAW}/RetireJS/retire.js/master/repository/",
        "retirejs",
        "jsrepository-v5.json",
        "npmrepository.json",
    ),
    _one(
        "wordfence",
        "https://www.wordfence.com/api/intelligence/v3/vulnerabilities/",
        "wordfence/production.json",
        "production",
        key="SHIPWORTHY_WORDFENCE_KEY",
    ),
)

_KNOWLEDGE = (
    _one(
        "endoflife",
        "https://endoflife.date/api/v1/",
        "eol/v1/products-full.json",
        "products/full",
    ),
    Source(
        name="epss",
        base="https://epss.empiricalsecurity.com/",
        targets=fixed(
            Target(
                path="epss/epss_scores-current.csv.gz",
                url="epss_scores-current.csv.gz",
                name=listings.scores_path,
            )
        ),
    ),
    _one(
        "exploitdb",
        "https://gitlab.com/exploit-database/exploitdb/-/raw/main/",
        "exploitdb/files_exploits.csv",
        "files_exploits.csv",
    ),
    _all(
        "kev",
        "https://www.cisa.gov/sites/default/files/feeds/",
        "kev",
        "known_exploited_vulnerabilities.json",
    ),
    _one(
        "metasploit",
        "https://github.com/vulsio/msfdb-list/archive/refs/heads/",
        "metasploit/msfdb-list-main.zip",
        "main.zip",
    ),
    Source(
        name="nvd",
        base="https://nvd.nist.gov/feeds/json/cve/2.0/",
        targets=listings.nvd,
    ),
)

SOURCES: tuple[Source, ...] = tuple(
    sorted((*_DISTROS, *_SOFTWARE, *_KNOWLEDGE), key=lambda source: source.name)
)
"""By name."""


def chosen(names: Sequence[str], sources: Sequence[Source] = SOURCES) -> list[Source]:
    """The sources of these names, all when there are none; raises ``UsageError`` for a name that no source has."""
    for name in names:
        check_name(name, "--only", sources)
    return [source for source in sources if not names or source.name in names]


def check_name(name: str, option: str, sources: Sequence[Source] = SOURCES) -> None:
    """Raise ``UsageError`` for a name that no source has, with the one it may have meant."""
    known = [source.name for source in sources]
    if name not in known:
        near = difflib.get_close_matches(name.lower(), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        raise UsageError(f"{option} {name}: there is no such source", hint=hint)
