"""Short ways to hold findings against a policy in tests."""

from __future__ import annotations

from collections.abc import Sequence

from shipworthy.model.advisory import DatabaseInfo, FeedInfo
from shipworthy.model.finding import Finding
from shipworthy.model.image import ImageInfo
from shipworthy.model.package import Status
from shipworthy.model.result import Coverage, Scanned
from shipworthy.policy.judge import Judged, judge
from shipworthy.policy.options import GateOptions, with_options
from shipworthy.policy.rules import Policy


DAY = "2026-11-26"
"""The day of judging in tests."""

FEEDS = tuple(
    FeedInfo(name=name, date=DAY, records=1)
    for name in ("eol", "epss", "exploitdb", "kev", "malicious", "metasploit", "nvd")
)


def scanned(findings: Sequence[Finding] = (), **more: object) -> Scanned:
    """A scan that found ``findings``, with a database that holds every feed that rules ask for."""
    fields: dict[str, object] = {
        "tool_version": "1.0",
        "image": ImageInfo(
            target="app.tar", kind="docker-archive", tags=("registry.example/app:1",)
        ),
        "distro": None,
        "packages": tuple(dict.fromkeys(finding.package for finding in findings)),
        "findings": tuple(findings),
        "database": DatabaseInfo(
            schema=2, digest="sha256:" + "0" * 64, date=DAY, feeds=FEEDS, shards=()
        ),
        "coverage": Coverage(
            complete=True,
            layers=1,
            entries=1,
            files_read=1,
            files_failed=0,
            packages=len(findings),
            packages_by_type=(),
        ),
        "statuses": (),
        "day": DAY,
    }
    return Scanned(**{**fields, **more})  # type: ignore[arg-type]  # keywords of a test


def gate(
    findings: Sequence[Finding], statuses: Sequence[Status], options: GateOptions
) -> Judged:
    """What the options alone say of these findings and statuses."""
    found = scanned(findings, statuses=tuple(statuses))
    return judge(found, with_options(Policy(), options))
