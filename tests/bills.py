"""Independent validators of software bills of materials, for the tests of what is written."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.validation.xml import XmlValidator
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

from shipworthy.model.result import ScanResult
from shipworthy.reports.render import render


Json = dict[str, Any]

_SHOWN = 400


@lru_cache(maxsize=1)
def _json() -> JsonStrictValidator:
    return JsonStrictValidator(SchemaVersion.V1_6)


@lru_cache(maxsize=1)
def _xml() -> XmlValidator:
    return XmlValidator(SchemaVersion.V1_6)


def problems(name: str, data: bytes) -> str:
    """What is wrong with a report of that format; empty where nothing is."""
    if name == "spdx":
        parser = JsonLikeDictParser()  # type: ignore[no-untyped-call]  # its own business
        document = parser.parse(json.loads(data))
        found = validate_full_spdx_document(document)
        return "\n".join(one.validation_message for one in found)[:_SHOWN]
    validator = _json() if name == "cyclonedx" else _xml()
    error = validator.validate_str(data.decode())
    return str(error)[:_SHOWN] if error else ""


def bill(result: ScanResult, name: str = "cyclonedx") -> Json:
    """A report in JSON as its readers see it, found to be valid."""
    data = render(result, name)
    assert problems(name, data) == ""
    made: Json = json.loads(data)
    return made


def said(part: Json) -> dict[str, str]:
    """The properties of a part by name, without ours in front; of several the last."""
    return {
        one["name"].removeprefix("shipworthy:"): one["value"]
        for one in part.get("properties", [])
    }


def write(path: Path, result: ScanResult, name: str = "cyclonedx") -> Path:
    """A report in a file."""
    path.write_bytes(render(result, name))
    return path
