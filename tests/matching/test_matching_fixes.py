"""Fix states, fixed versions, and the pages of advisories."""

from __future__ import annotations

import pytest
from judging import advisory

from shipworthy.matching.aliases import group
from shipworthy.matching.fixes import fix_of, ordered
from shipworthy.matching.interface import Hit
from shipworthy.matching.links import link_of
from shipworthy.matching.verdicts import Verdict
from shipworthy.model.advisory import Advisory, FixState
from shipworthy.versions.ranges import AffectedRange, affected


def verdict(version: str, *held: Advisory) -> Verdict:
    """What these advisories say of a version."""
    hits = []
    for one in held:
        where = affected(one.scheme, version, one.ranges)
        if where:
            hits.append(Hit(advisory=one, where=where))
    (made,) = group(held)
    return Verdict(group=made, hits=tuple(hits))


def said(fixed: str, state: FixState = "affected", bucket: str = "pypi") -> Advisory:
    """One publisher's statement; the id is made of what it says."""
    id_ = f"X-{fixed or state}"
    return advisory(
        id_, bucket, "a", fixed, fix_state=state, aliases=("CVE-2024-1000",)
    )


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("affected", "will-not-fix"), "will-not-fix"),
        (("under-investigation", "affected"), "affected"),
        (("end-of-life", "fix-deferred"), "end-of-life"),
        (("under-investigation",), "under-investigation"),
        (("fixed",), "affected"),
    ],
)
def test_the_state_that_says_most(
    states: tuple[FixState, ...], expected: FixState
) -> None:
    """Without a fixed version the clearest word counts; ``fixed`` by none is only affected."""
    found = verdict("1.0", *(said("", state) for state in states))

    assert fix_of("pep440", found, highest=False) == (expected, ())


def test_a_fix_anywhere_is_a_fix() -> None:
    """One publisher's fix outranks another's not knowing."""
    found = verdict("1.0", said("", "will-not-fix"), said("1.5"))

    assert fix_of("pep440", found, highest=True) == ("fixed", ("1.5",))


def test_fixes_that_another_denies_are_not_recommended() -> None:
    """Of two advisories the earlier fix is left out, unless nothing would remain."""
    assert fix_of(
        "pep440", verdict("1.0", said("1.5"), said("1.7")), highest=False
    ) == (
        "fixed",
        ("1.7",),
    )
    never = verdict("1.0", said("1.5"), said(""))
    assert fix_of("pep440", never, highest=False) == ("fixed", ("1.5",))


def test_a_fix_that_nobody_can_compare_is_still_told() -> None:
    """A fixed version outside of the scheme cannot be denied by another advisory."""
    odd = Hit(
        advisory=said("1.5"),
        where=AffectedRange(
            constraint="< 2", fixed="odd!", fixed_versions=("odd!", "2")
        ),
    )
    found = Verdict(group=group([said("1.5")])[0], hits=(odd,))

    assert fix_of("pep440", found, highest=False) == ("fixed", ("2", "odd!"))


def test_versions_are_ordered_by_their_scheme() -> None:
    """1.10 comes after 1.9, equal spellings are one, and nonsense comes last."""
    assert ordered("pep440", ["1.10", "1.9", "1.9.0", "?", "1.10"]) == (
        "1.9",
        "1.10",
        "?",
    )


@pytest.mark.parametrize(
    ("id_", "bucket", "page"),
    [
        ("CVE-2024-1000", "npm", "https://www.cve.org/CVERecord?id=CVE-2024-1000"),
        (
            "DEBIAN-CVE-2024-1000",
            "debian-12",
            "https://security-tracker.debian.org/tracker/CVE-2024-1000",
        ),
        (
            "ALSA-2022:5468",
            "almalinux-9",
            "https://errata.almalinux.org/9/ALSA-2022-5468.html",
        ),
        (
            "GHSA-jfh8-c2jp-5v3q",
            "maven",
            "https://github.com/advisories/GHSA-jfh8-c2jp-5v3q",
        ),
        ("GO-2024-2687", "golang", "https://pkg.go.dev/vuln/GO-2024-2687"),
        ("PYSEC-2024-1", "pypi", "https://osv.dev/vulnerability/PYSEC-2024-1"),
        ("NSWG-ECO-1", "npm", ""),
        ("GHSA-x/../../y", "npm", ""),
        ("GHSA-{id}", "npm", ""),
        (
            "ELSA-2022-9258",
            "ol-8",
            "https://linux.oracle.com/errata/ELSA-2022-9258.html",
        ),
        ("CVE-2022-0778", "ol-8", "https://linux.oracle.com/cve/CVE-2022-0778.html"),
        (
            "SUSE-SU-2022:0330-1",
            "sles-15.3",
            "https://www.suse.com/support/update/announcement/2022/suse-su-20220330-1/",
        ),
        (
            "CVE-2022-23218",
            "sle-micro-5.4",
            "https://www.suse.com/security/cve/CVE-2022-23218.html",
        ),
        (
            "CVE-2023-21980",
            "mariner-2",
            "https://msrc.microsoft.com/update-guide/vulnerability/CVE-2023-21980",
        ),
    ],
)
def test_pages_of_advisories(id_: str, bucket: str, page: str) -> None:
    """Each publisher's page, the distribution's own for its CVEs; nothing for odd ids."""
    assert link_of(id_, bucket) == page
