"""
What fails a build of TeamCity, in words and under identities that stay the same from build to build.

A problem is one rule that closed the gate on one image; so the same rule is the same problem tomorrow, under another tag
and with other findings, and can be assigned, muted and followed. What could not be scanned or judged, and a call that is
wrong, never share words or identity with a closed gate. TeamCity takes 4,000 characters of description and identities of
at most 60 characters that are Java identifiers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from shipworthy.errors import ShipworthyError
from shipworthy.reports import policy_words as policy
from shipworthy.reports.identity import reference, repository
from shipworthy.reports.image_purl import name_from_target
from shipworthy.reports.summary import NOT_GATES
from shipworthy.reports.text import line, quiet
from shipworthy_ci.facts import facts_of
from shipworthy_ci.job import PASSED, WRONG, Job, Scanned


MOST = 50
"""Problems told of one step, and warnings."""

_LONGEST = 3_900
_SLUG = 40
_NO_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong."""

    description: str
    identity: str
    fails: bool
    """Whether it fails the build; else it is a warning in the log."""


def problems_of(job: Job) -> list[Problem]:
    """Those of a job, of each image in its turn; where the step fails there is one at least that says why."""
    found = [problem for one in job.scanned for problem in _of(one, job)]
    if job.exit_code != PASSED and not any(one.fails for one in found):
        words = f"Not wholly scanned or judged: {facts_of(job).headline}"
        found.append(_problem(words, "not_wholly_scanned", job.title))
    return [
        *_limited(_apart([one for one in found if one.fails])),
        *_limited([one for one in found if not one.fails]),
    ]


def refused(error: ShipworthyError) -> Problem:
    """Why nothing was scanned."""
    told = "; ".join(filter(None, (*error.lines, error.hint)))
    if error.exit_code == WRONG:
        return _problem(f"Wrong usage of shipworthy: {told}", "wrong_usage")
    return _problem(f"Could not scan: {told}", "could_not_scan")


def identity(kind: str, *parts: str) -> str:
    """A Java identifier of at most 60 characters: ``kind`` to read, and ``parts`` to tell it from others."""
    slug = _NO_WORD.sub("_", kind.lower())[:_SLUG].strip("_") or "rule"
    whole = "\0".join((kind, *parts)).encode("utf-8", "backslashreplace")
    return f"shipworthy_{slug}_{sha256(whole).hexdigest()[:8]}"


def _of(one: Scanned, job: Job) -> Iterator[Problem]:
    if one.document is None:
        error = one.error
        told = [*error.lines, error.hint] if error else ["there is no result"]
        words = f"Could not scan {line(one.target)}: {'; '.join(filter(None, told))}"
        yield _problem(words, "could_not_scan", job.title, name_from_target(one.target))
        return
    home = repository(one.document)
    name = f" for {reference(one.document)}" if len(job.scanned) > 1 else ""
    for ruling in policy.rulings(one.document["verdict"]):
        if ruling.mark in {"pass", "note"}:
            continue
        kind, words = _told(ruling)
        said = f"{words}{name}: {ruling.said.rstrip('. ')}"
        remedy = f". To pass: {ruling.rule['remedy']}" if ruling.rule["remedy"] else ""
        problem = _problem(
            f"{said}{remedy}", kind, job.title, home, ruling.rule["name"]
        )
        yield replace(problem, fails=_fails(ruling, one, job))


def _told(ruling: policy.Ruling) -> tuple[str, str]:
    """What to call the problem, for the machine and for people."""
    rule = ruling.rule
    own = rule["name"] in NOT_GATES and not rule["source"]
    if ruling.mark == "undecided":
        return f"undecided {rule['name']}", f"Could not judge rule {rule['name']}"
    if own and rule["name"] == "coverage":
        return "not_wholly_scanned", "Could not look at everything"
    if ruling.mark == "fail":
        return rule["name"], f"Gate closed by rule {rule['name']}"
    return f"warning {rule['name']}", f"Rule {rule['name']}"


def _fails(ruling: policy.Ruling, one: Scanned, job: Job) -> bool:
    if ruling.rule["effect"] != "fail" or one.exit_code == PASSED:
        return False
    gate = ruling.mark == "fail" and _told(ruling)[0] == ruling.rule["name"]
    return not (gate and job.no_fail)


def _problem(words: str, kind: str, *parts: str) -> Problem:
    return Problem(
        description=quiet(line(words, _LONGEST)),
        identity=identity(kind, *parts),
        fails=True,
    )


def _apart(problems: Sequence[Problem]) -> list[Problem]:
    """``problems``, of which no two have one identity: two images of one repository may break the same rule."""
    seen: Counter[str] = Counter()
    made: list[Problem] = []
    for one in problems:
        again = seen[one.identity]
        seen[one.identity] += 1
        own = (
            identity(one.identity[11:-9], one.identity, str(again))
            if again
            else one.identity
        )
        made.append(replace(one, identity=own))
    return made


def _limited(problems: Sequence[Problem]) -> Sequence[Problem]:
    if len(problems) <= MOST:
        return problems
    more = len(problems) - MOST + 1
    words = f"{more:,} more of shipworthy: the report has all"
    rest = replace(_problem(words, "more"), fails=problems[0].fails)
    return [*problems[: MOST - 1], rest]
