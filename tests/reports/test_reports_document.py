"""The JSON result: its shape, its schema, its promises."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

import pytest
from jsonschema import Draft202012Validator
from reports_platforms import of_all_platforms
from reports_sample import LOG4SHELL, bare, sample, undecided, warned

from shipworthy.errors import UsageError
from shipworthy.model import advisory, image
from shipworthy.model.finding import Finding
from shipworthy.model.package import Package
from shipworthy.reports.document import SCHEMA_VERSION, check_schema, to_document
from shipworthy.reports.interface import open_report, report_names
from shipworthy.reports.saved import from_document


SCHEMA_PATH = (
    Path(__file__).resolve().parents[2] / "docs" / "schema" / "result.schema.json"
)
SCHEMA: dict[str, Any] = json.loads(SCHEMA_PATH.read_text())
VALIDATOR = Draft202012Validator(SCHEMA)


OF_ALL_PLATFORMS = {"platforms"}
"""What is only in a result of all platforms, so that no other changes by it."""


def written(document: dict[str, object]) -> dict[str, Any]:
    """The document as a reader of the JSON report gets it."""
    return cast("dict[str, Any]", json.loads(open_report("json").render(document)))


def camel(name: str) -> str:
    """``file_count`` as the document writes it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def test_schema_is_a_schema() -> None:
    """The published schema is valid by its own metaschema and describes every field."""
    Draft202012Validator.check_schema(SCHEMA)

    def described(node: Any) -> None:
        for name, part in node.get("properties", {}).items():
            assert "description" in part or "$ref" in part, name
            described(part)
        if "items" in node:
            described(node["items"])

    for part in (SCHEMA, *SCHEMA["$defs"].values()):
        assert "description" in part
        described(part)


def test_schema_is_strict() -> None:
    """No object of ours takes a key that the schema does not name."""

    def strict(node: Any) -> None:
        if isinstance(node, dict):
            if "properties" in node and "type" in node:
                assert node["additionalProperties"] is False
                told = sorted(set(node["properties"]) - OF_ALL_PLATFORMS)
                assert told == node["required"]
            for part in node.values():
                strict(part)

    strict(SCHEMA)


@pytest.mark.parametrize(
    "result",
    [sample(), bare(), warned(), undecided(), of_all_platforms()],
    ids=["closed", "bare", "warned", "undecided", "platforms"],
)
def test_results_are_valid(result: Any) -> None:
    """What is written keeps to the published schema."""
    errors = [
        error.message for error in VALIDATOR.iter_errors(written(to_document(result)))
    ]
    assert errors == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict", "status"), "perhaps"),
        (("findings", 0, "severity"), "urgent"),
        (("findings", 0, "extra"), 1),
        (("coverage", "layers"), -1),
        (("image", "layers", 0, "diffId"), "latest"),
    ],
)
def test_schema_refuses(path: tuple[str | int, ...], value: object) -> None:
    """The schema is not so wide that anything passes."""
    document = written(to_document(sample()))
    node: Any = document
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    assert not VALIDATOR.is_valid(document)


def test_schema_knows_the_models_words() -> None:
    """The enumerations of the schema are those of the model."""
    words = {
        "severity": get_args(advisory.Severity),
        "fixState": get_args(advisory.FixState),
        "origin": get_args(image.Origin),
    }
    for name, values in words.items():
        assert set(values) == set(SCHEMA["$defs"][name]["enum"])


@pytest.mark.parametrize(
    ("part", "model", "absent", "added"),
    [
        ("packages", Package, {"fileList"}, {"fileCount"}),
        ("findings", Finding, set(), set()),
    ],
)
def test_nothing_of_the_model_is_lost(
    part: str, model: type, absent: set[str], added: set[str]
) -> None:
    """Every field of a package and a finding is in the document."""
    fields = {camel(field.name) for field in dataclasses.fields(model)}
    document = written(to_document(of_all_platforms()))
    assert (fields - absent) | added == set(document[part][0])
    plain = written(to_document(sample()))
    assert set(document[part][0]) - set(plain[part][0]) == OF_ALL_PLATFORMS


def test_platforms_come_back() -> None:
    """A result of all platforms is read back as it was, and says nothing of platforms where it is of one image."""
    result = of_all_platforms()
    document = to_document(result)
    again = from_document(document)
    assert again.image.platforms == result.image.platforms
    assert to_document(again) == document
    assert "platforms" not in str(to_document(sample())["image"])


@pytest.mark.parametrize("name", report_names())
def test_every_format_renders_platforms(name: str) -> None:
    """Every report can be made of a result of all platforms, the same bytes each time."""
    document = to_document(of_all_platforms())
    data = open_report(name).render(document)
    assert data == open_report(name).render(to_document(of_all_platforms()))
    if name in {"table", "markdown", "html", "csv", "sarif", "cyclonedx", "gitlab"}:
        assert b"linux/amd64" in data.replace(b"\\/", b"/")


def test_top_level() -> None:
    """The top level holds what the design promises."""
    assert set(to_document(sample())) == {
        *("schemaVersion", "tool", "target", "image", "distro", "packages"),
        *("findings", "suppressed", "checks", "verdict", "database", "coverage"),
        *("statuses", "lookedFor", "policy", "suppressions", "comparison"),
        *("remediation", "suppressedChecks"),
    }


def test_order_of_findings_is_of_packages() -> None:
    """Findings come in the order of their packages, however the scan found them."""
    result = sample()
    turned = replace(result, findings=result.findings[::-1])
    assert to_document(result) == to_document(turned)


def test_layer_is_an_object_or_nothing() -> None:
    """A finding names its layer by place, digests and instruction."""
    document = written(to_document(sample()))
    by_id = {finding["id"]: finding for finding in document["findings"]}
    assert by_id["CVE-2021-44228"]["layer"] == {
        "index": 2,
        "diffId": "sha256:" + "3d" * 32,
        "digest": "",
        "instruction": "COPY shop.war web /srv/ # buildkit",
    }
    suppressed = {entry["finding"]["id"]: entry for entry in document["suppressed"]}
    assert suppressed["PYSEC-2099-1"]["finding"]["layer"] is None


def test_values_of_the_environment_stay_away() -> None:
    """Environment variables are named; their values, where secrets hide, are in no report."""
    document = to_document(sample())
    assert written(document)["image"]["config"]["envNames"] == ["PATH", "SHOP_TOKEN"]
    for name in ("csv", "html", "json", "table"):
        assert b"do-not-show" not in open_report(name).render(document)


def test_keys_are_sorted() -> None:
    """The JSON report sorts its keys and ends with one line end."""
    data = open_report("json").render(to_document(sample()))
    again = json.dumps(json.loads(data), indent=2, sort_keys=True, ensure_ascii=False)
    assert data.decode() == again + "\n"


def test_names_that_are_not_unicode() -> None:
    """A file name of undecodable bytes is written out and does not end the report."""
    path = b"srv/caf\xe9.jar".decode("utf-8", "surrogateescape")
    package = replace(
        LOG4SHELL.package,
        locations=(replace(LOG4SHELL.package.locations[0], path=path),),
    )
    result = replace(sample(), findings=(replace(LOG4SHELL, package=package),))
    document = to_document(result)
    finding = written(document)["findings"][0]
    assert finding["package"]["locations"][0]["path"] == "srv/caf\\udce9.jar"
    assert written(document) == document


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
def test_known_schema_is_read(version: str) -> None:
    """Results of this schema are accepted."""
    check_schema({"schemaVersion": version})


@pytest.mark.parametrize("version", ["1.4", "2.0", "10.0"])
def test_newer_schema_is_refused_by_name(version: str) -> None:
    """A result of a newer schema is refused, and the message says which it is."""
    with pytest.raises(UsageError, match=f"schema version {version}") as caught:
        check_schema({"schemaVersion": version})
    assert SCHEMA_VERSION in caught.value.message


@pytest.mark.parametrize(
    "version", [None, 1, "", "1", "one", "1.0.0", "9" * 5000 + ".0"]
)
def test_what_is_no_result_is_refused(version: object) -> None:
    """A document without a schema version is not taken for a result."""
    with pytest.raises(UsageError, match="not a shipworthy result"):
        check_schema({"schemaVersion": version} if version is not None else {})
