"""Real vulnerabilities with all that is known of them, through the real database."""

from __future__ import annotations

import json
import shutil
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
from shipworthy.model.finding import Finding, FixAvailable
from shipworthy.model.package import Distro, Package


FEEDS = SHARED / "feeds"
pytestmark = pytest.mark.skipif(
    not FEEDS.is_dir(), reason="the feeds are not beside the checkout"
)
RECORDS = {
    "Maven": ["GHSA-jfh8-c2jp-5v3q"],
    "AlmaLinux": ["ALSA-2022:7288"],
    "Debian": ["DSA-5343-1"],
    "npm": ["MAL-2023-462"],
    "Go": ["GO-2023-1703"],
}
KEV = FEEDS / "kev" / "known_exploited_vulnerabilities.json"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdvisoryStore]:
    """A database of these records, of openssl in Debian, and of what is known of their CVEs."""
    root = tmp_path_factory.mktemp("real")
    feeds = Feeds(root / "feeds")
    for ecosystem, ids in RECORDS.items():
        feeds.osv_zip(ecosystem, *_records(ecosystem, ids))
    tracker = json.loads((FEEDS / "debian" / "tracker.json").read_bytes())
    feeds.tracker({"openssl": tracker["openssl"]})
    archive = FEEDS / "metasploit" / "msfdb-list-main.zip"
    shutil.copy(archive, feeds.path("metasploit", archive.name))
    feeds.epss({"CVE-2021-44228": (0.94358, 0.99957)})
    feeds.kev(*json.loads(KEV.read_bytes())["vulnerabilities"])
    feeds.nvd(LOG4SHELL)
    build(feeds.root, root / "db")
    with AdvisoryStore.open(root / "db") as opened:
        yield opened


def _records(ecosystem: str, ids: list[str]) -> list[Json]:
    with zipfile.ZipFile(FEEDS / "osv" / ecosystem / "all.zip") as archive:
        return [json.loads(archive.read(f"{id_}.json")) for id_ in ids]


# Written from NVD's page on CVE-2021-44228: its own scores, and CISA's as a secondary source.
LOG4SHELL: Json = {
    "id": "CVE-2021-44228",
    "vulnStatus": "Analyzed",
    "published": "2021-12-10T10:15:09.143",
    "lastModified": "2025-10-27T17:35:53.710",
    "descriptions": [{"lang": "en", "value": "JNDI features do not protect."}],
    "metrics": {
        "cvssMetricV31": [
            {
                "source": "nvd@nist.gov",
                "type": "Primary",
                "cvssData": {
                    "version": "3.1",
                    "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
                    "baseScore": 10.0,
                },
            },
            {
                "source": "134c704f-9b21-4f2e-91b3-4a467353bcc0",
                "type": "Secondary",
                "cvssData": {
                    "version": "3.1",
                    "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
                    "baseScore": 10.0,
                },
            },
        ],
        "cvssMetricV2": [
            {
                "source": "nvd@nist.gov",
                "type": "Primary",
                "cvssData": {
                    "version": "2.0",
                    "vectorString": "AV:N/AC:M/Au:N/C:C/I:C/A:C",
                    "baseScore": 9.3,
                },
            }
        ],
    },
    "weaknesses": [
        {
            "source": "security@apache.org",
            "type": "Secondary",
            "description": [
                {"lang": "en", "value": "CWE-20"},
                {"lang": "en", "value": "CWE-400"},
                {"lang": "en", "value": "CWE-502"},
            ],
        },
        {
            "source": "nvd@nist.gov",
            "type": "Primary",
            "description": [{"lang": "en", "value": "CWE-917"}],
        },
    ],
}


def judged(
    store: AdvisoryStore, *packages: Package, distro: Distro | None = None
) -> dict[str, Finding]:
    """The findings by id."""
    matches = match(inventory(*packages, distro=distro), store).matches
    return {finding.id: finding for finding in assess(matches, store)}


def test_log4shell_has_all_that_is_known(store: AdvisoryStore) -> None:
    """Every publisher's score with its source and version, all weaknesses, KEV with ransomware, exploits, and the fix's day."""
    jar = package("maven", "org.apache.logging.log4j:log4j-core", "2.14.1")
    found = judged(store, jar)["CVE-2021-44228"]

    assert [(c.source, c.version, c.score) for c in found.cvss] == [
        ("ghsa", "3.1", 10.0),
        ("nvd", "3.1", 10.0),
        ("cisa-adp", "3.1", 10.0),
        ("nvd", "2.0", 9.3),
    ]
    assert found.cwes == ("CWE-20", "CWE-400", "CWE-502", "CWE-917")
    assert (found.severity, found.severity_source) == ("critical", "ghsa")
    assert found.epss is not None
    assert (found.epss.score, found.epss.percentile) == (0.94358, 0.99957)
    assert found.kev is not None
    assert (found.kev.date_added, found.kev.due_date, found.kev.ransomware) == (
        "2021-12-10",
        "2021-12-24",
        True,
    )
    assert found.kev.required_action.startswith("For all affected software assets")
    assert {exploit.source for exploit in found.exploits} == {"metasploit"}
    assert len(found.exploits) == 5
    assert found.fix_available == FixAvailable(
        date="2021-12-10", source="GHSA-jfh8-c2jp-5v3q"
    )
    assert found.risk.score == 100.0
    assert found.kind == "vulnerability"


def test_a_distribution_s_bulletin_dates_the_fix(store: AdvisoryStore) -> None:
    """DSA-5343-1 brought openssl's fix on 2023-02-07; what no bulletin names has no date."""
    found = judged(
        store,
        package("deb", "libssl1.1", "1.1.1n-0+deb11u3", source="openssl"),
        distro=Distro(id="debian", version="11"),
    )

    assert found["CVE-2023-0286"].fix_available == FixAvailable(
        date="2023-02-07", source="DSA-5343-1"
    )
    assert found["CVE-2024-0727"].fix_available is None
    assert found["CVE-2024-0727"].fixed_versions


def test_an_erratum_dates_its_own_fix(store: AdvisoryStore) -> None:
    """ALSA-2022:7288 of 2022-11-01 fixed the two overflows in OpenSSL 3."""
    found = judged(
        store,
        package("rpm", "openssl-libs", "1:3.0.1-41.el9_0", arch="x86_64"),
        distro=Distro(id="almalinux", version="9"),
    )

    assert found["CVE-2022-3602"].fix_available == FixAvailable(
        date="2022-11-01", source="ALSA-2022:7288"
    )


def test_a_language_package_goes_by_its_advisory(store: AdvisoryStore) -> None:
    """GO-2023-1703 was published on 2023-04-05, the day after Go 1.20.3: at the latest then."""
    found = judged(store, package("golang", "stdlib", "1.20.1"))

    assert found["CVE-2023-24538"].fix_available == FixAvailable(
        date="2023-04-05", source="GO-2023-1703"
    )


def test_a_malicious_package_of_the_feed(store: AdvisoryStore) -> None:
    """MAL-2023-462 (fsevents before 1.2.11 fetched code from a bucket that others took over) also rates itself critical."""
    (found,) = judged(store, package("npm", "fsevents", "1.2.4")).values()

    assert (found.kind, found.severity, found.severity_source) == (
        "malicious",
        "critical",
        "malicious package",
    )
    assert "MAL-2023-462" in (found.id, *found.aliases)
    assert found.risk.score == 100.0
