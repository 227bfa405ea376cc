"""
What a SARIF log reports, in one order: what counts, what was taken out, what is gone; in each the worst first.

The order decides what is left out where there is too much, and which severity a rule has that several packages share:
that of the first. Each thing reported has a fingerprint of its own, made of the image's repository and of what it is;
of no tag, digest, version or layer, so that an alert stays one alert from build to build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote

from shipworthy.reports.identity import repository
from shipworthy.reports.policy_words import rated
from shipworthy.reports.sarif_words import identifier
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import RANK, Document


OPEN, TAKEN, GONE = range(3)
"""The groups, in their order."""

_RECIPE = "shipworthy-sarif-1"
_LENGTH = 32
_NAME_MOST = 200
_UNFIT = re.compile(r"[^a-z0-9._:/-]+|(?<![^/])\.{1,2}(?![^/])|/(?=/)|^/|/$")


class Said(NamedTuple):
    """One thing reported; a tuple, for there are many."""

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


_Raw = tuple[int, Document, Document | None, Document | None]
"""Group, subject, finding and entry of what has no fingerprint yet."""


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
    gone = comparison["fixed"] if comparison else ()
    taken = [(one, one["finding"]) for one in document["suppressed"]]
    raw: list[_Raw] = [
        *((OPEN, one, one, None) for one in document["findings"]),
        *((OPEN, one, None, None) for one in document["checks"]),
        *((TAKEN, finding, finding, one) for one, finding in taken),
        *((TAKEN, one["check"], None, one) for one in document["suppressedChecks"]),
        *((GONE, one, None, None) for one in gone),
    ]
    return sorted(_told_apart(raw, name), key=_worst)


def _told_apart(raw: Iterable[_Raw], name: str) -> Iterator[Said]:
    """
    Each with the fingerprint that the log shows.

    Two that share one, such as the same package for two architectures, are numbered; whether
    one was taken out does not change its number.
    """
    alike: dict[bytes, list[_Raw]] = {}
    for one in raw:
        mark = _mark(one).encode("utf-8", "backslashreplace")
        alike.setdefault(mark, []).append(one)
    recipe = sha256(f"{_RECIPE}\0{name}\0".encode("utf-8", "backslashreplace"))
    for mark, ones in alike.items():
        hashed = recipe.copy()
        hashed.update(mark)
        digest = hashed.hexdigest()[:_LENGTH]
        if len(ones) > 1:
            ones.sort(key=_names)
        for number, (group, subject, finding, entry) in enumerate(ones, 1):
            severity = subject["severity"]
            yield Said(
                identifier(subject["id"]),
                "vulnerability" if group == GONE else subject["kind"],
                group,
                rated(severity) if group == GONE else severity,
                subject,
                entry,
                finding,
                f"{digest}:{number}",
            )


def _mark(raw: _Raw) -> str:
    """What it is, in no build another."""
    group, subject, finding, _ = raw
    if finding is not None:
        # never judged where it has none, as in a result put together by a program
        return (
            finding["fingerprint"] or f"{finding['id']}\0{_where(finding['package'])}"
        )
    if group == GONE:
        return subject["fingerprint"] or "\0".join((subject["id"], subject["package"]))
    return "\0".join(("check", subject["id"], subject["path"]))


@common
def _where(package: Document) -> str:
    places = sorted({place["path"] for place in package["locations"]})
    return "\0".join((package["type"], package["name"], *places))


def _names(raw: _Raw) -> tuple[bool, tuple[str, ...]]:
    """What orders those that share a fingerprint: what is gone is last."""
    group, subject, finding, _ = raw
    names: tuple[str, ...]
    if finding is not None:
        package = finding["package"]
        names = (package["arch"], package["version"], package["name"], finding["id"])
    elif group == GONE:
        names = (subject["version"], subject["package"], subject["id"])
    else:
        names = (subject["path"], subject["title"], subject["message"])
    return group == GONE, names


def _worst(one: Said) -> tuple[object, ...]:
    rule, _, group, severity, _, _, finding, mark = one
    risk = finding["risk"]["score"] if finding else 0.0
    return (group, RANK[severity], -risk, rule, mark)
