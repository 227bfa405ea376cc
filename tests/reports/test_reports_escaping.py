"""One table over all formats: whatever an image or a feed says arrives harmless."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bills import problems
from hostile import HOSTILE, poisoned
from hostile_checks import CHECKS
from hypothesis import given, settings
from hypothesis import strategies as st
from reports_sample import LOG4SHELL, sample

from shipworthy.model.result import ScanResult
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report
from shipworthy.reports.sharing import sharing


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_hostile_text_is_harmless(name: str, hostile: str) -> None:
    """Each hostile text, in every place at once, does nothing in any format."""
    document = to_document(poisoned(sample(), HOSTILE[hostile]))
    CHECKS[name](open_report(name).render(document), document)


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("name", sorted(CHECKS))
def test_hostile_text_after_ours_is_harmless(name: str, hostile: str) -> None:
    """The same with plain words around it."""
    document = to_document(poisoned(sample(), f"lib {HOSTILE[hostile]} end"))
    CHECKS[name](open_report(name).render(document), document)


@pytest.mark.parametrize("hostile", sorted(HOSTILE))
@pytest.mark.parametrize("name", ["cyclonedx", "cyclonedx-xml", "spdx"])
def test_hostile_bills_are_valid(name: str, hostile: str) -> None:
    """Whatever is in it, a bill of materials is one to an independent validator."""
    document = to_document(poisoned(sample(), HOSTILE[hostile]))
    assert problems(name, open_report(name).render(document)) == ""


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_harmless(text: str) -> None:
    """No text at all does anything in any format."""
    document = to_document(poisoned(sample(), text))
    with sharing(document):
        for name, check in CHECKS.items():
            check(open_report(name).render(document), document)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_huge_names_stay_readable(name: str) -> None:
    """Names of a megabyte are cut for people, said to be cut, and whole in JSON."""
    huge = "A" * 1_000_000
    document = to_document(_with_huge(sample(), huge))
    data = open_report(name).render(document)
    CHECKS[name](data, document)
    if name == "json":
        assert data.decode().count(huge) == 11
    elif name != "openvex":  # of names, only purls stand in it
        assert len(data) < 120_000
        assert b"1,000,000 characters" in data


def _with_huge(result: ScanResult, huge: str) -> ScanResult:
    place = replace(LOG4SHELL.package.locations[0], path=huge)
    package = replace(
        LOG4SHELL.package, name=huge, version=huge, locations=(place,), licences=(huge,)
    )
    finding = replace(
        LOG4SHELL,
        package=package,
        id=huge,
        title=huge,
        description=huge,
        references=(huge,),
    )
    return replace(result, packages=(package,), findings=(finding,))
