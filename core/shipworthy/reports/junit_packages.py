"""Packages as JUnit cases: one for each with findings, and one a type for all that have none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, compress
from operator import itemgetter

from shipworthy.reports.gitlab_codequality import descriptions
from shipworthy.reports.identity import Document, label
from shipworthy.reports.junit_xml import Case, Suite, classname
from shipworthy.reports.summary import counted, ranked
from shipworthy.reports.text import line


FINDINGS = 200
"""Most findings named of one package; the rest is counted."""

CLEAN = "packages without findings"
"""The case that stands for all packages of a type that have none."""

_package_of = itemgetter("package")
_own = itemgetter("purl", "name", "version")
_OF_THE_SYSTEM = frozenset({"alpm", "apk", "deb", "rpm"})


def package_suites(document: Document, home: str) -> list[Suite]:
    """A suite for each type of package in the image, sorted by type."""
    counted_by, told_of = _stopping(document), descriptions(document)
    by_type: dict[str, dict[str, list[Document]]] = {}
    for finding in ranked(document["findings"]):
        package = finding["package"]
        named = by_type.get(package["type"])
        if named is None:
            named = by_type[package["type"]] = defaultdict(list)
        named[package["name"]].append(finding)
    packages = Counter(package["type"] for package in document["packages"])
    suites = []
    for type_ in sorted(packages.keys() | by_type.keys()):
        group, suite = classname(home, type_), f"{home}: {line(type_)} packages"
        named = by_type.get(type_, {})
        cases = [
            _package(name, group, found, counted_by, told_of)
            for name, found in sorted(named.items())
        ]
        if total := packages[type_]:
            packages_of = map(_package_of, chain.from_iterable(named.values()))
            held = set(map(_own, packages_of))
            hit = {(url, f"{name} {at}") for url, name, at in held}
            clean = max(total - len(hit), 0)
            cases.append(_clean(document, type_, group, clean, total))
        suites.append(Suite(name=suite, cases=tuple(cases)))
    return suites


def _stopping(document: Document) -> dict[str, str]:
    """The findings that rules counted which keep the image from shipping, with the first such rule."""
    counted_by: dict[str, str] = {}
    for rule in document["verdict"]["rules"]:
        if rule["status"] == "broken" and rule["effect"] == "fail":
            for named in rule["findings"]:
                counted_by.setdefault(named, rule["name"])
    return counted_by


def _package(
    name: str,
    group: str,
    found: Sequence[Document],
    counted_by: Mapping[str, str],
    told_of: Mapping[int, str],
) -> Case:
    """Failed where a broken rule counted any of its findings; else passed, with its findings told."""
    counting = [counted_by.get(label(finding)) for finding in found]
    rules = [line(rule) for rule in dict.fromkeys(counting) if rule is not None]
    stopping = list(compress(found, [rule is not None for rule in counting]))
    shown = stopping or found
    told = [
        f"{finding['severity']}: {told_of[id(finding)]}" for finding in shown[:FINDINGS]
    ]
    if len(shown) > FINDINGS:
        told.append(f"and {len(shown) - FINDINGS:,} more")
    if not stopping:
        message = counted(len(found), "finding")
        return Case(
            name=line(name), classname=group, message=message, lines=tuple(told)
        )
    words = f"{counted(len(stopping), 'finding')} counted by {', '.join(list(dict.fromkeys(rules))[:5])}"
    return Case(
        name=line(name),
        classname=group,
        kind="failure",
        type="findings",
        message=words,
        lines=tuple(told),
    )


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
