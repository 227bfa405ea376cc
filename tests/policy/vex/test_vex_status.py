"""What each status does, which statement counts, and what is told."""

from __future__ import annotations

from itertools import permutations

import pytest
from vexing import (
    DIGEST,
    WHY,
    found,
    ids,
    openvex,
    said,
    vexed,
)

from shipworthy.policy.vex.match import VexChoice


CVE = "CVE-2022-3715"
BASH = "pkg:deb/debian/bash@5.1-2%2Bdeb11u1?arch=amd64&distro=debian-11"
OCI = f"pkg:oci/debian@{DIGEST}"


# Statuses.


@pytest.mark.parametrize("status", ["not_affected", "fixed"])
def test_what_is_not_affected_or_fixed_is_taken_out(status: str) -> None:
    """With status, justification and source, and the statement is listed as used."""
    result = vexed([found(CVE, BASH)], openvex(said(CVE, [BASH], status)))
    (item,) = result.suppressed
    assert not result.kept
    assert (item.rule, item.source, item.vex_status) == ("vex", "vex-0.json", status)
    assert item.justification == (WHY if status == "not_affected" else "")
    assert item.owner == "Example"
    (use,) = result.uses
    assert (use.entry, use.source, use.state, use.count) == (
        item.entry,
        item.source,
        "used",
        1,
    )


@pytest.mark.parametrize("status", ["affected", "under_investigation"])
def test_what_is_affected_or_not_yet_known_stays_and_is_marked(status: str) -> None:
    """The finding says what the statement says."""
    statement = said(CVE, [BASH], status, action_statement="update")
    result = vexed([found(CVE, BASH)], openvex(statement))
    assert [one.vex_status for one in result.kept] == [status]
    assert not result.suppressed
    assert not result.uses


def test_not_affected_without_a_reason_does_not_count() -> None:
    """OpenVEX asks for a justification or an impact statement."""
    bare = said(CVE, [BASH], justification="")
    assert not ids(vexed([found(CVE, BASH)], openvex(bare)))
    unknown = said(CVE, [BASH], justification="because")
    assert not ids(vexed([found(CVE, BASH)], openvex(unknown)))
    told = said(CVE, [BASH], justification="", impact_statement="not called")
    (item,) = vexed([found(CVE, BASH)], openvex(told)).suppressed
    assert item.reason == "not affected: not called"


def test_the_newest_statement_counts() -> None:
    """Under investigation, then not affected, then affected after all."""
    course = [
        said(CVE, [BASH], "under_investigation", timestamp="2024-01-01T00:00:00Z"),
        said(CVE, [BASH], timestamp="2024-01-02T00:00:00.000000001Z"),
        said(CVE, [BASH], "affected", timestamp="2024-01-02T02:30:00+02:00"),
    ]
    assert not ids(vexed([found(CVE, BASH)], openvex(*course[:1])))
    assert ids(vexed([found(CVE, BASH)], openvex(*course[:2])))
    (kept,) = vexed([found(CVE, BASH)], openvex(*course)).kept
    assert kept.vex_status == "affected"


def test_a_statement_without_a_time_has_that_of_its_document() -> None:
    """Times cascade down; an update of the statement counts, one of the document does not."""
    old = openvex(
        said(CVE, [BASH]),
        timestamp="2023-01-01T00:00:00Z",
        last_updated="2025-01-01T00:00:00Z",
    )
    new = openvex(said(CVE, [BASH], "affected"), **{"@id": "urn:other"})
    assert not ids(vexed([found(CVE, BASH)], old, new))
    updated = openvex(said(CVE, [BASH], last_updated="2025-01-01T00:00:00Z"))
    assert ids(vexed([found(CVE, BASH)], updated, new))


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        (("not_affected", "affected"), "affected"),
        (("fixed", "affected", "under_investigation"), "affected"),
        (("not_affected", "under_investigation"), "under_investigation"),
        (("not_affected", "fixed"), "fixed"),
    ],
)
def test_of_equally_new_statements_the_more_careful_one_counts_in_any_order(
    statuses: tuple[str, ...], status: str
) -> None:
    """The order of statements and of documents decides nothing."""
    for order in permutations(statuses):
        documents = [
            openvex(said(CVE, [BASH], one), **{"@id": f"urn:{one}"}) for one in order
        ]
        for given in (documents, [openvex(*(said(CVE, [BASH], one) for one in order))]):
            result = vexed([found(CVE, BASH)], *given)
            marks = [one.vex_status for one in result.suppressed]
            assert marks + [one.vex_status for one in result.kept] == [status]


def test_a_later_version_of_a_document_takes_the_earlier_one_s_place() -> None:
    """Even where both say the same time."""
    first = openvex(said(CVE, [BASH], "affected"), version=1)
    second = openvex(said(CVE, [BASH]), version=2)
    for order in ((first, second), (second, first)):
        assert ids(vexed([found(CVE, BASH)], *order))


def test_a_statement_on_the_image_yields_to_a_newer_one_on_the_package() -> None:
    """They are about the same finding."""
    whole = said(CVE, [OCI], timestamp="2023-01-01T00:00:00Z")
    assert not ids(
        vexed([found(CVE, BASH)], openvex(whole, said(CVE, [BASH], "affected")))
    )
    newer = said(CVE, [OCI], timestamp="2025-01-01T00:00:00Z")
    assert ids(vexed([found(CVE, BASH)], openvex(newer, said(CVE, [BASH], "affected"))))


def test_a_choice_says_which_statements_may_take_out() -> None:
    """As Grype's rules with vex-status and vex-justification."""
    document = openvex(said(CVE, [BASH]), said("CVE-2", [BASH], "fixed"))
    findings = [found(CVE, BASH), found("CVE-2", BASH)]
    for choice, gone in (
        (VexChoice(status="fixed"), ["CVE-2"]),
        (VexChoice(status="not_affected"), [CVE]),
        (VexChoice(status="not_affected", justification=WHY), [CVE]),
        (VexChoice(status="not_affected", justification="component_not_present"), []),
        (VexChoice(status="affected"), []),
    ):
        assert ids(vexed(findings, document, choices=[choice])) == gone


# What is told.


def test_statements_that_fit_nothing_are_counted_and_not_listed() -> None:
    """A vendor's VEX is on much that is not here."""
    others = [said(f"CVE-2020-{n}", ["pkg:npm/x"]) for n in range(5)]
    result = vexed([found(CVE, BASH)], openvex(said(CVE, [BASH]), *others))
    assert [use.count for use in result.uses] == [1]
    (note,) = result.notes
    assert note.message == "1 of 6 statements are on what was found here"
    assert not note.partial


def test_findings_keep_their_order_and_entries_their_names() -> None:
    """Two statements that read the same are told apart; suppressed findings name theirs."""
    twice = [
        said(CVE, ["pkg:deb/debian/bash"], impact_statement=words) for words in "ab"
    ]
    findings = [found("CVE-1", BASH), found(CVE, BASH), found("CVE-3", BASH)]
    result = vexed(findings, openvex(*twice))
    assert [one.id for one in result.kept] == ["CVE-1", "CVE-3"]
    assert result.suppressed[0].entry == result.uses[0].entry
