"""The event: what a bus routes by, what it says, and that it stays small and the same."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from reports_endings import ended
from reports_events import SCHEMA, event, read_event
from reports_sample import DJANGO_SQL, LOG4SHELL, bare, sample, undecided, warned

from shipworthy.reports.cloudevents import LIMIT, CloudEventsReport
from shipworthy.reports.document import to_document


@pytest.mark.parametrize("make", [sample, bare, warned, undecided, ended])
def test_every_result_makes_a_valid_event(make: Any) -> None:
    """The SDK and the schema take it, and it says what the result says."""
    result = make()
    data = event(result)["data"]
    assert data["verdict"]["summary"] == result.verdict.summary
    assert data["verdict"]["exitCode"] == result.verdict.exit_code
    assert data["counts"]["total"] == len(result.findings)


def test_the_schema_is_a_schema_and_refuses() -> None:
    """A mistake in an event is found: the validation that the other tests lean on can fail."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    told = event(sample())
    wrongs: tuple[dict[str, object], ...] = (
        {"type": "other"},
        {"extra": 1},
        {"id": "x"},
        {"data": {}},
    )
    for wrong in wrongs:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(
                {**told, **wrong}, SCHEMA, format_checker=jsonschema.FormatChecker()
            )


def test_a_bus_can_route_by_its_attributes() -> None:
    """Repository, image, verdict and day are attributes; the repository has no tag, so that a filter lasts."""
    told = event(sample())
    assert told["source"] == "urn:shipworthy:image:registry.example/shop"
    assert told["subject"] == "registry.example/shop:1.4"
    assert told["verdict"] == "partial"
    assert told["time"] == "2026-08-20T00:00:00Z"


def test_the_same_result_has_the_same_id_and_another_has_another() -> None:
    """So a receiver drops a repeat; whatever the event says makes it another one."""
    document = to_document(sample())
    first = CloudEventsReport().event(document)["id"]
    assert first == CloudEventsReport().event(document)["id"]
    fewer = to_document(replace(sample(), findings=(LOG4SHELL,)))
    linked = CloudEventsReport("https://ci.example/1")
    ids = {
        first,
        CloudEventsReport().event(fewer)["id"],
        linked.event(document)["id"],
    }
    assert len(ids) == 3


def test_what_is_new_and_what_is_gone_is_counted() -> None:
    """Against the sample's baseline; without one nothing is said of it."""
    compared = event(sample())["data"]["comparison"]
    assert (compared["new"], compared["fixed"], compared["moved"]) == (2, 2, 1)
    assert event(bare())["data"]["comparison"] is None


def test_the_worst_come_first_and_few() -> None:
    """Ten findings at most, in the order of the page, however many there are; the counts have all."""
    many = tuple(
        replace(DJANGO_SQL, id=f"CVE-2022-{number}") for number in range(10_000, 10_400)
    )
    data = event(replace(sample(), findings=(*many, LOG4SHELL)))["data"]
    assert data["counts"]["bySeverity"]["high"]["total"] == 400
    assert len(data["findings"]) == 10
    assert data["findings"][0]["id"] == "CVE-2021-44228"


def test_a_link_is_told_and_what_is_none_is_not() -> None:
    """Only an address of the web is a link."""
    document = to_document(sample())
    for given, told in (
        ("https://ci.example/1?a=b", "https://ci.example/1?a=b"),
        ("javascript:alert(1)", ""),
    ):
        data = json.loads(CloudEventsReport(given).render(document))["data"]
        assert data["link"] == told


def test_however_long_the_texts_it_stays_below_what_a_bus_takes() -> None:
    """Long texts of signs that grow when they are written out, in every text of findings, rules and tags."""
    long = "\U000e0041" * 20_000
    finding = replace(
        LOG4SHELL,
        id=long,
        title=long,
        fingerprint=long,
        package=replace(LOG4SHELL.package, name=long, version=long, purl=long),
    )
    result = sample()
    rules = tuple(
        replace(rule, name=long, reason=long, remedy=long, source=long)
        for rule in result.verdict.rules * 10
    )
    document = to_document(
        replace(
            result,
            findings=(finding,) * 40,
            verdict=replace(result.verdict, rules=rules, summary=long),
            image=replace(result.image, tags=(f"a/{long}",) * 40, target=long),
        )
    )
    data = CloudEventsReport().render(document)
    assert 10_000 < len(data) <= LIMIT
    told = read_event(data)
    assert told["data"]["counts"]["total"] == 40
    assert told["data"]["verdict"]["rulesLeftOut"] > 0
