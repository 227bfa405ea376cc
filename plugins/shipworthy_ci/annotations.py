"""
What a job says beside the code and on the run's page: annotations, the worst first; for platforms that have such.

A runner of GitHub shows ten errors, ten warnings and ten notices of a step and drops the others without a word, so that the
tenth says how many more there are. A closed gate and a scan that could not be done never share a title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from shipworthy.reports import policy_words as policy
from shipworthy.reports.identity import label, lines_by_finding, reference
from shipworthy.reports.summary import (
    NOT_GATES,
    Document,
    fix_words,
    fixed_in,
    ranked,
)
from shipworthy.reports.text import line
from shipworthy_ci.job import Job, Scanned


MOST = 10
"""Annotations of a kind that are told of a step."""
KINDS = ("error", "warning", "notice")

_SAID = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One message, at a line of a file where it has one."""

    kind: str
    """``error``, ``warning`` or ``notice``."""
    title: str
    message: str
    file: str = ""
    line: int = 0


def annotate(job: Job, dockerfile: str = "") -> list[Annotation]:
    """
    Those of a job, at most :data:`MOST` of a kind.

    Args:
        job: What was scanned.
        dockerfile: The Dockerfile as a path in the repository, whose lines the plans name; empty for none.
    """
    each = [list(_of(one, job, dockerfile)) for one in job.scanned]
    kept: list[Annotation] = []
    for kind in KINDS:
        kept += _limited(kind, [a for told in each for a in told if a.kind == kind])
    return kept


def _of(one: Scanned, job: Job, dockerfile: str) -> Iterator[Annotation]:
    several = len(job.scanned) > 1
    if one.document is None:
        yield _not_scanned(one)
        return
    name = f" ({reference(one.document)})" if several else ""
    counted: set[str] = set()
    for ruling in policy.rulings(one.document["verdict"]):
        if ruling.mark == "pass":
            continue
        yield _ruled(ruling, name, no_fail=job.no_fail)
        if ruling.rule["effect"] != "inform":
            counted.update(ruling.rule["findings"])
    yield from _found(one.document, counted, name, dockerfile)
    yield from _to_do(one.document, name, dockerfile)


def _not_scanned(one: Scanned) -> Annotation:
    error = one.error
    told = [*error.lines, error.hint] if error else ["there is no result"]
    return Annotation(
        kind="error",
        title=f"shipworthy: could not scan {line(one.target, 80)}",
        message="; ".join(filter(None, told)),
    )


def _ruled(ruling: policy.Ruling, name: str, *, no_fail: bool) -> Annotation:
    """A rule that did not pass, with what would make it."""
    rule = ruling.rule
    kind = {"fail": "error", "warn": "warning"}.get(rule["effect"], "notice")
    own = rule["name"] in NOT_GATES and not rule["source"]
    if ruling.mark == "undecided":
        words = f"could not judge rule {rule['name']}"
    elif own and rule["name"] == "coverage":
        words = "could not look at everything"
    elif rule["effect"] == "fail":
        words = f"gate closed by rule {rule['name']}"
        kind = "warning" if no_fail else kind
    else:
        words = f"rule {rule['name']}"
    said = ruling.said.rstrip(". ")
    remedy = f". To pass: {rule['remedy']}" if rule["remedy"] else ""
    return Annotation(
        kind=kind, title=f"shipworthy: {words}{name}", message=f"{said}{remedy}"
    )


def _found(
    document: Document, counted: set[str], name: str, dockerfile: str
) -> Iterator[Annotation]:
    """The findings that the rules counted, worst first."""
    lines = lines_by_finding(document) if dockerfile else {}
    for finding in ranked(document["findings"]):
        if label(finding) not in counted:
            continue
        package = finding["package"]
        what = f"{package['name']} {package['version']}".strip()
        best, _ = fixed_in(finding)
        parts = [
            line(finding["title"], _SAID).rstrip(". "),
            f"Fixed in {best}" if best else fix_words(finding).capitalize(),
            f"Found in {package['locations'][0]['path']}"
            if package["locations"]
            else "",
        ]
        yield Annotation(
            kind="warning",
            title=f"{finding['id']} ({finding['severity']}) in {what}{name}",
            message=". ".join(filter(None, parts)),
            file=dockerfile,
            line=lines.get(finding["fingerprint"], 0),
        )


def _to_do(document: Document, name: str, dockerfile: str) -> Iterator[Annotation]:
    """The actions of the plan, the one that removes most risk first."""
    actions, _ = policy.plan(document)
    for action in actions:
        told = [action["command"], policy.closes(action).capitalize()]
        yield Annotation(
            kind="notice",
            title=f"What to do{name}: {action['title']}",
            message=". ".join(filter(None, told)),
            file=dockerfile,
            line=(action["line"] or 0) if dockerfile else 0,
        )


def _limited(kind: str, told: Sequence[Annotation]) -> Iterable[Annotation]:
    if len(told) <= MOST:
        return told
    more = len(told) - MOST + 1
    words = "The step's summary and the reports have all of them."
    rest = Annotation(
        kind=kind, title=f"shipworthy: {more:,} more in the summary", message=words
    )
    return [*told[: MOST - 1], rest]
