"""
Judging alone: 50 rules and 200 entries on 5,000 findings, all of them made up here.

The same seed gives the same findings, rules and entries. Run by itself it prints one line of JSON:
seconds of the first judging in its process, peak MiB, and what of it taking findings out took.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from measure import RUNS, Row, show

from shipworthy.model.advisory import (
    SEVERITIES,
    DatabaseInfo,
    Epss,
    FeedInfo,
    FixState,
    Kev,
    Severity,
)
from shipworthy.model.finding import (
    AdvisoryRef,
    CvssScore,
    Evidence,
    Finding,
    FixAvailable,
    Risk,
)
from shipworthy.model.image import ImageInfo, Layer, Origin
from shipworthy.model.package import Location, Package
from shipworthy.model.purl import purl
from shipworthy.model.result import Coverage, Scanned
from shipworthy.policy.conditions.combine import All, AnyOf, Not
from shipworthy.policy.conditions.interface import Condition
from shipworthy.policy.conditions.table import ATOMS
from shipworthy.policy.judge import judge
from shipworthy.policy.rules import Policy, Rule
from shipworthy.policy.suppressions.apply import suppress
from shipworthy.policy.suppressions.entry import Suppression


FINDINGS = 5_000
RULES = 50
ENTRIES = 200

_DAY = "2026-11-26"
_SEED = 20261126
_PACKAGES = 900
_LAYERS = 12
_TYPES = ("deb", "deb", "npm", "npm", "pypi", "maven", "golang")
_LICENCES = ("MIT", "Apache-2.0", "GPL-3.0-only OR MIT", "GPLv2+", "BSD-3-Clause")
_FEEDS = ("epss", "kev", "metasploit", "exploitdb", "eol", "malicious", "nvd")
_STATES: tuple[FixState, ...] = ("fixed", "fixed", "affected", "will-not-fix")
_ORIGINS: tuple[Origin, ...] = ("base", "base", "own", "unknown")
_ASKED: tuple[tuple[str, object], ...] = (
    ("cvss", 7.5),
    ("risk", 40),
    ("epss", "10%"),
    ("epss-percentile", 0.9),
    ("kev", True),
    ("ransomware", True),
    ("exploit", True),
    ("fix-available", True),
    ("fix-available-for", "14d"),
    ("fix-state", ["will-not-fix", "affected"]),
    ("age", "90d"),
    ("id", "CVE-2024-1*"),
    ("cwe", ["CWE-79", "CWE-89"]),
    ("confidence", "medium"),
    ("package", "pkg:npm/part-1*"),
    ("package", ["part-7", "part-9*", "pkg:deb/debian/part-14"]),
    ("package-type", "os"),
    ("path", "**/node_modules/**"),
    ("path", ["usr/lib/*/part-3*/**", "opt/**"]),
    ("layer", [3, "RUN *install*"]),
    ("origin", "base"),
    ("licence", "GPL-*"),
    ("version", ">= 1.2, < 4.5"),
)


def rows() -> list[Row]:
    """One row for the table: a process of its own for every run."""
    told = [
        json.loads(
            subprocess.run(
                [sys.executable, str(Path(__file__))], check=True, capture_output=True
            ).stdout
        )
        for _ in range(RUNS)
    ]
    seconds, mib, apart = (
        statistics.median(one[key] for one in told)
        for key in ("seconds", "mib", "suppress")
    )
    name = f"{RULES} rules, {ENTRIES} entries, {FINDINGS:,} findings"
    return [
        (name, show((seconds, mib)), "0.3 s"),
        ("of that, taking findings out", show((apart, 0)), "0.1 s"),
    ]


def scanned(count: int = FINDINGS) -> Scanned:
    """A scan with ``count`` findings in some hundred packages."""
    dice = random.Random(_SEED)
    packages = [_package(dice, at) for at in range(_PACKAGES)]
    findings = tuple(_finding(dice, at, dice.choice(packages)) for at in range(count))
    feeds = tuple(FeedInfo(name=name, date=_DAY, records=1) for name in _FEEDS)
    return Scanned(
        tool_version="bench",
        image=ImageInfo(
            target="bench.tar",
            kind="oci-archive",
            tags=("registry.example/team/app:1",),
            layers=tuple(
                Layer(
                    index=at,
                    diff_id=f"sha256:{at:064x}",
                    instruction=f"RUN apt-get install part-{at}",
                )
                for at in range(_LAYERS)
            ),
        ),
        distro=None,
        packages=tuple(packages),
        findings=findings,
        database=DatabaseInfo(schema=2, digest="sha256:0", date=_DAY, feeds=feeds),
        coverage=Coverage(
            complete=True,
            layers=_LAYERS,
            entries=1,
            files_read=1,
            files_failed=0,
            packages=len(packages),
            packages_by_type=(),
        ),
        statuses=(),
        day=_DAY,
    )


def policy() -> Policy:
    """Rules of two to four questions each, and entries by id, purl, glob and path."""
    dice = random.Random(_SEED + 1)
    rules = tuple(
        Rule(name=f"rule-{at}", when=_condition(dice), max=dice.choice((0, 0, 5, 5000)))
        for at in range(RULES)
    )
    entries = tuple(_entry(dice, at) for at in range(ENTRIES))
    return Policy(rules=rules, suppressions=entries)


def _condition(dice: random.Random) -> Condition:
    asked = [
        ATOMS["severity"].parse(dice.choice(("critical", "high", "medium"))),
        *(
            ATOMS[key].parse(value)
            for key, value in dice.sample(_ASKED, dice.randint(1, 3))
        ),
    ]
    last = asked.pop()
    asked.append(dice.choice((Not((last,)), last, AnyOf((last, asked[0])))))
    return All(tuple(asked))


def _entry(dice: random.Random, at: int) -> Suppression:
    name = f"part-{dice.randrange(_PACKAGES)}"
    kind = at % 4
    return Suppression(
        reason="does not apply here",
        source=f"shipworthy.yaml:{at}",
        ids=(f"CVE-2024-{dice.randrange(FINDINGS)}",) if kind in {0, 3} else (),
        packages=((f"pkg:npm/{name}",), (f"{name[:-1]}*",), (name,))[at % 3]
        if kind == 1
        else (),
        paths=(f"usr/lib/**/{name}/*",) if kind == 2 else (),
        origin="base" if at % 10 == 0 else None,
        owner="team",
        expires="2027-01-31",
    )


def _package(dice: random.Random, at: int) -> Package:
    type_, name = dice.choice(_TYPES), f"part-{at}"
    version = f"{dice.randrange(6)}.{dice.randrange(20)}.{dice.randrange(9)}"
    space = {"deb": "debian", "maven": "org.example", "golang": "example.org/x"}
    folder = "opt/app/node_modules" if type_ == "npm" else f"usr/lib/{type_}"
    return Package(
        type=type_,
        name=f"org.example:{name}" if type_ == "maven" else name,
        version=version,
        purl=purl(type_, name, version, namespace=space.get(type_, "")),
        licences=(dice.choice(_LICENCES),) if at % 9 else (),
        locations=tuple(
            Location(path=f"{folder}/{name}/{n}.json", layer=dice.randrange(_LAYERS))
            for n in range(dice.randint(1, 3))
        ),
        origin=dice.choice(_ORIGINS),
    )


def _finding(dice: random.Random, at: int, package: Package) -> Finding:
    id_ = f"CVE-2024-{at}"
    severity: Severity = dice.choice(SEVERITIES)
    score = dice.randrange(101) / 10
    state = dice.choice(_STATES)
    return Finding(
        id=id_,
        aliases=(f"GHSA-{at}",),
        package=package,
        severity=severity,
        severity_source="nvd",
        title="a flaw",
        description="",
        cvss=(CvssScore(source="nvd", version="3.1", vector="", score=score),)
        if at % 7
        else (),
        cwes=(f"CWE-{dice.randrange(60, 100)}",) if at % 5 else (),
        epss=Epss(score=dice.random(), percentile=dice.random(), date=_DAY)
        if at % 11
        else None,
        kev=Kev(date_added=_DAY) if at % 97 == 0 else None,
        fix_state=state,
        fixed_versions=("9.9.9",) if state == "fixed" else (),
        layer=package.locations[0].layer,
        origin=package.origin,
        risk=Risk(score=float(dice.randrange(101)), factors=()),
        advisories=(AdvisoryRef(id=f"DSA-{at}-1", feed="debian/tracker"),),
        references=(),
        evidence=(
            Evidence(id_, "osv/x", "debian-12", package.name, "1", "deb", "< 9.9.9"),
        ),
        published=f"202{dice.randrange(1, 7)}-0{dice.randint(1, 9)}-11T00:00:00Z",
        fix_available=FixAvailable(date="2026-10-01", source="DSA-1")
        if at % 3
        else None,
    )


def main() -> int:
    """Judge once and print what it took."""
    gc.disable()  # as the command line has it
    found, asked = scanned(), policy()
    start = time.perf_counter()
    judge(found, asked, today=_DAY)
    seconds = time.perf_counter() - start
    start = time.perf_counter()
    suppress(found.findings, asked.suppressions, found, asked.settings)
    apart = time.perf_counter() - start
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mib": mib, "suppress": apart}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
