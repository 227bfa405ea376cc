"""
Values out of foreign JSON, with their types and sizes checked.

What decides a match is taken strictly (:class:`Broken` when it is not what it should be);
prose is taken leniently: the wrong type is as good as absent.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from shipworthy.model.advisory import CvssVector


MAX_SUMMARY = 300
MAX_DETAILS = 4_000
MAX_REFERENCES = 20
MAX_URL = 500
MAX_VERSION = 200
MAX_NAME = 300

_ID = re.compile(r"[A-Za-z0-9][\w.:+/@~-]{0,199}", re.ASCII)
CVE = re.compile(r"CVE-[0-9]{4}-[0-9]{4,12}")
_CWE = re.compile(r"CWE-[0-9]{1,6}")
_VECTOR = re.compile(
    r"CVSS:[34]\.[0-9]/[A-Z]{1,3}:[A-Za-z]+(?:/[A-Z]{1,3}:[A-Za-z]+){1,40}/?"
    r"|\(?AV:[LAN]/[A-Za-z]{1,3}:[A-Z]{1,4}(?:/[A-Za-z]{1,3}:[A-Z]{1,4}){1,20}\)?"
)
_DATE = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)


class Broken(Exception):  # noqa: N818 - the name says what the record is
    """A record cannot be understood; caught by the feed that counts it, never seen outside."""


def mapping(value: object) -> Mapping[str, object]:
    """``value`` if it is an object, an empty one if it is null; else raises :class:`Broken`."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise Broken


def array(value: object, limit: int) -> list[object]:
    """``value`` if it is an array, an empty one if it is null; :class:`Broken` beyond ``limit``."""
    if value is None:
        return []
    if isinstance(value, list) and len(value) <= limit:
        return value
    raise Broken


def selector(value: object) -> str:
    """
    ``value`` if it is text, empty if it is null; else raises :class:`Broken`.

    For what decides whether a record is meant at all: of a text that means another kind of
    record nothing is lost, but what is no text means nothing.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise Broken


def identifier(value: object) -> str:
    """``value`` if it can be a publisher's id; else raises :class:`Broken`."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return value
    raise Broken


def identifiers(value: object) -> list[str]:
    """The ids in an array, sorted and once each; what cannot be an id is left out."""
    if not isinstance(value, list):
        return []
    return sorted({v for v in value[:2_000] if isinstance(v, str) and _ID.fullmatch(v)})


def plain(value: object, limit: int) -> str:
    """``value`` if it is one line of printable text without surrounding space; else :class:`Broken`."""
    if isinstance(value, str):
        value = value.strip()
        if value and len(value) <= limit and value.isprintable():
            return value
    raise Broken


def prose(value: object, limit: int) -> str:
    """Text of any kind cut at ``limit`` characters; empty where it is none."""
    if not isinstance(value, str):
        return ""
    value = value.strip()
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def word(value: object) -> str:
    """A publisher's word for a severity in lower case; empty where it is none."""
    if isinstance(value, str) and len(value) <= 40 and value.isprintable():
        return value.strip().lower()
    return ""


def date(value: object) -> str:
    """A date or instant as ISO 8601, the instant in seconds of UTC; empty where it is none."""
    if not isinstance(value, str) or len(value) > 40:
        return ""
    match = _DATE.fullmatch(value)
    if not match:
        return ""
    try:
        if not match[2]:
            return dt.date.fromisoformat(match[1]).isoformat()
        instant = dt.datetime.fromisoformat(f"{match[1]}T{match[2]}")
        return f"{(instant - _offset(match[3])).isoformat()}Z"
    except (ValueError, OverflowError):
        return ""


def _offset(text: str | None) -> dt.timedelta:
    if not text or text == "Z":
        return dt.timedelta()
    hours, minutes = int(text[1:3]), int(text[-2:])
    return dt.timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


def urls(values: object) -> tuple[str, ...]:
    """The first web addresses of an array of strings or of objects with ``url``."""
    if not isinstance(values, list):
        return ()
    found: dict[str, None] = {}
    for value in values[:500]:
        url = value.get("url") if isinstance(value, dict) else value
        if (
            isinstance(url, str)
            and url.startswith(("https://", "http://"))
            and len(url) <= MAX_URL
            and url.isprintable()
            and " " not in url
        ):
            found[url] = None
            if len(found) == MAX_REFERENCES:
                break
    return tuple(found)


def cwes(values: object) -> tuple[str, ...]:
    """The ``CWE-…`` ids of an array, sorted."""
    if not isinstance(values, list):
        return ()
    return tuple(
        sorted(
            {v for v in values[:50] if isinstance(v, str) and _CWE.fullmatch(v)},
            key=lambda v: int(v[4:]),
        )
    )


def weaknesses(values: object, within: str, key: str) -> tuple[str, ...]:
    """The ``CWE-…`` ids that stand under ``key`` in the lists ``within`` an array's objects; raises :class:`Broken`."""
    return cwes(
        [
            mapping(description).get(key)
            for item in array(values, 50)
            for description in array(mapping(item).get(within), 50)
        ]
    )


def vector(source: str, value: object) -> CvssVector | None:
    """A CVSS vector of any version, if ``value`` has the shape of one."""
    if isinstance(value, str) and len(value) <= 400 and _VECTOR.fullmatch(value):
        return CvssVector(source=source, vector=value)
    return None
