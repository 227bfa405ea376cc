"""
JUnit's XML, written so that every reader takes it.

Texts are on one line or in lines of our own; :func:`shipworthy.reports.text.line` leaves no character that XML 1.0 forbids,
and everything is escaped, with no CDATA section that a text could end. ``[[ATTACHMENT|…]]``, by which readers
take a path for a file to keep, is parted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from shipworthy.reports.identity import apart
from shipworthy.reports.text import harmless, printable
from shipworthy.values import dataclass


_LIMIT = 4096
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_ATTACHMENT = re.compile(r"\[(?=\[ATTACHMENT)", re.IGNORECASE)


class Case(NamedTuple):
    """One test case."""

    name: str
    classname: str
    kind: str = ""
    """``failure``, ``error``, ``skipped``; empty where it passed."""
    type: str = ""
    message: str = ""
    lines: tuple[str, ...] = ()
    """What stands below the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One test suite."""

    name: str
    cases: tuple[Case, ...]
    properties: tuple[tuple[str, str], ...] = ()

    def count(self, kind: str) -> int:
        """How many cases are of that kind."""
        return sum(case.kind == kind for case in self.cases)


def classname(*parts: str) -> str:
    """The class of a case: words between dots, which readers group by."""
    words = (_UNFIT.sub("-", part).strip("-")[:100] for part in parts)
    return ".".join(("shipworthy", *(word or "unknown" for word in words)))


def written(name: str, suites: Sequence[Suite], timestamp: str) -> bytes:
    """The bytes of the document; every case has a name of its own in its suite."""
    counts = _counts(suites)
    out = ['<?xml version="1.0" encoding="UTF-8"?>']
    out.append(
        f'<testsuites name={_attribute(f"shipworthy: {name}")} {counts} time="0">'
    )
    for suite in suites:
        skipped = suite.count("skipped")
        out.append(
            f"<testsuite name={_attribute(suite.name)} {_counts([suite])}"
            f' skipped="{skipped}" time="0" timestamp={_attribute(timestamp)}>'
        )
        out += _properties(suite.properties)
        names = apart(case.name for case in suite.cases)
        for case, key in zip(suite.cases, names, strict=True):
            out += _case(case, " #".join(key) or "unnamed")
        out.append("</testsuite>")
    out.append("</testsuites>\n")
    return "\n".join(out).encode()


def _counts(suites: Iterable[Suite]) -> str:
    held = tuple(suites)
    tests = sum(len(suite.cases) for suite in held)
    failures = sum(suite.count("failure") for suite in held)
    errors = sum(suite.count("error") for suite in held)
    return f'tests="{tests}" failures="{failures}" errors="{errors}"'


def _properties(properties: Sequence[tuple[str, str]]) -> list[str]:
    if not properties:
        return []
    made = [
        f"<property name={_attribute(name)} value={_attribute(value)}/>"
        for name, value in properties
    ]
    return ["<properties>", *made, "</properties>"]


def _case(case: Case, name: str) -> list[str]:
    head = f'<testcase name={_attribute(name)} classname={_attribute(case.classname)} time="0"'
    told = _lines([text for text in (case.message, *case.lines) if text])
    if not told and not case.kind:
        return [f"{head}/>"]
    if not case.kind:
        return [f"{head}>", f"<system-out>{told}</system-out>", "</testcase>"]
    said = f"type={_attribute(case.type)} message={_attribute(case.message)}"
    # A reader of GitLab's shows the text alone, Jenkins the message above it.
    return [f"{head}>", f"<{case.kind} {said}>{told}</{case.kind}>", "</testcase>"]


def _lines(texts: Sequence[str]) -> str:
    """The texts, each on a line; where all together are short and harmless, so is each."""
    whole = " ".join(texts)
    if (
        len(whole) <= _LIMIT
        and printable(whole)
        and "##" not in whole
        and "::" not in whole
        and "[[" not in whole
    ):
        return _escaped("\n".join(texts))
    return "\n".join(map(_text, texts))


@lru_cache(maxsize=1 << 10)
def _attribute(text: str) -> str:
    quoted = _text(text).replace('"', "&quot;")
    return f'"{quoted}"'


def _text(text: str) -> str:
    return _escaped(_harmless(text))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _harmless(text: str) -> str:
    """``text`` on one line, whoever wrote it; what was cut before stays as it is."""
    text = harmless(text, _LIMIT)
    return _ATTACHMENT.sub("[ ", text) if "[[" in text else text
