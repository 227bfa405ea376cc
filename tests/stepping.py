"""Short ways to hold findings against a converted step of another scanner in tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from judging import finding, package
from policing import DAY, scanned

from shipworthy.model.advisory import Epss, Severity
from shipworthy.model.finding import EndOfLife, Finding
from shipworthy.policy.document.extend import load_policy
from shipworthy.policy.document.fetch import file_fetch
from shipworthy.policy.judge import judge
from shipworthy.policy.pipelines.convert import convert_step
from shipworthy.policy.rules import Policy


def several(severity: Severity, count: int, **more: object) -> list[Finding]:
    """``count`` findings of this severity, each a vulnerability of its own."""
    return [
        replace(finding(f"CVE-2024-{severity.encode().hex()}{at}", severity), **more)  # type: ignore[arg-type]  # keywords of a test
        for at in range(count)
    ]


def one(id_: str, severity: Severity = "high") -> list[Finding]:
    """A finding by its id."""
    return [finding(id_, severity)]


def scored(score: float) -> list[Finding]:
    """A finding with this EPSS score."""
    return several("low", 1, epss=Epss(score=score, percentile=0.9, date=DAY))


def of_debian(severity: Severity) -> list[Finding]:
    """A finding of a package of the distribution."""
    return several(severity, 1, package=package("deb", "zlib1g", "1:1.2.13"))


def ended() -> list[Finding]:
    """A distribution past its support."""
    end = EndOfLife(
        product="debian", label="Debian", cycle="10", ends="2024-06-30", days_left=-879
    )
    return several("high", 1, kind="end-of-life", end_of_life=end, fix_state="affected")


def policy_of(text: str) -> Policy:
    """The policy that was written."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shipworthy.yaml"
        path.write_text(text, encoding="utf-8")
        return load_policy(str(path), file_fetch).policy


def fails(policy: Policy, findings: Sequence[Finding]) -> bool:
    """Whether the gate closes on ``findings``; a warning leaves it open."""
    verdict = judge(scanned(findings), policy, today=DAY).verdict
    assert verdict.exit_code in {0, 1}, verdict.summary
    return verdict.exit_code == 1


def step_fails(tool: str, inputs: Sequence[str], findings: Sequence[Finding]) -> bool:
    """Whether the converted step fails on ``findings``."""
    return fails(policy_of(convert_step(tool, inputs)), findings)
