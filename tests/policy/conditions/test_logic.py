"""Combining answers: Kleene's laws, one question asked once, and the words of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from asking import found, scan_of, when
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.policy.conditions.asking import Question
from shipworthy.policy.conditions.combine import All, Not
from shipworthy.policy.conditions.interface import Expected
from shipworthy.policy.conditions.severity import SeverityIs
from shipworthy.policy.conditions.view import View
from shipworthy.policy.facts import Facts
from shipworthy.policy.judge import judge
from shipworthy.policy.rules import Policy, Rule
from shipworthy.policy.selection import (
    Selection,
    all_of,
    answered,
    any_of,
    bits,
    chosen,
    everything,
    negated,
)


COUNT = 12
SELECTIONS = st.tuples(
    st.integers(0, everything(COUNT)), st.integers(0, everything(COUNT))
).map(lambda pair: Selection(pair[0], pair[1] & ~pair[0]))


@pytest.mark.property
@given(SELECTIONS, SELECTIONS, SELECTIONS)
def test_laws_of_three_values(a: Selection, b: Selection, c: Selection) -> None:
    """De Morgan, double denial, order and grouping hold; what is in doubt is never certain."""

    def no(one: Selection) -> Selection:
        return negated(one, COUNT)

    def both(*some: Selection) -> Selection:
        return all_of(some, COUNT)

    assert no(no(a)) == a
    assert no(both(a, b)) == any_of([no(a), no(b)])
    assert no(any_of([a, b])) == both(no(a), no(b))
    assert both(a, any_of([b, c])) == any_of([both(a, b), both(a, c)])
    assert both(a, b) == both(b, a)
    assert both(a, both(b, c)) == both(both(a, b), c) == both(a, b, c)
    assert any_of([a, any_of([b, c])]) == any_of([a, b, c])
    assert both(a, any_of([a, b])) == a
    for one in (no(a), both(a, b), any_of([a, b])):
        assert one.yes & one.unsure == 0
        assert (one.yes | one.unsure) >> COUNT == 0
    assert both() == Selection(everything(COUNT))
    assert any_of([]) == Selection(0)


@pytest.mark.property
@given(SELECTIONS, SELECTIONS, st.integers(0, everything(COUNT)))
def test_to_learn_more_contradicts_nothing(
    a: Selection, b: Selection, learned: int
) -> None:
    """What was certain while something was in doubt stays so, however the doubt is settled."""
    settled = Selection(a.yes | (a.unsure & learned), 0)
    pairs = (
        (all_of([a, b], COUNT), all_of([settled, b], COUNT)),
        (any_of([a, b]), any_of([settled, b])),
        (negated(a, COUNT), negated(settled, COUNT)),
    )
    for before, after in pairs:
        assert before.yes & ~after.yes == 0
        assert after.yes & ~(before.yes | before.unsure) == 0
        assert after.unsure & ~before.unsure == 0


@pytest.mark.property
@given(st.lists(st.sampled_from([True, False, None]), max_size=40))
def test_answers_become_bits(given_: list[bool | None]) -> None:
    """The n-th answer is the n-th bit, and the bits count up again."""
    answers: dict[Any, bool | None] = {True: True, False: False, None: None}
    found_ = answered(given_, answers)
    places = range(len(given_))
    assert list(chosen(places, found_.yes)) == [n for n in places if given_[n] is True]
    assert list(chosen(places, found_.unsure)) == [
        n for n in places if given_[n] is None
    ]
    assert bits(a is True for a in given_) == found_.yes


@dataclass(frozen=True, slots=True)
class Counting(Question):
    """A question that keeps count of how often it is asked."""

    name: str
    asked: list[str] = field(compare=False)

    def select(self, view: View) -> Selection:
        """Nothing."""
        self.asked.append(self.name)
        return Selection(0, 0) if view.subjects else Selection(0)

    def words(self) -> str:
        """Its name."""
        return self.name


def test_equal_questions_are_asked_once() -> None:
    """However many rules and combinations ask it, and however it was made."""
    asked: list[str] = []
    rules = tuple(
        Rule(
            name=f"r{n}", when=All((Counting("a", asked), Not((Counting("b", asked),))))
        )
        for n in range(20)
    )
    judge(scan_of([found()]), Policy(rules=rules))
    assert sorted(asked) == ["a", "b"]


def test_a_kind_that_a_question_is_not_about_is_in_doubt() -> None:
    """Asked of packages, a severity is neither high nor not."""
    facts = Facts(scanned=scan_of([found()]), findings=(found(),))
    view = View(facts, "package")
    assert view.select(SeverityIs(named=("high",))) == Selection(0, 1)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"licence": "GPL-*"}, "package"),
        ({"licence": "GPL-*", "severity": "high"}, "finding"),
        ({"licence": "GPL-*", "origin": "own"}, "package"),
        ({"origin": "own", "package": "x"}, "finding"),
        ({"secret": True, "path": "etc/**"}, "check"),
        ({"partial": True, "distro": "debian-*"}, "scan"),
        ({"not": {"partial": True}}, "scan"),
        ({"suppression": "unused", "image": "x"}, "suppression"),
        ({"any": [{"kev": True}, {"epss": 0.5}]}, "finding"),
    ],
)
def test_what_a_rule_counts(asked: dict[str, object], kind: str) -> None:
    """Its questions say so; what is true of the whole scan does not."""
    assert when(asked).natural == kind


def test_unlike_questions_do_not_go_together() -> None:
    """Nothing is a secret and an entry of the policy."""
    with pytest.raises(Expected):
        _ = when({"secret": True, "suppression": "unused"}).natural


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            {"severity": "high", "kev": True},
            "of severity high or worse and known to be exploited",
        ),
        (
            {
                "severity": "critical",
                "fix-available-for": "7d",
                "not": {"origin": "base"},
            },
            (
                "of severity critical with a fix available for 7 days or longer"
                " and not from the base image"
            ),
        ),
        (
            {"any": [{"kev": True}, {"severity": "critical"}]},
            "known to be exploited or of severity critical",
        ),
        (
            {
                "all": [
                    {"fix-available": True},
                    {"any": [{"kev": True}, {"exploit": True}]},
                ]
            },
            "with a fix and (known to be exploited or with a public exploit)",
        ),
        (
            {"any": [{"kev": True}, {"all": [{"risk": 70}, {"fix-available": True}]}]},
            "known to be exploited or (with a risk score of 70 or more and with a fix)",
        ),
        (
            {"not": {"any": [{"origin": "base"}, {"package-type": "os"}]}},
            "neither from the base image nor from the distribution",
        ),
        (
            {"not": {"all": [{"kev": True}, {"epss": "50%"}]}},
            "not (known to be exploited and with an EPSS score of 50% or more)",
        ),
        ({"not": {"not": {"kev": True}}}, "known to be exploited"),
        ({"not": {"fix-available": True}}, "without a fix"),
        ({"severity": ["high", "unknown"]}, "of severity high or worse, or unknown"),
        ({"severity-is": ["high", "low"]}, "of severity high or low"),
        ({"state": ["new", "moved"]}, "new or moved since the baseline"),
        ({"end-of-life": "30d"}, "of support that ends within 30 days or has ended"),
        ({"age": "1d"}, "published 1 day ago or earlier"),
        (
            {"id": [f"CVE-{n}" for n in range(100)]},
            ("known as CVE-0, CVE-1, CVE-2, CVE-3, CVE-4, CVE-5, CVE-6 or 93 more"),
        ),
        ({"all": []}, "of any kind"),
        ({"not": {"any": []}}, "of any kind"),
        ({"not": {"all": []}}, "of no kind"),
    ],
)
def test_words(asked: dict[str, object], words: str) -> None:
    """What a rule asks reads as a sentence goes on after its noun."""
    assert when(asked).words() == words
