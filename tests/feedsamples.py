"""
A small sample of every installed feed, as its publisher lays it out, for tests over all of them.

Written from the formats' documentation; ids, packages and versions are real ones.
"""

from __future__ import annotations

import lzma
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import redhatcases
from csafwriter import repositories
from feedwriter import Feeds, Json, osv, released, unfixed
from ovalwriter import Azure, Oracle, Suse, all_of, any_of
from softwarewriter import (
    NGINX,
    WORDPRESS,
    below,
    cpe_match,
    cve_record,
    nvd_cve,
)
from softwarewriter import (
    any_of as any_match,
)
from ubuntuwriter import archive, canonical, notice, says, slice_of, ubuntu_cve, vex
from updateinfo import package, update, updateinfo


@dataclass(frozen=True)
class Sample:
    """Files of one feed."""

    feed: str
    """Its entry point."""
    write: Callable[[Feeds], None]
    main: str = ""
    """The file whose records tests break; empty where its bytes are all they touch."""


CVE = "CVE-2023-38545"
_EXPLOITS = (
    "id,file,description,date_published,author,type,platform,port,date_added,date_updated,"
    "verified,codes,tags,aliases,screenshot_url,application_url,source_url\n"
    "50592,exploits/java/remote/50592.py,Apache Log4j 2 - Remote Code Execution (RCE),"
    f"2021-12-14,kozmer,remote,java,,2021-12-14,2021-12-14,0,{CVE},,,,,\n"
)
_DEBIAN = (
    "version,codename,series,created,release,eol,eol-lts,eol-elts\n"
    "11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,2026-08-31,2031-06-30\n"
    "12,Bookworm,bookworm,2021-08-14,2023-06-10,2026-06-10,2028-06-30,2033-06-30\n"
)
_TEXTS: Mapping[str, Mapping[str, str]] = {
    "alpinerejections": {
        "alpine/security-rejections/main.yaml": "dnsmasq:\n  - CVE-2021-45951\n",
        "alpine/v3.20/main.json": '{"packages": []}',
    },
    "exploitdb": {"exploitdb/files_exploits.csv": _EXPLOITS},
    "distroinfo": {"eol/distro-info/debian.csv": _DEBIAN},
    "debiansupport": {
        "debian/security-support/security-support.deb12": (
            "khtml limited 2023-06-10 known to be insecure\n"
            "freeimage non-supported Inactive project upstream\n"
        )
    },
    "nginx": {"nginx/security_advisories.xml": NGINX.partition("\n")[2]},
    "epss": {
        "epss/epss_scores-2026-08-15.csv": (
            "#model_version:v2025.03.14,score_date:2026-08-15T00:00:00+0000\n"
            f"cve,epss,percentile\n{CVE},0.26,0.96\nCVE-2022-37434,0.1,0.94\n"
        )
    },
}
_MODULE: Json = {
    "Title": "Log4Shell HTTP Header Injection",
    "CveIDs": [CVE],
    "References": [
        "https://github.com/rapid7/metasploit-framework/blob/master/modules/exploits/x.rb"
    ],
}
_ALMA: Json = {
    "id": "ALSA-2023:5453",
    "issued_date": 1696464000,
    "updated_date": 1696550400,
    "severity": "Important",
    "title": "Important: glibc security update",
    "description": "The glibc packages provide the standard C libraries.",
    "type": "security",
    "packages": [
        {
            "name": "glibc",
            "epoch": "0",
            "version": "2.34",
            "release": "60.el9_2.7",
            "arch": "x86_64",
            "src": "glibc-2.34-60.el9_2.7.src.rpm",
            "filename": "glibc-2.34-60.el9_2.7.x86_64.rpm",
            "module": "mariadb:10.3:8050020220427075058:c5368500:x86_64",
        }
    ],
    "modules": [],
    "references": [{"id": "CVE-2023-4911", "type": "cve", "href": "https://x.test/"}],
}
_BODHI: Json = {
    "alias": "FEDORA-2023-6d4055d482",
    "notes": "new version 2.4.55",
    "type": "security",
    "status": "stable",
    "severity": "medium",
    "date_stable": "2023-02-03 01:39:02",
    "url": "https://bodhi.fedoraproject.org/updates/FEDORA-2023-6d4055d482",
    "release": {"name": "F36", "version": "36", "id_prefix": "FEDORA"},
    "bugs": [
        {
            "bug_id": 2162094,
            "security": True,
            "title": "CVE-2022-37436 httpd: mod_proxy",
        }
    ],
    "builds": [{"nvr": "httpd-2.4.55-1.fc36", "type": "rpm", "epoch": 0}],
}
_PHOTON: Json = {
    "cve_id": CVE,
    "pkg": "curl",
    "cve_score": 9.8,
    "aff_ver": "all versions before 7.88.1-4.ph4 are vulnerable",
    "res_ver": "7.88.1-4.ph4",
    "status": "Fixed",
}
_ARCH: Json = {
    "name": "AVG-2851",
    "packages": ["xz"],
    "status": "Fixed",
    "severity": "Critical",
    "type": "arbitrary code execution",
    "affected": "5.6.0-1",
    "fixed": "5.6.1-2",
    "ticket": None,
    "issues": ["CVE-2024-3094"],
    "advisories": ["ASA-202403-1"],
}
_TRACKED: Json = {
    "type": "Vulnerability",
    "id": "https://security.alpinelinux.org/vuln/CVE-2022-38725",
    "description": "",
    "cpeMatch": [],
    "cvss3": {"score": 7.5, "vector": ""},
    "ref": [],
    "state": [
        {
            "type": "VulnerabilityState",
            "fixed": False,
            "repo": "3.20-main",
            "packageVersion": "https://security.alpinelinux.org/srcpkg/syslog-ng/4.7.1-r0",
        }
    ],
}
_KEV: Json = {
    "cveID": CVE,
    "dateAdded": "2023-10-11",
    "dueDate": "2023-11-01",
    "knownRansomwareCampaignUse": "Known",
    "requiredAction": "Apply updates.",
}
_NODE: Json = {
    "cve": ["CVE-2017-1000381"],
    "vulnerable": "8.x",
    "patched": "^8.1.4",
    "affectedEnvironments": ["all"],
    "overview": "c-ares",
}
_RETIRE: Json = {
    "angular": {
        "vulnerabilities": [
            {
                "atOrAbove": "1.0",
                "below": "1.8.0",
                "severity": "medium",
                "identifiers": {"CVE": ["CVE-2020-7676"], "summary": "XSS"},
            }
        ]
    }
}
_CURL: Json = {
    "schema_version": "1.5.0",
    "id": f"CURL-{CVE}",
    "aliases": [CVE],
    "summary": "SOCKS5 heap buffer overflow",
    "modified": "2023-11-01T08:00:00.00Z",
    "database_specific": {"package": "curl", "severity": "High"},
    "affected": [
        {
            "ranges": [
                {
                    "type": "SEMVER",
                    "events": [{"introduced": "7.69.0"}, {"fixed": "8.4.0"}],
                }
            ],
            "versions": ["8.3.0"],
        }
    ],
}
_GHSA = osv(
    "GHSA-462w-v97r-4m45",
    "PyPI",
    "jinja2",
    fixed="2.10.1",
    aliases=["CVE-2019-10906"],
    summary="Jinja2 sandbox escape",
    severity=[
        {"type": "CVSS_V3", "score": "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"}
    ],
    references=[{"type": "WEB", "url": "https://palletsprojects.com/"}],
)
_NVD = nvd_cve(
    "CVE-2023-0286",
    {"nodes": [any_match(cpe_match("a:openssl:openssl", versionEndExcluding="3.0.8"))]},
)


def _texts(feeds: Feeds, name: str) -> None:
    for path, text in _TEXTS[name].items():
        feeds.path(*path.split("/")).write_text(text, "utf-8")


def _text(name: str) -> Sample:
    path = next(iter(_TEXTS[name]))
    return Sample(feed=name, write=lambda feeds: _texts(feeds, name), main=path)


def _json(feed: str, main: str, document: object) -> Sample:
    def write(feeds: Feeds) -> None:
        feeds.json(document, *main.split("/"))

    return Sample(feed=feed, write=write, main=main)


def _oracle(feeds: Feeds) -> None:
    made = Oracle()
    fix = made.below("openssl-libs", "1:1.1.1k-6.el8_5")
    module = all_of(made.module("nodejs:12"), made.below("nodejs", "1:12.22.5-1.el8"))
    made.erratum("ELSA-2022-1065", "8", ["CVE-2022-0778"], made.on("x86_64", fix))
    made.erratum("ELSA-2021-3623", "8", ["CVE-2021-22931"], made.on("aarch64", module))
    made.write(feeds.root / "oracle" / "com.oracle.elsa-all.xml")


def _suse(feeds: Feeds) -> None:
    made = Suse()
    product = made.product("SUSE Linux Enterprise Server 15 SP3", "sles", "15.3")
    fix = made.below("openssl-1_1", "0:1.1.1d-11.43.1")
    made.cve(
        "CVE-2022-0778",
        all_of(product, any_of(fix, made.unfixed("openssl-1_0_0"))),
        updates=["SUSE-SU-2022:0853-1"],
    )
    made.cve("CVE-2023-0286", all_of(product, made.unaffected("openssl-3")))
    made.write(feeds.root / "suse" / "oval" / "suse.linux.enterprise.15-affected.xml")


def _azure(feeds: Feeds) -> None:
    made = Azure()
    made.says("CVE-2023-21980", "mysql", ("less than", "0:8.0.33-1.cm2"))
    bound = ("less than or equal", "0:9.16.33-1.cm2")
    made.says("CVE-2022-3736", "bind", bound, patchable="false")
    made.write(feeds.root / "azurelinux" / "cbl-mariner-2.0-oval.xml")


def _amazon(feeds: Feeds) -> None:
    updates = (
        update("ALAS2023-2023-001", ["CVE-2022-24903"], [package("rsyslog", "8.2204.0", "3.amzn2023")]),
        update("ALAS2023-2024-677", ["CVE-2024-4603"], [package("openssl-libs", "3.0.8", "1.amzn2023", epoch="1")]),
    )  # fmt: skip
    path = feeds.path("amazon", "2023", "core", "updateinfo.xml")
    path.write_bytes(updateinfo(*updates))


_SLICE = slice_of("Ubuntu:22.04:LTS", "zlib", "1:1.2.11.dfsg-2ubuntu9.2", "jammy")
_UBUNTU = ubuntu_cve("CVE-2022-37434", _SLICE)
_VEX = vex(
    "CVE-2022-37434",
    says("affected", "zlib", "focal", action_statement="needs fixing"),
    says("fixed", "zlib", "jammy"),
)


def _ubuntu(feeds: Feeds) -> None:
    canonical(feeds, _UBUNTU, notice("USN-5570-1", ["CVE-2022-37434"], _SLICE))


def _ubuntu_archives(feeds: Feeds) -> None:
    name = "cve/2022/UBUNTU-CVE-2022-37434.json"
    archive(feeds.root / "ubuntu" / "osv" / "osv-all.tar.xz", {name: _UBUNTU})
    name = "cve/2022/CVE-2022-37434.json"
    archive(feeds.root / "ubuntu" / "vex" / "vex-all.tar.xz", {name: _VEX})


def _redhat_archive(feeds: Feeds) -> None:
    home = feeds.root / "redhat" / "csaf" / "v2" / "vex"
    document = redhatcases.curl().vex()
    archive(home / "x.tar.xz", {"2023/cve-2023-38545.json": document})
    plain = lzma.decompress((home / "x.tar.xz").read_bytes())
    (home / "csaf_vex_2024-10-18.tar").write_bytes(plain)
    (home / "x.tar.xz").unlink()


def _osv_zip(feeds: Feeds) -> None:
    feeds.osv_zip("PyPI", _GHSA)


def _metasploit_zip(feeds: Feeds) -> None:
    feeds.json([_MODULE], "m.json")
    with zipfile.ZipFile(feeds.path("metasploit", "msfdb-list-main.zip"), "w") as made:
        made.write(feeds.root / "m.json", f"msfdb-list-main/rapid7/2021/{CVE}.json")
    (feeds.root / "m.json").unlink()


_FIXES = {
    "packages": [
        {"pkg": {"name": "zlib", "secfixes": {"1.2.12-r2": ["CVE-2022-37434"]}}}
    ]
}
_BY_PACKAGE = {
    "zlib": {
        "CVE-2022-37434": {
            "releases": {"bookworm": released("1:1.2.13"), "sid": unfixed()}
        }
    }
}
_EOL = {
    "generated_at": "2026-08-22T09:00:00+00:00",
    "result": [
        {
            "name": "django",
            "label": "Django",
            "identifiers": [{"type": "purl", "id": "pkg:pypi/django"}],
            "releases": [{"name": "2.2", "releaseDate": "2019-04-01", "isEol": True, "eolFrom": "2022-04-11"}],
        }
    ],
}  # fmt: skip
_VEX_PATH = "redhat/csaf/v2/vex/2023/cve-2023-38545.json"
_RHSA_PATH = "redhat/csaf/v2/advisories/2023/rhsa-2023_5763.json"
_OVAL_SUSE = "suse/oval/suse.linux.enterprise.15-affected.xml"
_MAP = repositories({"rhel-9-baseos": ["cpe:/o:redhat:enterprise_linux:9::baseos"]})
_RECORD = cve_record("CVE-2023-0286", "OpenSSL", below("3.0.0", "3.0.8"))

SAMPLES: Mapping[str, Sample] = {
    **{name: _text(name) for name in _TEXTS},
    "alpinetracker": _json("alpinetracker", "alpine/security/3.20-main.json", {"items": [_TRACKED]}),
    "fedora": _json("fedora", "fedora/bodhi-36.json", {"updates": [_BODHI], "page": 1, "pages": 1, "total": 1}),
    "photon": _json("photon", "photon/cve_data_photon4.0.json", [_PHOTON]),
    "arch": _json("arch", "arch/all.json", [_ARCH]),
    "amazon": Sample("amazon", _amazon, "amazon/2023/core/updateinfo.xml"),
    "osv": _json("osv", "osv/PyPI/GHSA-462w-v97r-4m45.json", _GHSA),
    "osv zip": Sample("osv", _osv_zip),
    "debian": _json("debian", "debian/tracker.json", _BY_PACKAGE),
    "ubuntu": Sample("ubuntu", _ubuntu, "ubuntu/osv/cve/2022/UBUNTU-CVE-2022-37434.json"),
    "ubuntu vex": _json("ubuntu", "ubuntu/vex/cve/2022/CVE-2022-37434.json", _VEX),
    "ubuntu archives": Sample("ubuntu", _ubuntu_archives),
    "secdb": _json("secdb", "alpine/v3.20/main.json", _FIXES),
    "secdb wolfi": _json("secdb", "wolfi/security.json", _FIXES),
    "kev": _json("kev", "kev/known_exploited_vulnerabilities.json", {"dateReleased": "2026-08-07T16:45:47.0648Z", "vulnerabilities": [_KEV]}),
    "metasploit": _json("metasploit", f"metasploit/rapid7/2023/{CVE}.json", [_MODULE]),
    "metasploit zip": Sample("metasploit", _metasploit_zip),
    "eol": _json("eol", "eol/v1/products-full.json", _EOL),
    "eol cycles": _json("eol", "eol/nodejs.json", [{"cycle": "14", "eol": "2023-04-30", "latest": "14.21.3"}]),
    "nvd": _json("nvd", "nvd/nvdcve-2.0-2023.json", {"vulnerabilities": [{"cve": _NVD}]}),
    "oracle": Sample("oracle", _oracle, "oracle/com.oracle.elsa-all.xml"),
    "suse": Sample("suse", _suse, _OVAL_SUSE),
    "azurelinux": Sample("azurelinux", _azure, "azurelinux/cbl-mariner-2.0-oval.xml"),
    "nodejs": _json("nodejs", "nodejs/core/index.json", {"1": _NODE}),
    "curl": _json("curl", "curl/vuln.json", [_CURL]),
    "projects": _json("projects", "projects/openssl/CVE-2023-0286.json", _RECORD),
    "wordfence": _json("wordfence", "wordfence/production.json", WORDPRESS),
    "retirejs": _json("retirejs", "retirejs/npmrepository.json", _RETIRE),
    "malicious": _json("malicious", "malicious/osv/npm/a/MAL-2024-1.json", osv("MAL-2024-1", "npm", "a")),
    "redhat": _json("redhat", _VEX_PATH, redhatcases.curl().vex()),
    "redhat advisories": _json("redhat", _RHSA_PATH, redhatcases.curl().advisory("RHSA-2023:5763")),
    "redhat archive": Sample("redhat", _redhat_archive),
    "redhat repositories": _json("redhat", "redhat/metrics/repository-to-cpe.json", _MAP),
    "almalinux": _json("almalinux", "almalinux/9/errata.full.json", {"schema_version": "1.0", "data": [_ALMA]}),
}  # fmt: skip
"""By a name of its own; every entry point of ``shipworthy.feeds`` has one or more."""


def laid(sample: Sample, root: Path) -> Feeds:
    """The sample's files under a new directory."""
    root.mkdir(parents=True)
    feeds = Feeds(root)
    sample.write(feeds)
    return feeds
