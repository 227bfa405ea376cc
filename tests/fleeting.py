"""Results of several images and days, for the tests of the dashboard."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from reports_sample import DJANGO_SQL, IMAGE, LOG4SHELL, ZLIB_OVERFLOW, sample

from shipworthy.fleet.document import to_document as dashboard_of
from shipworthy.fleet.files import sources
from shipworthy.fleet.gather import gather
from shipworthy.fleet.model import Asked, Fleet, GroupBy
from shipworthy.model.finding import Finding
from shipworthy.model.image import Layer
from shipworthy.model.remediation import Action, Upgrade
from shipworthy.model.result import ScanResult
from shipworthy.model.verdict import RuleOutcome, Verdict
from shipworthy.reports.document import to_document


DEBIAN = "sha256:" + "d1" * 32
"""The layer of a base that images share."""

UPGRADE_DJANGO = Action(
    kind="package",
    title="Upgrade django to 3.2.13",
    upgrades=(
        Upgrade(type="pypi", name="django", current="3.2.12", target="3.2.13", purl=""),
    ),
    layer=1,
    closes=(DJANGO_SQL.fingerprint,),
)


def passed(day: str = "2026-08-20") -> Verdict:
    """A verdict by one rule that holds."""
    return _verdict("pass", 0, "passed", day)


def closed(day: str = "2026-08-20") -> Verdict:
    """A verdict by one rule that is broken."""
    return _verdict("fail", 1, "broken", day)


def _verdict(status: str, code: int, outcome: str, day: str) -> Verdict:
    rule = RuleOutcome(
        name="fail-on",
        condition="no finding of severity critical",
        passed=outcome == "passed",
        limit=0,
        observed=0 if outcome == "passed" else 1,
        reason="1 finding of severity critical, none allowed",
        status=cast("Any", outcome),
    )
    return Verdict(
        status=cast("Any", status),
        exit_code=code,
        rules=(rule,),
        summary="Said of it.",
        day=day,
    )


def result(
    tag: str = "registry.example/shop:1.4",
    day: str = "2026-08-20",
    *,
    findings: Sequence[Finding] = (LOG4SHELL, DJANGO_SQL, ZLIB_OVERFLOW),
    layers: Sequence[str] = (DEBIAN, "sha256:" + "a1" * 32, "sha256:" + "a2" * 32),
    base: str = "",
    verdict: Verdict | None = None,
    plan: Sequence[Action] = (UPGRADE_DJANGO,),
) -> ScanResult:
    """What a scan of the image ``tag`` on ``day`` found, everything seen."""
    seen = sample()
    image = replace(
        IMAGE,
        target=tag if tag.endswith(".tar") else f"docker-archive:{day}.tar",
        tags=() if tag.endswith(".tar") else (tag,),
        base_name=base,
        base_digest="",
        layers=tuple(
            Layer(index=at, diff_id=layer, instruction=f"RUN step {at}")
            for at, layer in enumerate(layers)
        ),
    )
    return replace(
        seen,
        image=image,
        findings=tuple(findings),
        suppressed=(),
        comparison=None,
        remediation=tuple(plan),
        verdict=verdict or (closed(day) if LOG4SHELL in findings else passed(day)),
        database=replace(seen.database, date=f"{day}T00:00:00Z"),
        coverage=replace(seen.coverage, complete=True, files_failed=0),
        statuses=(),
        checks=(),
    )


def save(path: Path, made: ScanResult | dict[str, Any]) -> Path:
    """Write a result as ``scan`` does; compressed where the name says so."""
    document = to_document(made) if isinstance(made, ScanResult) else made
    data = json.dumps(document).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.name.endswith(".gz") else data)
    return path


def fleet(*places: Path, group_by: GroupBy = "repository") -> Fleet:
    """All that lies at ``places``; links lead from the first."""
    return gather(sources(places), start=places[0], group_by=group_by)


def document(
    *places: Path,
    group_by: GroupBy = "repository",
    at: str = "",
    max_age: int | None = None,
    expected: tuple[str, ...] | None = None,
) -> dict[str, Any]:
    """The dashboard's data of ``places``."""
    asked = Asked(at=at, max_age=max_age, expected=expected)
    return dashboard_of(fleet(*places, group_by=group_by), asked, version="0.1.0")
