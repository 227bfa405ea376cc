"""A plan is recalled for the very findings, image and Dockerfile that it was made for; anything else is planned anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from scanning import DAY

from shipworthy import ScanResult, scan
from shipworthy.answers import Question, recall
from shipworthy.contents import Contents
from shipworthy.model.finding import Finding
from shipworthy.plans import AnswerPlans


@pytest.fixture
def plans(contents: Contents, question: Question) -> AnswerPlans:
    """The plans for the scan's findings, as the next scan has them."""
    assert contents.memory is not None
    answer = recall(contents.memory, question)
    assert answer is not None
    return AnswerPlans(
        memory=contents.memory, answer=question.name, findings=answer.findings
    )


def test_the_same_findings_have_the_same_plan(
    plans: AnswerPlans, contents: Contents, known: ScanResult
) -> None:
    """What the scan planned is recalled in every field."""
    assert known.remediation
    assert known.remediation == plans.recall(plans.findings, contents.image, "")


def test_other_findings_are_planned_for_anew(
    plans: AnswerPlans, contents: Contents
) -> None:
    """One that an entry took out, another order, one that was marked by a baseline: nothing is known of a plan for them."""
    first, *rest = plans.findings
    marked = [replace(first, state="existing"), *rest]
    others: tuple[list[Finding], ...] = (rest, [*rest, first], marked)
    assert [None] * 3 == [plans.recall(one, contents.image, "") for one in others]


def test_another_image_or_dockerfile_is_planned_for_anew(
    plans: AnswerPlans, contents: Contents
) -> None:
    """A plan names instructions and lines: of other ones, nothing is known."""
    image = contents.image
    top = replace(image.layers[-1], instruction="RUN pip install other")
    other = replace(image, layers=(*image.layers[:-1], top))
    assert plans.recall(plans.findings, other, "") is None
    assert plans.recall(plans.findings, image, "FROM debian:12\n") is None


def test_each_set_of_findings_has_a_plan_of_its_own(
    plans: AnswerPlans, contents: Contents, known: ScanResult
) -> None:
    """What is kept for fewer findings does not take the place of the plan for all."""
    image, fewer = contents.image, plans.findings[1:]
    plans.keep(fewer, image, "", known.remediation[:1])
    assert known.remediation[:1] == plans.recall(fewer, image, "")
    assert known.remediation == plans.recall(plans.findings, image, "")


def test_a_plan_for_findings_of_elsewhere_is_not_kept(
    plans: AnswerPlans, contents: Contents, known: ScanResult, tmp_path: Path
) -> None:
    """Whose findings they are cannot be told by their places, so nothing is stored."""
    before = sorted((tmp_path / "c").rglob("*.layer"))
    marked = [replace(plans.findings[0], state="new")]
    plans.keep(marked, contents.image, "", known.remediation)
    assert before == sorted((tmp_path / "c").rglob("*.layer"))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"[]", b'{"count": 1}'])
def test_what_is_no_plan_is_a_miss(
    plans: AnswerPlans, contents: Contents, data: bytes
) -> None:
    """A record that holds something else is made again."""
    name = plans._name(plans.findings, contents.image, "")
    plans.memory.keep(name, data)
    assert plans.recall(plans.findings, contents.image, "") is None


def test_a_second_scan_plans_as_the_first_did(
    database: Path, known: ScanResult, target: str, tmp_path: Path
) -> None:
    """With an entry or a Dockerfile or without, the plan is what a scan without a cache makes of it."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM scratch\nRUN one\nRUN two\n")
    left_out = known.findings[0].id
    for _ in range(2):
        for ignore, path in ((), None), ((left_out,), None), ((), dockerfile):
            given = {"db": database, "at": DAY, "ignore": ignore, "dockerfile": path}
            cached = scan(target, cache_dir=tmp_path / "c", **given)  # type: ignore[arg-type]
            assert cached == scan(target, cache=False, **given)  # type: ignore[arg-type]
