"""The sample with everything that a policy, checks and a baseline can bring, for the tests of saved results."""

from __future__ import annotations

from dataclasses import replace

from reports_sample import sample

from shipworthy.model.check import Check
from shipworthy.model.comparison import Comparison, Gone
from shipworthy.model.finding import EndOfLife
from shipworthy.model.remediation import Action, Upgrade
from shipworthy.model.result import ScanResult
from shipworthy.model.verdict import PolicySource, SuppressionUse


def full() -> ScanResult:
    """The sample with everything that a policy, checks and a baseline can bring."""
    result = sample()
    first, *others = result.findings
    ended = EndOfLife(
        product="debian",
        label="Debian",
        cycle="10",
        ends="2022-09-10",
        extended="2024-06-30",
        days_left=-12,
        latest="10.13",
        supported=("12", "11"),
    )
    return replace(
        result,
        findings=(
            replace(
                first, fingerprint="ab" * 16, state="new", state_reason="newly known"
            ),
            replace(others[0], kind="end-of-life", end_of_life=ended),
            replace(others[1], vex_status="affected", state="moved"),
            *others[2:],
        ),
        suppressed=(
            replace(
                result.suppressed[0],
                entry="PYSEC-2099-1",
                source="shipworthy.yaml:4",
                owner="payments",
                expires="2027-01-31",
                vex_status="not_affected",
                justification="component_not_present",
            ),
        ),
        checks=(
            Check(id="root", kind="config", severity="high", title="Runs as root"),
            Check(
                id="key",
                kind="secret",
                severity="critical",
                title="A key",
                path="root/.ssh/id_rsa",
                layer=1,
                message="a private key",
            ),
        ),
        looked_for=frozenset({"vulnerabilities", "config", "secrets"}),
        policy=(
            PolicySource(name="shipworthy.yaml", digest="sha256:1", kind="policy"),
        ),
        suppressions=(
            SuppressionUse(
                entry="PYSEC-2099-1",
                source="shipworthy.yaml:4",
                reason="not reachable",
                state="used",
                count=1,
                owner="payments",
                expires="2027-01-31",
                days_left=66,
                expiring=True,
                fixable=("PYSEC-2099-1 six@1.16.0",),
            ),
        ),
        comparison=Comparison(
            name="main.json",
            target="shop:1.3",
            image_id="sha256:2",
            database_date="2026-08-19",
            partial=True,
            fixed=(
                Gone(
                    id="CVE-2020-1",
                    aliases=("GHSA-1",),
                    type="npm",
                    package="x",
                    version="1",
                    severity="low",
                    fingerprint="cd" * 16,
                    reason="package removed",
                ),
            ),
        ),
        remediation=(
            Action(
                kind="package",
                title="Upgrade log4j-core",
                detail="why",
                command="mvn",
                upgrades=(
                    Upgrade(type="maven", name="x", current="1", target="2", purl="p"),
                ),
                layer=2,
                instruction="COPY",
                line=12,
                origin="own",
                closes=("ab" * 16,),
                findings=("CVE-2021-44228 log4j-core@2.14.1",),
                worst="critical",
                risk=100.0,
            ),
            Action(kind="none", title="Wait"),
        ),
        verdict=replace(result.verdict, day="2026-11-26"),
    )
