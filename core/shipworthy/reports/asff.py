"""
Findings in the AWS Security Finding Format, for Security Hub's ``BatchImportFindings``.

Each line of the file is the whole body of one call, ``{"Findings": [...]}``, with as many findings as one call takes
(100 and 6 MB), so that a file of one line is JSON and a longer one is split by lines. Findings that were taken out are ``ARCHIVED``
and ``SUPPRESSED``, those that are gone since the baseline ``ARCHIVED`` and ``RESOLVED``; they are in the report so that an
earlier import is put right. Fields and limits: the API reference of
``AwsSecurityFinding`` and the partner guide's guidelines for ``BatchImportFindings``; docs/reports.md has the mapping.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shipworthy.reports.asff_checks import check_written
from shipworthy.reports.asff_finding import finding_written
from shipworthy.reports.asff_gone import gone_written
from shipworthy.reports.asff_hub import SecurityHub
from shipworthy.reports.asff_scope import Scope
from shipworthy.reports.json import quieted
from shipworthy.reports.settings import Settings
from shipworthy.reports.summary import ranked


CALL_FINDINGS = 100
"""Most findings of one call."""

CALL_BYTES = 5_500_000
"""Most bytes of one call; AWS takes 6 MB, and escapes of what a pipeline acts on come on top."""


class AsffReport:
    """Every finding and check as Security Hub imports it."""

    name = "asff"
    suffix = ".asff.json"

    def __init__(self, hub: SecurityHub | None = None) -> None:
        """Findings are imported into ``hub``; without one into an account that is nobody's."""
        self._hub = hub or SecurityHub()

    @classmethod
    def configured(cls, settings: Settings) -> AsffReport:
        """The report for the account and the region of the caller's settings."""
        return cls(settings.asff)

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the calls, one a line; a line without findings where there is nothing to import."""
        scope = Scope.of(document, self._hub)
        told: list[bytes] = []
        for call in _calls(_written(document, scope)):
            told += (b'{"Findings":[', quieted(b",".join(call)), b"]}\n")
        return b"".join(told)


def _written(document: Mapping[str, Any], scope: Scope) -> Iterator[bytes]:
    """Each finding as JSON."""
    ids = _Ids(scope.subject)
    for finding in ranked(document["findings"]):
        yield finding_written(finding, ids.of(_identity(finding)), scope, None)
    entries = document["suppressed"]
    by_finding = {id(entry["finding"]): entry for entry in entries}
    for finding in ranked(entry["finding"] for entry in entries):
        entry = by_finding[id(finding)]
        yield finding_written(finding, ids.of(_identity(finding)), scope, entry)
    for check in document["checks"]:
        yield check_written(check, ids.of(_identity_of_check(check)), scope, None)
    for entry in document["suppressedChecks"]:
        check = entry["check"]
        yield check_written(check, ids.of(_identity_of_check(check)), scope, entry)
    for gone in _gone(document):
        yield gone_written(gone, ids.of(_identity_of_gone(gone)), scope)


class _Ids:
    """The ids that findings of one subject are imported by."""

    def __init__(self, subject: str) -> None:
        """The ids of what ``subject`` has."""
        self._subject = subject
        self._seen: dict[str, int] = {}

    def of(self, key: str) -> str:
        """The id of the next finding that ``key`` identifies over builds."""
        seen, told = self._seen, f"{self._subject}\0{key}"
        if key in seen:
            seen[key] += 1
            told = f"{told}\0{seen[key]}"
        else:
            seen[key] = 1
        return f"shipworthy/{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def _gone(document: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """What the baseline had; nothing where part of the image stayed unread, for it may still be there."""
    comparison = document["comparison"]
    unread = any(status["partial"] for status in document["statuses"])
    if comparison is None or unread or not document["coverage"]["complete"]:
        return ()
    fixed: list[Mapping[str, Any]] = comparison["fixed"]
    return fixed


def _identity(finding: Mapping[str, Any]) -> str:
    package = finding["package"]
    parts = (finding["id"], package["type"], package["name"], package["version"])
    return "\0".join((finding["fingerprint"],) if finding["fingerprint"] else parts)


def _identity_of_gone(gone: Mapping[str, Any]) -> str:
    """The same as it had when it was there."""
    parts = (gone["id"], gone["type"], gone["package"], gone["version"])
    return "\0".join((gone["fingerprint"],) if gone["fingerprint"] else parts)


def _identity_of_check(check: Mapping[str, Any]) -> str:
    return "\0".join(("check", check["kind"], check["id"], check["path"]))


def _calls(findings: Iterable[bytes]) -> Iterator[list[bytes]]:
    """The findings in calls, none too long for one; one empty call where there are none."""
    call: list[bytes] = []
    size = 0
    for finding in findings:
        if call and (len(call) == CALL_FINDINGS or size + len(finding) > CALL_BYTES):
            yield call
            call, size = [], 0
        call.append(finding)
        size += len(finding) + 16
    yield call
