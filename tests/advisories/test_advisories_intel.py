"""EPSS, KEV and NVD: what is known of a CVE itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feedwriter import Feeds, osv, released

from shipworthy.advisories.feeds import values
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.assessment.cvss import scores
from shipworthy.model.advisory import Epss, Intel, Kev


Database = Callable[[], AdvisoryStore]


def _name(feeds: Feeds, *cves: str) -> None:
    """An advisory on each CVE, so that somebody would ask for it."""
    feeds.tracker({"one": {cve: {"releases": {"sid": released("1")}} for cve in cves}})


def test_scores_and_catalogue_stand_together(feeds: Feeds, database: Database) -> None:
    """Exact values with the day of the scores; what nobody knows is left out."""
    _name(feeds, "CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003")
    feeds.epss({"CVE-2024-0001": (0.00043, 0.09123), "CVE-2024-0002": (1, 1)})
    feeds.kev(
        {
            "cveID": "CVE-2024-0001",
            "dateAdded": "2024-02-01",
            "dueDate": "2024-02-22",
            "knownRansomwareCampaignUse": "Known",
            "requiredAction": "Apply updates.",
        }
    )
    found = database().intel(["CVE-2024-0003", "CVE-2024-0001", "CVE-2024-0002"])
    assert found == {
        "CVE-2024-0001": Intel(
            epss=Epss(score=0.00043, percentile=0.09123, date="2026-08-15"),
            kev=Kev(
                date_added="2024-02-01",
                due_date="2024-02-22",
                ransomware=True,
                required_action="Apply updates.",
            ),
        ),
        "CVE-2024-0002": Intel(epss=Epss(score=1.0, percentile=1.0, date="2026-08-15")),
    }


def test_of_several_days_the_newest_scores_count(
    feeds: Feeds, database: Database
) -> None:
    """Files are dated by name."""
    _name(feeds, "CVE-2024-0001")
    feeds.epss({"CVE-2024-0001": (0.5, 0.9)}, "2026-08-16")
    feeds.epss({"CVE-2024-0001": (0.1, 0.2)}, "2026-08-15")
    assert database().intel(["CVE-2024-0001"])["CVE-2024-0001"].epss == Epss(
        score=0.5, percentile=0.9, date="2026-08-16"
    )


def test_only_what_somebody_would_ask_for_is_kept(
    feeds: Feeds, database: Database
) -> None:
    """A CVE that no advisory names has no row; the feed's count is still the feed's."""
    _name(feeds, "CVE-2024-0001")
    feeds.epss({"CVE-2024-0001": (0.5, 0.9), "CVE-2024-0009": (0.5, 0.9)})
    store = database()
    assert list(store.intel(["CVE-2024-0001", "CVE-2024-0009"])) == ["CVE-2024-0001"]
    assert [(f.name, f.records) for f in store.info.feeds] == [
        ("debian/tracker", 1),
        ("epss", 2),
    ]


def _cve(id_: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "vulnStatus": "Analyzed",
        "published": "2024-01-01T10:00:00.000",
        "lastModified": "2024-02-01T10:00:00.000",
        **fields,
    }


def test_nvd_tells_scores_with_who_gave_them(feeds: Feeds, database: Database) -> None:
    """NVD, CISA's ADP and a CNA each under their own name; weaknesses without NVD's fillers."""
    _name(feeds, "CVE-2024-0001")
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    metrics = {
        "cvssMetricV31": [
            {"source": "nvd@nist.gov", "cvssData": {"vectorString": vector}},
            {
                "source": "134c704f-9b21-4f2e-91b3-4a467353bcc0",
                "cvssData": {"vectorString": vector},
            },
            {"source": "cna@example.org", "cvssData": {"vectorString": "nonsense"}},
        ],
        "cvssMetricV2": [
            {
                "source": "nvd@nist.gov",
                "cvssData": {"vectorString": "AV:N/AC:L/Au:N/C:P/I:P/A:P"},
            }
        ],
    }
    feeds.nvd(
        _cve(
            "CVE-2024-0001",
            descriptions=[
                {"lang": "es", "value": "Malo"},
                {"lang": "en", "value": " Bad. "},
            ],
            metrics=metrics,
            weaknesses=[
                {"description": [{"lang": "en", "value": "NVD-CWE-noinfo"}]},
                {"description": [{"lang": "en", "value": "CWE-787"}]},
            ],
            references=[{"url": "https://example.org/a"}],
            cveTags=[{"sourceIdentifier": "cve@mitre.org", "tags": ["disputed"]}],
        )
    )
    record = database().cves(["CVE-2024-0001", "CVE-2024-0002"])["CVE-2024-0001"]
    assert (record.source, record.details, record.disputed) == ("nvd", "Bad.", True)
    assert [c.source for c in record.cvss] == ["nvd", "cisa-adp", "nvd"]
    assert record.cvss[2].vector == "AV:N/AC:L/Au:N/C:P/I:P/A:P"
    assert record.cwes == ("CWE-787",)
    assert record.modified == "2024-02-01T10:00:00Z"


def test_others_fill_what_nvd_leaves_open(feeds: Feeds, database: Database) -> None:
    """The tracker's description and OSV's vector, where NVD has none; NVD's word first where it has."""
    feeds.tracker(
        {
            "one": {
                "CVE-2024-0001": {
                    "description": "Debian's words.",
                    "releases": {"sid": released("1")},
                },
                "CVE-2024-0002": {
                    "description": "Debian's words.",
                    "releases": {"sid": released("1")},
                },
            }
        }
    )
    feeds.nvd(
        _cve("CVE-2024-0001", descriptions=[{"lang": "en", "value": "NVD's words."}]),
        _cve("CVE-2024-0002"),
    )
    vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
    feeds.osv_zip(
        "Alpine",
        osv(
            "ALPINE-CVE-2024-0001",
            "Alpine:v3.18",
            "one",
            severity=[{"type": "CVSS_V4", "score": vector}],
        ),
    )
    found = database().cves(["CVE-2024-0001", "CVE-2024-0002"])
    first = found["CVE-2024-0001"]
    assert (first.source, first.details) == ("nvd", "NVD's words.")
    assert [(c.source, c.vector) for c in first.cvss] == [("osv", vector)]
    assert (found["CVE-2024-0002"].source, found["CVE-2024-0002"].details) == (
        "debian",
        "Debian's words.",
    )


def test_a_distribution_borrows_an_ecosystems_words(
    feeds: Feeds, database: Database
) -> None:
    """A CVE that a distribution only numbers is described by who knows it; no other is said twice."""
    _name(feeds, "CVE-2024-0001")
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    score = [{"type": "CVSS_V3", "score": vector}]
    feeds.osv_zip(
        "Bitnami",
        osv(
            "BIT-a-2024-0001",
            "Bitnami",
            "a",
            aliases=["CVE-2024-0001"],
            details="A bug.",
            severity=score,
        ),
        osv("BIT-a-2024-0002", "Bitnami", "a", aliases=["CVE-2024-0002"], details="B."),
        osv(
            "BIT-a-2024-0003",
            "Bitnami",
            "a",
            aliases=["CVE-2024-0001", "CVE-2024-0003"],
            details="Two bugs.",
        ),
    )
    found = database().cves(["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003"])
    assert list(found) == ["CVE-2024-0001"]
    record = found["CVE-2024-0001"]
    assert (record.details, record.source) == ("A bug.", "bitnami")
    assert [(c.source, c.vector) for c in record.cvss] == [("bitnami", vector)]


def test_a_vector_with_a_slash_at_its_end_is_one() -> None:
    """GHSA-f5pg-7wfw-84q9 (a padding oracle in the S3 crypto SDK for Go) is published so."""
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C/"
    given = values.vector("ghsa", vector)

    assert given is not None
    assert [score.score for score in scores([given])] == [9.8]
    assert values.vector("ghsa", "CVSS:3.1//") is None
