"""
What an event says of a result: the verdict, the counts, the worst findings and the first actions, and no more.

Its shape is published as ``docs/schema/event.schema.json``. Every text is on one line, cut, and without signs that a terminal or a
pipeline would act on, because events are logged on their way. A command that would have to be cut is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shipworthy.reports import policy_words as policy
from shipworthy.reports.identity import reference
from shipworthy.reports.summary import (
    Document,
    figures,
    fixed_in,
    headline,
    ranked,
)
from shipworthy.reports.text import NAME_LIMIT, block, line, link, quiet


RULES = 20
"""Most rules told; those that passed are only counted."""
FINDINGS = 10
"""Most findings told, the worst."""
ACTIONS = 5
"""Most actions told, the first."""
TAGS = 5
"""Most tags told."""
SENTENCE = 400
"""Longest sentence, in characters."""
COMMAND = 500
"""Longest command, in characters."""

_KINDS = ("vulnerability", "malicious", "end-of-life")
_ACTIONS = ("package", "base", "os-packages", "rebuild", "release", "remove")


def summary_of(document: Document, url: str, share: float) -> dict[str, object]:
    """
    The data of an event.

    Args:
        document: The JSON result.
        url: Where the whole report is; empty for nowhere.
        share: How much of the lists to tell, 1 for all that an event may have, 0 for none.
    """
    findings = document["findings"]
    actions, _ = policy.plan(document)
    told = ranked(findings)[: int(FINDINGS * share)]
    return {
        "actions": [_action(one) for one in actions[: int(ACTIONS * share)]],
        "comparison": _comparison(document),
        "counts": _counts(document),
        "coverage": {"complete": document["coverage"]["complete"]},
        "database": {
            "date": _text(document["database"]["date"], 40),
            "digest": _text(document["database"]["digest"]),
        },
        "findings": [_finding(one) for one in told],
        "image": _image(document, int(TAGS * share)),
        "link": link(url),
        "target": {key: _text(document["target"][key]) for key in ("kind", "name")},
        "tool": {key: _text(document["tool"][key]) for key in ("name", "version")},
        "verdict": _verdict(document["verdict"], int(RULES * share)),
    }


def _text(text: str, limit: int = NAME_LIMIT) -> str:
    return quiet(line(text, limit))


def _known(word: str, words: Sequence[str]) -> str:
    """``word`` where it is one of ``words``, else the first of them."""
    return word if word in words else words[0]


def _image(document: Document, tags: int) -> dict[str, object]:
    image = document["image"]
    return {
        "digest": _text(image["manifestDigest"]),
        "id": _text(image["imageId"]),
        "platform": _text(image["platform"]),
        "reference": reference(document),
        "tags": [_text(tag) for tag in image["tags"][:tags]],
    }


def _verdict(verdict: Document, most: int) -> dict[str, object]:
    rulings = policy.rulings(verdict)
    told = [ruling for ruling in rulings if ruling.mark != "pass"]
    return {
        "day": _text(verdict["day"], 40),
        "exitCode": verdict["exitCode"],
        "headline": headline(verdict).words,
        "passed": len(rulings) - len(told),
        "rules": [_rule(ruling) for ruling in told[:most]],
        "rulesLeftOut": max(len(told) - most, 0),
        "status": verdict["status"],
        "summary": _text(verdict["summary"], SENTENCE),
    }


def _rule(ruling: policy.Ruling) -> dict[str, str]:
    rule = ruling.rule
    return {
        "effect": rule["effect"],
        "mark": ruling.mark,
        "name": _text(rule["name"]),
        "reason": _text(ruling.said, SENTENCE),
        "remedy": _text(rule["remedy"], SENTENCE),
        "source": _text(rule["source"]),
    }


def _counts(document: Document) -> dict[str, object]:
    told = figures(document["findings"])
    tallies = told.tallies
    return {
        "bySeverity": {
            one.severity: {
                "exploited": one.exploited,
                "fixable": one.fixable,
                "total": one.total,
            }
            for one in tallies
        },
        "checks": len(document["checks"]),
        "endOfLife": told.kinds["end-of-life"],
        "exploited": told.exploited,
        "fixable": sum(one.fixable for one in tallies),
        "malicious": told.kinds["malicious"],
        "suppressed": len(document["suppressed"]) + len(document["suppressedChecks"]),
        "total": len(document["findings"]),
    }


def _comparison(document: Document) -> Mapping[str, object] | None:
    """How many findings are new and how many gone; ``None`` without an earlier result."""
    if not policy.earlier(document):
        return None
    comparison = document["comparison"]
    states = figures(document["findings"]).states
    return {
        "existing": states["existing"],
        "fixed": len(comparison["fixed"]),
        "moved": states["moved"],
        "name": _text(comparison["name"]),
        "new": states["new"],
        "partial": comparison["partial"],
    }


def _finding(finding: Document) -> dict[str, object]:
    package = finding["package"]
    epss = finding["epss"]
    return {
        "epss": epss["score"] if epss else None,
        "exploited": finding["kev"] is not None,
        "fingerprint": _text(finding["fingerprint"]),
        "fixState": finding["fixState"],
        "fixedVersion": _text(fixed_in(finding)[0]),
        "id": _text(finding["id"]),
        "kind": _known(finding["kind"], _KINDS),
        "package": {
            key: _text(package[key]) for key in ("name", "purl", "type", "version")
        },
        "risk": finding["risk"]["score"],
        "severity": finding["severity"],
        "state": finding["state"],
        "title": _text(finding["title"]),
    }


def _action(action: Document) -> dict[str, object]:
    command = action["command"]
    return {
        "closes": len(action["closes"]),
        "command": quiet(block(command)) if len(command) <= COMMAND else "",
        "kind": _known(action["kind"], _ACTIONS),
        "line": action["line"],
        "risk": action["risk"],
        "title": _text(action["title"], SENTENCE),
        "worst": action["worst"],
    }
