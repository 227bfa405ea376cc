"""GitLab's container scanning and code quality reports: what they hold, and that it stays the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid5

import pytest
from reports_ci import codequality, gitlab, tagged, with_findings
from reports_endings import ended
from reports_sample import (
    DJANGO_SQL,
    IMAGE,
    LOG4SHELL,
    SIX_UNKNOWN,
    bare,
    sample,
    undecided,
    warned,
)

from shipworthy.model.package import Status
from shipworthy.reports.gitlab import NAMESPACE, uuid_of
from shipworthy.reports.render import render


@pytest.mark.parametrize(
    ("severity", "theirs", "quality"),
    [
        ("critical", "Critical", "blocker"),
        ("high", "High", "critical"),
        ("medium", "Medium", "major"),
        ("low", "Low", "minor"),
        ("negligible", "Info", "info"),
        ("none", "Info", "info"),
        ("unknown", "Unknown", "info"),
    ],
)
def test_every_severity_has_one_of_gitlabs(
    severity: Any, theirs: str, quality: str
) -> None:
    """Each of our severities is one that GitLab knows, in the same order."""
    result = with_findings(replace(DJANGO_SQL, severity=severity))
    assert gitlab(result)["vulnerabilities"][0]["severity"] == theirs
    assert codequality(result)[0]["severity"] == quality


@pytest.mark.parametrize("make", [sample, bare, warned, undecided, ended])
def test_both_are_valid_whatever_the_verdict(make: Any) -> None:
    """Each finding that counts is in both, worst first, what was taken out in neither."""
    result = make()
    found = gitlab(result)["vulnerabilities"]
    assert len(found) == len(codequality(result)) == len(result.findings)
    order = ["Critical", "High", "Medium", "Low", "Info", "Unknown"]
    if not any(finding.state for finding in result.findings):
        ranks = [order.index(one["severity"]) for one in found]
        assert ranks == sorted(ranks)
    ids = {one["identifiers"][0]["value"] for one in found}
    assert ids.isdisjoint({item.finding.id for item in result.suppressed})


def test_ids_survive_a_new_tag_and_build() -> None:
    """The same packages under another tag keep GitLab's ids; another repository has its own."""
    old = sample()
    new = tagged(old, "registry.example/shop:1.5", digest="sha256:" + "77" * 32)
    other = tagged(old, "registry.example/admin:1.4")
    ids = [
        [one["id"] for one in gitlab(result)["vulnerabilities"]]
        for result in (old, new, other)
    ]
    marks = [
        [one["fingerprint"] for one in codequality(result)]
        for result in (old, new, other)
    ]
    assert ids[0] == ids[1]
    assert marks[0] == marks[1]
    assert set(ids[0]).isdisjoint(ids[2])
    assert set(marks[0]).isdisjoint(marks[2])


@pytest.mark.parametrize("name", ["", "shop\0CVE-2021-44228\0pkg:pypi/x@1", "é" * 99])
def test_ids_are_uuids_of_their_content(name: str) -> None:
    """They are what everybody's UUID version 5 of the same name is."""
    assert uuid_of(name) == str(uuid5(NAMESPACE, name))


def test_scores_change_no_id() -> None:
    """Ids are told apart in the order of packages, so that a new score gives no finding another's id."""
    twins = [
        replace(
            LOG4SHELL, package=replace(LOG4SHELL.package, arch=arch), fingerprint="ab"
        )
        for arch in ("amd64", "i386")
    ]
    plain = with_findings(*twins)
    scored = with_findings(
        twins[0], replace(twins[1], risk=replace(twins[1].risk, score=100.5))
    )
    assert {one["id"] for one in gitlab(plain)["vulnerabilities"]} == {
        one["id"] for one in gitlab(scored)["vulnerabilities"]
    }
    first = [one["id"] for one in gitlab(plain)["vulnerabilities"]]
    assert [one["id"] for one in gitlab(scored)["vulnerabilities"]] == first[::-1]
    assert len(codequality(plain)) == 2


def test_a_scan_that_lacks_something_is_a_failure() -> None:
    """Unread parts, accepted or not, and rules that could not be judged; warnings and closed gates are none."""
    assert gitlab(sample())["scan"]["status"] == "failure"
    assert gitlab(undecided())["scan"]["status"] == "failure"
    assert gitlab(warned())["scan"]["status"] == "success"
    assert gitlab(bare())["scan"]["status"] == "success"
    unread = replace(bare().coverage, complete=False)
    accepted = replace(bare(), coverage=unread)
    assert accepted.verdict.exit_code == 0
    assert gitlab(accepted)["scan"]["status"] == "failure"


def test_messages_tell_the_verdict_what_was_left_out_and_what_stayed_unread() -> None:
    """Nothing that keeps the report from being the whole truth goes untold."""
    scan = gitlab(sample())["scan"]
    told = [(one["level"], one["value"]) for one in scan["messages"]]
    assert told[0][0] == "warn"
    assert told[0][1].startswith("The gate closed: 2 findings")
    left = "CVE-2024-7002, PYSEC-2099-1, CVE-2024-7001"
    assert sorted(told[1][1].partition("policy: ")[2].split(", ")) == sorted(
        left.split(", ")
    )
    assert told[2] == (
        "warn",
        "cataloger/java: srv/broken.jar: not a zip archive: no end of central directory",
    )
    assert told[3][0] == "info"
    many = (Status(source="layers", subject="x", message="y"),) * 150
    messages = gitlab(replace(sample(), statuses=many))["scan"]["messages"]
    assert messages[-1] == {"level": "warn", "value": "and 50 more"}


def test_times_are_the_day_that_was_judged_by() -> None:
    """There is no clock in a report: without a verdict's day the database's date stands, without both none."""
    assert gitlab(sample())["scan"]["start_time"] == "2026-08-20T00:00:00"
    blank = replace(sample(), verdict=replace(sample().verdict, day=""))
    other = replace(
        blank, database=replace(blank.database, date="2026-09-01T10:00:00Z")
    )
    assert gitlab(other)["scan"]["end_time"] == "2026-09-01T00:00:00"
    wrong = replace(blank, database=replace(blank.database, date="2026-99-99"))
    assert gitlab(wrong)["scan"]["end_time"] == "1970-01-01T00:00:00"


def test_what_is_unknown_has_a_word() -> None:
    """The schema takes no empty system and no empty image."""
    image = replace(IMAGE, tags=(), target="")
    result = replace(with_findings(SIX_UNKNOWN), image=image, distro=None)
    location = gitlab(result)["vulnerabilities"][0]["location"]
    assert (location["operating_system"], location["image"]) == ("unknown", "unknown")


def test_clean_reports_are_empty_lists() -> None:
    """Nothing found is a list without entries, in both."""
    assert gitlab(bare())["vulnerabilities"] == []
    assert render(bare(), "gitlab-codequality") == b"[]\n"


def test_code_quality_says_what_where_and_what_helps() -> None:
    """One line that stands alone in a merge request, at the line of the Dockerfile to change."""
    first = codequality(sample())[0]
    assert first["description"] == (
        "CVE-2021-44228 in org.apache.logging.log4j:log4j-core 2.14.1: "
        "Remote code injection in Log4j (fixed in 2.15.0)"
    )
    assert first["check_name"] == "CVE-2021-44228"
    assert first["location"] == {"path": "Dockerfile", "lines": {"begin": 7}}


@pytest.mark.parametrize(
    ("tag", "target", "path"),
    [
        ("registry.example:5000/Team/shop:1.4", "x", "registry.example:5000/team/shop"),
        ("nginx:1.25", "x", "docker.io/library/nginx"),
        ("../../etc/passwd:1", "x", "etc/passwd"),
        ("/root/./a b:1", "x", "docker.io/root/a-b"),
        ("latest", "oci:build/shop:latest", "shop"),
        ("", "dir:/srv/rootfs", "rootfs"),
        ("", "", "image"),
    ],
)
def test_code_quality_points_at_the_repository_without_a_dockerfile(
    tag: str, target: str, path: str
) -> None:
    """A relative path that leads nowhere, whatever the image is called."""
    result = tagged(with_findings(DJANGO_SQL), tag)
    result = replace(result, image=replace(result.image, target=target))
    assert codequality(result)[0]["location"] == {"path": path, "lines": {"begin": 1}}
