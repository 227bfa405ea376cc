"""Who has the last word on one source package: the same in whatever order it is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import below

from shipworthy.advisories.feeds.interface import (
    BULLETIN,
    OUTLOOK,
    PER_VULNERABILITY,
    TRACKER,
    Statement,
)
from shipworthy.advisories.settle import settle
from shipworthy.model.advisory import UNRELEASED, Advisory, FixState


CVE = "CVE-2024-0001"


def statement(
    authority: int,
    id_: str,
    fixed: str = "",
    *,
    state: FixState = "affected",
    channel: str = "",
    fixed_on: str = "",
) -> Statement:
    """What somebody says of the vulnerability."""
    bulletin = authority == BULLETIN
    return Statement(
        advisory=Advisory(
            id=id_,
            aliases=() if id_ == CVE else (CVE,),
            scheme="deb",
            feed="x",
            ranges=below(fixed),
            fix_state=state,
            channel=channel,
            bulletin=bulletin,
            fixed_on=fixed_on,
        ),
        authority=authority,
    )


def settled(*statements: Statement) -> list[tuple[str, str, FixState, str, str]]:
    """Id, fix, state, channel and date of what stands."""
    found = [advisory for advisory, _ in settle(statements, {}, frozenset())]
    return sorted(
        (
            a.id,
            next((v for kind, v in a.ranges[0].events if kind == "fixed"), ""),
            a.fix_state,
            a.channel,
            a.fixed_on,
        )
        for a in found
    )


OPEN = statement(PER_VULNERABILITY, f"UBUNTU-{CVE}")
FIXED = statement(PER_VULNERABILITY, f"UBUNTU-{CVE}", "1.0-2")
CLEARED = statement(TRACKER, CVE, "0")
NOTICE = statement(BULLETIN, "USN-1-1", "1.0-2", fixed_on="2024-01-01")
LATER = statement(BULLETIN, "USN-1-2", "1.0-3", fixed_on="2024-02-01")
IGNORED = statement(OUTLOOK, CVE, state="will-not-fix")
DEFERRED = statement(OUTLOOK, CVE, state="fix-deferred")
PRO = statement(PER_VULNERABILITY, f"UBUNTU-{CVE}", "1.0-1+esm1", channel="esm-infra")


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ((OPEN, NOTICE), [(OPEN.advisory.id, "1.0-2", "affected", "", "2024-01-01")]),
        (
            (OPEN, NOTICE, LATER),
            [(OPEN.advisory.id, "1.0-3", "affected", "", "2024-02-01")],
        ),
        (
            (FIXED, NOTICE, LATER),
            [(OPEN.advisory.id, "1.0-2", "affected", "", "2024-01-01")],
        ),
        ((OPEN, IGNORED), [(OPEN.advisory.id, "", "will-not-fix", "", "")]),
        ((OPEN, IGNORED, DEFERRED), [(OPEN.advisory.id, "", "will-not-fix", "", "")]),
        ((IGNORED,), [(CVE, "", "will-not-fix", "", "")]),
        ((CLEARED, FIXED, LATER, IGNORED), [(CVE, "0", "affected", "", "")]),
        (
            (OPEN, PRO),
            [
                (OPEN.advisory.id, "", "affected", "", ""),
                (OPEN.advisory.id, "1.0-1+esm1", "affected", "esm-infra", ""),
            ],
        ),
        (
            (statement(TRACKER, CVE, "1.0-2", channel=UNRELEASED), FIXED),
            [(CVE, "1.0-2", "affected", UNRELEASED, "")],
        ),
        (
            (statement(TRACKER, CVE, "1.0-2", channel=UNRELEASED), FIXED, NOTICE),
            [(CVE, "1.0-2", "affected", "", "2024-01-01")],
        ),
    ],
)
def test_who_stands(
    said: tuple[Statement, ...], stands: list[tuple[str, str, FixState, str, str]]
) -> None:
    """The higher authority, with a fix or an outlook of those below where it has none."""
    assert settled(*said) == stands


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(
    st.permutations(
        [OPEN, FIXED, NOTICE, LATER, IGNORED, DEFERRED, PRO, CLEARED]
    ).flatmap(
        lambda order: st.tuples(
            st.just(order), st.sets(st.integers(0, len(order) - 1), min_size=1)
        )
    )
)
def test_the_order_does_not_matter(
    drawn: tuple[list[Statement], set[int]],
) -> None:
    """Any of the statements, in any order, settle as they do sorted."""
    order, kept = drawn
    said = [order[index] for index in sorted(kept)]
    assert settled(*said) == settled(*sorted(said, key=repr))
