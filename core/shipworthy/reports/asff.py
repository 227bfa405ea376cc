"""
Findings in the AWS Security Finding Format, for Security Hub's ``BatchImportFindings``.

Each line of the file is the whole body of one call, ``{"Findings": [...]}``, with as many findings as one call takes
(100 and 6 MB), so that a file of one line is JSON and a longer one is split by lines. Findings that were taken out are ``ARCHIVED``
and ``SUPPRESSED``; they stay in the report so that an earlier import is put right. Fields and limits: the API reference of
``AwsSecurityFinding`` and the partner guide's guidelines for ``BatchImportFindings``; docs/reports.md has the mapping.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from shipworthy.errors import UsageError
from shipworthy.reports.asff_checks import check_fields
from shipworthy.reports.asff_finding import Scope, finding_fields
from shipworthy.reports.json import quieted
from shipworthy.reports.summary import ranked


CALL_FINDINGS = 100
"""Most findings of one call."""

CALL_BYTES = 5_500_000
"""Most bytes of one call; AWS takes 6 MB, and escapes of what a pipeline acts on come on top."""

UNSET_ACCOUNT = "000000000000"
"""Stands where no account was told: as long as one, and nobody's, so that AWS refuses it."""

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}")
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-us-iso-b"),
    ("us-iso-", "aws-us-iso"),
)


class AsffReport:
    """Every finding and check as Security Hub imports it."""

    name = "asff"
    suffix = ".asff.json"

    def __init__(
        self,
        account_id: str = UNSET_ACCOUNT,
        region: str = "us-east-1",
        product_arn: str = "",
    ) -> None:
        """
        The account and region that findings are imported into.

        Without ``product_arn`` it is the account's own default product. Raises
        :class:`shipworthy.errors.UsageError` for what cannot be an account, a region or an ARN.
        """
        if not _ACCOUNT.fullmatch(account_id):
            raise UsageError(f"asff: AWS account {account_id!r}: expected 12 digits")
        if not _REGION.fullmatch(region) or len(region) > 16:
            raise UsageError(
                f"asff: AWS region {region!r}: expected one such as eu-central-1"
            )
        if product_arn and not re.fullmatch(r"arn:[!-~]{8,2044}", product_arn):
            raise UsageError(
                f"asff: product ARN {product_arn[:80]!r}: expected arn:…:securityhub:…"
            )
        self._account, self._region = account_id, region
        starts = (name for lead, name in _PARTITIONS if region.startswith(lead))
        self._partition = next(starts, "aws")
        self._product = product_arn or (
            f"arn:{self._partition}:securityhub:{region}:{account_id}"
            f":product/{account_id}/default"
        )

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the calls, one a line; a line without findings where there is nothing to import."""
        scope = Scope.of(document, partition=self._partition, region=self._region)
        head = {
            "SchemaVersion": "2018-10-08",
            "AwsAccountId": self._account,
            "ProductArn": self._product,
        }
        seen: dict[str, int] = {}
        written = []
        for key, fields in _all(document, scope):
            number = seen[key] = seen.get(key, 0) + 1
            told = f"{scope.subject}\0{key}" + (f"\0{number}" if number > 1 else "")
            name = f"shipworthy/{hashlib.sha256(told.encode()).hexdigest()[:32]}"
            body = {**head, "Id": name, **fields}
            written.append(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
        return b"".join(map(_line, _calls(written)))


def _all(
    document: Mapping[str, Any], scope: Scope
) -> Iterator[tuple[str, dict[str, object]]]:
    """What identifies each finding over builds, and its fields."""
    for finding in ranked(document["findings"]):
        yield _identity(finding), finding_fields(finding, scope, None)
    entries = document["suppressed"]
    by_finding = {id(entry["finding"]): entry for entry in entries}
    for finding in ranked(entry["finding"] for entry in entries):
        entry = by_finding[id(finding)]
        yield _identity(finding), finding_fields(finding, scope, entry)
    for check in document["checks"]:
        yield _identity_of_check(check), check_fields(check, scope, None)
    for entry in document["suppressedChecks"]:
        check = entry["check"]
        yield _identity_of_check(check), check_fields(check, scope, entry)


def _identity(finding: Mapping[str, Any]) -> str:
    package = finding["package"]
    parts = (finding["id"], package["type"], package["name"], package["version"])
    return "\0".join((finding["fingerprint"],) if finding["fingerprint"] else parts)


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


def _line(call: list[bytes]) -> bytes:
    return quieted(b'{"Findings":[' + b",".join(call) + b"]}\n")
