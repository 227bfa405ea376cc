"""The day, the image's ports, several CVEs of one vulnerability, and since when there is a fix."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import Shelf, match, record

from shipworthy.assessment.assess import assess
from shipworthy.assessment.clock import day_of, days_between
from shipworthy.assessment.cvss import base_score, newest
from shipworthy.assessment.exploitation import united
from shipworthy.assessment.exposure import declares_no_port, from_adjacent
from shipworthy.assessment.fixes import available_since
from shipworthy.errors import UsageError
from shipworthy.model.advisory import Epss, Exploit, Intel, Kev, Record
from shipworthy.model.finding import CvssScore, FixAvailable, FixNotice
from shipworthy.model.image import ImageConfig, ImageInfo


def scored(vector: str) -> CvssScore:
    """The score of a vector."""
    found = base_score(vector)
    assert found is not None
    return CvssScore(source="nvd", version=found[0], vector=vector, score=found[1])


def test_the_day_is_the_database_s_unless_another_is_named() -> None:
    """Never the machine's; an instant is cut to its day."""
    assert day_of("", "2026-11-21T00:53:03Z") == "2026-11-21"
    assert day_of("2026-11-26", "2026-11-21") == "2026-11-26"
    assert day_of("", "") == ""
    assert days_between("2026-08-22", "2026-08-20") == -2
    assert days_between("2026-08-22", "") is None


@pytest.mark.parametrize("at", ["today", "2026-13-01", "26-1-1", "2026-11-26T00:00", "２０２６-11-26"])  # fmt: skip
def test_what_is_no_day_is_a_usage_error(at: str) -> None:
    """With the form that is expected."""
    with pytest.raises(UsageError, match="is not a day"):
        day_of(at, "2026-11-21")


def test_only_a_program_without_ports_counts_as_declaring_none() -> None:
    """A directory and a base image without a program say nothing of ports."""
    runs = ImageConfig(entrypoint=("/app",))
    image = ImageInfo(target="x", kind="oci", config=runs)

    assert declares_no_port(image)
    assert declares_no_port(replace(image, config=ImageConfig(cmd=("sh",))))
    assert not declares_no_port(replace(image, kind="dir"))
    assert not declares_no_port(replace(image, config=ImageConfig()))
    exposed = replace(runs, exposed_ports=("8080/tcp",))
    assert not declares_no_port(replace(image, config=exposed))


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 8.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 9.6),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 9.4),
        ("(AV:N/AC:L/Au:N/C:P/I:P/A:P)", 5.8),
        ("AV:A/AC:L/Au:N/C:P/I:P/A:P", 5.8),
    ],
)
def test_the_network_is_counted_as_the_adjacent_one(vector: str, score: float) -> None:
    """In each version of CVSS; what is not of the network stays as it is."""
    assert from_adjacent(scored(vector)) == score


def test_several_cves_are_as_bad_as_the_worst() -> None:
    """The likeliest score, ransomware if any entry says so, and the exploits of all."""
    one = Intel(
        epss=Epss(score=0.1, percentile=0.9, date="d"),
        kev=Kev(date_added="2021-12-10"),
        exploits=(Exploit(source="metasploit", name="a"),),
    )
    other = Intel(
        epss=Epss(score=0.2, percentile=0.8, date="d"),
        kev=Kev(date_added="2022-01-01", ransomware=True),
        exploits=(
            Exploit(source="exploitdb", name="b"),
            Exploit(source="metasploit", name="a"),
        ),
    )
    found = united([one, other])

    assert found == replace(
        other,
        exploits=(
            Exploit(source="metasploit", name="a"),
            Exploit(source="exploitdb", name="b"),
        ),
    )
    assert united([other, one]).epss == found.epss
    assert united([]) == Intel()


DSA = Record(id="DSA-5514-1", source="debian", published="2023-10-03T00:00:00Z")
GHSA = record("GHSA-1", "ghsa", published="2021-12-10T00:40:56Z")


def notices(*given: FixNotice) -> FixAvailable | None:
    """Since when a match with these notices is fixed."""
    records = {("debian-12", DSA.id): DSA, ("pypi", "GHSA-1"): GHSA}
    return available_since(match("CVE-1", fix_notices=given), records)


def test_the_publisher_s_own_date_of_the_fix_stands_first() -> None:
    """Then the record that was published with it; of several publishers the earliest."""
    told = FixNotice(
        advisory="ALAS-1", fixed_on="2024-01-02", records=(("pypi", "GHSA-1"),)
    )
    bulletin = FixNotice(advisory="CVE-1", records=(("debian-12", DSA.id),))
    silent = FixNotice(advisory="X", records=(("debian-12", "DSA-none"),))

    assert notices(told) == FixAvailable(date="2024-01-02", source="ALAS-1")
    assert notices(told, bulletin) == FixAvailable(date="2023-10-03", source=DSA.id)
    assert notices(silent) is None
    assert notices() is None


def test_of_several_bulletins_on_one_fix_the_last_counts() -> None:
    """Only then it was whole: a regression update after a DSA."""
    both = FixNotice(
        advisory="CVE-1", records=(("pypi", "GHSA-1"), ("debian-12", DSA.id))
    )

    assert notices(both) == FixAvailable(date="2023-10-03", source=DSA.id)


def test_without_a_fix_there_is_no_date() -> None:
    """Whatever the advisories are dated."""
    found = match(
        "CVE-1", fixed_versions=(), fix_notices=(FixNotice(advisory="A", fixed_on="2024-01-01"),)
    )  # fmt: skip

    assert available_since(found, {}) is None


def test_a_malicious_package_is_critical_whatever_others_rate() -> None:
    """A kind of its own, with the highest risk."""
    rated = record("GHSA-1", "ghsa", rating="low")
    shelf = Shelf(details={("npm", "GHSA-1"): rated})
    (found,) = assess(
        [match("MAL-2025-20690", aliases=("GHSA-1",), record_ids=(("npm", "GHSA-1"),))],
        shelf,
    )

    assert (found.kind, found.severity, found.severity_source, found.risk.score) == (
        "malicious",
        "critical",
        "malicious package",
        100.0,
    )


_METRICS = {
    "AV": "NALP",
    "AC": "LH",
    "PR": "NLH",
    "UI": "NR",
    "S": "UC",
    "C": "HLN",
    "I": "HLN",
    "A": "HLN",
}


@pytest.mark.property
@settings(deadline=None)
@given(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in _METRICS.items()}))
def test_nearer_is_never_worse(metrics: dict[str, str]) -> None:
    """The adjusted score is at most the score, and not below 0."""
    body = "/".join(f"{name}:{value}" for name, value in metrics.items())
    score = scored(f"CVSS:3.1/{body}")

    assert 0 <= from_adjacent(score) <= score.score
    assert newest([score]) == score
