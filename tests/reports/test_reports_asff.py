"""Findings as Security Hub imports them, held against AWS's own model of the call."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asffing import calls, check_call, findings, only
from reports_endings import ended
from reports_policy import CHECKS
from reports_sample import LOG4J, LOG4SHELL, OPENSSL, bare, sample, undecided, warned

from shipworthy.model.advisory import SEVERITIES
from shipworthy.model.check import SuppressedCheck
from shipworthy.model.finding import Finding
from shipworthy.model.package import Location
from shipworthy.reports.asff import AsffReport
from shipworthy.reports.document import to_document


RESULTS = {
    "bare": bare,
    "closed": sample,
    "ended": ended,
    "undecided": undecided,
    "warned": warned,
}
ASTRAL = "\U0001f4a3"


def test_the_model_refuses_what_is_wrong() -> None:
    """The checks of these tests can fail: a missing field, a type, a word and a length are refused."""
    (call,) = calls(sample())
    for change in (
        {"Title": ""},
        {"Severity": {"Label": "SEVERE"}},
        {"Resources": "all"},
        {"Invented": "x"},
        {"Title": "x" * 257},
    ):
        wrong = {"Findings": [{**call["Findings"][0], **change}]}
        with pytest.raises((AssertionError, KeyError, AttributeError)):
            check_call(wrong)
    with pytest.raises(AssertionError):
        check_call({"Findings": call["Findings"] * 100})


@pytest.mark.parametrize("name", sorted(set(RESULTS) - {"bare"}))
def test_aws_takes_every_result(name: str) -> None:
    """Every call of results with all states is one that AWS's own client accepts."""
    for call in calls(RESULTS[name]()):
        check_call(call)


def test_nothing_found_is_a_call_without_findings() -> None:
    """Where there is nothing to import the file is still JSON, and says so."""
    assert AsffReport().render(to_document(bare())) == b'{"Findings":[]}\n'


def test_a_call_holds_a_hundred_findings() -> None:
    """Each line is one call of at most 100 findings, in the order of the pages, and none is lost."""
    many = tuple(replace(LOG4SHELL, fingerprint=f"{n:032x}") for n in range(250))
    found = calls(replace(bare(), findings=many))
    assert [len(call["Findings"]) for call in found] == [100, 100, 50]
    assert len({one["Id"] for call in found for one in call["Findings"]}) == 250
    for call in found:
        check_call(call)


def test_a_call_holds_six_megabytes() -> None:
    """Calls of very large findings hold fewer of them."""
    many = tuple(replace(_huge(ASTRAL), fingerprint=f"{n:032x}") for n in range(120))
    data = AsffReport().render(to_document(replace(bare(), findings=many)))
    assert max(map(len, data.splitlines())) <= 6_000_000
    assert len(data.splitlines()) > 2


def _huge(text: str) -> Finding:
    """Log4Shell in which everything is as long as it likes, and there is a lot of it."""
    long = text * 5000
    place = Location(path=long, layer=2)
    package = replace(
        LOG4J, name=long, version=long, purl=long, arch=long, locations=(place,) * 200
    )
    return replace(
        LOG4SHELL,
        id=long,
        aliases=(long,) * 200,
        package=package,
        title=long,
        description=long,
        severity_source=long,
        cvss=tuple(replace(LOG4SHELL.cvss[0], vector=long, source=long) for _ in "ab")
        * 50,
        cwes=(long,) * 50,
        references=tuple(f"https://x.example/{n}/{'a' * 1900}" for n in range(200)),
        fixed_versions=(long,),
        state_reason=long,
        fingerprint=long,
    )


@pytest.mark.parametrize(
    "text", ["A", "é", ASTRAL, "\u202e", "\U000e0041", "\0", " ", "=", "##vso["]
)
def test_bounds_hold_for_any_text(text: str) -> None:
    """Texts of any length and kind keep every limit: counted as AWS counts, in bytes, and never blank."""
    image = replace(sample().image, tags=(text * 5000,), target=text * 5000)
    entry = replace(
        sample().suppressed[1],
        finding=_huge(text),
        reason=text * 5000,
        owner=text * 5000,
        source=text * 5000,
    )
    check = replace(CHECKS[1], id=text * 999, title=text * 999, message=text * 999)
    result = replace(
        sample(),
        image=image,
        findings=(_huge(text),),
        suppressed=(entry,),
        checks=(check,),
    )
    for call in calls(result):
        check_call(call)


LABELS = {
    "critical": ("CRITICAL", 90),
    "high": ("HIGH", 70),
    "medium": ("MEDIUM", 40),
    "low": ("LOW", 1),
    "negligible": ("INFORMATIONAL", 0),
    "none": ("INFORMATIONAL", 0),
    "unknown": ("INFORMATIONAL", 0),
}


@pytest.mark.parametrize("severity", SEVERITIES)
def test_severities_have_labels(severity: str) -> None:
    """Each severity has AWS's label and number, and keeps its own word beside them."""
    found = only(severity=severity)
    label, number = LABELS[severity]
    told = {"Label": label, "Normalized": number, "Original": severity}
    assert found["Severity"] == told
    assert found["FindingProviderFields"]["Severity"] == {
        "Label": label,
        "Original": severity,
    }


def test_kinds_have_types() -> None:
    """CVEs, other flaws, attacks and ends of support are told apart by their types."""
    by_id = {one["Vulnerabilities"][0]["Id"]: one["Types"] for one in findings(ended())}
    lead = "Software and Configuration Checks/Vulnerabilities"
    assert by_id["MAL-2025-20690"] == [
        f"{lead}/Malicious Package",
        "TTPs/Initial Access",
    ]
    assert by_id["EOL-debian-10"] == [f"{lead}/End of Life"]
    assert only()["Types"] == [f"{lead}/CVE"]
    assert only(id="GHSA-vh95-rmgr-6w4m")["Types"] == [lead]


def test_what_was_taken_out_is_archived() -> None:
    """Suppressed findings are archived with reason and owner as their note; all others are active and new."""
    states = {
        one["Vulnerabilities"][0]["Id"]: one
        for one in findings(replace(sample(), checks=()))
    }
    taken = states["CVE-2024-7001"]
    assert taken["RecordState"] == "ARCHIVED"
    assert taken["Workflow"] == {"Status": "SUPPRESSED"}
    assert taken["Note"] == {
        "Text": "the compressor is not linked into the shop",
        "UpdatedBy": "payments",
        "UpdatedAt": "2026-08-20T00:00:00Z",
    }
    assert taken["ProductFields"]["shipworthy/suppression/expires"] == "2026-08-25"
    active = {one for one in states if states[one]["RecordState"] == "ACTIVE"}
    assert set(states) - active == {"CVE-2024-7001", "CVE-2024-7002", "PYSEC-2099-1"}
    assert {states[one]["Workflow"]["Status"] for one in active} == {"NEW"}
    assert not any("Note" in states[one] for one in active)


def test_checks_are_findings_of_their_own() -> None:
    """Configuration and secrets are imported too, and archived where an entry took them out."""
    check = SuppressedCheck(
        check=CHECKS[0],
        reason="the shop needs it",
        rule="suppression",
        source="p.yaml:3",
    )
    result = replace(
        bare(), image=sample().image, checks=CHECKS, suppressed_checks=(check,)
    )
    root, key, archived = findings(result)
    assert root["Types"][0].startswith("Software and Configuration Checks/")
    assert key["Types"] == ["Sensitive Data Identifications/Passwords"]
    assert key["ProductFields"]["shipworthy/path"] == "srv/web/server.key"
    assert "Vulnerabilities" not in root
    assert (root["RecordState"], archived["RecordState"]) == ("ACTIVE", "ARCHIVED")
    assert archived["Note"]["UpdatedBy"] == "p.yaml:3"
    check_call({"Findings": [root, key, archived]})


def test_a_vulnerability_has_its_evidence() -> None:
    """Scores, exploits, places with their layers and the fix stand where AWS looks for them."""
    found = only()["Vulnerabilities"][0]
    assert [each["Version"] for each in found["Cvss"]] == ["3.1", "2.0", "4.0"]
    assert found["EpssScore"] == 0.94358
    assert (found["ExploitAvailable"], found["FixAvailable"]) == ("YES", "YES")
    assert "javascript:alert(1)" not in found["ReferenceUrls"]
    assert len(found["VulnerablePackages"]) == 2
    package = found["VulnerablePackages"][0]
    assert package["FixedInVersion"] == "2.15.0"
    assert package["PackageManager"] == "JAR"
    assert package["SourceLayerHash"] == "sha256:" + "3d" * 32
    bare_one = only(
        exploits=(), kev=None, epss=None, fixed_versions=(), fix_state="affected"
    )["Vulnerabilities"][0]
    assert (bare_one["ExploitAvailable"], bare_one["FixAvailable"]) == ("NO", "NO")
    assert "EpssScore" not in bare_one
    assert "FixedInVersion" not in bare_one["VulnerablePackages"][0]


@pytest.mark.parametrize(
    ("kind", "version", "parts"),
    [
        ("deb", "1:1.2.13.dfsg-1", ("1", "1.2.13.dfsg", "1")),
        ("deb", "3.0.11-1~deb12u2", ("0", "3.0.11", "1~deb12u2")),
        ("deb", "20230311", ("0", "20230311", None)),
        ("rpm", "8.5.0-1.amzn2023.0.1", ("0", "8.5.0", "1.amzn2023.0.1")),
        ("apk", "3.1.1-r1", (None, "3.1.1-r1", None)),
        ("npm", "1.0.0-rc.1", (None, "1.0.0-rc.1", None)),
    ],
)
def test_versions_are_parted(
    kind: str, version: str, parts: tuple[str | None, ...]
) -> None:
    """Versions of Debian's and RPM's packages are parted into epoch, version and release; no others are."""
    package = replace(OPENSSL, type=kind, version=version)
    found = only(package=package)["Vulnerabilities"][0]["VulnerablePackages"][0]
    assert tuple(found.get(key) for key in ("Epoch", "Version", "Release")) == parts


def test_the_plan_says_what_to_do() -> None:
    """The recommendation is the plan's action, the fix where the plan has none, or why there is no fix."""
    by_id = {
        one["Vulnerabilities"][0]["Id"]: one["Remediation"]["Recommendation"]["Text"]
        for one in findings(replace(sample(), checks=()))
    }
    assert by_id["CVE-2022-28346"] == "Upgrade django to 3.2.13"
    assert by_id["CVE-2023-45853"] == "will not be fixed"
    assert only()["Remediation"]["Recommendation"] == {
        "Text": "fixed in 2.15.0",
        "Url": "https://github.com/advisories/GHSA-jfh8-c2jp-5v3q",
    }


def test_the_image_is_the_resource() -> None:
    """The resource is the image by tag and digest; a directory is named as it was given."""
    (resource,) = only()["Resources"]
    assert resource["Type"] == "Container"
    assert resource["Details"]["Container"]["ImageName"] == "registry.example/shop:1.4"
    assert resource["Id"] == "registry.example/shop:1.4@sha256:" + "9f" * 32
    (plain,) = findings(replace(bare(), findings=(LOG4SHELL,)))
    assert plain["Resources"][0]["Id"] == "dir:rootfs"


def test_ids_stay_over_builds() -> None:
    """Another tag, digest, day and score of the same image give the same ids, another repository does not."""
    first = {one["Id"] for one in findings(sample())}
    image = replace(
        sample().image,
        tags=("registry.example/shop:1.5",),
        manifest_digest="sha256:" + "11" * 32,
    )
    later = tuple(replace(one, severity="low") for one in sample().findings)
    again = replace(sample(), image=image, findings=later)
    assert first == {one["Id"] for one in findings(again)}
    other = replace(image, tags=("registry.example/till:1.5",))
    assert first.isdisjoint(
        one["Id"] for one in findings(replace(sample(), image=other))
    )


def test_times_are_the_verdict_s() -> None:
    """The day of judging is when it was observed; the vulnerability's publication is when it began, and never later."""
    by_id = {one["GeneratorId"].partition("/")[2]: one for one in findings(sample())}
    assert {one["UpdatedAt"] for one in by_id.values()} == {"2026-08-20T00:00:00Z"}
    assert by_id["CVE-2021-44228"]["CreatedAt"] == "2021-12-10T00:40:56Z"
    assert by_id["CVE-2023-45853"]["CreatedAt"] == "2026-08-20T00:00:00Z"
    early = replace(LOG4SHELL, published="2099-01-01T00:00:00Z")
    (found,) = findings(replace(sample(), findings=(early,), suppressed=(), checks=()))
    assert found["FirstObservedAt"] == "2026-08-20T00:00:00Z"
