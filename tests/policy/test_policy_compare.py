"""Each state and each reason, on real packages and vulnerabilities."""

from __future__ import annotations

from dataclasses import replace

import pytest
from comparing import compared, flaw, gone, held, seen, states
from hypothesis import given
from hypothesis import strategies as st
from policing import scanned

from shipworthy.judging import Brief, result_by
from shipworthy.model.finding import Finding
from shipworthy.model.package import Distro, Status
from shipworthy.policy.baseline.baseline import Baseline, baseline_of
from shipworthy.policy.baseline.compare import compare
from shipworthy.policy.options import GateOptions, with_options
from shipworthy.policy.rules import Policy


LODASH = "CVE-2021-23337"
"""Fixed in lodash 4.17.21."""
APP = "app/node_modules/lodash/package.json"
TOOL = "tool/node_modules/lodash/package.json"
PNPM = "app/node_modules/.pnpm/lodash@{}/node_modules/lodash/package.json"


def lodash(version: str, *paths: str) -> Finding:
    """The finding of CVE-2021-23337 in that version at those places."""
    return flaw(LODASH, held("npm", "lodash", version, *paths))


def test_what_was_there_is_existing() -> None:
    """The same image again: nothing is new, nothing gone, and the order is kept."""
    found = seen([lodash("4.17.20", APP), flaw("CVE-2023-4911", held("deb", "libc6", "2.36-9"))])  # fmt: skip
    result = compared(found, found)

    assert [(LODASH, "existing", ""), ("CVE-2023-4911", "existing", "")] == states(
        result
    )
    assert [] == gone(result)
    assert () == result.statuses
    assert all(f.fingerprint for f in result.findings)


def test_without_a_baseline_there_are_fingerprints_alone() -> None:
    """And what was compared already keeps its state, so that it can be judged in part."""
    result = compare(seen([lodash("4.17.20", APP)]), None)
    again = compare(seen(compared(seen([]), seen(result.findings)).findings), None)

    assert result.comparison is None
    assert [(LODASH, "None", "")] == states(result)
    assert result.findings[0].fingerprint
    assert [(LODASH, "new", "package added")] == states(again)


def test_against_nothing_everything_is_new() -> None:
    """``--baseline none``: the empty baseline."""
    result = compare(seen([lodash("4.17.20", APP)]), Baseline())

    assert [(LODASH, "new", "")] == states(result)
    assert result.comparison is not None
    assert ("none", ()) == (result.comparison.name, result.comparison.fixed)


def test_a_bump_that_leaves_it_is_existing() -> None:
    """4.17.15 became 4.17.20, and both have it."""
    result = compared(seen([lodash("4.17.15", APP)]), seen([lodash("4.17.20", APP)]))

    assert [(LODASH, "existing", "")] == states(result)
    assert [] == gone(result)


def test_an_added_package_brings_new_ones() -> None:
    """Nothing of that name was there."""
    result = compared(seen([]), seen([lodash("4.17.20", APP)]))

    assert [(LODASH, "new", "package added")] == states(result)


def test_a_bump_that_brings_one_says_so() -> None:
    """OpenSSH 9.1 has CVE-2023-25136, 9.0 has not."""
    before = held("apk", "openssh", "9.0_p1-r2", "lib/apk/db/installed")
    after = held("apk", "openssh", "9.1_p1-r1", "lib/apk/db/installed")
    result = compared(seen([], before), seen([flaw("CVE-2023-25136", after)]))

    assert [("CVE-2023-25136", "new", "9.0_p1-r2 became 9.1_p1-r1")] == states(result)


def test_a_version_beside_the_old_one_says_so() -> None:
    """A second lodash, vulnerable, beside a repaired one."""
    good = held("npm", "lodash", "4.17.21", APP)
    result = compared(seen([], good), seen([lodash("4.17.15", TOOL)], good))

    assert [(LODASH, "new", "4.17.15 added beside 4.17.21")] == states(result)


def test_an_advisory_that_came_is_newly_known() -> None:
    """The package is as it was."""
    package = held("deb", "libc6", "2.36-9+deb12u1", "var/lib/dpkg/status")
    result = compared(seen([], package), seen([flaw("CVE-2023-4911", package)]))

    assert [("CVE-2023-4911", "new", "newly known")] == states(result)


def test_an_end_of_support_that_came_near_is_no_new_knowledge() -> None:
    """Only the day is another."""
    debian = Distro(id="debian", version="10")
    end = flaw("EOL-debian-10", held("os", "debian", "10", "etc/os-release"), kind="end-of-life")  # fmt: skip
    result = compared(
        seen([], distro=debian), scanned([end], packages=(), distro=debian)
    )

    assert [("EOL-debian-10", "new", "support ended or ends soon")] == states(result)


def test_a_move_is_told_with_its_places() -> None:
    """The same package elsewhere in the image."""
    result = compared(seen([lodash("4.17.20", APP)]), seen([lodash("4.17.20", TOOL)]))

    assert [
        (LODASH, "moved", "from app/node_modules/lodash to tool/node_modules/lodash")
    ] == states(result)
    assert [] == gone(result)


def test_a_move_with_a_bump_is_a_move() -> None:
    """Version and place are other ones, the vulnerability is not."""
    result = compared(seen([lodash("4.17.15", APP)]), seen([lodash("4.17.20", TOOL)]))

    assert ["moved"] == [state for _, state, _ in states(result)]


def test_a_further_place_is_a_move_and_one_place_less_is_none() -> None:
    """What gained a place is told; what lost one is what it was."""
    one, two = seen([lodash("4.17.20", APP)]), seen([lodash("4.17.20", APP, TOOL)])

    assert [(LODASH, "moved", "also in tool/node_modules/lodash")] == states(
        compared(one, two)
    )
    assert [(LODASH, "existing", "")] == states(compared(two, one))
    assert [] == gone(compared(two, one))


def test_of_two_versions_one_is_fixed_and_one_is_left() -> None:
    """Versions 4.17.15 and 4.17.20 in different places; the first became 4.17.21."""
    before = seen([lodash("4.17.15", APP), lodash("4.17.20", TOOL)])
    result = compared(
        before, seen([lodash("4.17.20", TOOL)], held("npm", "lodash", "4.17.21", APP))
    )

    assert [(LODASH, "existing", "")] == states(result)
    assert [(LODASH, "4.17.15", "upgraded to 4.17.21")] == gone(result)


def test_of_two_versions_one_is_removed() -> None:
    """Nothing took its place."""
    before = seen([lodash("4.17.15", APP), lodash("4.17.20", TOOL)])
    result = compared(before, seen([lodash("4.17.20", TOOL)]))

    assert [(LODASH, "existing", "")] == states(result)
    assert [(LODASH, "4.17.15", "removed, 4.17.20 is left")] == gone(result)


def test_of_two_versions_in_one_directory_one_is_fixed() -> None:
    """Versions lie side by side in the store of pnpm, so the place is the same."""
    before = seen([lodash(v, PNPM.format(v)) for v in ("4.17.15", "4.17.20")])
    result = compared(before, seen([lodash("4.17.20", PNPM.format("4.17.20"))]))

    assert [(LODASH, "existing", "")] == states(result)
    assert [(LODASH, "4.17.15", "removed, 4.17.20 is left")] == gone(result)


def test_two_versions_that_become_one_are_existing() -> None:
    """Both places have the vulnerability as before; nothing is fixed."""
    before = seen([lodash("4.17.15", APP), lodash("4.17.20", TOOL)])
    result = compared(before, seen([lodash("4.17.20", APP, TOOL)]))

    assert [(LODASH, "existing", "")] == states(result)
    assert [] == gone(result)


def test_one_version_that_becomes_two_is_existing() -> None:
    """One of its two places was updated, not far enough."""
    before = seen([lodash("4.17.15", APP, TOOL)])
    result = compared(before, seen([lodash("4.17.15", APP), lodash("4.17.20", TOOL)]))

    assert ["existing", "existing"] == [state for _, state, _ in states(result)]


def test_another_copy_is_new() -> None:
    """A second version of the package brings the vulnerability once more."""
    before = seen([lodash("4.17.15", APP)])
    result = compared(before, seen([lodash("4.17.15", APP), lodash("4.17.20", TOOL)]))

    assert [
        (LODASH, "existing", ""),
        (LODASH, "new", "another copy, in tool/node_modules/lodash"),
    ] == states(result)


def test_an_id_that_became_a_cve_is_not_new() -> None:
    """It is known by any id in common, though its fingerprint is another."""
    minimist = held("npm", "minimist", "0.0.8", "a/node_modules/minimist/package.json")
    before = seen([flaw("GHSA-vh95-rmgr-6w4m", minimist)])
    now = seen([flaw("CVE-2020-7598", minimist, "GHSA-vh95-rmgr-6w4m")])
    result = compared(before, now)

    assert [("CVE-2020-7598", "existing", "")] == states(result)
    assert [] == gone(result)


def test_a_record_that_was_split_is_not_new() -> None:
    """What was one alias set of two CVEs becomes two findings."""
    package = held("pypi", "pillow", "8.0.0", "usr/lib/python3/dist-packages/Pillow-8.0.0.egg-info")  # fmt: skip
    before = seen([flaw("PYSEC-2021-1", package, "CVE-2021-25287", "CVE-2021-25288")])
    now = seen([flaw("CVE-2021-25287", package), flaw("CVE-2021-25288", package)])

    assert ["existing", "existing"] == [s for _, s, _ in states(compared(before, now))]
    assert ["existing"] == [s for _, s, _ in states(compared(now, before))]


def test_another_processor_changes_nothing() -> None:
    """Nor does a package that is installed for two of them."""
    libc = "2.36-9+deb12u1"
    amd, arm = (held("deb", "libc6", libc, arch=arch) for arch in ("amd64", "arm64"))
    one, other, both = (
        seen([flaw("CVE-2023-4911", package) for package in packages])
        for packages in ((amd,), (arm,), (amd, arm))
    )

    for before, now in ((one, other), (one, both), (both, one)):
        result = compared(before, now)
        assert {"existing"} == {state for _, state, _ in states(result)}
        assert [] == gone(result)


@pytest.mark.parametrize(
    ("version", "left", "reason"),
    [
        ("4.17.20", ["4.17.21"], "upgraded to 4.17.21"),
        ("4.17.20", ["3.10.1"], "downgraded to 3.10.1"),
        ("4.17.20", ["4.17.21", "4.17.30", "3.10.1"], "upgraded to 4.17.21"),
        ("4.17.20", ["not a version"], "4.17.20 became not a version"),
        ("4.17.20", ["4.17.20"], "no longer reported"),
        ("4.17.20", [], "package removed"),
    ],
)
def test_what_is_gone_says_why(version: str, left: list[str], reason: str) -> None:
    """By what is there now."""
    now = [held("npm", "lodash", there, APP) for there in left]
    result = compared(seen([lodash(version, APP)]), seen([], *now))

    assert [(LODASH, version, reason)] == gone(result)


def test_a_distribution_s_versions_are_compared_by_its_rules() -> None:
    """1.0~rc1 is before 1.0 for dpkg, and a release upgrade is an upgrade of the ``os``."""
    old = held("deb", "libssl3", "3.0.11-1~deb12u2")
    new = held("deb", "libssl3", "3.0.11-1")
    end = flaw("EOL-debian-10", held("os", "debian", "10", "etc/os-release"))
    before = seen([flaw("CVE-2023-5678", old), end], distro=Distro(id="debian", version="10"))  # fmt: skip
    now = seen([], new, distro=Distro(id="debian", version="12"))

    assert [
        ("EOL-debian-10", "10", "upgraded to 12"),
        ("CVE-2023-5678", "3.0.11-1~deb12u2", "upgraded to 3.0.11-1"),
    ] == gone(compared(before, now))


def test_the_worst_that_is_gone_comes_first() -> None:
    """By severity, then by name."""
    package = held("deb", "libc6", "2.36-9")
    other = held("deb", "bash", "5.2")
    before = seen(
        [
            flaw("CVE-2023-0001", package, severity="low"),
            flaw("CVE-2023-0002", package, severity="critical"),
            flaw("CVE-2023-0003", package, severity="unknown"),
            flaw("CVE-2023-0004", other, severity="low"),
        ]
    )

    assert ["CVE-2023-0002", "CVE-2023-0004", "CVE-2023-0001", "CVE-2023-0003"] == [
        id_ for id_, _, _ in gone(compared(before, seen([])))
    ]


def test_what_was_suppressed_was_known() -> None:
    """It is existing where it is still there, and its going is no news."""
    found = result_by(
        seen([lodash("4.17.20", APP)]),
        Brief(policy=with_options(Policy(), GateOptions(ignore=(LODASH,)))),
    )
    baseline = baseline_of(found)

    assert [(LODASH, "existing", "")] == states(
        compare(seen([lodash("4.17.20", APP)]), baseline)
    )
    assert [] == gone(compare(seen([]), baseline))


def test_a_partial_baseline_is_told() -> None:
    """What is called new may have been there; the scan itself is whole."""
    unread = Status(source="layers", subject="layer 3", message="cannot be read")
    before = seen([], statuses=(unread,))
    result = compared(before, seen([lodash("4.17.20", APP)]))

    assert result.comparison is not None
    assert result.comparison.partial
    assert [("before.json", False)] == [
        (status.subject, status.partial) for status in result.statuses
    ]


def test_what_a_partial_scan_calls_fixed_is_in_doubt() -> None:
    """It may be in what was not read."""
    now = seen([])
    now = replace(now, coverage=replace(now.coverage, complete=False))
    result = compared(seen([lodash("4.17.20", APP)]), now)

    assert ["package removed"] == [reason for _, _, reason in gone(result)]
    assert "may still be there" in result.statuses[0].message


def test_without_places_any_place_is_the_same() -> None:
    """An SBOM often tells none; that alone makes nothing new, moved or fixed."""
    placed, placeless = seen([lodash("4.17.20", APP, TOOL)]), seen([lodash("4.17.20")])

    for before, now in ((placed, placeless), (placeless, placed)):
        result = compared(before, now)
        assert [(LODASH, "existing", "")] == states(result)
        assert [] == gone(result)


def test_a_baseline_names_what_it_is_of() -> None:
    """For the report that shows it."""
    result = compared(seen([]), seen([]))

    assert result.comparison is not None
    assert "before.json" == result.comparison.name
    assert "app.tar" == result.comparison.target
    assert "2026-11-26" == result.comparison.database_date


_IDS = [f"CVE-2024-{at}" for at in range(1000, 1004)] + ["GHSA-a", "GHSA-b"]
_found = st.builds(
    lambda id_, aliases, name, version, paths: flaw(
        id_, held("npm", name, version, *paths), *aliases
    ),
    st.sampled_from(_IDS),
    st.sets(st.sampled_from(_IDS), max_size=2),
    st.sampled_from(["lodash", "minimist"]),
    st.sampled_from(["1.0", "1.1", "odd"]),
    st.sets(st.sampled_from(["a/x", "b/x", "c/x"]), max_size=3).map(sorted),
)


@pytest.mark.property
@given(before=st.lists(_found, max_size=6), now=st.lists(_found, max_size=6))
def test_nothing_is_lost_and_nothing_counted_twice(
    before: list[Finding], now: list[Finding]
) -> None:
    """Every finding has a state; what is fixed was there; against itself all is existing."""
    result = compared(seen(before), seen(now))
    again = compared(seen(now), seen(now))

    assert all(found.state for found in result.findings)
    assert len(now) == len(result.findings)
    assert {f.id for f in before} >= {id_ for id_, _, _ in gone(result)}
    assert {"existing"} >= {state for _, state, _ in states(again)}
    assert [] == gone(again)
    names = {found.package.name for found in before}
    for found in result.findings:
        assert found.package.name in names or found.state == "new"


def test_a_thousand_findings_that_got_a_cve_take_no_time() -> None:
    """Joining groups that share an id is linear."""
    package = held("npm", "x", "1", APP)
    before = seen([flaw(f"GHSA-{at}", package) for at in range(3000)])
    now = seen([flaw(f"CVE-2024-{at + 1000}", package, f"GHSA-{at}") for at in range(3000)])  # fmt: skip

    assert {"existing"} == {state for _, state, _ in states(compared(before, now))}
