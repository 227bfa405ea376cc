"""Which advisories are about the same vulnerability."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import advisory

from shipworthy.matching.aliases import group
from shipworthy.model.advisory import Advisory


def said(id_: str, *aliases: str, bulletin: bool = False) -> Advisory:
    """An advisory on one package under these names."""
    return advisory(id_, "pypi", "sample", "1", aliases=aliases, bulletin=bulletin)


def test_ids_and_aliases_connect() -> None:
    """GHSA, PYSEC and CVE of one thing are one, and the CVE is its name."""
    (one,) = group([said("PYSEC-1", "GHSA-1"), said("GHSA-1", "CVE-2024-1000")])

    assert one.id == "CVE-2024-1000"
    assert one.aliases == ("GHSA-1", "PYSEC-1")
    assert [a.id for a in one.advisories] == ["GHSA-1", "PYSEC-1"]


def test_two_cves_are_never_joined() -> None:
    """What shares an alias with both stands with both and is no third thing."""
    groups = group(
        [
            said("GHSA-1", "CVE-2024-1000"),
            said("GHSA-1", "CVE-2024-2000"),
            said("GO-1", "GHSA-1"),
        ]
    )

    assert [one.id for one in groups] == ["CVE-2024-1000", "CVE-2024-2000"]
    assert all("GO-1" in one.aliases for one in groups)
    assert not any("CVE-2024-1000" in one.aliases for one in groups)


def test_one_record_with_several_cves_is_several() -> None:
    """Though the database splits such records, one that comes whole is split here."""
    groups = group([said("GHSA-1", "CVE-2024-1000", "CVE-2024-2000")])

    assert [(one.id, one.aliases) for one in groups] == [
        ("CVE-2024-1000", ("GHSA-1",)),
        ("CVE-2024-2000", ("GHSA-1",)),
    ]


def test_a_bulletin_is_no_name() -> None:
    """Two CVEs of one DSA stay apart and do not carry its id as alias."""
    groups = group(
        [
            said("DSA-1-1", "CVE-2024-1000", bulletin=True),
            said("DSA-1-1", "CVE-2024-2000", bulletin=True),
        ]
    )

    assert [(one.id, one.aliases) for one in groups] == [
        ("CVE-2024-1000", ()),
        ("CVE-2024-2000", ()),
    ]


def test_a_bulletin_alone_keeps_its_id() -> None:
    """Where it names no vulnerability there is no other name for what it is about."""
    (one,) = group([said("ALSA-2022:5468", bulletin=True)])

    assert one.id == "ALSA-2022:5468"


def test_without_a_cve_github_names_it() -> None:
    """The chain of aliases holds however the records come in."""
    for order in (0, 1, 2):
        records = [said("RUSTSEC-1", "X-1"), said("GHSA-1", "X-2"), said("X-2", "X-1")]
        (one,) = group([*records[order:], *records[:order]])
        assert one.id == "GHSA-1"
        assert one.aliases == ("RUSTSEC-1", "X-1", "X-2")


NAMES = st.sampled_from(
    ["CVE-2024-1000", "CVE-2024-2000", "GHSA-1", "GHSA-2", "GO-1", "PYSEC-1"]
)


@pytest.mark.property
@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=3), st.booleans()), max_size=7),
    st.randoms(use_true_random=False),
)
def test_grouping_is_whole_and_in_no_order(
    rows: list[tuple[str, list[str], bool]], random: object
) -> None:
    """Every advisory is in a group, no group has two CVEs, and the order does not matter."""
    records = [
        said(id_, *aliases, bulletin=bulletin) for id_, aliases, bulletin in rows
    ]
    groups = group(records)
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random

    again = group(shuffled)
    assert [(g.id, g.aliases) for g in groups] == [(g.id, g.aliases) for g in again]
    assert {a.id for g in groups for a in g.advisories} == {a.id for a in records}
    for one in groups:
        assert sum(name.startswith("CVE-") for name in one.ids) <= 1
    names = [one.id for one in groups]
    assert len(names) == len(set(names))
