"""A result's JSON document to the little that is kept of it; what has the wrong type counts as absent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from sys import intern

import orjson

from shipworthy.errors import UsageError
from shipworthy.fleet.model import Found, GroupBy, Scan, Step
from shipworthy.model.advisory import SEVERITIES
from shipworthy.reports import policy_words as words
from shipworthy.reports.document import check_schema
from shipworthy.reports.document_policy import verdict_part
from shipworthy.reports.fields import (
    Json,
    flag,
    index_of,
    items,
    mapping,
    number,
    one_of,
    text,
    texts,
)
from shipworthy.reports.identity import NO_DAY, day_of
from shipworthy.reports.image_purl import repository_of
from shipworthy.reports.saved_policy import verdict_of
from shipworthy.reports.summary import headline


MAX_FINDINGS = 100_000
"""Findings of one result."""
MAX_LAYERS = 1_000
KEPT = 20
"""Rules and unread parts told of one image."""

_NAME = 300
_TEXT = 600
_COMMAND = 6_000
_CLOSED = 10_000


def is_result(value: object) -> bool:
    """Whether a JSON value is the result of a scan by this tool, of whatever release."""
    if type(value) is not dict or "kind" in value:
        return False
    named = text(mapping(value, "tool"), "name") == "shipworthy"
    return named and type(value.get("schemaVersion")) is str


def summarise(
    document: Json, *, file: str, report: str = "", group_by: GroupBy = "repository"
) -> Scan:
    """
    What is kept of the result ``document`` that was read from ``file``.

    Raises ``UsageError`` for one of a newer release, for what is no result, and beyond ``MAX_FINDINGS``.
    """
    check_schema(document)
    findings = _findings(document)
    image, target = mapping(document, "image"), mapping(document, "target")
    verdict = verdict_part(verdict_of(mapping(document, "verdict")))
    tags = [_cut(tag) for tag in texts(image, "tags")[:KEPT]]
    asked = _cut(text(target, "name")) or file
    name, reference = _identity(tags, asked, group_by)
    database = _cut(text(mapping(document, "database"), "date"))
    unread, distro = _unread(document), mapping(document, "distro")
    return Scan(
        digest=sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        file=file,
        report=report,
        name=name,
        reference=reference,
        names=tuple(sorted({asked, *tags, *filter(None, map(called, tags))})),
        platform=_cut(text(image, "platform")),
        created=_cut(text(mapping(image, "config"), "created")),
        day=_day(verdict, database),
        database=database,
        head=headline(verdict),
        summary=_cut(str(verdict["summary"]), _TEXT),
        reasons=_reasons(verdict),
        complete=flag(mapping(document, "coverage"), "complete") and not unread,
        unread=unread,
        counts=_by_severity(findings),
        fixable=_by_severity(one for one in findings if one.fixable),
        exploited=sum(one.exploited for one in findings),
        suppressed=len(items(document, "suppressed")),
        risk=sum(one.risk for one in findings),
        system=_cut(text(distro, "name") or text(distro, "id")),
        layers=_layers(image),
        base=_cut(text(mapping(image, "base"), "name")),
        findings=findings,
        steps=_steps(document, findings),
    )


def called(name: str) -> str:
    """
    ``name`` with its registry and its tag, so that two spellings of one image are the same.

    Without a tag it is the repository alone; nothing where it names none.
    """
    repository = repository_of(name)
    if not repository:
        return ""
    tag = name.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return f"{repository}:{tag}" if tag else repository


def _identity(tags: list[str], target: str, group_by: GroupBy) -> tuple[str, str]:
    """What the image's results have in common, and what this one calls it."""
    tag = next(filter(repository_of, tags), "")
    if not tag:
        return target, target
    if group_by == "target":
        return target, tag
    return (repository_of(tag) if group_by == "repository" else called(tag)), tag


def _day(verdict: Json, database: str) -> str:
    day = day_of({"verdict": verdict, "database": {"date": database}})
    return "" if day == NO_DAY else day


def _reasons(verdict: Json) -> tuple[str, ...]:
    """The rules that did not pass and are more than a note, with why."""
    return tuple(
        f"{_cut(str(one.rule['name']))}: {_cut(one.said, _TEXT)}"
        for one in words.rulings(verdict)
        if one.mark not in {"pass", "note"}
    )[:KEPT]


def _layers(image: Json) -> tuple[str, ...]:
    listed = items(image, "layers")[:MAX_LAYERS]
    return tuple(intern(_cut(text(layer, "diffId"))) for layer in listed)


def _findings(document: Json) -> tuple[Found, ...]:
    listed = items(document, "findings")
    if len(listed) > MAX_FINDINGS:
        raise UsageError(f"more than the {MAX_FINDINGS:,} findings that are read")
    return tuple(map(_found, listed))


def _found(entry: Json) -> Found:
    package, end = mapping(entry, "package"), mapping(entry, "endOfLife")
    name = intern(_cut(text(package, "name")))
    kind = intern(_cut(text(package, "type")))
    identifier = intern(_cut(text(entry, "id")))
    ends = ("", "")
    if text(entry, "kind") == "end-of-life":
        label = text(end, "label") or text(end, "product") or name
        what = " ".join(filter(None, (label, text(end, "cycle"))))
        ends = (intern(_cut(what)), intern(_cut(text(end, "ends"))))
    return Found(
        mark=intern(_cut(text(entry, "fingerprint")) or f"{identifier} {kind} {name}"),
        id=identifier,
        kind=intern(_cut(text(entry, "kind")) or "vulnerability"),
        type=kind,
        package=name,
        source=intern(_cut(text(package, "source"))) or name,
        version=intern(_cut(text(package, "version"))),
        severity=one_of(entry, "severity", SEVERITIES, "unknown"),
        risk=min(max(number(mapping(entry, "risk"), "score"), 0.0), 100.0),
        exploited=bool(mapping(entry, "kev")),
        fixable=bool(texts(entry, "fixedVersions")),
        layer=index_of(mapping(entry, "layer"), "index"),
        origin=intern(_cut(text(entry, "origin"))),
        title=intern(_cut(text(entry, "title"))),
        support=ends,
    )


def _step(entry: Json) -> Step:
    return Step(
        kind=_cut(text(entry, "kind")) or "package",
        title=_cut(text(entry, "title"), _TEXT),
        command=text(entry, "command")[:_COMMAND],
        layer=index_of(entry),
        upgrades=tuple(
            (
                _cut(text(one, "type")),
                _cut(text(one, "name")),
                _cut(text(one, "target")),
            )
            for one in items(entry, "upgrades")[:_NAME]
        ),
        closes=tuple(intern(_cut(mark)) for mark in texts(entry, "closes")[:_CLOSED]),
    )


def _steps(document: Json, findings: Iterable[Found]) -> tuple[Step, ...]:
    return tuple(map(_step, items(document, "remediation"))) or tuple(
        _upgrades(findings)
    )


def _upgrades(findings: Iterable[Found]) -> Iterable[Step]:
    """A plan for results of releases that made none: upgrade what has a fix."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in findings:
        if one.fixable:
            found.setdefault((one.type, one.package), []).append(one.mark)
    for (kind, name), marks in sorted(found.items()):
        yield Step(
            kind="package",
            title=f"Upgrade {name}",
            command="",
            layer=-1,
            upgrades=((kind, name, ""),),
            closes=tuple(marks),
        )


def _unread(document: Json) -> tuple[str, ...]:
    told = [
        ": ".join(filter(None, map(partial(text, status), ("subject", "message"))))
        for status in items(document, "statuses")
        if status.get("partial") is not False
    ]
    return tuple(_cut(one, _TEXT) for one in told[:KEPT])


def _by_severity(findings: Iterable[Found]) -> tuple[int, ...]:
    counts = Counter(one.severity for one in findings)
    return tuple(counts[severity] for severity in SEVERITIES)


def _cut(value: str, limit: int = _NAME) -> str:
    return value if len(value) <= limit else f"{value[:limit]}…"
