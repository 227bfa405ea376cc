"""
Real packages against real advisories, through the real database.

The expected results were read by hand from the publishers' pages and the feeds; the
records are taken out of the feeds beside the checkout into a small database.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator

import pytest
from feedwriter import Feeds, Json
from judging import inventory, package
from support import SHARED

from shipworthy.advisories.build import build
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.assessment.assess import assess
from shipworthy.matching.match import match
from shipworthy.model.finding import Finding
from shipworthy.model.package import Distro, Package


FEEDS = SHARED / "feeds"
pytestmark = pytest.mark.skipif(
    not FEEDS.is_dir(), reason="the feeds are not beside the checkout"
)

RECORDS = {
    "PyPI": ["PYSEC-2023-212", "PYSEC-2023-192", "PYSEC-2025-49"],
    "Maven": [
        "GHSA-jfh8-c2jp-5v3q",
        "GHSA-7rjr-3q55-vv33",
        "GHSA-p6xc-xr62-6r2g",
        "GHSA-8489-44mv-ggj8",
    ],
    "npm": ["GHSA-35jh-r3h4-6jhm", "GHSA-jf85-cpcp-j695", "NSWG-ECO-368"],
    "Go": ["GO-2024-2687", "GO-2023-2102", "GO-2023-2185"],
    "crates.io": ["RUSTSEC-2021-0003"],
    "AlmaLinux": ["ALSA-2023:5360", "ALSA-2024:6754", "ALSA-2023:5850"],
}


def osv_records(ecosystem: str, ids: list[str]) -> list[Json]:
    """Those records of the ecosystem's export."""
    with zipfile.ZipFile(FEEDS / "osv" / ecosystem / "all.zip") as archive:
        return [json.loads(archive.read(f"{id_}.json")) for id_ in ids]


def kev_entry(cve: str) -> Json:
    """The catalogue's entry on a CVE."""
    path = FEEDS / "kev" / "known_exploited_vulnerabilities.json"
    entries: list[Json] = json.loads(path.read_bytes())["vulnerabilities"]
    return next(entry for entry in entries if entry["cveID"] == cve)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdvisoryStore]:
    """A database of the records named above, some source packages and one branch."""
    root = tmp_path_factory.mktemp("real")
    feeds = Feeds(root / "feeds")
    for ecosystem, ids in RECORDS.items():
        feeds.osv_zip(ecosystem, *osv_records(ecosystem, ids))
    tracker = json.loads((FEEDS / "debian" / "tracker.json").read_bytes())
    named = ("openssl", "setuptools", "python-urllib3")
    feeds.tracker({name: tracker[name] for name in named})
    branch = json.loads((FEEDS / "alpine" / "v3.17" / "main.json").read_bytes())
    listed = {row["pkg"]["name"]: row["pkg"]["secfixes"] for row in branch["packages"]}
    feeds.secdb("v3.17", {"openssl": listed["openssl"]})
    feeds.epss({"CVE-2021-44228": (0.94358, 0.99957)})
    feeds.kev(kev_entry("CVE-2021-44228"))
    build(feeds.root, root / "db")
    with AdvisoryStore.open(root / "db") as opened:
        yield opened


def judged(
    store: AdvisoryStore, *packages: Package, distro: Distro | None = None
) -> list[Finding]:
    """The findings of these packages, by id."""
    result = match(inventory(*packages, distro=distro), store)
    assert not any(status.partial for status in result.statuses)
    return sorted(assess(result.matches, store), key=lambda found: found.id)


def ids(findings: list[Finding]) -> list[str]:
    """The ids of findings."""
    return [found.id for found in findings]


def test_urllib3(store: AdvisoryStore) -> None:
    """1.26.17 has the fix of CVE-2023-43804 and not that of CVE-2023-45803, fixed in 1.26.18 and 2.0.7."""
    (found,) = judged(store, package("pypi", "urllib3", "1.26.17"))

    assert found.id == "CVE-2023-45803"
    assert found.aliases == ("GHSA-g4mx-q9vg-27p4", "PYSEC-2023-212")
    assert found.fixed_versions == ("1.26.18", "2.0.7")
    assert (found.severity, found.severity_source) == ("medium", "pysec")
    assert found.cvss[0].score == 4.2
    assert ids(judged(store, package("pypi", "urllib3", "1.26.18"))) == []
    assert len(judged(store, package("pypi", "urllib3", "2.0.5"))) == 2


def test_log4shell(store: AdvisoryStore) -> None:
    """log4j-core 2.14.1 has four vulnerabilities, log4j-api of the same version none of them."""
    group = "org.apache.logging.log4j"
    findings = judged(
        store,
        package("maven", f"{group}:log4j-core", "2.14.1"),
        package("maven", f"{group}:log4j-api", "2.14.1"),
    )

    assert ids(findings) == [
        "CVE-2021-44228",
        "CVE-2021-44832",
        "CVE-2021-45046",
        "CVE-2021-45105",
    ]
    worst = findings[0]
    assert worst.fixed_versions == ("2.15.0",)
    assert worst.severity == "critical"
    assert worst.cvss[0].score == 10.0
    assert worst.kev is not None
    assert worst.kev.ransomware
    assert worst.risk.score == 100.0
    assert ids(judged(store, package("maven", f"{group}:log4j-core", "2.17.1"))) == []


def test_lodash(store: AdvisoryStore) -> None:
    """4.17.15 lacks the fix of 4.17.21 and has that of 4.17.12."""
    (found,) = judged(store, package("npm", "lodash", "4.17.15"))

    assert (found.id, found.fixed_versions) == ("CVE-2021-23337", ("4.17.21",))
    assert found.severity == "high"


def test_go_modules_and_the_standard_library(store: AdvisoryStore) -> None:
    """One advisory on a module and on the library is a finding in each, with its own fix."""
    findings = judged(
        store,
        package("golang", "golang.org/x/net", "v0.17.0"),
        package("golang", "stdlib", "v1.21.8"),
    )

    assert [(f.package.name, f.id, f.fixed_versions) for f in findings] == [
        ("golang.org/x/net", "CVE-2023-45288", ("0.23.0",)),
        ("stdlib", "CVE-2023-45288", ("1.21.9", "1.22.2")),
    ]


def test_a_fix_that_did_not_hold_is_not_recommended(store: AdvisoryStore) -> None:
    """CVE-2023-45283 was fixed in Go 1.20.11, and once more in 1.20.12."""
    findings = judged(store, package("golang", "stdlib", "1.20.1"))
    found = next(f for f in findings if f.id == "CVE-2023-45283")

    assert found.fixed_versions == ("1.20.12", "1.21.5")


def test_smallvec(store: AdvisoryStore) -> None:
    """RUSTSEC-2021-0003: fixed in 0.6.14 and 1.6.1; lines do not mix."""
    (found,) = judged(store, package("cargo", "smallvec", "1.6.0"))

    assert (found.id, found.fixed_versions) == ("CVE-2021-25900", ("1.6.1",))
    assert ids(judged(store, package("cargo", "smallvec", "0.6.14"))) == []


DEBIAN = Distro(id="debian", version="12", codename="bookworm")


def test_debian_openssl(store: AdvisoryStore) -> None:
    """DSA-5532: libssl3 3.0.11-1~deb12u1 has CVE-2023-5363, ~deb12u2 does not."""
    found: dict[str, list[Finding]] = {}
    for update in ("1", "2"):
        libssl = package(
            "deb", "libssl3", f"3.0.11-1~deb12u{update}", source="openssl", arch="amd64"
        )
        found[update] = judged(store, libssl, distro=DEBIAN)

    assert set(ids(found["1"])) - set(ids(found["2"])) == {"CVE-2023-5363"}
    (one,) = [f for f in found["1"] if f.id == "CVE-2023-5363"]
    assert one.fixed_versions == ("3.0.11-1~deb12u2",)
    assert one.evidence[0].matched_name == "openssl"
    assert (one.fix_state, one.package.name) == ("fixed", "libssl3")


def test_what_debian_repaired_is_no_finding(store: AdvisoryStore) -> None:
    """Setuptools 66.1.1 of Debian 12 carries the fix under its own version."""
    owner = package(
        "deb", "python3-setuptools", "66.1.1-1+deb12u2", source="setuptools"
    )
    inner = package("pypi", "setuptools", "66.1.1", owner=owner.purl)
    alone = package("pypi", "setuptools", "66.1.1")

    assert ids(judged(store, owner, inner, distro=DEBIAN)) == []
    assert ids(judged(store, owner, alone, distro=DEBIAN)) == ["CVE-2025-47273"]


def test_what_debian_did_not_repair_is_one_finding(store: AdvisoryStore) -> None:
    """python3-urllib3 before its update is affected: told once, with the OS package."""
    owner = package("deb", "python3-urllib3", "1.26.12-1", source="python-urllib3")
    inner = package("pypi", "urllib3", "1.26.12", owner=owner.purl)
    findings = judged(store, owner, inner, distro=DEBIAN)
    (found,) = [f for f in findings if f.id == "CVE-2023-45803"]

    assert {f.package.type for f in findings} == {"deb"}
    assert found.fixed_versions == ("1.26.12-1+deb12u1",)
    assert found.aliases == ("GHSA-g4mx-q9vg-27p4", "PYSEC-2023-212")
    assert (found.severity, found.severity_source) == ("medium", "pysec")


def test_alpine_openssl(store: AdvisoryStore) -> None:
    """Secdb of 3.17: 3.0.7-r2 has the fix of CVE-2022-3996, eight more came with 3.0.8-r0."""
    alpine = Distro(id="alpine", version="3.17.1")
    older = judged(
        store, package("apk", "libssl3", "3.0.7-r0", source="openssl"), distro=alpine
    )
    newer = judged(
        store, package("apk", "libssl3", "3.0.7-r2", source="openssl"), distro=alpine
    )

    assert set(ids(older)) - set(ids(newer)) == {"CVE-2022-3996"}
    assert len(newer) == 8
    assert {f.fixed_versions for f in newer} == {("3.0.8-r0",)}


def test_almalinux_expat(store: AdvisoryStore) -> None:
    """ALSA-2024:6754 fixes three CVEs of expat in 2.5.0-2.el9_4.1."""
    alma = Distro(id="almalinux", version="9.4")
    older = judged(
        store, package("rpm", "expat", "2.5.0-2.el9", arch="x86_64"), distro=alma
    )

    assert ids(older) == ["CVE-2024-45490", "CVE-2024-45491", "CVE-2024-45492"]
    assert {f.advisories[0].id for f in older} == {"ALSA-2024:6754"}
    assert {(f.severity, f.severity_source) for f in older} == {("medium", "almalinux")}
    assert not any("ALSA" in alias for f in older for alias in f.aliases)
    fixed = package("rpm", "expat", "2.5.0-2.el9_4.1", arch="x86_64")
    assert ids(judged(store, fixed, distro=alma)) == []


def test_almalinux_modules(store: AdvisoryStore) -> None:
    """ALSA-2023:5360 is on nodejs:16; the newer versions of nodejs:18 are none of its business."""
    alma = Distro(id="almalinux", version="8.8")
    sixteen = package(
        "rpm",
        "nodejs",
        "1:16.20.1-1.module_el8.8.0+3594+e74fe53f",
        modularity="nodejs:16:8080020230718093535:63b34585",
        arch="x86_64",
    )
    eighteen = package(
        "rpm",
        "nodejs",
        "1:16.20.1-1.module_el8.8.0+3594+e74fe53f",
        modularity="nodejs:18:8080020230718093535:63b34585",
        arch="x86_64",
    )

    assert "CVE-2023-32002" in ids(judged(store, sixteen, distro=alma))
    assert "CVE-2023-32002" not in ids(judged(store, eighteen, distro=alma))
