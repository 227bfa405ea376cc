"""Words and bounds of the AWS Security Finding Format that :mod:`shipworthy.reports.asff` and its parts share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import orjson

from shipworthy.reports.text import line, printable


TITLE, DESCRIPTION, RECOMMENDATION, NOTE = 256, 1024, 512, 512
"""Longest texts of these fields, in characters as AWS counts them (UTF-16 units)."""

FIELD = 512
"""Longest other text that is written; AWS takes 2,048 in product fields, and 240 KB a finding."""

CONFIGURATION = "Software and Configuration Checks"
VULNERABILITIES = f"{CONFIGURATION}/Vulnerabilities"

_TOLD = 32  # for how long a text was that is cut
_LABELS = {"critical": 90, "high": 70, "medium": 40, "low": 1}


def fit(text: str, limit: int = FIELD) -> str:
    """``text`` on one line of at most ``limit`` UTF-16 units, with nothing in it that acts; never blanks alone."""
    if len(text) <= limit and text.isascii() and printable(text):
        return text.strip() if text.startswith(" ") else text
    told = line(text, limit if len(text) <= limit else limit - _TOLD).strip()
    units = told.encode("utf-16-le")
    if len(units) <= 2 * limit:
        return told
    return units[: 2 * (limit - 1)].decode("utf-16-le", "ignore") + "…"


@lru_cache(maxsize=16)
def severity_of(severity: str) -> Mapping[str, object]:
    """The severity with AWS's label; what is below low or unrated needs no action and is informational."""
    known = severity in _LABELS
    return {
        "Label": severity.upper() if known else "INFORMATIONAL",
        "Normalized": _LABELS.get(severity, 0),
        "Original": severity,
    }


def filled(pairs: Mapping[str, object]) -> dict[str, object]:
    """The pairs that have a value: AWS takes no empty text, but a score of 0."""
    return {key: value for key, value in pairs.items() if value or type(value) is float}


def named_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, object]:
    """What only we tell of a finding, under our name; what has no value is left out."""
    return {f"shipworthy/{name}": told for name, value in pairs if (told := fit(value))}


def run(pairs: Mapping[str, object]) -> str:
    """Members of an object in the order of their names, each with a comma behind it."""
    written = orjson.dumps(pairs, option=orjson.OPT_SORT_KEYS)
    return f"{written[1:-1].decode()}," if pairs else ""


def product_fields(pairs: Iterable[tuple[str, str]]) -> str:
    """Product fields as such members."""
    return run(named_fields(pairs))


def is_plain(text: str) -> bool:
    """Whether every part of ``text`` is as :func:`fit` has it, and stands so in JSON; what has a blank in it is not."""
    return (
        len(text) <= FIELD
        and text.isascii()
        and text.isprintable()
        and '"' not in text
        and "\\" not in text
        and " " not in text
    )


def told_as_it_is(name: str, text: str) -> str:
    """A member with a comma behind it, of a text that :func:`is_plain`; nothing where it is empty."""
    return f'"{name}":"{text}",' if text else ""


def told_as_it_fits(name: str, text: str) -> str:
    """The same with any text, as it fits."""
    told = fit(text)
    return f'"{name}":{orjson.dumps(told).decode()},' if told else ""


class Standing(NamedTuple):
    """Whether a finding counts, as members of it, each with a comma behind it."""

    note: str
    """Why, where somebody said so."""
    record: str
    workflow: str
    """The state of work on it."""

    @classmethod
    def of(
        cls, record: str, workflow: str, note: Mapping[str, str] | None = None
    ) -> Standing:
        """The standing with its state, the state of work on it, and why."""
        return cls(
            note=run({"Note": note} if note else {}),
            record=run({"RecordState": record}),
            workflow=run({"Workflow": {"Status": workflow}}),
        )


_COUNTS = Standing.of("ACTIVE", "NEW")


def standing(entry: Mapping[str, str] | None, at: str) -> Standing:
    """Whether a finding counts; what an entry took out is archived, with the reason as its note."""
    if entry is None:
        return _COUNTS
    return _taken_out(entry["owner"], entry["source"], entry["reason"], at)


@lru_cache(maxsize=1 << 10)
def _taken_out(owner: str, source: str, reason: str, at: str) -> Standing:
    """An entry takes out many."""
    by = fit(owner, 256).strip() or fit(source, 256).strip()
    note = {
        "Text": fit(reason, NOTE).strip() or "No reason was given.",
        "UpdatedBy": by or "shipworthy",
        "UpdatedAt": at,
    }
    return Standing.of("ARCHIVED", "SUPPRESSED", note)


def entry_fields(entry: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """The product fields of what took a finding out."""
    if entry is None:
        return []
    names = ("rule", "entry", "source", "owner", "expires", "reason")
    return [(f"suppression/{name}", entry[name]) for name in names]
