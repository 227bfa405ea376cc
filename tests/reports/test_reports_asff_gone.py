"""What an earlier import had and this image has no more: archived under the ids that it was imported with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from asffing import calls, check_call, findings
from reports_sample import LOG4SHELL, OPENSSL, bare, sample

from shipworthy.model.comparison import Comparison, Gone
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package, Status
from shipworthy.model.result import ScanResult


MARK = "ab" * 16


def gone_of(finding: Finding, **changes: Any) -> Gone:
    """The finding as a comparison tells of it once it is gone."""
    told = Gone(
        id=finding.id,
        aliases=finding.aliases,
        type=finding.package.type,
        package=finding.package.name,
        version=finding.package.version,
        severity=finding.severity,
        fingerprint=finding.fingerprint,
        reason="upgraded to 2.17.1",
    )
    return replace(told, **changes)


def compared(*gone: Gone, found: tuple[Finding, ...] = ()) -> ScanResult:
    """A result that was looked at as a whole, with what is gone since the baseline."""
    comparison = Comparison(name="last.json", fixed=gone)
    return replace(bare(), findings=found, comparison=comparison)


def test_what_is_gone_is_archived_under_its_id() -> None:
    """Security Hub closes the finding that the build before imported: same id, archived, resolved, and why."""
    there = replace(LOG4SHELL, fingerprint=MARK)
    (before,) = findings(compared(found=(there,)))
    (after,) = findings(compared(gone_of(there)))

    assert (before["RecordState"], before["Workflow"]) == ("ACTIVE", {"Status": "NEW"})
    assert after["Id"] == before["Id"]
    assert after["RecordState"] == "ARCHIVED"
    assert after["Workflow"] == {"Status": "RESOLVED"}
    assert after["Note"]["Text"] == "upgraded to 2.17.1"
    for same in (
        "AwsAccountId",
        "GeneratorId",
        "ProductArn",
        "Severity",
        "Title",
        "Types",
    ):
        assert after[same] == before[same], same
    check_call({"Findings": [after]})


def test_one_of_two_that_share_a_fingerprint() -> None:
    """Where one of two architectures is gone, the second id is archived and the first stays."""
    there = replace(LOG4SHELL, fingerprint=MARK)
    arm = replace(there, package=replace(there.package, arch="arm64"))
    first, second = findings(compared(found=(there, arm)))

    still, archived = findings(compared(gone_of(there), found=(there,)))

    assert (still["Id"], still["RecordState"]) == (first["Id"], "ACTIVE")
    assert (archived["Id"], archived["RecordState"]) == (second["Id"], "ARCHIVED")


@pytest.mark.parametrize(
    "partial",
    [
        {"coverage": replace(bare().coverage, complete=False)},
        {"statuses": (Status(source="layers", subject="x", message="y"),)},
    ],
)
def test_nothing_is_closed_by_a_scan_that_did_not_see_all(
    partial: dict[str, Any],
) -> None:
    """What was not looked at may still be there: it is left as it was imported."""
    result = compared(gone_of(replace(LOG4SHELL, fingerprint=MARK)))
    assert len(findings(result)) == 1
    assert findings(replace(result, **partial)) == []


def test_calls_stay_within_their_limits() -> None:
    """What is gone counts toward the hundred of a call like everything else."""
    many = tuple(
        gone_of(LOG4SHELL, fingerprint=f"{at:032x}", reason="x" * 5000)
        for at in range(250)
    )
    found = calls(compared(*many))
    assert [len(call["Findings"]) for call in found] == [100, 100, 50]
    for call in found:
        check_call(call)


@pytest.mark.parametrize("text", ["", " ", "\U0001f4a3", "\u202e", "A" * 3000])
def test_any_text_of_a_baseline_keeps_the_bounds(text: str) -> None:
    """A baseline is a file of others: every text in it keeps every limit of AWS's."""
    gone = Gone(
        id=text,
        aliases=(text,) * 30,
        type=text,
        package=text,
        version=text,
        severity=text,
        fingerprint=text,
        reason=text,
    )
    for call in calls(compared(gone)):
        check_call(call)


def test_a_version_of_a_distribution_is_parted() -> None:
    """The package of what is gone is told as that of what is there."""
    gone = gone_of(replace(LOG4SHELL, package=_debian()), reason="package removed")
    (found,) = findings(compared(gone))
    (package,) = found["Vulnerabilities"][0]["VulnerablePackages"]
    assert package == {
        "Name": "libssl3",
        "Version": "3.0.11",
        "Epoch": "0",
        "Release": "1~deb12u2",
        "PackageManager": "OS",
    }


def _debian() -> Package:
    return replace(OPENSSL, type="deb", name="libssl3", version="3.0.11-1~deb12u2")


def test_the_sample_is_partial_and_closes_nothing() -> None:
    """The result with all states has something gone, and statuses of what stayed unread."""
    comparison = sample().comparison
    assert comparison is not None
    assert comparison.fixed
    ids = {one["ProductFields"].get("shipworthy/state") for one in findings(sample())}
    assert "fixed" not in ids
