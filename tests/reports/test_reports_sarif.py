"""The SARIF report: what becomes of a finding, a check, an entry, a comparison and the verdict."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from reports_endings import ended
from reports_sample import (
    DJANGO_SQL,
    LOG4SHELL,
    MORE_SUPPRESSED,
    ZLIB_OVERFLOW,
    bare,
    sample,
    undecided,
    warned,
)
from sarifing import empties, notifications, results, rules, run_of

from shipworthy.model.check import Check, SuppressedCheck
from shipworthy.model.finding import CvssScore, Finding
from shipworthy.model.package import Location
from shipworthy.model.result import ScanResult
from shipworthy.reports import sarif, sarif_run
from shipworthy.reports.render import render
from shipworthy.reports.sarif_written import PLACES


def of(*findings: Finding) -> ScanResult:
    """A result of these findings and nothing else."""
    return replace(bare(), findings=findings)


def test_a_finding_is_a_result_of_its_vulnerability() -> None:
    """Log4Shell: the rule is the CVE, and the message tells package, version, fix, place and layer."""
    (found,) = results(run_of(sample()), "CVE-2021-44228")
    assert found["level"] == "error"
    assert found["rank"] == 100.0
    assert found["message"]["text"] == (
        "CVE-2021-44228 (critical) in org.apache.logging.log4j:log4j-core 2.14.1:"
        " Remote code injection in Log4j. Fixed in 2.15.0 (also in 2.3.1, 2.12.2)."
        " Found in srv/shop.war!/WEB-INF/lib/log4j-core-2.14.1.jar and 1 more."
        " Layer 2: COPY shop.war web /srv/."
    )
    assert found["properties"]["purl"] == LOG4SHELL.package.purl


def test_a_finding_is_located_in_its_image() -> None:
    """The place is the image without its tag, with the whole region that GitHub demands; package and paths are logical."""
    (found,) = results(run_of(sample()), "CVE-2021-44228")
    (location,) = found["locations"]
    physical = location["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "registry.example/shop"
    assert set(physical["region"].values()) == {1}
    assert len(physical["region"]) == 4
    assert [
        (one["kind"], one["fullyQualifiedName"]) for one in location["logicalLocations"]
    ] == [
        ("module", "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"),
        ("resource", "srv/shop.war!/WEB-INF/lib/log4j-core-2.14.1.jar"),
        (
            "resource",
            "srv/tools.ear!/shop.war!/WEB-INF/lib/log4j-core-2.14.1.jar",
        ),
    ]


def test_a_rule_tells_what_decides() -> None:
    """The rule has severity, scores, exploitation, fix and links in both forms of its help, and GitHub's properties."""
    rule = rules(run_of(sample()))["CVE-2021-44228"]
    for told in ("text", "markdown"):
        text = rule["help"][told].replace("\\", "")
        for part in (
            "critical (ghsa)",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
            "94.36%",
            "known to be exploited since 2021-12-10, due 2021-12-24",
            "log4j-core 2.14.1, fixed in 2.15.0",
            "https://github.com/advisories/GHSA-jfh8-c2jp-5v3q",
        ):
            assert part in text
        assert "javascript" not in text
    assert rule["helpUri"] == "https://github.com/advisories/GHSA-jfh8-c2jp-5v3q"
    properties = rule["properties"]
    assert properties["security-severity"] == "10.0"
    assert properties["precision"] == "high"
    assert properties["tags"] == [
        "security",
        "vulnerability",
        "known-exploited",
        "public-exploit",
        "maven",
        "external/cwe/cwe-020",
        "external/cwe/cwe-502",
        "external/cwe/cwe-917",
    ]


def test_packages_share_the_rule_of_their_vulnerability() -> None:
    """libssl3 and openssl have CVE-2023-5678 from one source package: one rule, two results, both in its help."""
    run = run_of(sample())
    found = results(run, "CVE-2023-5678")
    assert len(found) == 2
    assert len({one["ruleIndex"] for one in found}) == 1
    for one in results(run):
        assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"]
    text = rules(run)["CVE-2023-5678"]["help"]["text"]
    assert "libssl3 3.0.11-1~deb12u2" in text
    assert "openssl 3.0.11-1~deb12u2" in text


@pytest.mark.parametrize(
    ("severity", "source", "scores", "level", "told"),
    [
        ("high", "ghsa", [("ghsa", 7.5)], "error", "7.5"),
        ("critical", "nvd", [("ghsa", 7.5), ("nvd", 9.8)], "error", "9.8"),
        # GitHub: "over 9.0 is critical".
        ("critical", "nvd", [("nvd", 9.0)], "error", "9.1"),
        # Debian rates CVE-2023-45853 as unimportant, NVD gives it 9.8.
        ("negligible", "debian", [("nvd", 9.8)], "note", "0.1"),
        ("low", "ubuntu", [("ubuntu", 7.8)], "note", "2.0"),
        ("medium", "redhat", [], "warning", "5.5"),
        ("high", "redhat", [], "error", "8.0"),
        ("critical", "malicious package", [], "error", "9.5"),
        ("none", "nvd", [("nvd", 0.0)], "note", None),
        ("unknown", "", [], "warning", None),
    ],
)
def test_security_severity_agrees_with_the_severity(
    severity: Any, source: str, scores: list[tuple[str, float]], level: str, told: str
) -> None:
    """GitHub's number is the score that the severity is by, never one that contradicts it, and never 0.0."""
    cvss = tuple(
        CvssScore(source=who, version="3.1", vector="", score=score)
        for who, score in scores
    )
    finding = replace(
        ZLIB_OVERFLOW, severity=severity, severity_source=source, cvss=cvss
    )
    run = run_of(of(finding))
    rule = rules(run)[finding.id]
    assert rule["properties"].get("security-severity") == told
    assert ("problem.severity" in rule["properties"]) == (told is None)
    assert rule["defaultConfiguration"]["level"] == level
    assert results(run)[0]["level"] == level


def test_what_was_taken_out_says_by_whom() -> None:
    """A suppressed finding is a result with its suppression: reason, entry, owner, end, VEX."""
    run = run_of(sample())
    (found,) = results(run, "CVE-2024-7001")
    assert found["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "the compressor is not linked into the shop",
            "properties": {
                "rule": "suppression",
                "entry": "CVE-2024-7001 in pkg:deb/debian/zlib1g",
                "source": "shipworthy.yaml:21",
                "owner": "payments",
                "expires": "2026-08-25",
            },
        }
    ]
    (by_vex,) = results(run, "CVE-2024-7002")
    (suppression,) = by_vex["suppressions"]
    assert suppression["properties"]["vexStatus"] == "not_affected"
    taken = [one["ruleId"] for one in results(run) if "suppressions" in one]
    assert taken == ["CVE-2024-7001", "CVE-2024-7002", "PYSEC-2099-1"]


def test_states_are_those_of_the_comparison() -> None:
    """New, existing and moved findings are new, unchanged and updated; what is gone is absent."""
    run = run_of(sample())
    states = {(one["ruleId"], one.get("baselineState")) for one in results(run)}
    assert {
        ("CVE-2021-44228", "new"),
        ("CVE-2023-5678", "updated"),
        ("CVE-2023-5678", "unchanged"),
        ("CVE-2024-0727", "absent"),
        ("GHSA-35jh-r3h4-6jhm", "absent"),
        ("secret/private-key", None),
    } <= states
    (gone,) = results(run, "CVE-2024-0727")
    assert gone["message"]["text"].endswith(": upgraded to 3.0.11-1~deb12u2.")
    alone = results(run_of(undecided()))
    assert not any("baselineState" in one for one in alone)


def test_github_gets_what_counts_alone() -> None:
    """GitHub knows neither suppressions nor absent results; its form has the others, to the letter, and their rules."""
    whole, github = run_of(sample()), run_of(sample(), "sarif-github")
    counting = [
        one
        for one in results(whole)
        if "suppressions" not in one and one.get("baselineState") != "absent"
    ]
    assert results(github) == counting
    assert set(rules(github)) == {one["ruleId"] for one in counting}
    assert github["invocations"] == whole["invocations"]


def test_checks_are_results_too() -> None:
    """A secret and a setting are results of their own rules; one that an entry took out has its suppression."""
    key = Check(id="secret/aws-key", kind="secret", severity="critical", title="A key")
    result = replace(
        sample(),
        suppressed_checks=(
            SuppressedCheck(check=key, reason="a test key", rule="suppression"),
        ),
    )
    run = run_of(result)
    (found,) = results(run, "secret/private-key")
    assert found["message"]["text"] == (
        "secret/private-key (high): A private key is in the image:"
        " an RSA key in PEM, 1,704 bytes. Found in srv/web/server.key."
    )
    assert found["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "srv/web/server.key", "kind": "resource"}
    ]
    assert rules(run)["config/root-user"]["properties"]["tags"] == [
        "security",
        "config",
    ]
    (taken,) = results(run, "secret/aws-key")
    assert taken["suppressions"][0]["justification"] == "a test key"


def test_ends_of_support_and_attacks_are_results_too() -> None:
    """What has ended and what is an attack itself is told with its kind."""
    run = run_of(ended())
    kinds = {id_: rule["properties"]["tags"][1] for id_, rule in rules(run).items()}
    assert kinds["MAL-2025-20690"] == "malicious"
    assert kinds["EOL-debian-10"] == "end-of-life"
    (attack,) = results(run, "MAL-2025-20690")
    assert "flatmap-stream 0.1.1" in attack["message"]["text"]
    assert "Remove it." in attack["message"]["text"]


def test_a_partial_scan_was_not_successful() -> None:
    """A verdict that is partial is told by the invocation, with every status and why."""
    run = run_of(sample())
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 3
    told = notifications(run)
    assert told[0] == ("error", sample().verdict.summary)
    assert (
        "error",
        "srv/broken.jar: not a zip archive: no end of central directory",
    ) in told
    assert ("warning", "npm: the database has no advisories for npm") in told
    whole = run_of(warned())
    assert whole["invocations"][0]["executionSuccessful"] is True
    assert notifications(whole) == []


def test_the_verdict_is_in_the_run() -> None:
    """The verdict's status, words and rules are there, in the order of every report."""
    verdict = run_of(sample())["properties"]["verdict"]
    assert verdict["status"] == "partial"
    assert verdict["summary"] == sample().verdict.summary
    assert [(one["name"], one["outcome"]) for one in verdict["rules"]][:2] == [
        ("fail-on", "fail"),
        ("coverage", "fail"),
    ]


@pytest.mark.parametrize("result", [bare, sample, ended, undecided, warned])
def test_nothing_is_empty(result: Any) -> None:
    """No empty text and no null is written: GitHub takes one for a value."""
    assert list(empties(run_of(result()))) == []


def test_too_many_results_are_cut_at_the_least_severe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At GitHub's limit the worst stay, what counts before what was taken out, and a notification tells how many went."""
    monkeypatch.setattr(sarif, "RESULTS_MOST", 7)
    run = run_of(sample())
    assert [one["ruleId"] for one in results(run)] == [
        "CVE-2021-44228",
        "CVE-2022-28346",
        "secret/private-key",
        "CVE-2023-5678",
        "CVE-2023-5678",
        "config/root-user",
        "GHSA-vh95-rmgr-6w4m",
    ]
    assert set(rules(run)) == {one["ruleId"] for one in results(run)}
    assert any(
        words.startswith("6 results of the least severity are left out")
        for _, words in notifications(run)
    )


def test_the_limits_are_githubs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run holds at most 25,000 results and rules, and says that GitHub stores 5,000 of them; here a hundredth of both."""
    assert (sarif.RESULTS_MOST, sarif_run.STORED) == (25_000, 5_000)
    monkeypatch.setattr(sarif, "RESULTS_MOST", 250)
    monkeypatch.setattr(sarif_run, "STORED", 50)
    many = tuple(
        replace(ZLIB_OVERFLOW, id=f"CVE-2023-{at:06}", fingerprint=f"{at:032x}")
        for at in range(260)
    )
    run = run_of(of(*many, LOG4SHELL))
    assert len(results(run)) == len(rules(run)) == 250
    assert results(run)[0]["ruleId"] == LOG4SHELL.id
    words = [text for _, text in notifications(run)]
    assert words[0].startswith("11 results of the least severity are left out")
    assert words[1].startswith("GitHub stores 50 of these 250 results")


def test_a_log_that_is_too_large_gets_fewer_results(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What GitHub would refuse for its compressed size loses its least severe results."""
    monkeypatch.setattr(sarif, "BYTES_MOST", 12_000)
    many = tuple(
        replace(DJANGO_SQL, id=f"CVE-2023-{at:06}", fingerprint=f"{at:032x}")
        for at in range(400)
    )
    data = render(of(*many, LOG4SHELL), "sarif")
    assert len(gzip.compress(data)) <= 12_000
    (run,) = json.loads(data)["runs"]
    assert 10 < len(results(run)) < 300
    assert results(run)[0]["ruleId"] == LOG4SHELL.id
    left = 401 - len(results(run))
    assert notifications(run)[0][1].startswith(f"{left} results of the least severity")


def test_a_package_in_very_many_places_lists_some() -> None:
    """GitHub takes 1,000 locations: the paths are parts of one, a hundred at most, and the message counts them all."""
    places = tuple(Location(path=f"srv/{at}/x.jar", layer=0) for at in range(1_500))
    finding = replace(LOG4SHELL, package=replace(LOG4SHELL.package, locations=places))
    (found,) = results(run_of(of(finding)))
    (location,) = found["locations"]
    assert len(location["logicalLocations"]) == PLACES + 1
    assert "Found in srv/0/x.jar and 1,499 more." in found["message"]["text"]


def test_tags_and_texts_keep_their_bounds() -> None:
    """At most 20 tags, and descriptions and messages of at most 1,024 characters, however long what is said is."""
    finding = replace(
        LOG4SHELL,
        cwes=tuple(f"CWE-{at}" for at in range(1, 60)),
        title="\u202e" * 5_000,
        description="\u202e\n" * 5_000,
        fixed_versions=("9" * 5_000,),
    )
    suppressed = replace(MORE_SUPPRESSED[0], finding=finding, reason="z" * 5_000)
    run = run_of(replace(of(finding), suppressed=(suppressed,)))
    rule = rules(run)[finding.id]
    assert len(rule["properties"]["tags"]) == 20
    assert len(rule["shortDescription"]["text"]) <= 1_024
    assert len(rule["fullDescription"]["text"]) <= 1_024
    for one in results(run):
        assert len(one["message"]["text"]) <= 1_024
    justification = results(run)[1]["suppressions"][0]["justification"]
    assert len(justification) <= 1_024
