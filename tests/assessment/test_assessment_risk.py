"""The risk score: its bounds, its order, its factors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shipworthy.assessment.risk import risk_of
from shipworthy.model.advisory import Epss, Exploit, Intel, Kev
from shipworthy.model.finding import CvssScore


def scored(score: float, version: str = "3.1") -> tuple[CvssScore, ...]:
    """One CVSS score."""
    return (CvssScore(source="nvd", version=version, vector="", score=score),)


def intel(
    epss: float | None = None,
    *,
    kev: bool = False,
    ransomware: bool = False,
    exploits: tuple[str, ...] = (),
) -> Intel:
    """What is known of exploitation."""
    return Intel(
        epss=None
        if epss is None
        else Epss(score=epss, percentile=0.5, date="2026-08-15"),
        kev=Kev(date_added="2021-12-10", ransomware=ransomware) if kev else None,
        exploits=tuple(Exploit(source=source, name="x") for source in exploits),
    )


def test_the_worst_is_a_hundred() -> None:
    """CVSS 10, exploited, in ransomware campaigns: nothing is above."""
    risk = risk_of(scored(10.0), "critical", intel(0.94, kev=True, ransomware=True))

    assert risk.score == 100.0
    assert [name for name, _ in risk.factors] == ["impact", "epss", "kev", "ransomware"]


def test_exploited_medium_stands_above_unexploited_critical() -> None:
    """Knowing that it happens outweighs how bad it would be."""
    exploited = risk_of(scored(5.0), "medium", intel(0.02, kev=True))
    quiet = risk_of(scored(9.8), "critical", intel(0.0004))

    assert exploited.score == 70.0
    assert quiet.score == 40.2


def test_factors_add_up() -> None:
    """What each factor contributed is written beside it and sums to the score."""
    risk = risk_of(scored(9.8), "critical", intel(0.25, kev=True))
    parts = [float(words[1:].partition(":")[0]) for _, words in risk.factors]

    assert parts == [39.2, 25.0, 25.0]
    assert sum(parts) == risk.score
    assert dict(risk.factors) == {
        "impact": "+39.2: 9.8 of 10 by CVSS 3.1 (nvd)",
        "epss": "+25.0: EPSS 25.00 % within 30 days",
        "kev": "+25.0: known to be exploited since 2021-12-10",
    }


def test_without_a_score_the_severity_stands_in() -> None:
    """An unknown severity is not harmless."""
    unknown = risk_of((), "unknown", intel())

    assert unknown.score > risk_of((), "low", intel()).score
    assert dict(unknown.factors) == {
        "impact": "+20.0: 5.0 of 10 for severity unknown, no CVSS score"
    }


def test_a_public_exploit_is_a_least_likelihood() -> None:
    """A Metasploit module counts 25, another exploit 15, and neither what EPSS knows better."""
    module = risk_of(scored(5.0), "medium", intel(0.01, exploits=("metasploit",)))
    other = risk_of(scored(5.0), "medium", intel(0.01, exploits=("exploitdb",)))
    likelier = risk_of(scored(5.0), "medium", intel(0.64, exploits=("metasploit",)))
    known = risk_of(scored(5.0), "medium", intel(kev=True, exploits=("metasploit",)))

    assert (module.score, other.score, likelier.score, known.score) == (45, 35, 60, 70)
    assert dict(module.factors)["exploit"] == "+20.0: a Metasploit module exploits it"
    assert [name for name, _ in likelier.factors] == ["impact", "epss"]
    assert [words[:5] for _, words in known.factors] == ["+20.0", "+25.0", "+25.0"]


def test_an_image_without_ports_is_a_little_less_at_risk() -> None:
    """Told as a factor that takes away; what is not of the network is as it was."""
    vector = "CVSS:3.1/AV:{}/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    network = CvssScore(
        source="nvd", version="3.1", vector=vector.format("N"), score=9.8
    )
    local = CvssScore(source="nvd", version="3.1", vector=vector.format("L"), score=8.4)
    found = risk_of((network,), "critical", intel(), no_port=True)

    assert found.score == 35.2
    assert dict(found.factors)["exposure"].startswith("-4.0: 8.8 of 10")
    assert risk_of((local,), "high", intel(), no_port=True) == risk_of(
        (local,), "high", intel()
    )


SCORE = st.floats(0, 10)
PROBABILITY = st.floats(0, 1)


@pytest.mark.property
@settings(deadline=None, max_examples=200)
@given(
    SCORE,
    SCORE,
    PROBABILITY,
    PROBABILITY,
    st.booleans(),
    st.booleans(),
    st.sampled_from([(), ("exploitdb",), ("metasploit",), ("metasploit", "exploitdb")]),
)
def test_more_of_anything_is_never_less_risk(
    score: float,
    higher: float,
    epss: float,
    likelier: float,
    kev: bool,
    ransomware: bool,
    exploits: tuple[str, ...],
) -> None:
    """The score is monotone in CVSS, EPSS, KEV, ransomware and exploits, and stays in 0 to 100."""
    low, high = sorted((score, higher))
    rare, common = sorted((epss, likelier))
    base = risk_of(scored(low), "low", intel(rare, kev=kev)).score

    assert 0.0 <= base <= 100.0
    assert base <= risk_of(scored(high), "low", intel(rare, kev=kev)).score
    assert base <= risk_of(scored(low), "low", intel(common, kev=kev)).score
    assert base <= risk_of(scored(low), "low", intel(rare, kev=True)).score
    assert (
        base
        <= risk_of(
            scored(low), "low", intel(rare, kev=kev, ransomware=ransomware)
        ).score
    )
    public = risk_of(scored(low), "low", intel(rare, kev=kev, exploits=exploits)).score
    assert base <= public <= 100.0
    assert (
        public
        <= risk_of(
            scored(low), "low", intel(rare, kev=kev, exploits=(*exploits, "metasploit"))
        ).score
    )
    assert risk_of((), "low", intel(rare, kev=kev), malicious=True).score == 100.0
