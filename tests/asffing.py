"""Findings in ASFF, and what AWS's own model and documentation ask of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

import botocore.session
from botocore.validate import ParamValidator
from reports_sample import LOG4SHELL, bare, sample

from shipworthy.model.result import ScanResult
from shipworthy.reports.asff import AsffReport
from shipworthy.reports.asff_hub import SecurityHub
from shipworthy.reports.document import to_document


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@lru_cache(maxsize=1)
def call_shape() -> Any:
    """The input of BatchImportFindings as AWS's service model describes it."""
    model = botocore.session.Session().get_service_model("securityhub")
    return model.operation_model("BatchImportFindings").input_shape


def calls(result: ScanResult, hub: SecurityHub | None = None) -> list[dict[str, Any]]:
    """The body of every call of the report."""
    data = AsffReport(hub).render(to_document(result))
    assert data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def findings(
    result: ScanResult, hub: SecurityHub | None = None
) -> list[dict[str, Any]]:
    """All findings of the report."""
    return [one for call in calls(result, hub) for one in call["Findings"]]


def only(**changes: Any) -> dict[str, Any]:
    """The one finding of a result whose only finding is Log4Shell with these changes."""
    result = replace(
        bare(), findings=(replace(LOG4SHELL, **changes),), image=sample().image
    )
    (found,) = findings(result)
    return found


def broken(value: object, shape: Any, path: str) -> Iterator[str]:
    """What the model's enums, patterns and greatest sizes forbid; botocore leaves these to the service."""
    told = shape.metadata
    if shape.type_name == "structure":
        for name, part in cast("dict[str, object]", value).items():
            yield from broken(part, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        items = cast("list[object]", value)
        if len(items) > told.get("max", len(items)):
            yield f"{path}: {len(items)} items"
        for item in items:
            yield from broken(item, shape.member, path)
    elif shape.type_name == "map":
        for part in cast("dict[str, object]", value).values():
            yield from broken(part, shape.value, path)
    elif shape.type_name == "string":
        text = cast("str", value)
        if text not in told.get("enum", (text,)):
            yield f"{path}: {text} is none of the words"
        if not re.search(told.get("pattern", ""), text):
            yield f"{path}: {text!r} has not the form"


def units(text: str) -> int:
    """The length of a text as AWS counts it."""
    return len(text.encode("utf-16-le")) // 2


def check_bounds(finding: dict[str, Any]) -> None:
    """The limits that stand in AWS's documentation and not in its model."""
    assert len(json.dumps(finding, ensure_ascii=False).encode()) <= 240_000
    for name, most in (
        ("Id", 512),
        ("GeneratorId", 512),
        ("Title", 256),
        ("Description", 1024),
        ("ProductArn", 2048),
        ("AwsAccountId", 12),
    ):
        assert 1 <= units(finding[name]) <= most, name
    assert 1 <= len(finding["Types"]) <= 50
    assert 1 <= len(finding["Resources"]) <= 32
    assert units(finding["Resources"][0]["Id"]) <= 1100
    assert len(finding["ProductFields"]) <= 50
    for key, value in finding["ProductFields"].items():
        assert units(key) <= 128
        assert units(value) <= 2048
    advice = finding.get("Remediation", {}).get("Recommendation", {})
    assert units(advice.get("Text", "")) <= 512
    assert units(finding["Severity"]["Original"]) <= 64
    assert units(finding.get("Note", {}).get("Text", "")) <= 512
    for name in ("CreatedAt", "UpdatedAt", "FirstObservedAt", "LastObservedAt"):
        assert MOMENT.fullmatch(finding[name]), name
    assert finding["FirstObservedAt"] <= finding["LastObservedAt"]
    assert "UserDefinedFields" not in finding  # a provider may not update them


def check_call(call: dict[str, Any]) -> None:
    """AWS's client would send the call, and its service would find every field well-formed."""
    shape = call_shape()
    report = ParamValidator().validate(call, shape)
    assert not report.has_errors(), report.generate_report()
    assert list(broken(call, shape, "call")) == []
    for finding in call["Findings"]:
        check_bounds(finding)
