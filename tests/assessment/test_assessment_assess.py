"""From matches to findings."""

from __future__ import annotations

from judging import Shelf, match, package, record

from shipworthy.assessment.assess import assess
from shipworthy.assessment.details import texts
from shipworthy.model.advisory import Epss, Intel, Kev
from shipworthy.model.package import Location


HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
GITHUB = record(
    "GHSA-1",
    "ghsa",
    HIGH,
    summary="Path traversal in sample",
    details="### Impact\nReads any file.",
    rating="HIGH",
    references=("https://example.org/a", "javascript:alert(1)"),
    cwes=("CWE-22",),
    published="2024-01-02T00:00:00Z",
)
OWN = record(
    "PYSEC-1",
    "pysec",
    details="sample reads any file.",
    references=("https://example.org/b", "https://example.org/a"),
    modified="2024-02-03T00:00:00Z",
)
NVD = record("CVE-1", "nvd", "AV:N/AC:L/Au:N/C:P/I:P/A:P", cwes=("CWE-9", "CWE-22"))
SHELF = Shelf(
    details={("pypi", "GHSA-1"): GITHUB, ("pypi", "PYSEC-1"): OWN},
    nvd={"CVE-1": NVD},
    known={
        "CVE-1": Intel(
            epss=Epss(score=0.25, percentile=0.97, date="2026-08-15"),
            kev=Kev(date_added="2024-03-01"),
        )
    },
)
MATCH = match(
    "CVE-1",
    aliases=("GHSA-1", "PYSEC-1"),
    record_ids=(("pypi", "PYSEC-1"), ("pypi", "GHSA-1")),
)


def test_a_finding_holds_what_every_publisher_knows() -> None:
    """Severity, scores, exploitation and texts come together, each from its source."""
    (found,) = assess([MATCH], SHELF)

    assert (found.severity, found.severity_source) == ("high", "ghsa")
    assert [(score.source, score.score) for score in found.cvss] == [
        ("ghsa", 7.5),
        ("nvd", 7.5),
    ]
    assert found.epss is not None
    assert found.kev is not None
    assert found.risk.score == 80.0
    assert found.layer == 2
    assert found.title == "Path traversal in sample"
    assert found.published == "2024-01-02T00:00:00Z"
    assert found.modified == "2024-02-03T00:00:00Z"


def test_texts_come_in_one_order_whatever_the_matches() -> None:
    """The first publisher that has a text gives it; links and CWEs are those of all."""
    chosen = texts([OWN, GITHUB], NVD)

    assert chosen == texts([GITHUB, OWN], NVD)
    assert chosen.description.startswith("### Impact")
    assert chosen.references == ("https://example.org/a", "https://example.org/b")
    assert chosen.cwes == ("CWE-9", "CWE-22")


def test_a_title_is_made_where_nobody_gives_one() -> None:
    """The first line that says something, without headings, on one line and bounded."""
    assert texts([], None).title == ""
    assert (
        texts([record("A", "x", details="### Impact\n\n* Reads\tit. ")], None).title
        == "Reads it."
    )
    assert len(texts([record("A", "x", details="y" * 9000)], None).title) == 200


def test_worst_comes_first() -> None:
    """Findings are ordered by severity, risk, id and package, however they came."""
    quiet = match("CVE-3", ratings=(("x", "low"),), record_ids=())
    other = match(
        "CVE-3",
        ratings=(("x", "low"),),
        record_ids=(),
        package=package("pypi", "b", "1"),
    )
    unrated = match("CVE-4", record_ids=())
    found = assess([unrated, quiet, MATCH, other], SHELF)

    assert [(f.id, f.package.name) for f in found] == [
        ("CVE-1", "sample"),
        ("CVE-3", "b"),
        ("CVE-3", "sample"),
        ("CVE-4", "sample"),
    ]
    assert found == assess([other, MATCH, quiet, unrated], SHELF)


def test_known_malware_is_never_unknown() -> None:
    """A malicious package is critical though its record rates nothing."""
    (found,) = assess([match("MAL-2024-1")], Shelf())

    assert (found.severity, found.severity_source) == ("critical", "malicious package")


def test_a_package_without_layers_has_none() -> None:
    """The layer is the lowest of the places, or -1."""
    places = tuple(Location(path=f"p{n}", layer=n) for n in (3, 1, -1))
    sample = package("pypi", "sample", "1", locations=places)
    found = assess(
        [match("A", package=sample), match("B", package=package("x", "y", "1"))],
        Shelf(),
    )

    assert [f.layer for f in found] == [1, -1]


def test_one_vulnerability_under_two_cves_has_the_scores_of_both() -> None:
    """What NVD says of either is kept with its source; the worse exploitation counts."""
    shelf = Shelf(
        nvd={
            "CVE-1": NVD,
            "CVE-2": record("CVE-2", "nvd", HIGH),
        },
        known={
            "CVE-1": Intel(epss=Epss(score=0.04, percentile=0.5, date="2026-08-15")),
            "CVE-2": Intel(kev=Kev(date_added="2024-03-01")),
        },
    )
    (found,) = assess([match("GHSA-2", aliases=("CVE-1", "CVE-2"))], shelf)

    assert [(score.version, score.score) for score in found.cvss] == [
        ("2.0", 7.5),
        ("3.1", 7.5),
    ]
    assert found.epss is not None
    assert found.kev is not None
