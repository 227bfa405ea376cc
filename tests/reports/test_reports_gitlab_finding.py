"""What GitLab's container scanning report says of one finding, within its limits and without acting."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reports_ci import gitlab, only
from reports_endings import ended
from reports_sample import (
    DJANGO_SQL,
    LOG4SHELL,
    MINIMIST_POLLUTION,
    SIX_UNKNOWN,
    ZLIB_OVERFLOW,
    sample,
)

from shipworthy.model.finding import CvssScore, Finding


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
