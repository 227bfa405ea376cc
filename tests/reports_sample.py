"""A result made by hand that has every state in it, for the tests of all reports."""

from __future__ import annotations

from dataclasses import replace

from reports_policy import (
    ACTIONS,
    CHECKS,
    CLOSED,
    COMPARISON,
    DJANGO_MARK,
    LIBSSL_MARK,
    LOG4J_MARK,
    MINIMIST_MARK,
    OPENSSL_MARK,
    POLICY,
    UNDECIDED,
    USES,
    WARNED,
    ZLIB_MARK,
)

from shipworthy.model.advisory import DatabaseInfo, Epss, Exploit, FeedInfo, Kev
from shipworthy.model.finding import (
    AdvisoryRef,
    CvssScore,
    Evidence,
    Finding,
    FixAvailable,
    Risk,
    Suppressed,
)
from shipworthy.model.image import HistoryEntry, ImageConfig, ImageInfo, Layer
from shipworthy.model.package import Distro, Location, Package, Status
from shipworthy.model.result import Coverage, ScanResult
from shipworthy.model.verdict import Verdict


BASE = "sha256:" + "1b" * 32
OURS = "sha256:" + "2c" * 32
APP = "sha256:" + "3d" * 32

LIBSSL = Package(
    type="deb",
    name="libssl3",
    version="3.0.11-1~deb12u2",
    purl="pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
    arch="amd64",
    source="openssl",
    vendor="Debian OpenSSL Team <pkg-openssl-devel@alioth-lists.debian.net>",
    licences=("Apache-2.0",),
    locations=(Location(path="var/lib/dpkg/status.d/libssl3", layer=0),),
    origin="base",
    file_list="usr/lib/x86_64-linux-gnu/libssl.so.3\0usr/share/doc/libssl3/copyright",
)
OPENSSL = Package(
    type="deb",
    name="openssl",
    version="3.0.11-1~deb12u2",
    purl="pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12",
    arch="amd64",
    source="openssl",
    licences=("Apache-2.0",),
    locations=(Location(path="var/lib/dpkg/status", layer=0),),
    origin="base",
)
ZLIB = Package(
    type="deb",
    name="zlib1g",
    version="1:1.2.13.dfsg-1",
    purl="pkg:deb/debian/zlib1g@1.2.13.dfsg-1?arch=amd64&distro=debian-12&epoch=1",
    arch="amd64",
    source="zlib",
    locations=(Location(path="var/lib/dpkg/status", layer=0),),
    origin="base",
)
LOG4J = Package(
    type="maven",
    name="org.apache.logging.log4j:log4j-core",
    version="2.14.1",
    purl="pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
    licences=("Apache-2.0",),
    locations=(
        Location(path="srv/shop.war!/WEB-INF/lib/log4j-core-2.14.1.jar", layer=2),
        Location(
            path="srv/tools.ear!/shop.war!/WEB-INF/lib/log4j-core-2.14.1.jar", layer=2
        ),
    ),
    origin="own",
)
DJANGO = Package(
    type="pypi",
    name="django",
    version="3.2.12",
    purl="pkg:pypi/django@3.2.12",
    licences=("BSD-3-Clause",),
    locations=(
        Location(
            path="usr/lib/python3.11/site-packages/Django-3.2.12.dist-info/METADATA",
            layer=1,
        ),
    ),
    origin="own",
)
SIX = Package(
    type="pypi",
    name="six",
    version="1.16.0",
    purl="pkg:pypi/six@1.16.0",
    locations=(
        Location(path="usr/lib/python3/dist-packages/six-1.16.0.egg-info", layer=0),
    ),
    origin="base",
    owner="pkg:deb/debian/python3-six@1.16.0-4?arch=all&distro=debian-12",
)
MINIMIST = Package(
    type="npm",
    name="@acme/minimist",
    version="0.0.8",
    purl="pkg:npm/%40acme/minimist@0.0.8",
    locations=(
        Location(path="srv/web/node_modules/@acme/minimist/package.json", layer=2),
    ),
    origin="own",
    notes=("low-confidence",),
)


def _evidence(
    advisory: str, feed: str, package: Package, constraint: str, scheme: str
) -> Evidence:
    return Evidence(
        advisory=advisory,
        feed=feed,
        bucket="debian-12" if package.type == "deb" else package.type,
        matched_name=package.source or package.name,
        matched_version=package.version,
        scheme=scheme,
        constraint=constraint,
        confidence="medium" if package.notes else "high",
        notes=("the jar's manifest has no group",) if package.type == "maven" else (),
    )


def _openssl(package: Package, mark: str) -> Finding:
    return Finding(
        fingerprint=mark,
        state="existing",
        id="CVE-2023-5678",
        aliases=("DEBIAN-CVE-2023-5678",),
        package=package,
        severity="medium",
        severity_source="nvd",
        title="Generating excessively long X9.42 DH keys may be very slow",
        description=(
            "Generating excessively long X9.42 DH keys or checking excessively long keys "
            "may be very slow.\n\nApplications that use DH_generate_key() may see long delays."
        ),
        cvss=(
            CvssScore(
                source="nvd",
                version="3.1",
                vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L",
                score=5.3,
            ),
        ),
        cwes=("CWE-754",),
        epss=Epss(score=0.00164, percentile=0.37512, date="2026-08-20"),
        kev=None,
        fix_state="fixed",
        fixed_versions=("3.0.13-1~deb12u1",),
        layer=0,
        origin="base",
        risk=Risk(score=31.5, factors=(("cvss", "5.3 (nvd, 3.1)"), ("epss", "0.16 %"))),
        advisories=(
            AdvisoryRef(
                id="CVE-2023-5678",
                feed="debian/tracker",
                url="https://security-tracker.debian.org/tracker/CVE-2023-5678",
                fixed_versions=("3.0.13-1~deb12u1",),
            ),
        ),
        references=("https://www.openssl.org/news/secadv/20231106.txt",),
        evidence=(
            _evidence(
                "CVE-2023-5678", "debian/tracker", package, "< 3.0.13-1~deb12u1", "deb"
            ),
        ),
        published="2023-11-06T16:15:42Z",
        modified="2024-10-14T15:15:13Z",
    )


LOG4SHELL = Finding(
    fingerprint=LOG4J_MARK,
    state="new",
    state_reason="newly known",
    vex_status="affected",
    id="CVE-2021-44228",
    aliases=("GHSA-jfh8-c2jp-5v3q",),
    package=LOG4J,
    severity="critical",
    severity_source="ghsa",
    title="Remote code injection in Log4j",
    description="Logging untrusted data with Log4j lets an attacker run code through JNDI look-ups.",
    cvss=(
        CvssScore(
            source="ghsa",
            version="3.1",
            vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
            score=10.0,
        ),
        CvssScore(
            source="nvd", version="2.0", vector="AV:N/AC:M/Au:N/C:C/I:C/A:C", score=9.3
        ),
        CvssScore(
            source="cna",
            version="4.0",
            vector="CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
            score=10.0,
        ),
    ),
    cwes=("CWE-20", "CWE-502", "CWE-917"),
    epss=Epss(score=0.94358, percentile=0.99957, date="2026-08-20"),
    kev=Kev(
        date_added="2021-12-10",
        due_date="2021-12-24",
        ransomware=True,
        required_action="Apply updates per vendor instructions.",
    ),
    fix_state="fixed",
    fixed_versions=("2.3.1", "2.12.2", "2.15.0"),
    layer=2,
    origin="own",
    risk=Risk(
        score=100.0,
        factors=(
            ("cvss", "10.0 (ghsa, 3.1)"),
            ("epss", "94.36 %"),
            ("kev", "ransomware"),
        ),
    ),
    advisories=(
        AdvisoryRef(
            id="GHSA-jfh8-c2jp-5v3q",
            feed="osv/Maven",
            url="https://github.com/advisories/GHSA-jfh8-c2jp-5v3q",
            fixed_versions=("2.3.1", "2.12.2", "2.15.0"),
        ),
    ),
    references=(
        "https://logging.apache.org/log4j/2.x/security.html",
        "https://nvd.nist.gov/vuln/detail/CVE-2021-44228",
        "javascript:alert(1)",
    ),
    evidence=(
        _evidence(
            "GHSA-jfh8-c2jp-5v3q", "osv/Maven", LOG4J, ">= 2.13.0, < 2.15.0", "maven"
        ),
    ),
    published="2021-12-10T00:40:56Z",
    modified="2025-10-22T19:13:26Z",
    exploits=(
        Exploit(
            source="metasploit",
            name="Log4Shell HTTP Header Injection",
            url="https://github.com/rapid7/metasploit-framework/blob/master/modules/exploits/multi/http/log4shell_header_injection.rb",
        ),
        Exploit(
            source="exploitdb",
            name="Apache Log4j 2 - Remote Code Execution (RCE)",
            url="https://www.exploit-db.com/exploits/50592",
        ),
    ),
    fix_available=FixAvailable(date="2021-12-10", source="GHSA-jfh8-c2jp-5v3q"),
)

DJANGO_SQL = Finding(
    fingerprint=DJANGO_MARK,
    state="new",
    state_reason="3.2.11 became 3.2.12",
    id="CVE-2022-28346",
    aliases=("GHSA-2gwj-7jmv-h26r", "PYSEC-2022-190"),
    package=DJANGO,
    severity="high",
    severity_source="ghsa",
    title="SQL injection in Django",
    description="QuerySet.annotate(), aggregate() and extra() are subject to SQL injection.",
    cvss=(
        CvssScore(
            source="ghsa",
            version="3.0",
            vector="CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
            score=7.5,
        ),
    ),
    cwes=("CWE-89",),
    epss=Epss(score=0.02113, percentile=0.83371, date="2026-08-20"),
    kev=None,
    fix_state="fixed",
    fixed_versions=("2.2.28", "3.2.13", "4.0.4"),
    layer=1,
    origin="own",
    risk=Risk(score=62.25, factors=(("cvss", "7.5 (ghsa, 3.0)"), ("epss", "2.11 %"))),
    advisories=(
        AdvisoryRef(
            id="GHSA-2gwj-7jmv-h26r",
            feed="osv/PyPI",
            url="https://github.com/advisories/GHSA-2gwj-7jmv-h26r",
            fixed_versions=("2.2.28", "3.2.13", "4.0.4"),
        ),
        AdvisoryRef(id="PYSEC-2022-190", feed="osv/PyPI", fixed_versions=("3.2.13",)),
    ),
    references=("https://docs.djangoproject.com/en/4.0/releases/security/",),
    evidence=(
        _evidence(
            "GHSA-2gwj-7jmv-h26r", "osv/PyPI", DJANGO, ">= 3.0, < 3.2.13", "pep440"
        ),
        _evidence("PYSEC-2022-190", "osv/PyPI", DJANGO, "= 3.2.12", "pep440"),
    ),
    published="2022-04-13T00:00:33Z",
    modified="2024-09-18T20:18:27Z",
)

ZLIB_OVERFLOW = Finding(
    fingerprint=ZLIB_MARK,
    state="existing",
    id="CVE-2023-45853",
    aliases=(),
    package=ZLIB,
    severity="negligible",
    severity_source="debian/tracker",
    title="Integer overflow in MiniZip",
    description="",
    cvss=(),
    cwes=(),
    epss=None,
    kev=None,
    fix_state="will-not-fix",
    fixed_versions=(),
    layer=0,
    origin="base",
    risk=Risk(score=4.0, factors=(("severity", "negligible (debian/tracker)"),)),
    advisories=(AdvisoryRef(id="CVE-2023-45853", feed="debian/tracker"),),
    references=(),
    evidence=(_evidence("CVE-2023-45853", "debian/tracker", ZLIB, ">= 0", "deb"),),
)

SIX_UNKNOWN = Finding(
    id="PYSEC-2099-1",
    aliases=(),
    package=SIX,
    severity="unknown",
    severity_source="",
    title="",
    description="",
    cvss=(),
    cwes=(),
    epss=None,
    kev=None,
    fix_state="affected",
    fixed_versions=(),
    layer=-1,
    origin="unknown",
    risk=Risk(score=0.0, factors=()),
    advisories=(AdvisoryRef(id="PYSEC-2099-1", feed="osv/PyPI"),),
    references=(),
    evidence=(_evidence("PYSEC-2099-1", "osv/PyPI", SIX, "= 1.16.0", "pep440"),),
)

MINIMIST_POLLUTION = Finding(
    fingerprint=MINIMIST_MARK,
    state="existing",
    vex_status="under_investigation",
    id="GHSA-vh95-rmgr-6w4m",
    aliases=("CVE-2020-7598",),
    package=MINIMIST,
    severity="low",
    severity_source="osv",
    title="Prototype pollution in minimist",
    description="",
    cvss=(),
    cwes=("CWE-1321",),
    epss=None,
    kev=None,
    fix_state="under-investigation",
    fixed_versions=(),
    layer=2,
    origin="own",
    risk=Risk(score=12.0, factors=(("severity", "low (osv)"),)),
    advisories=(AdvisoryRef(id="GHSA-vh95-rmgr-6w4m", feed="osv/npm"),),
    references=(),
    evidence=(
        _evidence("GHSA-vh95-rmgr-6w4m", "osv/npm", MINIMIST, "< 0.2.1", "semver"),
    ),
)

IMAGE = ImageInfo(
    target="docker-archive:shop.tar",
    kind="docker-archive",
    tags=("registry.example/shop:1.4",),
    manifest_digest="sha256:" + "9f" * 32,
    image_id="sha256:" + "8e" * 32,
    platform="linux/amd64",
    base_name="docker.io/library/debian:12-slim",
    base_digest="sha256:" + "7d" * 32,
    config=ImageConfig(
        os="linux",
        architecture="amd64",
        created="2026-01-02T03:04:05Z",
        user="shop",
        env=("PATH=/usr/bin", "SHOP_TOKEN=do-not-show"),
        entrypoint=("/srv/run",),
        cmd=("--port", "8080"),
        exposed_ports=("8080/tcp",),
        labels=(
            ("org.opencontainers.image.title", "shop"),
            ("maintainer", "shop@example.org"),
        ),
        diff_ids=(BASE, OURS, APP),
        history=(
            HistoryEntry(created_by="/bin/sh -c #(nop) ADD file:1b1b in /"),
            HistoryEntry(created_by='CMD ["bash"]', empty_layer=True),
            HistoryEntry(
                created_by="RUN /bin/sh -c pip install django==3.2.12 # buildkit"
            ),
            HistoryEntry(
                created_by="COPY shop.war web /srv/ # buildkit", comment="buildkit"
            ),
        ),
    ),
    layers=(
        Layer(
            index=0,
            diff_id=BASE,
            digest="sha256:" + "4e" * 32,
            instruction="/bin/sh -c #(nop) ADD file:1b1b in /",
            origin="base",
        ),
        Layer(
            index=1,
            diff_id=OURS,
            instruction="RUN /bin/sh -c pip install django==3.2.12 # buildkit",
            origin="own",
        ),
        Layer(
            index=2,
            diff_id=APP,
            instruction="COPY shop.war web /srv/ # buildkit",
            origin="own",
        ),
    ),
)

DATABASE = DatabaseInfo(
    schema=1,
    digest="sha256:" + "5f" * 32,
    date="2026-08-20T00:00:00Z",
    feeds=(
        FeedInfo(
            name="debian/tracker",
            date="2026-08-19",
            records=41210,
            digest="sha256:" + "6a" * 32,
        ),
        FeedInfo(
            name="osv/PyPI", date="2026-08-20T00:00:00Z", records=17011, skipped=2
        ),
    ),
    shards=(("debian-12", 41210), ("pypi", 17011)),
)


SUPPRESSED = (
    Suppressed(
        finding=SIX_UNKNOWN,
        reason="ignored as PYSEC-2099-1",
        rule="ignore",
        entry="PYSEC-2099-1",
        source="--ignore",
    ),
)
MORE_SUPPRESSED = (
    Suppressed(
        finding=replace(
            ZLIB_OVERFLOW,
            id="CVE-2024-7001",
            severity="high",
            fix_state="fixed",
            fixed_versions=("1:1.2.13.dfsg-2",),
            fingerprint="1a" * 16,
        ),
        reason="the compressor is not linked into the shop",
        rule="suppression",
        entry="CVE-2024-7001 in pkg:deb/debian/zlib1g",
        source="shipworthy.yaml:21",
        owner="payments",
        expires="2026-08-25",
    ),
    Suppressed(
        finding=replace(
            MINIMIST_POLLUTION, id="CVE-2024-7002", aliases=(), fingerprint="1b" * 16
        ),
        reason="the parser is never handed a file of others",
        rule="vex",
        entry="CVE-2024-7002",
        source="vex/shop.json",
        vex_status="not_affected",
        justification="vulnerable_code_not_in_execute_path",
    ),
)


def sample() -> ScanResult:
    """The gate closed, part of the image unread, and one finding of every kind."""
    packages = (LIBSSL, OPENSSL, ZLIB, LOG4J, MINIMIST, DJANGO, SIX)
    return ScanResult(
        tool_version="0.1.0",
        image=IMAGE,
        distro=Distro(
            id="debian",
            version="12",
            codename="bookworm",
            name="Debian GNU/Linux 12 (bookworm)",
            path="usr/lib/os-release",
        ),
        packages=packages,
        findings=(
            replace(
                _openssl(LIBSSL, LIBSSL_MARK),
                state="moved",
                state_reason="was in layer 1",
            ),
            _openssl(OPENSSL, OPENSSL_MARK),
            ZLIB_OVERFLOW,
            LOG4SHELL,
            MINIMIST_POLLUTION,
            DJANGO_SQL,
        ),
        suppressed=(*SUPPRESSED, *MORE_SUPPRESSED),
        verdict=CLOSED,
        database=DATABASE,
        coverage=Coverage(
            complete=False,
            layers=3,
            entries=8123,
            files_read=412,
            files_failed=1,
            packages=len(packages),
            packages_by_type=(("deb", 3), ("maven", 1), ("npm", 1), ("pypi", 2)),
            unmatched=(("npm", 1),),
        ),
        statuses=(
            Status(
                source="cataloger/java",
                subject="srv/broken.jar",
                message="not a zip archive: no end of central directory",
            ),
            Status(
                source="database",
                subject="npm",
                message="the database has no advisories for npm",
                partial=False,
            ),
        ),
        checks=CHECKS,
        looked_for=frozenset({"vulnerabilities", "secrets"}),
        policy=POLICY,
        suppressions=USES,
        comparison=COMPARISON,
        remediation=ACTIONS,
    )


def warned() -> ScanResult:
    """Passed with a warning, of a long policy, nothing unread, compared with nothing."""
    result = sample()
    return replace(
        result,
        findings=tuple(
            replace(one, state="new", state_reason="") for one in result.findings
        ),
        verdict=WARNED,
        coverage=replace(result.coverage, complete=True, files_failed=0),
        statuses=(),
        checks=(),
        comparison=replace(
            COMPARISON, name="none", target="", image_id="", partial=False, fixed=()
        ),
        remediation=ACTIONS * 4,
    )


def undecided() -> ScanResult:
    """A rule that asks for what the database does not hold; no baseline, no entries, no plan."""
    result = warned()
    return replace(
        result,
        findings=tuple(replace(one, state=None, epss=None) for one in result.findings),
        suppressed=(),
        verdict=UNDECIDED,
        policy=POLICY[:1],
        suppressions=(),
        comparison=None,
        remediation=(),
    )


def bare() -> ScanResult:
    """A directory without distribution, layers, packages or findings, that passed."""
    return ScanResult(
        tool_version="0.1.0",
        image=ImageInfo(target="dir:rootfs", kind="dir"),
        distro=None,
        packages=(),
        findings=(),
        suppressed=(),
        verdict=Verdict(
            status="pass", exit_code=0, rules=(), summary="Nothing was found."
        ),
        database=DatabaseInfo(schema=1, digest="", date=""),
        coverage=Coverage(
            complete=True,
            layers=0,
            entries=0,
            files_read=0,
            files_failed=0,
            packages=0,
            packages_by_type=(),
        ),
        statuses=(),
    )
