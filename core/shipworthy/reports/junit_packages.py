"""Packages as JUnit cases: one for each with findings, and one a type for all that have none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter

from shipworthy.reports.gitlab_codequality import descriptions
from shipworthy.reports.identity import Document, label_of
from shipworthy.reports.junit_xml import Case, Suite, classname
from shipworthy.reports.sharing import common
from shipworthy.reports.summary import counted, ranked
from shipworthy.reports.text import line


FINDINGS = 200
"""Most findings named of one package; the rest is counted."""

CLEAN = "packages without findings"
"""The case that stands for all packages of a type that have none."""

_OF_THE_SYSTEM = frozenset({"alpm", "apk", "deb", "rpm"})

_Found = tuple[Document, str | None]
"""A finding with the rule that counted it and keeps the image from shipping."""


def package_suites(document: Document, home: str) -> list[Suite]:
    """A suite for each type of package in the image, sorted by type."""
    counted_by, told_of = _stopping(document), descriptions(document)
    by_type: dict[str, dict[str, list[_Found]]] = defaultdict(lambda: defaultdict(list))
    hit: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for finding in ranked(document["findings"]):
        type_, name, own, label = _package_of(finding["package"])
        rule = counted_by.get(f"{finding['id']}{label}")
        by_type[type_][name].append((finding, rule))
        hit[type_].add(own)
    packages = Counter(map(itemgetter("type"), document["packages"]))
    suites = []
    for type_ in sorted(packages.keys() | by_type.keys()):
        group, suite = classname(home, type_), f"{home}: {line(type_)} packages"
        cases = [
            _package(name, group, found, told_of)
            for name, found in sorted(by_type[type_].items())
        ]
        if total := packages[type_]:
            clean = max(total - len(hit[type_]), 0)
            cases.append(_clean(document, type_, group, clean, total))
        suites.append(Suite(name=suite, cases=tuple(cases)))
    return suites


@common
def _package_of(package: Document) -> tuple[str, str, tuple[str, str], str]:
    """Its type and name, what tells it from others, and how rules name its findings behind their ids."""
    name, version = package["name"], package["version"]
    own = (package["purl"], f"{name} {version}")
    return package["type"], name, own, label_of(package)


def _stopping(document: Document) -> dict[str, str]:
    """The findings that rules counted which keep the image from shipping, with the first such rule."""
    counted_by: dict[str, str] = {}
    for rule in document["verdict"]["rules"]:
        if rule["status"] == "broken" and rule["effect"] == "fail":
            for named in rule["findings"]:
                counted_by.setdefault(named, rule["name"])
    return counted_by


def _package(
    name: str, group: str, found: Sequence[_Found], told_of: Mapping[int, str]
) -> Case:
    """Failed where a broken rule counted any of its findings; else passed, with its findings told."""
    rules = dict.fromkeys([rule for _, rule in found if rule is not None])
    stopping = [one for one in found if one[1] is not None]
    shown = stopping or found
    told = [
        f"{finding['severity']}: {told_of[id(finding)]}"
        for finding, _ in shown[:FINDINGS]
    ]
    if len(shown) > FINDINGS:
        told.append(f"and {len(shown) - FINDINGS:,} more")
    message, kind, type_ = counted(len(shown), "finding"), "", ""
    if stopping:
        named = dict.fromkeys(map(line, rules))
        message += f" counted by {', '.join(list(named)[:5])}"
        kind, type_ = "failure", "findings"
    return Case(line(name), group, kind, type_, message, tuple(told))


def _clean(document: Document, type_: str, group: str, clean: int, total: int) -> Case:
    """How many have none; skipped where the database could judge none of them."""
    unjudged = min(_unjudged(document, type_), clean)
    words = f"{clean:,} of {counted(total, 'package')} of type {line(type_)} without findings"
    if unjudged:
        words += f"; {unjudged:,} could not be judged, for the database holds no advisories for them"
    none = clean > 0 and unjudged == clean
    return Case(
        name=CLEAN,
        classname=group,
        kind="skipped" if none else "",
        type="unjudged" if none else "",
        message=words,
    )


def _unjudged(document: Document, type_: str) -> int:
    """How many packages of the type lie in buckets that the database does not hold."""
    distro = document["distro"]
    own = f"{distro['id']}-" if distro and type_ in _OF_THE_SYSTEM else ""
    return sum(
        count
        for bucket, count in document["coverage"]["unmatched"].items()
        if bucket == type_ or (own and bucket.startswith(own))
    )
