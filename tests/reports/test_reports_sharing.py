"""What is made once for all findings that are alike, and that nothing of one finding gets into another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from reports_sample import LOG4SHELL, sample

from shipworthy.model.finding import Finding
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report, report_names
from shipworthy.reports.sharing import OF_VULNERABILITY, common, sharing


def log4shell() -> list[Finding]:
    """Log4Shell in packages and builds of it, of which some say otherwise what it is."""
    shaded = replace(
        LOG4SHELL.package,
        name="org.apache.logging.log4j:log4j-core-shaded",
        purl="pkg:maven/org.apache.logging.log4j/log4j-core-shaded@2.14.1",
    )
    found = [
        replace(LOG4SHELL, fingerprint="1" * 32, severity="low", state="moved"),
        replace(LOG4SHELL, fingerprint="2" * 32, package=shaded, fixed_versions=()),
        replace(LOG4SHELL, fingerprint="3" * 32, package=shaded, advisories=()),
        replace(LOG4SHELL, fingerprint="4" * 32, kev=None, exploits=()),
        replace(LOG4SHELL, fingerprint="5" * 32, cvss=(), epss=None, aliases=()),
        replace(LOG4SHELL, fingerprint="6" * 32, cwes=(), published="", origin="base"),
    ]
    found += [
        replace(LOG4SHELL, fingerprint=f"{at:032x}", description=f"Told anew, {at}.")
        for at in range(12)
    ]
    return found


def document() -> dict[str, Any]:
    """The sample with those."""
    result = sample()
    return to_document(replace(result, findings=(*result.findings, *log4shell())))


@pytest.mark.parametrize("name", report_names())
def test_a_shared_document_gives_the_same_bytes(name: str) -> None:
    """Findings of one vulnerability that differ in anything keep what is theirs, in every format."""
    held = document()
    alone = open_report(name).render(held)
    with sharing(held):
        shared = open_report(name).render(held)

    assert alone == shared


def test_it_is_made_once_for_all_that_say_the_same() -> None:
    """Once a vulnerability, once a package, and once for what else it is given."""
    calls: list[object] = []

    @common
    def told(one: Mapping[str, Any], more: str) -> str:
        calls.append((one.get("id") or one["name"], more))
        return more

    held = document()
    same = [
        one for one in held["findings"] if one["description"] == LOG4SHELL.description
    ]
    same = [one for one in same if one["kev"] and one["cvss"]]
    with sharing(held):
        for finding in same * 2:
            told(finding, "a")
            told(finding, "b")
            told(finding["package"], "a")

    names = {one["package"]["name"] for one in same}
    assert [(LOG4SHELL.id, more) for more in "ab"] == [
        one for one in calls if isinstance(one, tuple) and one[0] == LOG4SHELL.id
    ]
    assert 2 + len(names) == len(calls)


def test_nothing_is_remembered_of_a_document_that_may_change() -> None:
    """Without the promise, and of findings that are none of the document's."""
    calls: list[object] = []

    @common
    def told(one: Mapping[str, Any]) -> None:
        calls.append(one)

    held, other = document(), document()
    told(held["findings"][0])
    told(held["findings"][0])
    with sharing(other):
        told(held["findings"][0])

    assert 3 == len(calls)


def test_what_is_made_for_all_cannot_depend_on_one() -> None:
    """It is handed the vulnerability's facts alone."""
    seen: list[set[str]] = []
    held = document()
    with sharing(held):
        common(lambda one: seen.append(set(one)))(held["findings"][0])

    assert [set(OF_VULNERABILITY)] == seen
