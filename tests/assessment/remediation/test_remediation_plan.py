"""The plan as a whole: every finding once, in order, the same each time."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remedying import ALPINE_318, DEBIAN_12, ending, flaw, held, plan

from shipworthy.model.finding import EndOfLife, Finding
from shipworthy.model.package import Package


APT = held("deb", "apt", "2.6.1")
DEBIAN_10 = EndOfLife(
    product="debian",
    label="Debian",
    cycle="10",
    ends="2022-09-10",
    extended="2024-06-30",
    days_left=-879,
    supported=("13", "12"),
)


def test_what_removes_most_risk_comes_first_and_what_cannot_be_done_last() -> None:
    """Malicious before all, then by risk, then the rest however much risk it is."""
    findings = [
        flaw("CVE-A", held("npm", "a", "1.0.0"), "1.0.1", score=5),
        flaw("CVE-B", held("npm", "b", "1.0.0"), "1.0.1", score=50),
        flaw("CVE-C", held("npm", "c", "1.0.0"), score=90),
        replace(
            flaw("MAL-2024-1", held("npm", "d", "1.0.0"), score=1), kind="malicious"
        ),
    ]
    actions = plan(findings)
    assert [one.kind for one in actions] == ["remove", "package", "package", "none"]
    assert [one.risk for one in actions] == [1.0, 50.0, 5.0, 90.0]
    assert actions[0].title == "Remove d 1.0.0: it is malicious"
    assert actions[0].command == "npm uninstall d"


def test_the_end_of_a_release_is_a_move_that_promises_nothing_else() -> None:
    """Debian 10: its support ended with LTS; what Debian 12 closes beside is not counted."""
    os = Package(type="os", name="debian", version="10")
    perl = held("deb", "perl-base", "5.28.1-6")
    actions = plan(
        [ending(os, DEBIAN_10), flaw("CVE-1", perl, fix_state="end-of-life")], APT
    )
    move = next(one for one in actions if one.kind == "release")
    assert move.title == "Move to Debian 13 or 12"
    assert move.detail.startswith("Support of Debian 10 ended 2024-06-30.")
    assert move.findings == ("EOL-debian-10 debian@10",)


def test_an_end_to_come_says_when_and_of_which_support() -> None:
    """Debian 12 after its regular support: LTS goes on until the day that is counted to."""
    os = Package(type="os", name="debian", version="12")
    end = replace(
        DEBIAN_10,
        cycle="12",
        ends="2026-07-11",
        extended="2028-06-30",
        days_left=582,
        supported=("13",),
    )
    (move,) = plan([ending(os, end)], distro=DEBIAN_12)
    assert move.title == "Move to Debian 13"
    assert move.detail.startswith(
        "Extended support of Debian 12 ends 2028-06-30, in 582 days."
    )


def test_limited_support_is_nothing_to_do() -> None:
    """Debian limits webkit2gtk: no update comes, and no release of the distribution helps."""
    end = EndOfLife(
        product="webkit2gtk", label="Debian", cycle="12", ends="", limited=True
    )
    (action,) = plan(
        [ending(held("deb", "libwebkit2gtk-4.0-37", "2.48.5-1"), end)],
        distro=DEBIAN_12,
    )
    assert action.kind == "none"
    assert action.title == (
        "Debian limits or has ended support of libwebkit2gtk-4.0-37 2.48.5-1"
    )


def _many(count: int) -> list[Finding]:
    """Findings of all kinds, as a large image has them."""
    found: list[Finding] = []
    for at in range(count):
        number, kind = at // 4, at % 4
        if kind == 0:
            of = held("deb", f"lib{number % 60}", "1.0-1", source=f"src{number % 40}")
            found.append(flaw(f"CVE-{at}", of, f"1.0-1+deb12u{number % 7 + 1}"))
        elif kind == 1:
            of = held(
                "npm",
                f"n{number % 50}",
                "4.1.0",
                f"a/node_modules/n{number % 50}/package.json",
            )
            found.append(
                flaw(f"CVE-{at}", of, f"4.{number % 9 + 2}.0", "5.0.3", "6.1.0")
            )
        elif kind == 2:
            of = held("golang", f"example.com/m{number % 30}", "v0.1.0", "bin/app")
            found.append(flaw(f"CVE-{at}", of, f"0.{number % 20 + 2}.0"))
        else:
            of = held("deb", f"lib{number % 60}", "1.0-1", source=f"src{number % 40}")
            found.append(flaw(f"CVE-{at}", of))
    return found  # fmt: skip


def test_every_finding_is_in_exactly_one_action_and_none_is_closed_twice() -> None:
    """The plan divides the findings."""
    findings = _many(800)
    actions = plan(findings, APT, distro=DEBIAN_12)
    labels = sorted(label for one in actions for label in one.findings)
    assert labels == sorted(
        f"{f.id} {f.package.name}@{f.package.version}" for f in findings
    )
    closed = [print_ for one in actions for print_ in one.closes]
    assert len(closed) == len(set(closed)) == 600


def test_the_order_of_the_findings_does_not_matter() -> None:
    """The same findings in any order give the same plan."""
    findings = _many(400)
    shuffled = list(findings)
    random.Random(7).shuffle(shuffled)
    assert plan(findings, APT, distro=DEBIAN_12) == plan(
        shuffled, APT, distro=DEBIAN_12
    )


def test_a_fingerprint_of_two_versions_is_counted_in_the_first_action() -> None:
    """Two copies of a library in one place of the fingerprint: one of the two actions closes it."""
    old = flaw("CVE-1", held("npm", "a", "1.0.0"), "1.0.1", score=9)
    new = flaw("CVE-1", held("npm", "a", "2.0.0"), "2.0.1", score=5)
    first, second = plan(
        [replace(old, fingerprint="same"), replace(new, fingerprint="same")]
    )
    assert (first.closes, second.closes) == (("same",), ())
    assert second.findings == ("CVE-1 a@2.0.0",)


def test_without_fingerprints_findings_go_by_their_labels() -> None:
    """Before findings are judged they have none."""
    (action,) = plan(
        [replace(flaw("CVE-1", held("npm", "a", "1.0.0"), "1.0.1"), fingerprint="")]
    )
    assert action.closes == ("CVE-1 a@1.0.0",)


def test_nothing_found_is_nothing_to_do() -> None:
    """No findings, no actions."""
    assert plan([], distro=ALPINE_318) == ()


def test_three_thousand_findings_take_a_moment() -> None:
    """50 ms are asked for; ten times that would be something quadratic."""
    findings = _many(3000)
    plan(findings, APT, distro=DEBIAN_12)
    started = time.process_time()
    plan(findings, APT, distro=DEBIAN_12)
    assert time.process_time() - started < 0.5


@pytest.mark.property
@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["npm", "pypi", "maven", "golang", "cargo", "deb", "apk", "os", "x"]
            ),
            st.text(max_size=12),
            st.text(max_size=8) | st.sampled_from(["1.0", "0.1.2", "v2.0.0", "2022.1"]),
            st.text(max_size=30)
            | st.sampled_from(["a/node_modules/b", "x.jar!/y.jar", "a/_vendor/b"]),
            st.lists(
                st.text(max_size=8)
                | st.sampled_from(["1.1", "2.0.0rc1", "3!1", "5-1"]),
                max_size=3,
            ),
        ),
        max_size=6,
    )
)
def test_whatever_packages_are_called_there_is_a_plan(
    rows: list[tuple[str, str, str, str, list[str]]],
) -> None:
    """Names, versions, paths and fixes of any text: each finding is in one action, and commands are of one line."""
    findings = [
        flaw(f"CVE-{at}", held(kind, name, version, path), *fixed)
        for at, (kind, name, version, path, fixed) in enumerate(rows)
    ]
    actions = plan(findings, APT)
    assert sum(len(one.findings) for one in actions) == len(findings)
    assert not any("\n" in one.command for one in actions)
