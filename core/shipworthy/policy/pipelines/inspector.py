"""
Amazon Inspector's three plug-ins for pipelines.

The GitHub action (its action.yml up to 1.5): a severity is exceeded where ``0 < threshold <= count``. The plug-ins
for Jenkins and TeamCity: where ``count > value``, and 0 allows none. All count distinct vulnerabilities.
"""

from __future__ import annotations

import re

from shipworthy.policy.pipelines.given import Given
from shipworthy.policy.pipelines.inspector_inputs import GITHUB, JENKINS, TEAMCITY
from shipworthy.policy.pipelines.interface import Rule, Taken, Tool
from shipworthy.policy.suppressions.entry import About, Suppression


_SEVERITIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("critical", ("critical",)),
    ("high", ("high",)),
    ("medium", ("medium",)),
    ("low", ("low",)),
    ("other", ("negligible", "none", "unknown")),
)
_CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,}", re.ASCII)
_ANYTHING: tuple[About, ...] = ("vulnerability", "config", "secret")

COUNTED = (
    "the plug-in counts distinct vulnerabilities, a rule counts findings: one for each package that has the"
    " vulnerability; so a limit above 0 may be crossed here sooner, never later"
)
CHECKS = "its counts include its checks of the Dockerfile, which have no counterpart in these rules"
ENDED = (
    "the plug-in counts a distribution past its support as one critical finding; the ends of support are findings of severity"
    " high here, so the rule on critical ones names them, those of everything else too; without a feed of them in the"
    " database it cannot be judged"
)
PASSES = (
    "the action itself passes and sets vulnerability_threshold_exceeded; here the step fails: no-fail and the output"
    " threshold-exceeded are the same"
)
IGNORE_FILE = "the action reads .inspector-ignore by itself: where there is one, name it in ignore-files"
NO_GATE = "no threshold is set, so nothing closes the gate"


def take_github(given: Given) -> Taken:
    """The thresholds and ignored findings of the GitHub action."""
    fixable = given.flag("threshold_fixable_only")
    rules: list[Rule] = []
    for word, severities in _SEVERITIES:
        name = f"{word}_threshold"
        threshold = given.whole(name)
        if threshold > 0:
            said = f"{name} {threshold} is exceeded from {threshold} on"
            rules.append(
                _rule(
                    word,
                    severities,
                    threshold - 1,
                    said,
                    fixable=fixable,
                    ended=word == "critical",
                )
            )
    return Taken(
        rules=tuple(rules),
        suppressions=tuple(
            _suppression(given, "ignore_findings", id_, _ANYTHING)
            for id_ in given.words("ignore_findings", comments=True)
        ),
        notes=(*_on_counts(rules), PASSES, IGNORE_FILE),
    )


def take_jenkins(given: Given) -> Taken:
    """The thresholds, lists and the EPSS threshold of the Jenkins plug-in."""
    rules: list[Rule] = []
    notes: list[str] = []
    if given.flag("isSeverityThresholdEnabled") or given.flag("isThresholdEnabled"):
        rules += _counts(given, ended=True)
    counted = _on_counts(rules)
    if given.flag("isEpssThresholdEnabled") or given.flag("isEpssEnabled"):
        least = given.probability("epssThreshold")
        said = f"epssThreshold: a score of {least} or more"
        rules.append(Rule(name="epss", when=(("epss", least),), said=said))
        notes.append("the plug-in's EPSS threshold never fails a build; this rule does")
    if given.flag("isAutoFailCveEnabled"):
        ids = _cves(given, "autoFailCveList", notes)
        if ids:
            said = "autoFailCveList, suppressed or not"
            rules.append(
                Rule(
                    name="auto-fail", when=(("id", ids),), said=said, suppressible=False
                )
            )
    entries: tuple[Suppression, ...] = ()
    if given.flag("isSuppressedCveEnabled"):
        entries = tuple(
            _suppression(given, "suppressedCveList", id_, ("vulnerability",))
            for id_ in _cves(given, "suppressedCveList", notes)
        )
    return Taken(rules=tuple(rules), suppressions=entries, notes=(*counted, *notes))


def take_teamcity(given: Given) -> Taken:
    """The thresholds of the TeamCity plug-in."""
    rules = _counts(given) if given.flag("isThresholdEnabled") else []
    notes = [*_on_counts(rules)]
    if rules:
        notes.append(
            "the plug-in counts by NVD's ratings alone, so that what only others rate never fails; here everything counts"
        )
    return Taken(rules=tuple(rules), notes=tuple(notes))


def _counts(given: Given, *, ended: bool = False) -> list[Rule]:
    """``countCritical`` and the others: as many are allowed."""
    rules = []
    for word, severities in _SEVERITIES[:4]:
        name = f"count{word.title()}"
        allowed = given.whole(name)
        if allowed < 0:
            given.refuse(name, "0 or more")
        said = f"{name} {allowed} is exceeded from {allowed + 1} on"
        rules.append(
            _rule(word, severities, allowed, said, ended=ended and word == "critical")
        )
    return rules


def _rule(
    word: str,
    severities: tuple[str, ...],
    allowed: int,
    said: str,
    *,
    fixable: bool = False,
    ended: bool = False,
) -> Rule:
    when: tuple[tuple[str, str | tuple[str, ...]], ...] = (("severity-is", severities),)
    if fixable:
        when = (*when, ("fix-state", ("fixed",)))
        said = f"{said}; threshold_fixable_only"
    elif ended:
        when = (("any", f"[{{severity-is: {word}}}, {{end-of-life: 0d}}]"),)
    return Rule(name=f"{word}-vulnerabilities", when=when, max=allowed, said=said)


def _on_counts(rules: list[Rule]) -> tuple[str, ...]:
    if not rules:
        return (NO_GATE,)
    notes = [COUNTED] if any(rule.max for rule in rules) else []
    if any(key == "any" for rule in rules for key, _ in rule.when):
        notes.append(ENDED)
    return (*notes, CHECKS)


def _cves(given: Given, name: str, notes: list[str]) -> tuple[str, ...]:
    """The CVEs of a list; the plug-in's form takes no other ids."""
    words = given.words(name)
    wrong = [word for word in words if not _CVE.fullmatch(word)]
    if wrong:
        notes.append(
            f"{name}: {', '.join(word[:40] for word in wrong[:5])}"
            f"{f' and {len(wrong) - 5} more' if len(wrong) > 5 else ''}: no CVE, which the plug-in refuses; left out"
        )
    return tuple(word for word in words if _CVE.fullmatch(word))


def _suppression(
    given: Given, name: str, id_: str, about: tuple[About, ...]
) -> Suppression:
    place = given.place_of(name)
    return Suppression(
        ids=(id_,), reason=f"taken over from {name}", about=about, source=place
    )


TOOLS = (
    Tool(
        name="inspector-github",
        title="Amazon Inspector's GitHub action",
        uses="aws-actions/vulnerability-scan-github-action-for-amazon-inspector",
        inputs=GITHUB,
        take=take_github,
    ),
    Tool(
        name="inspector-jenkins",
        title="Amazon Inspector's Jenkins plug-in",
        inputs=JENKINS,
        take=take_jenkins,
    ),
    Tool(
        name="inspector-teamcity",
        title="Amazon Inspector's TeamCity plug-in",
        inputs=TEAMCITY,
        take=take_teamcity,
    ),
)
