"""One policy file by itself: what is read from it, and every error with its line and the right word."""

from __future__ import annotations

import pytest

from shipworthy.errors import UsageError
from shipworthy.model.advisory import Severity
from shipworthy.policy.conditions.combine import All, AnyOf, Not
from shipworthy.policy.conditions.fixes import FixAvailable
from shipworthy.policy.conditions.interface import Condition
from shipworthy.policy.conditions.severity import SeverityIs
from shipworthy.policy.document.read import Document, read_document
from shipworthy.policy.document.rule import Limit
from shipworthy.policy.document.settings import Placed


def read(text: str, **more: object) -> Document:
    """The document of a text called p.yaml."""
    return read_document("p.yaml", text.encode(), **more)  # type: ignore[arg-type]  # keywords of a test


def refused(text: str, **more: object) -> list[str]:
    """The lines of what is wrong with a text."""
    with pytest.raises(UsageError) as caught:
        read(text, **more)
    assert caught.value.message == "\n".join(caught.value.lines)
    return list(caught.value.lines)


def rule_error(body: str) -> str:
    """What is wrong with a rule that has this beside its name."""
    (told,) = refused(f"rules:\n  - name: a\n    {body}")
    return told


def condition(text: str) -> Condition:
    """The condition of the one rule that has this one."""
    (rule,) = read(f"rules:\n- name: a\n  when: {text}").rules
    assert rule.when is not None
    return rule.when


HIGH = SeverityIs(named=("high",))
FIXED = FixAvailable()


def test_a_rule_is_read() -> None:
    """Everything that is written is there, with the line on which the rule begins."""
    (rule,) = read(
        """
rules:
  - name:  nothing   worse
    description: why
    when: {severity: high}
    effect: warn
    max: 3
    undecided: fail
    locked: true
    suppressible: false
    of: check
"""
    ).rules

    assert rule.name == "nothing worse"
    assert rule.source == "p.yaml:3"
    assert (rule.when, rule.effect, rule.limit) == (HIGH, "warn", Limit(others=3))
    assert (rule.undecided, rule.locked, rule.suppressible) == ("fail", True, False)
    assert (rule.of, rule.description) == ("check", "why")


def test_what_a_rule_does_not_say_stays_open() -> None:
    """Only what is written can change a shared rule of the same name."""
    (rule,) = read("rules: [{name: a, when: {severity: high}}]").rules

    assert (rule.effect, rule.limit, rule.locked, rule.suppressible) == (None,) * 4


def test_limits_of_severities_are_read() -> None:
    """Worst first, with one for all others, which is none unless it is written."""
    text = "rules: [{name: a, when: {severity: low}, max: {low: 9, critical: 0%s}}]"
    own: tuple[tuple[Severity, int], ...] = (("critical", 0), ("low", 9))

    assert read(text % "").rules[0].limit == Limit(others=0, by_severity=own)
    assert read(text % ", other: 4").rules[0].limit == Limit(others=4, by_severity=own)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{severity: high}", HIGH),
        ("{severity: high, fix-available: true}", All((HIGH, FIXED))),
        ("{all: [{severity: high}, {fix-available: true}]}", All((HIGH, FIXED))),
        ("{any: [{severity: high}, {fix-available: true}]}", AnyOf((HIGH, FIXED))),
        ("{not: {severity: high}}", Not((HIGH,))),
        ("{not: {severity: high, fix-available: true}}", Not((All((HIGH, FIXED)),))),
        ("{all: [{severity: high}]}", HIGH),
        (
            "{severity: high, any: [{fix-available: true}, {not: {fix-available: true}}]}",
            All((HIGH, AnyOf((FIXED, Not((FIXED,)))))),
        ),
    ],
)
def test_conditions_are_combined(text: str, expected: Condition) -> None:
    """Several keys must all hold; all, any and not nest."""
    assert condition(text) == expected


def test_conditions_may_not_be_endlessly_deep() -> None:
    """What is in each other more than 16 times is refused with its line."""
    text = "{not: " * 30 + "{severity: high}" + "}" * 30

    assert "at most 16 deep" in rule_error(f"when: {text}")


def test_questions_about_unlike_things_are_refused() -> None:
    """A condition that nothing could ever meet is an error of the rule, on its line."""
    text = "rules:\n- name: a\n  when:\n    {secret: true, licence: GPL}"

    (told,) = refused(text)
    assert told.startswith("p.yaml:4: when: its parts ask about unlike things")
    assert read("rules: [{name: a, when: {licence: x}}]").rules
    (told,) = refused("rules: [{name: a, when: {licence: x}, max: {high: 1}}]")
    assert "expected a whole number, for a package has no severity" in told


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("when: {}", "p.yaml:3: when: found an empty mapping, expected a condition"),
        ("when:", "p.yaml:3: when: found nothing, expected a condition"),
        ("when: kev", "p.yaml:3: when: found 'kev', expected a condition"),
        ("when: {all: []}", "all: found an empty list, expected a list of conditions"),
        ("when: {any: {severity: high}}", "any: found a mapping, expected a list"),
        ("when: {severity: hgih}", "did you mean high?"),
        ("when: {severty: high}", "unknown key 'severty'; did you mean severity?"),
        ("when: {colour: red}", "unknown key 'colour'; expected one of "),
        ("when: {fix_available: true}", "did you mean fix-available?"),
        ("when: {fix-available: yes}", "found 'yes', expected true or false"),
        ("when: {severity: low}\n    effect: fial", "p.yaml:4: effect: found 'fial'"),
        ("when: {severity: low}\n    effect: fial", "did you mean fail?"),
        ("when: {severity: low}\n    effect: Warn", "did you mean warn?"),
        ("when: {severity: low}\n    max: -1", "p.yaml:4: max: found -1, expected a w"),
        ("when: {severity: low}\n    max: '1'", "max: found '1', expected a whole"),
        ("when: {severity: low}\n    max: 1e3", "max: found 1e3, expected a whole"),
        ("when: {severity: low}\n    max: true", "max: found true, expected a whole"),
        ("when: {severity: low}\n    max: {hihg: 1}", "did you mean high?"),
        (
            "when: {severity: low}\n    max: {low: -1}",
            "low: found -1, expected a whole",
        ),
        ("when: {severity: low}\n    locked: on", "did you mean true?"),
        ("when: {severity: low}\n    locked: no", "did you mean false?"),
        ("when: {severity: low}\n    of: package", "expected one of check, finding"),
        ("when: {severity: low}\n    of: findings", "did you mean finding?"),
        ("when: {severity: low}\n    undecided:", "undecided: found nothing, expected"),
        ("when: {severity: low}\n    efect: fail", "did you mean effect?"),
    ],
)
def test_a_wrong_rule_is_told_with_line_and_word(body: str, told: str) -> None:
    """Every error is one line: where, what was found, what was expected, the nearest right word."""
    assert told in rule_error(body)


@pytest.mark.parametrize("name", ["coverage", "suppressions", "fail-on", "max-high"])
def test_built_in_names_are_taken(name: str) -> None:
    """A rule cannot pass itself off as one of the tool's own."""
    (told,) = refused(f"rules:\n- name: {name}\n  when: {{severity: high}}")

    assert told.startswith("p.yaml:2: name: ")
    assert "built-in" in told


def test_two_rules_of_one_name_are_refused() -> None:
    """The second is told of, and where the first stands."""
    one = "- {name: a, when: {severity: high}}\n"

    (told,) = refused(f"rules:\n{one}{one}")
    assert told == "p.yaml:3: the rule 'a' is there twice, first in p.yaml:2"


def test_a_name_that_is_a_number_is_to_be_quoted() -> None:
    """A name is a text; a number says what to do."""
    (told,) = refused("rules: [{name: 7, when: {severity: high}}]")

    assert told == "p.yaml:1: name: found 7, expected the name of a rule; quote it: '7'"


def test_every_error_of_a_file_is_told() -> None:
    """One run shows all that is wrong, in the order of the lines."""
    told = refused(
        """\
extend: [base.yaml]
rules:
  - name: a
    when: {severity: hgih}
    effect: blok
  - when: {severity: high}
suppressions:
  - id: CVE-2021-44228
  - id: CVE-2021-44228
    reason: x
    expires: 2026-02-30
partial: of
vex: [a]
vex: [b]
"""
    )

    assert [line.split(":")[1] for line in told] == "1 4 5 6 8 11 12 14".split()  # noqa: SIM905  # lines


def test_very_many_errors_are_cut() -> None:
    """Fifty are told, and how many more there are."""
    told = refused("rules:\n" + "- {}\n" * 80)

    assert len(told) == 51
    assert told[-1] == "and 30 more that are wrong"


def test_settings_are_read() -> None:
    """Days with or without their letter, effects, paths, demands."""
    document = read(
        "version: 1\nundecided: fail\npartial: warn\nexpiring-within: 30\n"
        "limits: {owner: required, longest: 90d}\nvex: [a, b]\nignore-files: [c]\n"
        "baseline: last.json"
    )

    assert document.undecided == Placed("fail", "p.yaml:2")
    assert document.partial == Placed("warn", "p.yaml:3")
    assert document.expiring_within == Placed(30, "p.yaml:4")
    assert document.limits is not None
    assert (document.limits.owner, document.limits.expires) == (True, False)
    assert document.limits.longest == 90
    assert (document.vex, document.ignore_files) == (("a", "b"), ("c",))
    assert document.baseline == "last.json"


@pytest.mark.parametrize("text", ["14", "14d", "'14'", "14 days", "2w", "2 weeks"])
def test_days_are_read(text: str) -> None:
    """As a number, in days or in weeks."""
    assert read(f"expiring-within: {text}").expiring_within == Placed(14, "p.yaml:1")


@pytest.mark.parametrize("text", ["-1", "1.5", "true", "2m", "9999w", "''", "[1]"])
def test_what_are_no_days_is_refused(text: str) -> None:
    """Anything else is an error with its line."""
    (told,) = refused(f"expiring-within: {text}")

    assert told.startswith("p.yaml:1: expiring-within: found ")


def test_options_come_in_the_order_of_the_file() -> None:
    """With their values as they are and the lines on which they stand."""
    text = "scan:\n  output: [json=r.json, table]\n  fail-on: high\n  only-fixed: true"

    options = read(text, options={"output", "fail-on", "only-fixed"}).scan

    assert [(one.name, one.value, one.source) for one in options] == [
        ("output", ("json=r.json", "table"), "p.yaml:2"),
        ("fail-on", "high", "p.yaml:3"),
        ("only-fixed", True, "p.yaml:4"),
    ]


def test_an_option_that_is_none_is_refused() -> None:
    """Names are held against the command's; values are plain."""
    (told,) = refused("scan: {fail_on: high}", options={"fail-on", "max"})
    assert told == "p.yaml:1: unknown key 'fail_on'; did you mean fail-on?"
    (told,) = refused("scan: {max: {critical: 0}}", options={"max"})
    assert told.startswith("p.yaml:1: max: found a mapping, expected text")
