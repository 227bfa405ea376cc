"""Policies laid over shared ones: order, names, ways to them, and what cannot be had."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from policyfiles import load, names, over, policy, refused, rule, weakening

from shipworthy.errors import UsageError
from shipworthy.policy.conditions.fixes import FixAvailable
from shipworthy.policy.conditions.severity import SeverityIs
from shipworthy.policy.document.extend import load_policy
from shipworthy.policy.document.fetch import file_fetch
from shipworthy.policy.rules import Rule


CRITICAL = SeverityIs(named=("critical",))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_policy_of_its_own_is_put_together() -> None:
    """Rules and entries in the order of the file, with its name and digest as the only source."""
    text = (
        f"rules:\n{rule('b')}{rule('a', ', effect: warn, max: {high: 1, other: 2}')}"
        "suppressions: [{id: CVE-2024-1, reason: x}]\n"
    )

    found = policy(ours=text)

    assert found.rules == (
        Rule(name="b", when=CRITICAL, source="ours.yaml:2"),
        Rule(
            name="a",
            when=CRITICAL,
            effect="warn",
            max=2,
            max_by_severity=(("high", 1),),
            source="ours.yaml:3",
        ),
    )
    assert [entry.source for entry in found.suppressions] == ["ours.yaml:4"]
    (source,) = found.sources
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert (source.name, source.digest) == ("ours.yaml", f"sha256:{digest}")


def test_an_empty_file_is_an_empty_policy() -> None:
    """It demands nothing, and the caller can tell."""
    loaded = load(ours="# nothing yet\n")

    assert loaded.empty
    assert not loaded.policy.rules


def test_the_shared_policy_comes_first() -> None:
    """Its rules and entries stand before ours, and so do its sources."""
    entry = "suppressions: [{id: CVE-2024-%d, reason: x}]\n"

    found = over(
        f"rules:\n{rule('base')}{entry % 1}", f"rules:\n{rule('own')}{entry % 2}"
    )

    assert names(found) == ["base", "own"]
    assert [one.ids for one in found.suppressions] == [("CVE-2024-1",), ("CVE-2024-2",)]
    assert [one.name for one in found.sources] == ["base.yaml", "ours.yaml"]


def test_a_rule_of_the_same_name_takes_the_place_of_the_shared_one() -> None:
    """With a condition of its own it is another rule; nothing of the shared one stays but its place."""
    base = f"rules:\n{rule('a', ', effect: warn, max: 7')}{rule('b')}"

    found = over(base, "rules: [{name: a, when: {fix-available: true}}]")

    assert names(found) == ["a", "b"]
    assert found.rules[0] == Rule(name="a", when=FixAvailable(), source="ours.yaml:2")


def test_a_rule_without_condition_changes_what_it_says() -> None:
    """Everything else stays as the shared policy has it."""
    base = f"rules:\n{rule('a', ', effect: warn, max: 7, description: why')}"

    (found,) = over(base, "rules: [{name: a, max: 9}]").rules

    assert (found.when, found.effect, found.max) == (CRITICAL, "warn", 9)
    assert (found.description, found.source) == ("why", "ours.yaml:2")


def test_a_rule_without_condition_must_be_in_a_shared_policy() -> None:
    """A misspelt name is told with the right one."""
    (told,) = weakening(
        f"rules:\n{rule('no-criticals')}", "rules: [{name: no-critical}]"
    )

    assert told.startswith("ours.yaml:2: the rule 'no-critical' has no condition")
    assert told.endswith("did you mean no-criticals?")


def test_what_is_counted_must_suit_the_shared_condition() -> None:
    """``of`` is held against the condition even where that stands elsewhere."""
    (told,) = weakening(f"rules:\n{rule('a')}", "rules: [{name: a, of: package}]")

    assert told.startswith("ours.yaml:2: of: the condition of the rule 'a'")


def test_a_rule_can_be_dropped() -> None:
    """By its name, which must be that of a rule of an extended policy."""
    base = f"rules:\n{rule('a')}{rule('b')}"

    assert names(over(base, "disable: [a]")) == ["b"]
    (told,) = weakening(base, "disable: [c]")
    assert told.startswith("ours.yaml:2: disable: 'c' is no rule of a policy")


def test_paths_are_beside_the_policy() -> None:
    """Ignore files and VEX are named from the policy's own directory."""
    Path("ci").mkdir()
    Path("ci/p.yaml").write_text("vex: [../vex, /abs]\nignore-files: [.trivyignore]")

    found = load_policy("ci/p.yaml", file_fetch).policy

    assert found.vex == ("vex", "/abs")
    assert found.ignore_files == ("ci/.trivyignore",)


def test_a_policy_reached_by_two_ways_is_taken_once() -> None:
    """Its rules and entries are there once, before both that extend it."""
    base = f"rules:\n{rule('base')}suppressions: [{{id: CVE-2024-1, reason: x}}]"
    found = policy(
        base=base,
        a=f"extends: [base.yaml]\nrules:\n{rule('a')}",
        b=f"extends: [./base.yaml]\nrules:\n{rule('b')}",
        ours="extends: [a.yaml, b.yaml, a.yaml]",
    )

    assert names(found) == ["base", "a", "b"]
    assert len(found.suppressions) == 1
    assert [s.name for s in found.sources] == [
        "base.yaml",
        "a.yaml",
        "b.yaml",
        "ours.yaml",
    ]


def test_a_circle_is_named() -> None:
    """With every policy in it and the line that closes it."""
    (told,) = refused(
        a="extends: [b.yaml]",
        b="version: 1\nextends: [a.yaml]",
        ours="extends: [a.yaml]",
    )

    assert told == (
        "b.yaml:2: extends: policies extend each other in a circle:"
        " a.yaml → b.yaml → a.yaml"
    )


def test_depth_and_number_are_bounded() -> None:
    """Chains and crowds of policies end with the line that asks for too much."""
    chain = {f"p{n}": f"extends: [p{n + 1}.yaml]" for n in range(12)}
    (told,) = refused(**chain, p12="", ours="extends: [p0.yaml]")
    assert told.startswith("p7.yaml:1: extends: policies extend each other more than 8")

    crowd = {f"p{n}": "" for n in range(40)}
    (told,) = refused(
        **crowd, ours=f"extends: [{', '.join(f'{p}.yaml' for p in crowd)}]"
    )
    assert told.startswith("ours.yaml:1: extends: more than 32 policies")


def test_policies_are_found_beside_the_one_that_names_them() -> None:
    """A reference goes from the directory of the policy that it is written in."""
    found = policy(
        shared_base="extends: [more.yaml]",
        shared_more=f"rules:\n{rule('more')}",
        ours="extends: [shared/base.yaml]",
    )

    assert found.rules[0].source == "shared/more.yaml:2"


def test_a_pinned_policy_must_be_the_one_pinned() -> None:
    """Another content is refused, naming both digests."""
    text = f"rules:\n{rule('a')}"
    pin = hashlib.sha256(text.encode()).hexdigest()

    assert policy(base=text, ours=f"extends: ['base.yaml@sha256:{pin}']").rules
    (told,) = refused(ours=f"extends: ['base.yaml@sha256:{'0' * 64}']")
    assert told.startswith(
        f"ours.yaml:1: extends: base.yaml: its digest is sha256:{pin}"
    )


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("none.yaml", "none.yaml: there is no such file"),
        (".", "expected a policy"),
        ("https://policies.example/base.yaml", "expected a file"),
        ("big.yaml", "is larger than 1,048,576 bytes"),
    ],
)
def test_what_cannot_be_had_names_the_line_that_asks_for_it(
    reference: str, told: str
) -> None:
    """Missing files, directories and what is no file are one plain line."""
    Path("big.yaml").write_bytes(b"#" * (1024 * 1024 + 1))

    (line,) = refused(ours=f"version: 1\nextends: [{reference}]")

    assert line.startswith("ours.yaml:2: extends: ")
    assert told in line


def test_a_policy_from_elsewhere_reads_no_files_here() -> None:
    """What was fetched from another machine cannot name files of this one."""
    with pytest.raises(UsageError, match="cannot extend a file of this machine"):
        file_fetch("/etc/passwd", relative_to="https://policies.example/base.yaml")


def test_errors_of_a_shared_policy_name_its_own_lines() -> None:
    """All of them, in its own file."""
    told = refused(base="rule: []\npartial: of", ours="extends: [base.yaml]")

    assert [line.split(": ")[0] for line in told] == ["base.yaml:1", "base.yaml:2"]
