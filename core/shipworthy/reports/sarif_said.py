"""
What a SARIF log reports, in one order: what counts, what was taken out, what is gone; in each the worst first.

The order decides what is left out where there is too much, and which severity a rule has that several packages share:
that of the first. Each thing reported has a fingerprint of its own, made of the image's repository and of what it is;
of no tag, digest, version or layer, so that an alert stays one alert from build to build.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from shipworthy.reports.identity import repository
from shipworthy.reports.policy_words import rated
from shipworthy.reports.sarif_words import identifier
from shipworthy.reports.summary import RANK, Document


OPEN, TAKEN, GONE = range(3)
"""The groups, in their order."""

_RECIPE = "shipworthy-sarif-1"
_LENGTH = 32
_NAME_MOST = 200
_UNFIT = re.compile(r"[^a-z0-9._:/-]+|(?<![^/])\.{1,2}(?![^/])|/(?=/)|^/|/$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing reported."""

    rule: str
    """Id of the rule: the vulnerability's, or the check's."""
    kind: str
    """``vulnerability``, ``malicious``, ``end-of-life``, ``config`` or ``secret``."""
    group: int
    severity: str
    subject: Document
    """The finding, the check, or what a comparison tells of what is gone."""
    entry: Document | None
    """What took it out."""
    finding: Document | None
    """The finding, where it is one that is still there."""
    mark: str
    """Its fingerprint in this image: hexadecimal, a colon, and which of those that share it."""


class _Raw(NamedTuple):
    """The same before its fingerprint is known; a tuple, for there are many."""

    kind: str
    group: int
    severity: str
    subject: Document
    finding: Document | None
    entry: Document | None
    mark: str
    names: tuple[str, ...]
    """What orders those that share a fingerprint."""


def artifact(document: Document) -> str:
    """
    The image's repository as a name that can stand in a log: no tag, no digest, no odd character.

    Where something had to be changed in it, a hash of the whole tells it from others.
    """
    name = repository(document)
    fit = _UNFIT.sub("-", name)
    if fit == name and len(name) <= _NAME_MOST:
        return name
    digest = sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:16]
    return f"{fit[:_NAME_MOST].strip('/-')}-{digest}"


def artifact_uri(name: str) -> str:
    """``name`` as a relative reference (RFC 3986): a registry's port is no scheme."""
    return quote(name, safe="/")


def everything(document: Document, name: str) -> list[Said]:
    """All that is to be told of the image called ``name``."""
    comparison = document["comparison"]
    raw = [
        *(_of_finding(one, OPEN) for one in document["findings"]),
        *(_of_check(one, OPEN) for one in document["checks"]),
        *(_of_finding(one["finding"], TAKEN, one) for one in document["suppressed"]),
        *(_of_check(one["check"], TAKEN, one) for one in document["suppressedChecks"]),
        *(_of_gone(one) for one in (comparison["fixed"] if comparison else ())),
    ]
    return sorted(_told_apart(raw, name), key=_worst)


def _of_finding(finding: Document, group: int, entry: Document | None = None) -> _Raw:
    package = finding["package"]
    mark = finding["fingerprint"]
    if not mark:  # never judged, as in a result put together by a program
        places = sorted({place["path"] for place in package["locations"]})
        mark = "\0".join((finding["id"], package["type"], package["name"], *places))
    names = (package["arch"], package["version"], package["name"], finding["id"])
    return _Raw(
        kind=finding["kind"],
        group=group,
        severity=finding["severity"],
        subject=finding,
        finding=finding,
        entry=entry,
        mark=mark,
        names=names,
    )


def _of_check(check: Document, group: int, entry: Document | None = None) -> _Raw:
    return _Raw(
        kind=check["kind"],
        group=group,
        severity=check["severity"],
        subject=check,
        finding=None,
        entry=entry,
        mark="\0".join(("check", check["id"], check["path"])),
        names=(check["path"], check["title"], check["message"]),
    )


def _of_gone(gone: Document) -> _Raw:
    return _Raw(
        kind="vulnerability",
        group=GONE,
        severity=rated(gone["severity"]),
        subject=gone,
        finding=None,
        entry=None,
        mark=gone["fingerprint"] or "\0".join((gone["id"], gone["package"])),
        names=(gone["version"], gone["package"], gone["id"]),
    )


def _told_apart(raw: Iterable[_Raw], name: str) -> Iterator[Said]:
    """
    Each with the fingerprint that the log shows.

    Two that share one, such as the same package for two architectures, are numbered; whether
    one was taken out does not change its number.
    """
    seen: Counter[str] = Counter()
    recipe = sha256(f"{_RECIPE}\0{name}\0".encode("utf-8", "backslashreplace"))
    for one in sorted(raw, key=lambda one: (one.group == GONE, one.mark, one.names)):
        hashed = recipe.copy()
        hashed.update(one.mark.encode("utf-8", "backslashreplace"))
        digest = hashed.hexdigest()[:_LENGTH]
        seen[digest] += 1
        yield Said(
            rule=identifier(one.subject["id"]),
            kind=one.kind,
            group=one.group,
            severity=one.severity,
            subject=one.subject,
            entry=one.entry,
            finding=one.finding,
            mark=f"{digest}:{seen[digest]}",
        )


def _worst(one: Said) -> tuple[object, ...]:
    finding = one.finding
    risk = finding["risk"]["score"] if finding else 0.0
    return (one.group, RANK[one.severity], -risk, one.rule, one.mark)
