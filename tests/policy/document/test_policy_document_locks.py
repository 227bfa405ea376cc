"""What shared policies lock and demand, and that a project can only add to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from policyfiles import load, over, policy, refused, rule, weakening

from shipworthy.errors import UsageError


LOCKED = """
rules:
  - name: no-criticals
    when: {severity: critical, fix-available: true}
    max: 2
    locked: true
"""
DEMANDS = "limits: {owner: required, expires: required, longest: 90d}\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "ours",
    [
        "max: 1",
        "max: 0",
        "effect: fail",
        "suppressible: false",
        "undecided: fail",
        "locked: true",
        "when: {fix-available: true, severity: critical}",
        "when: {all: [{fix-available: true}, {severity: critical}]}, max: 2",
        "max: {critical: 1, other: 1}",
        "of: finding",
        "description: ours",
    ],
)
def test_a_locked_rule_can_be_made_stricter(ours: str) -> None:
    """Or be repeated; it stays locked, and what is not said stays."""
    (found,) = over(LOCKED, f"rules: [{{name: no-criticals, {ours}}}]").rules

    assert found.locked
    assert found.max <= 2
    assert found.effect == "fail"


@pytest.mark.parametrize(
    ("ours", "told"),
    [
        ("max: 3", "has a higher max"),
        ("max: {critical: 2, other: 1}", "has a higher max"),
        ("effect: warn", "has effect warn for fail"),
        ("locked: false", "is not locked"),
        ("undecided: warn", "has undecided warn for fail"),
        ("of: check", "counts another thing, check"),
        ("when: {severity: critical}", "asks for another condition"),
        ("when: {severity: high, fix-available: true}", "asks for another condition"),
    ],
)
def test_a_locked_rule_cannot_be_weakened(ours: str, told: str) -> None:
    """The error names both places and in which way it is less."""
    (line,) = weakening(LOCKED, f"rules:\n- {{name: no-criticals, {ours}}}")

    assert line.startswith(
        "ours.yaml:3: the rule 'no-criticals' is locked by base.yaml:3"
    )
    assert told in line


def test_a_locked_rule_cannot_be_made_suppressible() -> None:
    """What the shared policy counts although it is suppressed is counted."""
    base = f"rules:\n{rule('a', ', locked: true, suppressible: false')}"

    (told,) = weakening(base, "rules: [{name: a, suppressible: true}]")
    assert told.endswith("but this one is suppressible")


def test_a_locked_rule_cannot_be_dropped() -> None:
    """The error names where it is locked."""
    (told,) = weakening(LOCKED, "disable: [no-criticals]")

    assert told == (
        "ours.yaml:2: disable: the rule 'no-criticals' is locked by base.yaml:3"
    )


def test_limits_a_severity_are_compared_one_by_one() -> None:
    """Stricter is what is crossed by everything that crosses the locked limit."""
    base = f"rules:\n{rule('a', ', locked: true, max: {high: 3, other: 5}')}"

    def stricter(limit: str) -> bool:
        try:
            over(base, f"rules: [{{name: a, max: {limit}}}]")
        except UsageError:
            return False
        return True

    assert stricter("{high: 3, other: 5}")
    assert stricter("3")
    assert stricter("{high: 0, low: 2, other: 3}")
    assert not stricter("4")
    assert not stricter("{high: 4, other: 0}")
    assert not stricter("{low: 3, other: 3}")
    assert not stricter("{critical: 0, other: 4}")


def test_a_lock_holds_through_policies_between() -> None:
    """What the one in the middle made stricter, the next cannot make weaker again."""
    middle = "extends: [base.yaml]\nrules: [{name: no-criticals, max: 1}]"
    ours = "extends: [middle.yaml]\nrules: [{name: no-criticals, max: 2}]"

    (told,) = refused(base=LOCKED, middle=middle, ours=ours)

    assert told.startswith("ours.yaml:2: the rule 'no-criticals' is locked by middle")


def test_a_lock_holds_against_a_policy_beside() -> None:
    """Naming another shared policy after the one that locks does not open the lock."""
    other = "rules: [{name: no-criticals, when: {severity: critical}, effect: inform}]"

    (told,) = refused(base=LOCKED, other=other, ours="extends: [base.yaml, other.yaml]")

    assert told.startswith("other.yaml:1: the rule 'no-criticals' is locked by base")


@pytest.mark.parametrize("key", ["undecided", "partial"])
def test_a_shared_setting_can_only_be_made_stricter(key: str) -> None:
    """The weaker word names both places."""
    found = over(f"{key}: warn", f"{key}: fail")

    assert getattr(found.settings, key) == "fail"
    (told,) = weakening(f"{key}: warn", f"{key}: inform")
    assert told == (
        f"ours.yaml:2: {key}: inform is weaker than warn in base.yaml:1,"
        " which can only be made stricter"
    )


def test_a_rule_in_full_does_not_lose_by_a_lock() -> None:
    """Of two shared policies with a rule of one name the stricter holds, also where it leaves the strict words out."""
    mild = "rules: [{name: a, when: {severity: critical}, effect: warn, max: 7, locked: true}]"

    (found,) = policy(
        mild=mild, full=f"rules:\n{rule('a')}", ours="extends: [mild.yaml, full.yaml]"
    ).rules

    assert (found.effect, found.max, found.locked) == ("fail", 0, True)


def test_of_settings_side_by_side_the_strictest_holds() -> None:
    """Whatever their order is."""
    texts = {"a": "partial: fail", "b": "partial: inform"}

    for order in ("a.yaml, b.yaml", "b.yaml, a.yaml"):
        found = policy(**texts, ours=f"extends: [{order}]")
        assert found.settings.partial == "fail"
        assert found.settings.partial_demanded == "a.yaml:1"


def test_what_is_soon_is_free() -> None:
    """How early one wants to be told is everybody's own."""
    assert (
        over("expiring-within: 30d", "expiring-within: 7").settings.expiring_within == 7
    )


def test_a_demand_to_see_everything_is_known_to_the_caller() -> None:
    """Only where a shared policy wrote it may --allow-partial be refused."""
    assert over("partial: fail", "").settings.partial_demanded == "base.yaml:1"
    assert policy(ours="partial: fail").settings.partial_demanded == ""
    settings = policy(ours="partial: warn").settings
    assert (settings.partial, settings.partial_by) == ("warn", "ours.yaml:1")


@pytest.mark.parametrize("effect", ["inform", "warn"])
def test_doubt_about_a_locked_rule_cannot_be_waved_through(effect: str) -> None:
    """A setting that lets a locked rule pass for want of data weakens it, repeated or not."""
    ours = f"undecided: {effect}"
    for more in ("", "\nrules: [{name: no-criticals, max: 1}]"):
        (told,) = weakening(LOCKED, ours + more)
        assert told.startswith(f"ours.yaml:2: undecided: {effect} weakens the rule")
    assert over(LOCKED, "undecided: fail").settings.undecided == "fail"
    assert over(f"{LOCKED}undecided: {effect}", "").settings.undecided == effect
    stricter = f"{ours}\nrules: [{{name: no-criticals, undecided: fail}}]"
    assert over(LOCKED, stricter).rules[0].undecided == "fail"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("scan", "scan: {fail-on: high}"),
        ("baseline", "baseline: last.json"),
        ("ignore-files", "ignore-files: [.trivyignore]"),
        ("vex", "vex: [vex]"),
    ],
)
def test_a_shared_policy_brings_nothing_of_a_project(key: str, text: str) -> None:
    """Options, a baseline and other files belong to the project; the same in its own policy is read."""
    (told,) = weakening(text, "")

    assert told.startswith(f"base.yaml:1: {key}: a policy that others extend cannot")
    assert load(ours=text).policy.sources


def test_demands_bind_those_that_extend() -> None:
    """An entry without owner or end is told with its line and where it is demanded."""
    told = weakening(DEMANDS, "suppressions:\n- {id: CVE-2024-1, reason: x}")

    assert told == [
        "ours.yaml:3: the suppression has no owner, expected the key 'owner' (demanded by base.yaml:1)",
        "ours.yaml:3: the suppression has no end, expected the key 'expires' (demanded by base.yaml:1)",
    ]


def test_demands_do_not_bind_who_makes_them() -> None:
    """The shared policy's own entries, and those of what it extends, are free."""
    entry = "suppressions: [{id: CVE-2024-%d, reason: x}]\n"
    texts = {
        "base": entry % 1,
        "middle": f"extends: [base.yaml]\n{DEMANDS}{entry % 2}",
    }

    assert len(policy(**texts, ours="extends: [middle.yaml]").suppressions) == 2
    told = refused(**texts, ours=f"extends: [middle.yaml]\n{entry % 3}")
    assert {line.split(":")[0] for line in told} == {"ours.yaml"}


def test_demands_can_only_be_made_stricter() -> None:
    """A longer end than the shared policy allows is refused; a shorter one adds to it."""
    (told,) = weakening(DEMANDS, "limits: {longest: 120d}")
    assert told.startswith("ours.yaml:2: limits: longest is 120 days, more than 90")

    middle = "extends: [base.yaml]\nlimits: {longest: 30d}"
    found = policy(base=DEMANDS, middle=middle, ours="extends: [middle.yaml]")
    assert [limit.longest for limit in found.settings.limits] == [90, 30]


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    """Locks, settings and demands in one run."""
    base = f"{LOCKED}partial: fail\n{DEMANDS}"
    told = refused(
        base=base,
        ours="extends: [base.yaml]\ndisable: [no-criticals]\npartial: warn\n"
        "suppressions: [{id: CVE-2024-1, reason: x, owner: me}]",
    )

    assert [line.split(":")[1] for line in told] == ["2", "3", "4"]
