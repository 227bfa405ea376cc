"""
A synthetic result with thousands of findings, of the shape that results of real images have.

Made after the results of five images, ``big`` first: how long texts are, how many references, places and
advisories there are, how findings spread over packages and vulnerabilities. There a vulnerability has 1.1 to 2.6
findings, all of packages of one type, and 99.7 % of what its findings say of it (severity, weaknesses, dates,
advisories, what made its risk) is the same for all of them. The same seed gives the same result.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import bench_policy

from shipworthy.judging import Brief, judged_result
from shipworthy.model.advisory import Epss, Exploit, Kev, Severity
from shipworthy.model.check import Check
from shipworthy.model.comparison import Comparison, Gone
from shipworthy.model.finding import (
    AdvisoryRef,
    CvssScore,
    Evidence,
    Finding,
    FixAvailable,
    Risk,
)
from shipworthy.model.image import HistoryEntry, ImageConfig, ImageInfo, Layer
from shipworthy.model.package import Distro, Location, Package, Status
from shipworthy.model.result import ScanResult
from shipworthy.policy.baseline.fingerprint import with_fingerprints


VULNERABILITIES = 2_000  # of 5,000 findings

_DAY = "2026-11-26"
_SEED = 20261127
_LAYERS = 12
_QUIET_PACKAGES = 1_500
_FEEDS = {
    "deb": (
        "debian/tracker",
        "debian-12",
        "https://security-tracker.debian.org/tracker/",
    ),
    "npm": ("osv/npm", "npm", "https://github.com/advisories/"),
    "pypi": ("osv/PyPI", "pypi", "https://github.com/advisories/"),
    "maven": ("osv/Maven", "maven", "https://github.com/advisories/"),
    "golang": ("osv/Go", "go", "https://pkg.go.dev/vuln/"),
}
_VECTORS = (
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", 7.5),
    ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
    ("CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:N/I:N/A:L", 3.3),
)
_TEXT = (
    "a heap-based buffer overflow was found in the function that parses a crafted header of "
    "an archive; an attacker who can make the service read `input->length` bytes (beyond the "
    'end of the allocated region) may crash it or run code with "its" rights, & versions < 9.9 '
    "are affected when the option is enabled by default in the configuration of the server"
)
_SEVERITIES: tuple[Severity, ...] = (
    "critical",
    "high",
    "high",
    "medium",
    "medium",
    "medium",
    "low",
    "unknown",
)
_PLACES = {
    "deb": "var/lib/dpkg/info/{}.list",
    "npm": "opt/app/node_modules/{}/package.json",
    "pypi": "usr/lib/python3/dist-packages/{}.dist-info/METADATA",
    "maven": "opt/app/lib/{}.jar",
    "golang": "usr/local/bin/{}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flaw:
    """What all findings of one vulnerability share."""

    id: str
    alias: str
    type: str
    severity: Severity
    cwes: tuple[str, ...]
    published: str
    factors: tuple[tuple[str, str], ...]
    title: str
    description: str
    references: tuple[str, ...]
    cvss: tuple[CvssScore, ...]
    epss: Epss | None
    kev: Kev | None
    exploits: tuple[Exploit, ...]


def result(count: int) -> ScanResult:
    """A judged result with ``count`` findings on top of those that its policy takes out."""
    dice = random.Random(_SEED)
    more = count + count // 4
    plain = bench_policy.scanned(more)
    packages = tuple(map(_placed, plain.packages))
    quiet = tuple(_quiet(at) for at in range(_QUIET_PACKAGES))
    flaws = [
        _flaw(dice, at, found)
        for at, found in enumerate(
            plain.findings[: max(1, count * VULNERABILITIES // 5_000)]
        )
    ]
    findings = tuple(
        _finding(dice, found, flaws[at % len(flaws)], _partner(at, flaws, packages))
        for at, found in enumerate(plain.findings)
    )
    asked = bench_policy.policy()
    entries = asked.suppressions[:60]
    scanned = replace(
        plain,
        image=_image(),
        distro=Distro(id="debian", version="12", name="Debian GNU/Linux 12 (bookworm)"),
        packages=tuple(sorted((*packages, *quiet), key=lambda p: (p.type, p.name))),
        findings=with_fingerprints(findings),
        checks=tuple(_check(at) for at in range(12)),
        statuses=(Status(source="layers", subject="opt/x.jar", message="too deep"),),
    )
    policy = replace(asked, rules=asked.rules[:12], suppressions=entries)
    judged = judged_result(scanned, Brief(policy=policy), comparison=_comparison())
    return replace(judged, findings=judged.findings[:count])


def _partner(at: int, flaws: list[_Flaw], packages: tuple[Package, ...]) -> Package:
    """The package that a finding is of: another one each time that a vulnerability comes around."""
    flaw = flaws[at % len(flaws)]
    possible = [package for package in packages if package.type == flaw.type]
    return possible[(at % len(flaws) * 7 + at // len(flaws) * 131) % len(possible)]


def _image() -> ImageInfo:
    steps = [
        f"RUN /bin/sh -c apt-get install -y part-{at} # buildkit"
        for at in range(_LAYERS)
    ]
    return ImageInfo(
        target="oci:bench.oci",
        kind="oci",
        tags=("registry.example/team/app:1.4.2",),
        manifest_digest=f"sha256:{7:064x}",
        image_id=f"sha256:{8:064x}",
        platform="linux/amd64",
        base_name="debian:12",
        config=ImageConfig(
            os="linux",
            architecture="amd64",
            created="2026-11-01T00:00:00Z",
            history=tuple(HistoryEntry(created_by=step) for step in steps),
        ),
        layers=tuple(
            Layer(
                index=at,
                diff_id=f"sha256:{at + 16:064x}",
                digest=f"sha256:{at + 64:064x}",
                instruction=step,
                origin="base" if at < 3 else "own",
            )
            for at, step in enumerate(steps)
        ),
    )


def _placed(package: Package) -> Package:
    """The package with what a cataloger of its type would tell."""
    path = _PLACES[package.type].format(package.name.rpartition(":")[2])
    deb = package.type == "deb"
    return replace(
        package,
        arch="amd64" if deb else "",
        source=f"{package.name}-source" if deb else "",
        source_version=package.version if deb else "",
        locations=(Location(path=path, layer=package.locations[0].layer),),
    )


def _quiet(at: int) -> Package:
    """A package without findings."""
    name, version = f"quiet-{at}", f"{at % 9}.{at % 40}.1"
    return Package(
        type="npm",
        name=name,
        version=version,
        purl=f"pkg:npm/{name}@{version}",
        licences=("MIT",),
        locations=(Location(path=_PLACES["npm"].format(name), layer=at % _LAYERS),),
        origin="own",
    )


def _flaw(dice: random.Random, at: int, found: Finding) -> _Flaw:
    id_ = f"CVE-202{at % 7}-{20_000 + at}"
    vector, score = _VECTORS[at % len(_VECTORS)]
    known = _TEXT.split()
    words = dice.choices(known, k=min(600, int(dice.lognormvariate(4.0, 0.7)) + 5))
    rated = CvssScore(source="nvd", version="3.1", vector=vector, score=score)
    epss = Epss(score=dice.random() / 9, percentile=dice.random(), date=_DAY)
    likely = (("epss", f"+7.1: EPSS {epss.score:.2%} within 30 days"),)
    return _Flaw(
        id=id_,
        type=found.package.type,
        severity=dice.choice(_SEVERITIES),
        cwes=found.cwes,
        published=found.published,
        factors=(
            ("impact", f"+{score * 4:.1f}: {score} of 10 from nvd"),
            *(likely if at % 11 else ()),
        ),
        alias=f"GHSA-{at:04x}-{at * 7 % 65_536:04x}-{at * 31 % 65_536:04x}",
        title=" ".join(dice.choices(known, k=10)),
        description=f"{id_}: {' '.join(words)}.",
        references=tuple(
            f"https://lists.example.org/security/{id_}/{n}?archive=msg{dice.randrange(99_999):05}"
            for n in range(min(40, int(dice.expovariate(1 / 7))))
        ),
        cvss=(rated, replace(rated, source="github"))[: dice.choice((0, 1, 1, 2))],
        epss=epss if at % 11 else None,
        kev=Kev(
            date_added="2026-01-05",
            due_date="2026-01-26",
            required_action="Apply updates.",
        )
        if at % 97 == 0
        else None,
        exploits=(
            Exploit(
                source="exploitdb", name=f"EDB-{at}", url=f"https://x.example/{at}"
            ),
        )
        if at % 61 == 0
        else (),
    )


def _finding(
    dice: random.Random, plain: Finding, flaw: _Flaw, package: Package
) -> Finding:
    feed, bucket, url = _FEEDS[package.type]
    fixed = plain.fixed_versions
    known = flaw.id if package.type == "deb" else flaw.alias
    return replace(
        plain,
        id=flaw.id,
        aliases=(flaw.alias,),
        package=package,
        severity=flaw.severity,
        severity_source=feed,
        title=flaw.title,
        description=flaw.description,
        cvss=flaw.cvss,
        epss=flaw.epss,
        kev=flaw.kev,
        exploits=flaw.exploits,
        layer=package.locations[0].layer,
        origin=package.origin,
        cwes=flaw.cwes,
        published=flaw.published,
        risk=Risk(score=plain.risk.score, factors=flaw.factors),
        advisories=(
            AdvisoryRef(id=known, feed=feed, url=f"{url}{known}", fixed_versions=fixed),
        ),
        references=flaw.references,
        evidence=(
            Evidence(
                known,
                feed,
                bucket,
                package.source or package.name,
                package.version,
                package.type,
                f"< {fixed[0]}" if fixed else ">= 0",
            ),
        ),
        modified="2026-10-02T11:20:00Z",
        fix_available=FixAvailable(date="2026-10-01", source=known) if fixed else None,
        state=dice.choice(("existing", "existing", "existing", "new", "moved")),
    )


def _check(at: int) -> Check:
    return Check(
        id=f"config-{at}",
        kind="config",
        severity="medium",
        title="Runs as root",
        path="Dockerfile",
        layer=at % _LAYERS,
        message="The image names no user, so that its process is root's.",
    )


def _comparison() -> Comparison:
    gone = (
        Gone(
            id=f"CVE-2019-{at + 1000}",
            aliases=(),
            type="deb",
            package=f"part-{at}",
            version="1.0-1",
            severity="high",
            fingerprint=f"{at:032x}",
            reason="upgraded to 1.0-2",
        )
        for at in range(200)
    )
    return Comparison(
        name="last.json", target="oci:bench.oci", database_date=_DAY, fixed=tuple(gone)
    )
