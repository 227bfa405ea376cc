"""
What the two software bills of materials have in common: the image's name, package URLs, times, identifiers.

Everything is taken from the document and is the same for the same document; identifiers are hashes of content.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from shipworthy.model.purl import purl
from shipworthy.reports.image_purl import image_name
from shipworthy.reports.json import JsonReport
from shipworthy.reports.text import block, each_line, line
from shipworthy.values import dataclass


NAME_LIMIT = 4096
"""Longest name, version or path, in characters."""
TEXT_LIMIT = 16_384
"""Longest running text, in characters."""

Document = Mapping[str, Any]

_NOBODY = f"urn:uuid:{UUID(int=0)}"
_PURL = re.compile(r"pkg:[A-Za-z0-9.+-]+/[A-Za-z0-9._~:%@/?&=#+,*!$'();-]+")
_key = itemgetter("type", "name", "version", "arch", "purl", "source", "owner")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(Z|[+-](?:0\d|1[0-3]):[0-5]\d)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The image that the document is of."""

    name: str
    """Its repository, or where it has none its file's or directory's name."""
    version: str = ""
    """Its tag, else its digest."""
    purl: str = ""
    sha256: str = ""
    """Of the manifest, else of the configuration."""


def subject(document: Document) -> Subject:
    """The image as a package of its own; what nothing tells is empty."""
    image = image_name(document)
    tag = next(iter(document["image"]["tags"]), "")
    head, slash, last = tag.partition("@")[0].rpartition("/")
    last, colon, version = last.partition(":")
    named = f"{head}{slash}{last}" if last and (slash or colon) else ""
    name = named or (image.name if image else document["target"]["name"])
    if tag and not named:
        version = tag
    if image is None:
        return Subject(name=shown(name) or "image", version=shown(version))
    url = purl("oci", image.name, image.digest, qualifiers=dict(image.qualifiers))
    return Subject(
        name=shown(name) or "image",
        version=shown(version or image.digest),
        purl=url_of(url),
        sha256=image.digest.removeprefix("sha256:"),
    )


def looked_for_vulnerabilities(document: Document) -> bool:
    """Whether the document can say anything of vulnerabilities; an inventory cannot."""
    return "vulnerabilities" in document["lookedFor"]


def every_finding(document: Document) -> Iterator[tuple[Document, Document | None]]:
    """Every finding, then every one that was taken out with the entry that did it."""
    for finding in document["findings"]:
        yield finding, None
    for item in document["suppressed"]:
        yield item["finding"], item


def shown(text: str) -> str:
    """A short text of others on one line."""
    return line(text, NAME_LIMIT)


def shown_each(*texts: str) -> tuple[str, ...]:
    """Short texts of others, each as :func:`shown` has it."""
    return each_line(texts, NAME_LIMIT)


def told(text: str) -> str:
    """A running text of others."""
    return block(text, TEXT_LIMIT)


def url_of(text: str) -> str:
    """``text`` where it is written as a package URL is, else nothing."""
    return text if len(text) <= NAME_LIMIT and _PURL.fullmatch(text) else ""


def day_of(document: Document) -> str:
    """The day of judging as a time, else the database's; empty where neither is known."""
    for text in (document["verdict"]["day"], document["database"]["date"]):
        found = _DAY.match(text)
        if found and (time := time_of(found[0])):
            return time
    return ""


@lru_cache(maxsize=1 << 12)
def time_of(text: str) -> str:
    """``text`` as a time of RFC 3339, to the second; empty where it is none."""
    if _DAY.fullmatch(text):
        text += "T00:00:00Z"
    found = _TIME.fullmatch(text)
    if found is None:
        return ""
    time, zone = found[1], found[2] or "Z"
    try:
        datetime.fromisoformat(time + ("+00:00" if zone == "Z" else zone))
    except ValueError:
        return ""
    return time + zone


def identified(content: Document, name: str) -> tuple[str, bytes]:
    """
    An identifier of the content, and the content as JSON with the identifier under ``name``.

    It is the same for the same content and for no other: made of all that is written but itself.
    """
    data = JsonReport().render({**content, name: _NOBODY})
    made = f"urn:uuid:{uuid5(NAMESPACE_URL, hashlib.sha256(data).hexdigest())}"
    # No text of JSON holds a line end, so that only members of the document itself stand behind one and two spaces.
    at = data.index(f'\n  "{name}": "{_NOBODY}'.encode()) + len(f'\n  "{name}": "')
    view = memoryview(data)
    return made, b"".join((view[:at], made.encode(), view[at + len(made) :]))


def key_of(package: Document) -> tuple[str, ...]:
    """What a finding's package and the inventory's have in common."""
    key: tuple[str, ...] = _key(package)
    return key
