"""GitLab's container scanning and code quality reports: what they say of each finding, and that they stay the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid5

import pytest
from reports_ci import codequality, gitlab
from reports_endings import ended
from reports_sample import (
    DJANGO_SQL,
    IMAGE,
    LOG4SHELL,
    MINIMIST_POLLUTION,
    SIX_UNKNOWN,
    ZLIB_OVERFLOW,
    bare,
    sample,
    undecided,
    warned,
)

from shipworthy.model.finding import CvssScore, Finding
from shipworthy.model.package import Status
from shipworthy.model.result import ScanResult
from shipworthy.reports.gitlab import NAMESPACE, uuid_of
from shipworthy.reports.render import render


def with_findings(*findings: Finding) -> ScanResult:
    """The sample with these findings and no plan."""
    return replace(sample(), findings=findings, remediation=())


def tagged(result: ScanResult, *tags: str, digest: str = "") -> ScanResult:
    """The same image under other tags, built anew."""
    image = replace(result.image, tags=tags, manifest_digest=digest, image_id=digest)
    return replace(result, image=image)


def only(*findings: Finding) -> dict[str, Any]:
    """The one vulnerability of a report."""
    (one,) = gitlab(with_findings(*findings))["vulnerabilities"]
    assert isinstance(one, dict)
    return one


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


def test_a_finding_has_all_that_gitlab_has_a_field_for() -> None:
    """Log4Shell's name, ids, links, scores, place and what shipworthy knows beyond."""
    one = next(
        one
        for one in gitlab(sample())["vulnerabilities"]
        if one["name"] == "Remote code injection in Log4j"
    )
    assert [(i["type"], i["value"]) for i in one["identifiers"]] == [
        ("cve", "CVE-2021-44228"),
        ("ghsa", "GHSA-jfh8-c2jp-5v3q"),
        ("cwe", "20"),
        ("cwe", "502"),
        ("cwe", "917"),
    ]
    assert one["identifiers"][0]["url"].endswith("/CVE-2021-44228")
    assert one["location"] == {
        "dependency": {
            "package": {"name": "org.apache.logging.log4j:log4j-core"},
            "version": "2.14.1",
        },
        "operating_system": "debian 12",
        "image": "registry.example/shop:1.4",
    }
    assert [link["url"] for link in one["links"]] == [
        "https://github.com/advisories/GHSA-jfh8-c2jp-5v3q",
        "https://logging.apache.org/log4j/2.x/security.html",
        "https://nvd.nist.gov/vuln/detail/CVE-2021-44228",
    ]
    details = {key: field["value"] for key, field in one["details"].items()}
    assert details["epss"] == "94.36% on 2026-08-20"
    assert details["fix_available"] == "2021-12-10"
    assert details["instruction"] == "COPY shop.war web /srv/"
    assert details["kev"].startswith("since 2021-12-10, to be fixed by 2021-12-24")
    assert details["layer"].startswith("2: sha256:3d3d")
    assert "WEB-INF/lib/log4j-core-2.14.1.jar | srv/tools.ear" in details["path"]
    assert details["risk"] == "100 of 100"
    assert details["state"] == "new: newly known"
    assert details["vex"] == "affected"


def test_names_do_not_tell_the_package() -> None:
    """Two packages with one vulnerability have one name, as GitLab asks; an id stands for a missing title."""
    names = [
        one["name"]
        for one in gitlab(sample())["vulnerabilities"]
        if one["identifiers"][0]["value"] == "CVE-2023-5678"
    ]
    assert names == ["Generating excessively long X9.42 DH keys may be very slow"] * 2
    assert only(replace(SIX_UNKNOWN, title=""))["name"] == "PYSEC-2099-1"


@pytest.mark.parametrize(
    ("text", "length"), [("A" * 5000, 255), ("\x1b" * 5000, 255), ("é" * 300, 255)]
)
def test_long_texts_keep_gitlabs_limits(text: str, length: int) -> None:
    """Names, solutions and versions of any length fit their fields, for one that does not refuses the whole report."""
    package = replace(DJANGO_SQL.package, name=text, version=text)
    finding = replace(
        DJANGO_SQL, title=text, id=text, package=package, fixed_versions=(text,)
    )
    one = only(finding)
    assert len(one["name"]) <= length
    assert len(one["solution"]) <= 7000
    assert all(len(i["value"]) <= length for i in one["identifiers"])


def test_scores_of_cvss_4_are_left_out() -> None:
    """The schema knows versions 2 and 3; a vector of another version, or a broken one, would refuse the report."""
    vectors = [vector["vector"] for vector in only(LOG4SHELL)["cvss_vectors"]]
    assert vectors == [
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
        "AV:N/AC:M/Au:N/C:C/I:C/A:C",
    ]
    assert "cvss_vectors" not in only(replace(LOG4SHELL, cvss=LOG4SHELL.cvss[2:]))


@pytest.mark.parametrize(
    "vector",
    [
        "",
        "CVSS:3.1/AV:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/",
        "CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
        "AV:N/AC:M/Au:N/C:C/I:C/A:C\n",
        "(AV:N/AC:M/Au:N/C:C/I:C/A:C)",
        "AV:N/AC:M/Au:N/C:C/I:C/A:C" + "/E:F" * 40,
    ],
)
def test_broken_vectors_are_left_out(vector: str) -> None:
    """A vector that is not whole is none."""
    score = CvssScore(source="nvd", version="3.1", vector=vector, score=5.0)
    assert "cvss_vectors" not in only(replace(LOG4SHELL, cvss=(score,)))


def test_at_most_ten_vectors() -> None:
    """More than the schema allows are left out, the first stay."""
    scores = tuple(replace(LOG4SHELL.cvss[0], source=f"cna{at}") for at in range(15))
    vectors = only(replace(LOG4SHELL, cvss=scores))["cvss_vectors"]
    assert [one["vendor"] for one in vectors] == [f"cna{at}" for at in range(10)]


def test_solutions_come_from_the_plan() -> None:
    """The action that closes a finding, with its command; why nothing can be done where that is so."""
    told = {
        one["location"]["dependency"]["package"]["name"]: one["solution"]
        for one in gitlab(sample())["vulnerabilities"]
    }
    assert told["django"] == (
        "Upgrade django to 3.2.13\n\n```sh\nRUN pip install django==3.2.13\n```"
    )
    assert told["openssl"] == told["libssl3"]
    assert told["zlib1g"].startswith("Debian will not fix zlib1g\n\n")
    assert told["@acme/minimist"] == r"There is no fix of \@acme/minimist yet"


def test_a_command_cannot_leave_its_block() -> None:
    """Ticks in a command are fenced by more of them, and a command that is too long to be whole is left out."""
    django = sample().remediation[2]

    def solution(command: str) -> str:
        plan = (replace(django, command=command),)
        result = replace(sample(), findings=(DJANGO_SQL,), remediation=plan)
        return str(gitlab(result)["vulnerabilities"][0]["solution"])

    assert solution("x\n````\n@all").endswith("\n`````sh\nx\n````\n@all\n`````")
    assert solution("x" * 5000) == "Upgrade django to 3.2.13"
    assert len(solution("\x1b" * 3000)) <= 7000


@pytest.mark.parametrize(
    ("finding", "solution"),
    [
        (DJANGO_SQL, "Upgrade django to 3.2.13"),
        (ZLIB_OVERFLOW, "Will not be fixed"),
        (MINIMIST_POLLUTION, "Under investigation"),
        (SIX_UNKNOWN, "No fix yet"),
    ],
)
def test_solutions_without_a_plan(finding: Finding, solution: str) -> None:
    """The fixed version of the line that is installed, else the state of the fix."""
    assert only(finding)["solution"] == solution


def test_ends_of_support_and_malicious_packages_say_what_they_are() -> None:
    """What is no flaw in a package has its own id and its own way out."""
    found = {
        one["identifiers"][0]["value"]: one
        for one in gitlab(ended())["vulnerabilities"]
    }
    assert found["MAL-2025-20690"]["solution"] == "Remove it"
    assert found["MAL-2025-20690"]["identifiers"][0]["type"] == "mal"
    assert found["EOL-nodejs-14"]["identifiers"][0]["type"] == "eol"
    assert found["EOL-nodejs-14"]["solution"].startswith("Support ended 1,210 days ago")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "see ![x](https://evil.example/p.png)",
            r"see !\[x\](https://evil.example/p.png)",
        ),
        ("ask @all about #12 and !3", r"ask \@all about \#12 and \!3"),
        ("<img src=x onerror=y>", r"\<img src=x onerror=y>"),
        ("fixed in >= 1.2-1~deb12u1, a@1", "fixed in >= 1.2-1~deb12u1, a@1"),
        ("first\n/close\n  /assign @root", "first\n\\/close\n\\  /assign \\@root"),
        ("DH_generate_key() costs 5 % at x@", "DH_generate_key() costs 5 % at x@"),
        ("`code`", r"\`code\`"),
    ],
)
def test_descriptions_do_nothing_as_markdown(text: str, written: str) -> None:
    """GitLab reads them as its Markdown: no image loads, nobody is notified, no command runs in an issue made of it."""
    assert only(replace(DJANGO_SQL, description=text))["description"] == written


def test_only_what_is_unsure_by_every_evidence_is_flagged() -> None:
    """One sure piece of evidence is enough."""
    low = DJANGO_SQL.evidence[0]._replace(confidence="low", notes=("by name alone",))
    (flag,) = only(replace(DJANGO_SQL, evidence=(low,)))["flags"]
    assert flag["description"] == "Low confidence in the match: by name alone"
    sure = replace(DJANGO_SQL, evidence=(low, DJANGO_SQL.evidence[1]))
    assert "flags" not in only(sure)


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
