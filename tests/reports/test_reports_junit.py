"""The JUnit report: what fails, what is skipped, what passes, and that nothing found is no empty suite."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from reports_ci import junit
from reports_endings import ended
from reports_policy import (
    COPYLEFT,
    FAIL_ON,
    LIKELY,
    MAX_MEDIUM,
    NO_EPSS,
    OLD_FIXES,
    SEEN,
    UNREAD,
)
from reports_reading import judged
from reports_sample import (
    DJANGO_SQL,
    LOG4SHELL,
    bare,
    sample,
    undecided,
    warned,
)

from shipworthy.model.result import ScanResult
from shipworthy.model.verdict import RuleOutcome, Verdict


POLICY = "registry.example/shop: policy"
CLEAN = "packages without findings"


def cases(result: ScanResult, suite: str) -> dict[str, Element]:
    """The cases of a suite by their names."""
    found = junit(result).find(f"testsuite[@name='{suite}']")
    assert found is not None
    return {case.get("name", ""): case for case in found.findall("testcase")}


def outcome(case: Element) -> str:
    """``failure``, ``error``, ``skipped`` or ``passed``."""
    kinds = [child.tag for child in case if child.tag != "system-out"]
    return kinds[0] if kinds else "passed"


def said(case: Element) -> str:
    """All that a case says."""
    return " ".join("".join(case.itertext()).split())


def complete(result: ScanResult) -> ScanResult:
    """The same, with nothing unread."""
    return replace(result, coverage=replace(result.coverage, complete=True))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (FAIL_ON, "failure"),
        (OLD_FIXES, "skipped"),
        (LIKELY, "skipped"),
        (NO_EPSS, "error"),
        (replace(NO_EPSS, effect="inform"), "skipped"),
        (COPYLEFT, "passed"),
        (MAX_MEDIUM, "passed"),
        (UNREAD, "error"),
        (replace(UNREAD, source="shipworthy.yaml:3"), "failure"),
        (replace(UNREAD, effect="warn"), "skipped"),
        (SEEN, "passed"),
    ],
)
def test_every_outcome_of_a_rule(rule: RuleOutcome, expected: str) -> None:
    """Only what keeps the image from shipping fails; what could not be judged is an error, a warning fails no build."""
    found = cases(complete(judged("fail", rule)), POLICY)
    assert outcome(found[rule.name]) == expected
    assert rule.reason in said(found[rule.name])


def test_a_broken_rule_says_why_what_to_do_and_what_it_counted() -> None:
    """The reason is the message; below it stand the rule, where it is written, the remedy and the findings."""
    failure = cases(sample(), POLICY)["fail-on"].find("failure")
    assert failure is not None
    assert failure.get("message") == FAIL_ON.reason
    assert (failure.text or "").splitlines() == [
        FAIL_ON.reason,
        FAIL_ON.condition,
        "fail, --fail-on",
        f"what to do: {FAIL_ON.remedy}",
        *FAIL_ON.findings,
    ]


@pytest.mark.parametrize(
    ("make", "failures", "errors"),
    [(sample, 3, 1), (warned, 0, 0), (undecided, 0, 1), (bare, 0, 0), (ended, 0, 0)],
)
def test_a_build_fails_by_it_exactly_where_the_scan_does(
    make: Any, failures: int, errors: int
) -> None:
    """A report has failures or errors where the exit code is not 0, and nowhere else."""
    result = make()
    root = junit(result)
    assert (root.get("failures"), root.get("errors")) == (str(failures), str(errors))
    assert bool(failures + errors) == bool(result.verdict.exit_code)


def test_unread_parts_are_an_error_without_a_rule_that_says_so() -> None:
    """A result whose verdict is silent on it does not pass for a whole one."""
    result = replace(sample(), verdict=replace(sample().verdict, rules=(MAX_MEDIUM,)))
    case = cases(result, POLICY)["coverage"]
    assert outcome(case) == "error"
    assert "srv/broken.jar: not a zip archive" in said(case)


@pytest.mark.parametrize(
    ("status", "exit_code", "expected"),
    [("fail", 1, "failure"), ("partial", 3, "error"), ("pass", 0, "skipped")],
)
def test_the_verdict_is_a_case_where_no_rule_carries_it(
    status: Any, exit_code: int, expected: str
) -> None:
    """No rule at all is not a test that passed, and a verdict is never lost."""
    verdict = Verdict(status=status, exit_code=exit_code, rules=(), summary="So it is.")
    found = cases(complete(replace(sample(), verdict=verdict)), POLICY)
    assert outcome(found["verdict"]) == expected
    assert "So it is." in said(found["verdict"])


def test_a_package_fails_where_a_broken_rule_counted_its_findings() -> None:
    """Findings that broke a rule fail their packages; others are told by packages that pass."""
    maven = cases(sample(), "registry.example/shop: maven packages")
    case = maven["org.apache.logging.log4j:log4j-core"]
    assert outcome(case) == "failure"
    assert said(case).startswith(
        "1 finding counted by fail-on critical: CVE-2021-44228"
    )
    assert said(case).endswith("(fixed in 2.15.0)")
    deb = cases(sample(), "registry.example/shop: deb packages")
    assert outcome(deb["zlib1g"]) == "passed"
    assert "negligible: CVE-2023-45853 in zlib1g" in said(deb["zlib1g"])


def test_a_warning_fails_no_package() -> None:
    """What only a rule that warns or informs has counted passes."""
    root = junit(warned())
    assert root.findall(".//failure") == []
    assert LOG4SHELL.id in said(
        cases(warned(), "registry.example/shop: maven packages")[
            "org.apache.logging.log4j:log4j-core"
        ]
    )


def test_versions_of_one_package_share_a_case() -> None:
    """Two versions of a package are one case, so that an upgrade gives none a new name."""
    package = replace(DJANGO_SQL.package, version="4.0.1", purl="pkg:pypi/django@4.0.1")
    other = replace(DJANGO_SQL, package=package)
    result = replace(
        sample(),
        findings=(DJANGO_SQL, other),
        packages=(*sample().packages, package),
    )
    pypi = cases(result, "registry.example/shop: pypi packages")
    assert set(pypi) == {"django", CLEAN}
    assert "django 3.2.12" in said(pypi["django"])  # the rule counted this one
    assert "1 of 3 packages" in said(pypi[CLEAN])


def test_clean_packages_are_counted_in_a_case_that_passes() -> None:
    """A clean scan has cases that passed, so that it cannot be taken for one that did not run."""
    clean = complete(replace(judged("pass", MAX_MEDIUM, SEEN), findings=()))
    root = junit(clean)
    assert [suite.get("name", "").partition(": ")[2] for suite in root] == [
        "policy",
        "deb packages",
        "maven packages",
        "npm packages",
        "pypi packages",
    ]
    case = cases(clean, "registry.example/shop: deb packages")[CLEAN]
    assert outcome(case) == "passed"
    assert said(case) == "3 of 3 packages of type deb without findings"


@pytest.mark.parametrize(
    ("unmatched", "suite", "expected"),
    [
        (("npm", 1), "npm", "skipped"),
        (("debian-12", 3), "deb", "skipped"),
        (("debian-12", 1), "deb", "passed"),
        (("pypi", 2), "deb", "passed"),
    ],
)
def test_packages_that_nothing_could_judge_are_not_clean(
    unmatched: tuple[str, int], suite: str, expected: str
) -> None:
    """Without advisories for them, packages without findings are no good news."""
    result = replace(sample(), findings=())
    coverage = replace(result.coverage, unmatched=(unmatched,))
    found = cases(
        replace(result, coverage=coverage), f"registry.example/shop: {suite} packages"
    )
    assert outcome(found[CLEAN]) == expected
    told = "could not be judged" in said(found[CLEAN])
    assert told == (unmatched[0] != "pypi")


def test_cases_keep_their_names_under_a_new_tag() -> None:
    """Readers compare cases by suite, class and name from build to build."""

    def names(result: ScanResult) -> set[tuple[str, str, str]]:
        return {
            (suite.get("name", ""), case.get("classname", ""), case.get("name", ""))
            for suite in junit(result)
            for case in suite.findall("testcase")
        }

    image = replace(sample().image, tags=("registry.example/shop:2.0",))
    assert names(sample()) == names(replace(sample(), image=image))
    admin = replace(image, tags=("registry.example/admin:2.0",))
    assert names(sample()).isdisjoint(names(replace(sample(), image=admin)))


def test_rules_of_one_name_stay_apart() -> None:
    """Two policies may call their rules the same; neither hides the other."""
    found = cases(
        complete(judged("fail", FAIL_ON, replace(MAX_MEDIUM, name="fail-on"))), POLICY
    )
    assert {name: outcome(case) for name, case in found.items()} == {
        "fail-on": "failure",
        "fail-on #1": "passed",
    }


def test_long_lists_are_counted() -> None:
    """A rule that counted thousands names some and counts the rest."""
    labels = tuple(f"CVE-2024-{at} x@1" for at in range(5000))
    rule = replace(FAIL_ON, findings=labels)
    assert said(cases(complete(judged("fail", rule)), POLICY)["fail-on"]).endswith(
        "and 4,800 more"
    )


def test_what_was_judged_by_what_is_told() -> None:
    """The suite of the policy says image, digest, database and verdict."""
    root = junit(sample())
    told = {one.get("name"): one.get("value") for one in root.findall(".//property")}
    assert told["verdict"] == "Do not ship"
    assert told["image"] == "registry.example/shop:1.4"
    assert told["digest"] == "sha256:" + "9f" * 32
    assert told["database"] == "2026-08-20T00:00:00Z"
    assert root[0].get("timestamp") == "2026-08-20T00:00:00"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("]]> end", "]]> end"),
        ("\x1b[31mred\x00\x0c", r"\x1b[31mred\x00"),
        ("\ufffe\uffff\ud800", r"\ufffe\uffff\ud800"),
        ("[[ATTACHMENT|/etc/passwd]]", "[ [ATTACHMENT|/etc/passwd]]"),
        ("&amp; <b a='\"'>", "&amp; <b a='\"'>"),
        ("\U0001f600 é", "\U0001f600 é"),
    ],
)
def test_what_xml_has_no_place_for_is_written_out(hostile: str, shown: str) -> None:
    """Characters that XML 1.0 forbids, ends of CDATA sections, escapes and paths of attachments are text as any other."""
    rule = replace(FAIL_ON, reason=hostile, remedy=hostile)
    case = cases(complete(judged("fail", rule)), POLICY)["fail-on"]
    failure = case.find("failure")
    assert failure is not None
    assert (failure.get("message") or "").rstrip() == shown
    assert f"what to do: {shown}" in (failure.text or "")


# What ActiveSupport, by which GitLab reads JUnit, takes for a type to convert the text to, or refuses.
CONVERTED = {"file", "yaml", "symbol", "integer", "float", "decimal", "boolean"}
CONVERTED |= {"date", "datetime", "dateTime", "string", "base64Binary", "binary"}


@pytest.mark.parametrize("make", [sample, warned, undecided, bare, ended])
def test_types_are_words_of_ours(make: Any) -> None:
    """No type of an outcome is one that a reader converts the text by, and every outcome has a text."""
    for one in junit(make()).iter():
        if one.tag in {"failure", "error", "skipped"}:
            assert one.get("type")
            assert one.get("type") not in CONVERTED
            assert one.text
