"""Every question about findings: what closes the gate, what does not, and what cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from asking import closed, found, held, scan_of, when
from judging import package

from shipworthy.assessment.support import SOON
from shipworthy.model.advisory import Epss, Exploit, Kev
from shipworthy.model.comparison import Comparison
from shipworthy.model.finding import (
    AdvisoryRef,
    CvssScore,
    EndOfLife,
    Evidence,
    FixAvailable,
    Risk,
)
from shipworthy.model.image import ImageInfo, Layer
from shipworthy.model.package import Location, Package
from shipworthy.policy.conditions.dates import FARTHEST
from shipworthy.policy.judge import judge
from shipworthy.policy.options import GateOptions, with_options
from shipworthy.policy.rules import Policy, Rule


def scored(score: float, version: str = "3.1", source: str = "nvd") -> CvssScore:
    """One publisher's score."""
    return CvssScore(source=source, version=version, vector="", score=score)


def epss(score: float, percentile: float = 0.5) -> Epss:
    """What EPSS gives."""
    return Epss(score=score, percentile=percentile, date="2026-11-26")


def evidence(confidence: str) -> Evidence:
    """Evidence that is this sure."""
    return Evidence(
        "CVE-2024-1", "osv/x", "pypi", "sample", "1.0", "pep440", "< 1.1", confidence
    )


def ends(days: int | None, *, limited: bool = False) -> EndOfLife:
    """An end of support so many days off."""
    return EndOfLife(
        product="debian",
        label="Debian",
        cycle="10",
        ends="",
        days_left=days,
        limited=limited,
    )


def sample(**more: object) -> Package:
    """A package of PyPI, changed as asked."""
    return package("pypi", "sample", "1.0", **more)


def on(day: str) -> FixAvailable:
    """A fix since that day."""
    return FixAvailable(date=day, source="GHSA-1")


EOL = {"kind": "end-of-life", "fix_state": "end-of-life", "fixed_versions": ()}
UNFIXED = {"fix_state": "affected", "fixed_versions": ()}

CASES: list[tuple[Mapping[str, object], dict[str, Any], dict[str, Any]]] = [
    ({"severity": "high"}, {}, {"severity": "medium"}),
    ({"severity-is": "high"}, {}, {"severity": "critical"}),
    ({"cvss": 9.0}, {"cvss": (scored(9.0),)}, {"cvss": (scored(8.9),)}),
    # The newest version of CVSS counts, and of that the highest score.
    (
        {"cvss": 7},
        {"cvss": (scored(2.0, "3.1"), scored(7.0, "4.0"), scored(6.0, "4.0"))},
        {"cvss": (scored(9.8, "3.1"), scored(6.0, "4.0"))},
    ),
    (
        {"cvss": {"atleast": 7, "source": "nvd"}},
        {"cvss": (scored(1.0, source="ghsa"), scored(7.5))},
        {"cvss": (scored(9.0, source="ghsa"), scored(5.0))},
    ),
    ({"cvss": 0}, {"cvss": (scored(0.0),)}, EOL),
    ({"risk": 70}, {"risk": Risk(score=70.0, factors=())}, {}),
    ({"epss": 0.5}, {"epss": epss(0.5)}, {"epss": epss(0.49)}),
    ({"epss": "50%"}, {"epss": epss(0.5)}, {"epss": epss(0.49)}),
    ({"epss": 0}, {"epss": epss(0.0)}, EOL),
    (
        {"epss-percentile": 0.95},
        {"epss": epss(0.1, 0.95)},
        {"epss": epss(0.9, 0.9)},
    ),
    ({"kev": True}, {"kev": Kev(date_added="2024-01-01")}, {}),
    # A finding without a CVE is on no list of CVEs.
    (
        {"kev": True},
        {"kev": Kev(date_added="2024-01-01")},
        {"id": "GHSA-jfh8-c2jp-5v3q"},
    ),
    ({"kev": False}, {}, {"kev": Kev(date_added="2024-01-01")}),
    (
        {"ransomware": True},
        {"kev": Kev(date_added="2024-01-01", ransomware=True)},
        {"kev": Kev(date_added="2024-01-01")},
    ),
    ({"exploit": True}, {"exploits": (Exploit(source="exploitdb", name="1"),)}, {}),
    (
        {"exploit": "metasploit"},
        {"exploits": (Exploit(source="metasploit", name="m"),)},
        {"exploits": (Exploit(source="exploitdb", name="1"),)},
    ),
    ({"malicious": True}, {"kind": "malicious", **UNFIXED}, {}),
    ({"fix-available": True}, {}, UNFIXED),
    ({"fix-available": False}, UNFIXED, {}),
    ({"fix-state": "will-not-fix"}, {"fix_state": "will-not-fix"}, UNFIXED),
    ({"fix-state": ["fixed", "affected"]}, UNFIXED, {"fix_state": "will-not-fix"}),
    # The day of judging is 2026-11-26: seven days are over on that day and not before.
    (
        {"fix-available-for": "7d"},
        {"fix_available": on("2026-11-19")},
        {"fix_available": on("2026-11-20")},
    ),
    ({"fix-available-for": "1w"}, {"fix_available": on("2026-11-19")}, UNFIXED),
    (
        {"age": "30d"},
        {"published": "2026-10-27T10:00:00Z"},
        {"published": "2026-10-28T00:00:00Z"},
    ),
    ({"age": "0d"}, {"published": "2026-11-26"}, EOL),
    (
        {"end-of-life": "90d"},
        {**EOL, "end_of_life": ends(90)},
        {**EOL, "end_of_life": ends(91)},
    ),
    (
        {"end-of-life": "0d"},
        {**EOL, "end_of_life": ends(-3)},
        {**EOL, "end_of_life": ends(1)},
    ),
    (
        {"end-of-life": "0d"},
        {**EOL, "end_of_life": ends(None)},
        {**EOL, "end_of_life": ends(None, limited=True)},
    ),
    ({"end-of-life": True}, {**EOL, "end_of_life": ends(None, limited=True)}, {}),
    ({"end-of-life": False}, {}, {**EOL, "end_of_life": ends(-1)}),
    ({"vex": "affected"}, {"vex_status": "affected"}, {}),
    (
        {"vex": ["under-investigation"]},
        {"vex_status": "under_investigation"},
        {"vex_status": "affected"},
    ),
    ({"id": "cve-2024-1"}, {}, {"id": "CVE-2024-11"}),
    ({"id": "GHSA-*"}, {"aliases": ("GHSA-x",)}, {}),
    (
        {"id": ["CVE-9", "DSA-5514-1"]},
        {"advisories": (AdvisoryRef(id="DSA-5514-1", feed="debian/tracker"),)},
        {},
    ),
    ({"cwe": "CWE-79"}, {"cwes": ("CWE-79",)}, {"cwes": ("CWE-790",)}),
    ({"cwe": [79, "cwe-89"]}, {"cwes": ("CWE-89",)}, {"cwes": ("CWE-20",)}),
    (
        {"confidence": "medium"},
        {"evidence": (evidence("low"), evidence("high"))},
        {"evidence": (evidence("low"),)},
    ),
    ({"package": "sample"}, {}, {"package": package("pypi", "samples", "1.0")}),
    ({"package-type": "pypi"}, {}, {"package": package("npm", "sample", "1.0")}),
    ({"version": ">= 1.0, < 2"}, {}, {"package": package("pypi", "sample", "2.0")}),
    (
        {"path": "usr/lib/**"},
        {"package": sample(locations=(Location(path="usr/lib/x"),))},
        {"package": sample(locations=(Location(path="opt/x"),))},
    ),
    ({"origin": "base"}, {"origin": "base"}, {"origin": "own"}),
    ({"origin": "own"}, {"origin": "own"}, {"origin": "base"}),
    (
        {"licence": "GPL-3.0-only", "severity": "high"},
        {"package": sample(licences=("GPL-3.0-only",))},
        {"package": sample(licences=("GPL-3.0-only OR MIT",))},
    ),
]


@pytest.mark.parametrize(("asked", "closing", "passing"), CASES)
def test_what_closes_the_gate_and_what_does_not(
    asked: Mapping[str, object],
    closing: dict[str, Any],
    passing: dict[str, Any],
) -> None:
    """Each question closes it on what it means, and leaves it open on what is nearest to that."""
    rule = {"of": "finding"}
    outcome, verdict = closed(asked, found(**closing), rule=rule)
    assert (outcome.status, verdict.exit_code) == ("broken", 1), outcome.reason
    outcome, verdict = closed(asked, found(**passing), rule=rule)
    assert (outcome.status, verdict.exit_code) == ("passed", 0), outcome.reason


@pytest.mark.parametrize(
    ("state", "status"),
    [("new", "broken"), ("existing", "passed"), ("moved", "passed")],
)
def test_states_against_the_baseline(state: str, status: str) -> None:
    """A rule on new findings lets those pass that were there, or there in another place."""
    judgement, verdict = held(
        {"state": "new"}, found(state=state), comparison=Comparison(name="old.json")
    )
    assert judgement.outcome.status == status
    assert verdict.exit_code == (1 if status == "broken" else 0)


def test_several_states_and_none() -> None:
    """A list is met by any; a finding that was not compared cannot be told."""
    baseline = Comparison(name="old.json")
    asked = {"state": ["new", "moved"]}
    judgement, _ = held(asked, found(state="moved"), comparison=baseline)
    assert judgement.outcome.reason.startswith("1 finding new or moved since")
    judgement, _ = held(asked, found(), comparison=baseline)
    assert judgement.outcome.status == "undecided"
    assert "not compared with the baseline" in judgement.outcome.reason


LAYERS = (
    Layer(index=0, diff_id="sha256:" + "a" * 64, instruction="ADD rootfs.tar /"),
    Layer(
        index=1,
        diff_id="sha256:" + "b" * 64,
        digest="sha256:" + "c" * 64,
        instruction="RUN /bin/sh -c npm install --omit=dev",
    ),
    Layer(index=2, diff_id="sha256:" + "d" * 64),
)
IMAGE = ImageInfo(target="app.tar", kind="oci", layers=LAYERS)


@pytest.mark.parametrize(
    ("layer", "status"),
    [
        (1, "broken"),
        ("1", "broken"),
        ("sha256:bbbbbb", "broken"),
        ("cccccccc", "broken"),
        ("RUN *npm install*", "broken"),
        ([0, "ADD *"], "passed"),
        (7, "passed"),
    ],
)
def test_layers(layer: object, status: str) -> None:
    """A layer is meant by index, by digest or diff ID or its beginning, or by its instruction."""
    one = found(package=sample(locations=(Location(path="app/x", layer=1),)))
    outcome, _ = closed({"layer": layer}, one, image=IMAGE)
    assert outcome.status == status


@pytest.mark.parametrize(
    ("place", "asked"), [(-1, 1), (2, "RUN *")], ids=["no layer", "no instruction"]
)
def test_layers_that_are_not_known(place: int, asked: object) -> None:
    """A place without a layer, and a layer without an instruction, cannot be told."""
    one = found(package=sample(locations=(Location(path="app/x", layer=place),)))
    outcome, _ = closed({"layer": asked}, one, image=IMAGE)
    assert outcome.status == "undecided"
    assert outcome.reason.endswith("of an unknown layer")


def test_a_path_in_an_archive_is_in_the_archive() -> None:
    """Who names the archive means all that is in it."""
    place = Location(path="opt/app.war!/WEB-INF/lib/log4j-core-2.14.1.jar")
    one = found(package=sample(locations=(place,)))
    for path in ("opt/*.war", "**/log4j-core-*.jar", "/opt/**"):
        assert closed({"path": path}, one)[0].status == "broken"
    assert closed({"path": "opt/*.jar"}, one)[0].status == "passed"


def test_only_ends_that_a_scan_reports_can_be_asked_for() -> None:
    """The farthest end is the one that assessment makes a finding of."""
    assert FARTHEST == SOON


def test_suppressed_findings_count_where_a_rule_says_so() -> None:
    """A rule that no entry can take findings from sees them all the same."""
    rule = Rule(name="rule", when=when({"severity": "high"}))
    for suppressible, code in ((True, 0), (False, 1)):
        policy = Policy(rules=(replace(rule, suppressible=suppressible),))
        asked = with_options(policy, GateOptions(ignore=("CVE-2024-1",)))
        assert judge(scan_of([found()]), asked).verdict.exit_code == code
