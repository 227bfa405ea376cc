"""Nothing that is not known, or was not looked at, passes by accident, whatever is asked of whatever."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from asking import closed, database, found, scan_of
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import package
from policing import DAY

from shipworthy.model.advisory import SEVERITIES, Epss, Exploit, Kev
from shipworthy.model.check import Check
from shipworthy.model.finding import CvssScore, EndOfLife, Evidence, Finding, Risk
from shipworthy.model.finding import FixAvailable as FixDate
from shipworthy.model.image import ImageInfo, Layer
from shipworthy.model.package import Distro, Location, Status
from shipworthy.model.result import Scanned
from shipworthy.policy.conditions.combine import All, AnyOf, Not
from shipworthy.policy.conditions.interface import Condition
from shipworthy.policy.conditions.table import ATOMS
from shipworthy.policy.judge import judge
from shipworthy.policy.rules import Policy, Rule


ACCIDENTS: list[tuple[str, dict[str, object], dict[str, Any], str]] = [
    ("unknown severity", {"severity": "low"}, {"severity": "unknown"}, "undecided"),
    ("and denied", {"not": {"severity": "low"}}, {"severity": "unknown"}, "undecided"),
    ("and named", {"severity": "unknown"}, {"severity": "unknown"}, "broken"),
    (
        "and settled by another",
        {"any": [{"severity": "critical"}, {"kev": True}]},
        {"severity": "unknown", "kev": Kev(date_added=DAY)},
        "broken",
    ),
    (
        "and settled the other way",
        {"all": [{"severity": "critical"}, {"kev": True}]},
        {"severity": "unknown"},
        "passed",
    ),
    (
        "and not settled",
        {"any": [{"severity": "critical"}, {"kev": True}]},
        {"severity": "unknown"},
        "undecided",
    ),
    ("unknown origin", {"not": {"origin": "base"}}, {"origin": "unknown"}, "undecided"),
    ("unscored", {"epss": 0.1, "fix-available": True}, {}, "undecided"),
]


@pytest.mark.parametrize(
    ("asked", "changes", "status"),
    [case[1:] for case in ACCIDENTS],
    ids=[case[0] for case in ACCIDENTS],
)
def test_unknown_never_passes_by_accident(
    asked: dict[str, object], changes: dict[str, Any], status: str
) -> None:
    """What is not known is told unless something known settles it."""
    outcome, verdict = closed(asked, found(**changes))
    assert outcome.status == status
    assert (verdict.status == "pass") == (status == "passed")


@pytest.mark.parametrize("rule", [{}, {"effect": "warn"}, {"effect": "inform"}])
def test_partial_never_passes_by_accident(rule: dict[str, object]) -> None:
    """Whatever other rules say, a gap ends with 3."""
    gap = Status(source="layers", subject="sha256:1", message="is cut off")
    for asked in ({"severity": "low"}, {"kev": True}, {"not": {"kev": False}}):
        for findings in ((), (found(),)):
            _, verdict = closed(asked, *findings, statuses=(gap,), rule=rule)
            assert (verdict.status, verdict.exit_code) == ("partial", 3)


SEVERITY = st.sampled_from(SEVERITIES)
UNIT = st.floats(0, 1)
DATES = st.sampled_from(
    ["", "2026-11-01", "2020-01-01T00:00:00Z", "soon", "2027-01-01"]
)
PACKAGES = st.builds(
    package,
    st.sampled_from(["deb", "npm", "pypi", "os", "generic", "x-y", ""]),
    st.text(max_size=6),
    st.sampled_from(["1.0", "", "1:2-3", "not a version", "v1.2.3"]),
    purl=st.sampled_from(["", "pkg:npm/a@1", "pkg:", "pkg:deb/debian/x@1?arch=amd64"]),
    licences=st.lists(st.sampled_from(["MIT", "GPL-2.0 OR", "(", ""])).map(tuple),
    locations=st.lists(
        st.builds(Location, path=st.text(max_size=5), layer=st.integers(-1, 3)),
        max_size=2,
    ).map(tuple),
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "severity": SEVERITY,
        "package": PACKAGES,
        "cvss": st.lists(
            st.builds(
                CvssScore,
                source=st.sampled_from(["nvd", "ghsa"]),
                version=st.sampled_from(["2.0", "3.1", "4.0", "9"]),
                vector=st.just(""),
                score=st.floats(0, 10),
            ),
            max_size=2,
        ).map(tuple),
        "cwes": st.sampled_from([(), ("CWE-79",), ("x",)]),
        "epss": st.none() | st.builds(Epss, score=UNIT, percentile=UNIT, date=DATES),
        "kev": st.none() | st.builds(Kev, date_added=DATES, ransomware=st.booleans()),
        "exploits": st.sampled_from([(), (Exploit(source="exploitdb", name="1"),)]),
        "fix_state": st.sampled_from(["fixed", "affected", "will-not-fix"]),
        "fix_available": st.none()
        | st.builds(FixDate, date=DATES, source=st.just("x")),
        "published": DATES,
        "kind": st.sampled_from(["vulnerability", "malicious", "end-of-life"]),
        "end_of_life": st.none()
        | st.builds(
            EndOfLife,
            product=st.just("p"),
            label=st.just("P"),
            cycle=st.just("1"),
            ends=st.just(""),
            days_left=st.none() | st.integers(-9, 99),
            limited=st.booleans(),
        ),
        "origin": st.sampled_from(["base", "own", "unknown"]),
        "state": st.sampled_from([None, "new", "existing"]),
        "vex_status": st.sampled_from(["", "affected"]),
        "risk": st.builds(Risk, score=st.floats(0, 100), factors=st.just(())),
        "evidence": st.sampled_from(
            [(), (Evidence("a", "f", "b", "n", "v", "s", "c", "medium"),)]
        ),
    },
)
VALUES: list[tuple[str, object]] = [
    ("severity", "high"), ("severity-is", ["low", "unknown"]), ("cvss", 7),
    ("cvss", {"atleast": 5, "source": "nvd"}), ("risk", 50), ("epss", 0.5),
    ("epss-percentile", "90%"), ("kev", True), ("kev", False), ("ransomware", True),
    ("exploit", True), ("malicious", True), ("fix-available", True),
    ("fix-state", "affected"), ("fix-available-for", "7d"), ("age", "30d"),
    ("end-of-life", True), ("end-of-life", "30d"), ("id", "CVE-*"), ("cwe", "CWE-79"),
    ("confidence", "medium"), ("state", "new"), ("vex", "affected"), ("package", "a*"),
    ("package", "pkg:npm/a"), ("version", ">= 1, < 2"), ("package-type", "os"),
    ("licence", "GPL-*"), ("path", "**/a"), ("layer", [1, "RUN *"]), ("origin", "base"),
    ("check", "S*"), ("secret", False), ("partial", True), ("database-older-than", "7d"),
    ("image-older-than", "7d"), ("platform", "linux/*"), ("distro", "debian-*"),
    ("image", "*"), ("suppression", "unused"), ("suppression-expires-within", "7d"),
    ("owner", False),
]  # fmt: skip
LEAVES = st.sampled_from([ATOMS[key].parse(value) for key, value in VALUES])


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(inner, max_size=3).map(tuple)
    return several.map(All) | several.map(AnyOf) | inner.map(lambda one: Not((one,)))


CONDITIONS = st.recursive(LEAVES, _combined, max_leaves=5)
FINDINGS = st.builds(lambda changes: found(**changes), CHANGES)


def _scan(findings: list[Finding], *, day: str, whole: bool) -> Scanned:
    """A scan that tells everything, or one that tells little."""
    return scan_of(
        findings,
        day=day,
        database=database() if whole else database("nvd", date=""),
        image=ImageInfo(
            target="x", kind="oci", layers=(Layer(index=1, diff_id="sha256:1"),)
        ),
        distro=Distro(id="debian") if whole else None,
        checks=(Check(id="S1", kind="secret", severity="unknown", title="", path="a"),),
        looked_for=frozenset({"vulnerabilities", "secrets"}),
    )


@pytest.mark.property
@settings(deadline=None, max_examples=250)
@given(
    st.lists(FINDINGS, max_size=5),
    st.lists(CONDITIONS, min_size=1, max_size=4),
    st.integers(0, 3),
    st.dictionaries(SEVERITY, st.integers(0, 2), max_size=2),
    st.sampled_from(["", DAY, "never"]),
    st.booleans(),
)
def test_judging_any_findings_by_any_rules_gives_a_verdict(
    findings: list[Finding],
    conditions: list[Condition],
    most: int,
    limits: dict[Any, int],
    day: str,
    whole: bool,
) -> None:
    """Nothing that a scan can hold and a policy can ask makes judging fail, and every doubt is told."""
    rules = [
        Rule(name=f"r{n}", when=one, max=most, max_by_severity=tuple(limits.items()))
        for n, one in enumerate(conditions)
        if one.kinds
    ]
    scanned = _scan(findings, day=day, whole=whole)
    judged = judge(scanned, Policy(rules=tuple(rules)), today=day)
    told = {rule.name: rule for rule in judged.verdict.rules}
    for rule in rules:
        outcome = told[rule.name]
        assert outcome.passed == (outcome.status == "passed")
        assert outcome.reason
        assert outcome.condition
        assert len(outcome.findings) == outcome.observed
        assert outcome.status == "passed" or judged.verdict.status != "pass"
    assert judge(scanned, Policy(rules=tuple(rules)), today=day) == judged
    if rules:
        doubled = replace(rules[0], when=Not((Not((rules[0].when,)),)))
        once, twice = (
            judge(scanned, Policy(rules=(one,)), today=day).verdict.rules[0]
            for one in (rules[0], replace(doubled, of=rules[0].when.natural))
        )
        assert (once.status, once.findings) == (twice.status, twice.findings)
