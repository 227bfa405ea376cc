"""What became of the entries: used, unused, expired, elsewhere, what ends soon and what a fix ends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suppressing import (
    ALL,
    LIBSSL,
    VIM,
    entry,
    here,
    judged,
    parted,
    taken,
)

from shipworthy.model.check import Check
from shipworthy.model.finding import Finding
from shipworthy.model.verdict import SuppressionUse
from shipworthy.policy.options import GateOptions, with_options
from shipworthy.policy.rules import Policy, Settings
from shipworthy.policy.suppressions.apply import suppress
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.suppressions.words import sentence


ID = ("CVE-2021-44228",)
SECRET = Check(
    id="aws-access-key",
    kind="secret",
    severity="critical",
    title="AWS access key",
    path="app/.env",
    layer=1,
)
ROOT = Check(id="runs-as-root", kind="config", severity="medium", title="root")
LOOKED = frozenset({"vulnerabilities", "secrets", "config"})


def uses(*entries: Suppression, **more: object) -> tuple[SuppressionUse, ...]:
    """What became of the entries."""
    return parted(*entries, **more).uses  # type: ignore[arg-type]  # keywords of a test


def told(*entries: Suppression, **more: object) -> str:
    """What became of them in words."""
    found = parted(*entries, **more)  # type: ignore[arg-type]  # keywords of a test
    return sentence(found.uses, found.suppressed, found.kept)


@pytest.mark.parametrize(
    ("day", "code", "left"),
    [
        ("2026-11-25", 0, 1),
        ("2026-11-26", 0, 0),
        ("2026-11-27", 1, -1),
        ("2027-11-26", 1, -365),
    ],
)
def test_the_last_day_is_one_that_it_holds(day: str, code: int, left: int) -> None:
    """On the day itself the finding is left out, on the day after it closes the gate again."""
    found = judged(entry(ids=ID, expires="2026-11-26"), day=day)

    assert found.verdict.exit_code == code
    (use,) = found.uses
    assert use.days_left == left
    assert use.state == ("expired" if code else "used")
    assert use.again == code


def test_an_expired_entry_says_what_counts_again() -> None:
    """Its end, and how many findings came back; one for nothing is expired too."""
    gone = entry(types=("deb",), expires="2026-10-01")
    idle = entry(ids=("CVE-1",), expires="2026-10-01")
    assert told(gone, idle) == (
        "0 findings left out"
        "; everything of type deb expired on 2026-10-01, 2 findings count again"
        "; CVE-1 expired on 2026-10-01, 0 findings count again"
    )
    assert [use.state for use in uses(gone, idle)] == ["expired", "expired"]


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-30", "20261126"])
def test_without_a_day_nothing_that_may_have_ended_holds(day: str) -> None:
    """Where the day is not known, an entry with an end takes nothing and says so; one without holds."""
    found = judged(entry(ids=ID, expires="2027-01-31"), day=day)

    assert found.verdict.exit_code == 1
    (use,) = found.uses
    assert (use.state, use.days_left, use.again) == ("expired", None, 1)
    assert "cannot be told to be past or not" in told(
        entry(ids=ID, expires="2027-01-31"), day=day
    )
    assert judged(entry(ids=ID), day=day).verdict.exit_code == 0


@pytest.mark.parametrize("expires", ["soon", "2027-13-01", "2027-02-30", " "])
def test_an_end_that_is_no_date_has_passed(expires: str) -> None:
    """Readers refuse it; should one come through, it takes nothing."""
    found = judged(entry(ids=ID, expires=expires))

    assert found.verdict.exit_code == 1
    assert found.uses[0].state == "expired"


@pytest.mark.parametrize(
    ("expires", "within", "soon"),
    [("2026-12-10", 14, True), ("2026-12-11", 14, False), ("2026-11-26", 0, True)],
)
def test_an_entry_that_ends_soon_is_told(expires: str, within: int, soon: bool) -> None:
    """Soon is as many days as the policy says, counted from the day of judging."""
    one = entry(ids=ID, expires=expires)
    found = suppress(ALL, (one,), here(), Settings(expiring_within=within))
    assert found.uses[0].expiring is soon
    unused = entry(ids=("CVE-1",), expires=expires)
    found = suppress(ALL, (unused,), here(), Settings(expiring_within=within))
    assert not found.uses[0].expiring


def test_what_an_update_repairs_now_is_told() -> None:
    """An entry that was written for want of a fix stands out once there is one."""
    (use,) = uses(entry(types=("deb", "pypi")))
    assert use.fixable == (
        "CVE-2023-5363 libssl3@3.0.11-1~deb12u1",
        "CVE-2024-22195 Jinja2@3.1.2",
    )
    assert use.count == 3
    assert "an update repairs 2 findings of everything of type deb, pypi" in told(
        entry(types=("deb", "pypi"))
    )


def test_until_there_is_a_fix() -> None:
    """An entry ends for the findings that an update repairs, and is expired once these are all."""
    both = entry(types=("deb",), until_fix=True)
    assert taken(both) == ("CVE-2023-4752",)
    (use,) = uses(both)
    assert (use.state, use.count, use.again, use.fixable) == ("used", 1, 1, ())
    (use,) = uses(both, findings=(LIBSSL,))
    assert (use.state, use.count, use.again) == ("expired", 0, 1)
    assert "ended, for there is a fix, 1 finding counts again" in told(
        both, findings=(LIBSSL,)
    )
    unreachable = replace(LIBSSL, fixed_versions=())
    assert taken(both, findings=(unreachable,)) == ("CVE-2023-5363",)


def test_the_first_entry_takes() -> None:
    """The second of two for one finding is unused, and the sentence says beside which."""
    first, second = entry(ids=ID), entry(ids=("GHSA-jfh8-c2jp-5v3q",), types=("maven",))
    found = parted(first, second)

    assert [one.entry for one in found.suppressed] == ["CVE-2021-44228"]
    assert [(use.state, use.count) for use in found.uses] == [
        ("used", 1),
        ("unused", 0),
    ]
    assert found.uses[1].covered_by == "CVE-2021-44228"
    assert told(first, second).endswith(
        "GHSA-jfh8-c2jp-5v3q of type maven adds nothing to CVE-2021-44228"
    )
    assert [use.state for use in uses(second, first)] == ["used", "unused"]


def test_an_entry_that_takes_more_than_those_before_it_is_used() -> None:
    """Being covered in part is no reason to go."""
    narrow, wide = entry(ids=("CVE-2023-5363",)), entry(types=("deb",))
    assert [(use.state, use.count) for use in uses(narrow, wide)] == [
        ("used", 1),
        ("used", 1),
    ]


def test_an_entry_that_has_ended_covers_nothing() -> None:
    """The one after it takes, and nothing counts again."""
    old, new = entry(ids=ID, expires="2026-01-01"), entry(ids=ID)
    assert [(use.state, use.count, use.again) for use in uses(old, new)] == [
        ("expired", 0, 0),
        ("used", 1, 0),
    ]


def test_ignoring_on_the_command_line_makes_no_entry_stale() -> None:
    """``--ignore`` stands before the policy's entries for one run; these are used all the same."""
    policy = with_options(Policy(suppressions=(entry(ids=ID),)), GateOptions(ignore=ID))
    found = suppress(ALL, policy.suppressions, here(), policy.settings)

    assert [(use.state, use.count) for use in found.uses] == [("used", 1), ("used", 0)]
    assert [one.rule for one in found.suppressed] == ["ignore"]


def test_an_entry_is_named_once_in_its_source() -> None:
    """Two of the same words are told apart, in another source they need not be."""
    names = [
        use.entry
        for use in uses(
            entry(ids=ID), entry(ids=ID), entry(ids=ID, source=".trivyignore:1")
        )
    ]
    assert names == ["CVE-2021-44228", "CVE-2021-44228 (number 2)", "CVE-2021-44228"]
    hostile = [entry(ids=(id_,)) for id_ in ("X", "X (number 2)", "X", "X")]
    assert [use.entry for use in uses(*hostile)] == [
        "X",
        "X (number 2)",
        "X (number 3)",
        "X (number 4)",
    ]


def test_entries_in_words() -> None:
    """What an entry is about can be read aloud, and is short however long the entry is."""
    one = entry(
        ids=("CVE-1", "CVE-2", "CVE-3", "CVE-4"),
        packages=("pkg:npm/lodash",),
        pattern="lo.*",
        versions="<4.17.21",
        paths=("app/**",),
        layers=("2",),
        images=("registry.example/**",),
        origin="own",
        fix_states=("affected",),
        until_fix=True,
    )
    (name,) = [use.entry for use in uses(one)]
    assert name == (
        "CVE-1, CVE-2, CVE-3 and 1 more in pkg:npm/lodash, /lo.*/ <4.17.21 at app/**"
        " in layer 2 in image registry.example/** from own with fix state affected"
        " until there is a fix"
    )
    (use,) = uses(entry(ids=("C" * 9000,)))
    assert len(use.entry) == 200
    (use,) = uses(entry(paths=("test/**",), about=("secret", "config")))
    assert use.entry == "everything at test/** (secret, config)"
    (use,) = uses(entry())
    assert (use.entry, use.state) == ("nothing in particular", "unused")


def test_everything_left_out_is_said() -> None:
    """So is what belongs elsewhere."""
    everything = entry(types=("maven", "deb", "pypi"))
    other = entry(ids=("CVE-1",), images=("shop",))
    assert told(everything, other, findings=(VIM,)) == (
        "all of 1 finding left out; 1 entry is for other images or other checks"
    )


@pytest.mark.parametrize(
    ("scope", "ids"),
    [
        ({"ids": ("AWS-access-key",), "about": ("secret",)}, ["aws-access-key"]),
        ({"ids": ("runs-as-root",), "about": ("config",)}, ["runs-as-root"]),
        ({"paths": ("app/**",), "about": ("secret", "config")}, ["aws-access-key"]),
        ({"layers": ("1",), "about": ("secret",)}, ["aws-access-key"]),
        ({"origin": "own", "about": ("secret",)}, ["aws-access-key"]),
        ({"origin": "base", "about": ("secret", "config")}, []),
        ({"layers": ("0", "2"), "about": ("secret", "config")}, []),
        ({"ids": ("aws-access-key",), "about": ("config",)}, []),
        ({"ids": ("aws-access-key",)}, []),
        ({"ids": ("other",), "paths": ("app/**",), "about": ("secret",)}, []),
        ({"ids": ("aws-access-key",), "types": ("npm",), "about": ("secret",)}, []),
        ({"about": ("secret", "config")}, []),
        (
            {
                "ids": ("aws-access-key", "CVE-2021-44228"),
                "about": ("vulnerability", "config", "secret", "licence"),
            },
            ["aws-access-key"],
        ),
    ],
)
def test_entries_on_checks(scope: dict[str, object], ids: list[str]) -> None:
    """What checks found is left out by entries about their kind, and by no other."""
    found = parted(entry(**scope), checks=(SECRET, ROOT), looked_for=LOOKED)

    assert [one.check.id for one in found.suppressed_checks] == ids
    assert {one.id for one in found.checks} == {SECRET.id, ROOT.id} - set(ids)
    assert found.uses[0].count == len(ids) + len(found.suppressed)


def test_an_entry_on_a_check_ends_like_any_other() -> None:
    """After its last day the secret counts again."""
    one = entry(ids=("aws-access-key",), about=("secret",), expires="2026-11-25")
    found = parted(one, checks=(SECRET,), looked_for=LOOKED)
    assert found.checks == (SECRET,)
    assert [(use.state, use.again) for use in found.uses] == [("expired", 1)]


_TEXT = st.sampled_from(
    [
        "",
        "*",
        "**",
        "pkg:deb/debian/*",
        "pkg:deb/debian/openssl",
        "pkg:x",
        "pkg:/@?",
        "CVE-2021-44228",
        "DSA-5532-1",
        "app/**",
        "0",
        "0a0a0a0a0a0a",
        "Jinja2",
        "(",
        "\x00",
    ]
)
_TEXTS = st.lists(_TEXT | st.text(max_size=8), max_size=2).map(tuple)
_ENTRIES = st.builds(
    Suppression,
    reason=st.just("why"),
    ids=_TEXTS,
    packages=_TEXTS,
    pattern=_TEXT | st.text(max_size=6),
    types=st.sampled_from([(), ("deb",), ("",), ("pypi", "maven")]),
    versions=st.sampled_from(["", " ", "<99", "!", ">=2.0, <3", "1 2"]),
    paths=_TEXTS,
    layers=_TEXTS,
    images=st.sampled_from([(), ("**",), ("",), ("shop",)]),
    origin=st.sampled_from([None, "base", "own", "unknown"]),
    fix_states=st.sampled_from([(), ("fixed",)]),
    about=st.sampled_from(
        [("vulnerability",), ("secret",), ("vulnerability", "secret")]
    ),
    until_fix=st.booleans(),
    expires=st.sampled_from(["", "2026-11-26", "2026-11-25", "x"]),
    source=st.sampled_from(["a:1", "--ignore"]),
)


@pytest.mark.property
@settings(max_examples=300, deadline=None)
@given(
    st.lists(_ENTRIES, max_size=5),
    st.lists(st.sampled_from(ALL), max_size=6),
    st.sampled_from(["", "2026-11-26"]),
)
def test_whatever_entries_say_nothing_is_lost(
    entries: list[Suppression], findings: list[Finding], day: str
) -> None:
    """Nothing raises; kept and left out are all there was, in its order, and the counts add up."""
    checks = (SECRET, ROOT)
    scan = here(findings, checks=checks, looked_for=LOOKED, day=day)
    found = suppress(findings, entries, scan, Settings())

    kept, left_out = list(found.kept), [one.finding for one in found.suppressed]
    for one in findings:
        (kept if kept and kept[0] is one else left_out).pop(0)
    assert not kept
    assert not left_out
    taken_checks = [one.check for one in found.suppressed_checks]
    assert [c for c in checks if c not in taken_checks] == list(found.checks)
    assert sum(use.count for use in found.uses) == len(found.suppressed) + len(
        taken_checks
    )
    assert len(found.uses) == len(entries)
    assert len({(use.source, use.entry) for use in found.uses}) == len(entries)
    assert sentence(found.uses, found.suppressed, found.kept)
    for use, written in zip(found.uses, entries, strict=True):
        ended = bool(written.expires) and use.days_left is None
        assert use.state != "used" or not ended
