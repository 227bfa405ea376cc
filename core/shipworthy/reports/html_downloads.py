"""
The files that the HTML page hands on: the JSON result, the findings as CSV, the software as CycloneDX.

A page of one file carries them as ``data:`` addresses (RFC 2397) of gzip (RFC 1952), which save without
script. They take at most :data:`BUDGET` characters; what does not fit is left out, and the page says so
and what writes it. A page in a folder has them beside it, whole and whatever their size.
"""

from __future__ import annotations

import re
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from struct import pack
from typing import Any

from shipworthy.reports.csv import CsvReport
from shipworthy.reports.cyclonedx import CycloneDxReport
from shipworthy.reports.image_purl import name_from_target, repository_of
from shipworthy.reports.inventory import inventory_of
from shipworthy.reports.json import JsonReport
from shipworthy.reports.markup import Html, esc
from shipworthy.values import dataclass


BUDGET = 4_000_000
"""Most characters that all downloads of a page take; the corpus's image with 1,290 findings needs a third."""
MOST = 1 << 26
"""Longest file that is packed at all, in bytes; a bound on time where all is alike."""
LEVEL = 7
"""Of zlib: 2 % larger than the best level, in two thirds of its time."""
LARGE = 12_000_000
"""Bytes from which a file, and those after it, are packed at :data:`LEVEL_OF_LARGE`: a quarter larger, in less than half the time."""
LEVEL_OF_LARGE = 3

# No name, no time, no system: the same content is packed to the same bytes wherever zlib is the same.
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_STEP = 1 << 20
_LONGEST = 80
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+|\.{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One file for those who want more than the page."""

    name: str
    """In a folder of its own, where it needs no name of the image's."""
    ending: str
    type: str
    about: str
    instead: str
    """What writes the same file."""
    rank: int
    """The highest is left out first."""
    data: bytes


Begun = list[tuple[Download, "Future[bytes]"]]


def files(document: Mapping[str, Any]) -> Iterator[Download]:
    """The files, in the order that the page lists them, each made when it is asked for."""
    yield Download(
        name="result.json",
        ending=".json",
        type="application/json",
        about="the whole result, JSON",
        instead="shipworthy scan … -o json=FILE",
        rank=2,
        data=JsonReport().render(document),
    )
    yield Download(
        name="findings.csv",
        ending=".csv",
        type="text/csv",
        about="the findings, CSV",
        instead="shipworthy scan … -o csv=FILE",
        rank=0,
        data=CsvReport().render(document),
    )
    yield Download(
        name="sbom.cdx.json",
        ending=".cdx.json",
        type="application/vnd.cyclonedx+json",
        about="the software (SBOM), CycloneDX",
        instead="shipworthy sbom … -o cyclonedx=FILE",
        rank=1,
        data=CycloneDxReport().render(inventory_of(document)),
    )


def begin(document: Mapping[str, Any], pool: Executor) -> Begun:
    """Start packing each file as soon as it is made; zlib lets the page be made meanwhile."""
    most = BUDGET // 4 * 3
    begun: Begun = []
    largest = 0
    for one in files(document):
        largest = max(largest, len(one.data))
        level = LEVEL if largest < LARGE else LEVEL_OF_LARGE
        begun.append((one, pool.submit(packed, one.data, most, level)))
    return begun


def packed(data: bytes, most: int, level: int = LEVEL) -> bytes:
    """``data`` as gzip; nothing where that is longer than ``most`` bytes, found without packing the rest."""
    if len(data) > MOST:
        return b""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts, size = [_HEAD], len(_HEAD) + 8
    view = memoryview(data)
    for at in range(0, len(data) + _STEP, _STEP):
        part = packer.compress(view[at : at + _STEP])
        if at >= len(data):
            part += packer.flush()
        size += len(part)
        if size > most:
            return b""
        parts.append(part)
    return b"".join((*parts, pack("<LL", zlib.crc32(data), len(data))))


def carried(document: Mapping[str, Any], begun: Begun) -> list[Html]:
    """The section of a page that carries its files, in pieces."""
    addresses: dict[str, str] = {}
    room = BUDGET
    for one, packing in sorted(begun, key=lambda pair: pair[0].rank):
        text = b64encode(packing.result()).decode()
        if text and len(text) <= room:
            addresses[one.name] = text
            room -= len(text)
    stem = stem_of(document)
    rows = (
        _carried(one, stem, addresses[one.name])
        if one.name in addresses
        else _left_out(one, stem)
        for one, _ in begun
    )
    told = (
        ""
        if len(addresses) == len(begun)
        else '<p class="soft">A page carries at most '
        f"{BUDGET / 1e6:.0f} MB of files; the JSON result is left out first, then the SBOM, then the CSV.</p>"
    )
    return _section(told, rows)


def beside(names: Iterable[Download]) -> list[Html]:
    """The section of a page that has its files beside it, in pieces."""
    rows = (
        f'<li><a href="{one.name}">{one.name}</a> {_about(one, "")}</li>'
        for one in names
    )
    told = '<p class="soft">They lie beside this page. Where a server forbids its pages to save files, the menu of a link does.</p>'
    return _section(told, rows)


def stem_of(document: Mapping[str, Any]) -> str:
    """How the names of saved files begin: the image's name and tag, of letters, digits, ``.``, ``_`` and ``-`` alone."""
    tag = next((one for one in document["image"]["tags"] if repository_of(one)), "")
    name = tag.partition("@")[0].rpartition("/")[2]
    name = name or name_from_target(document["target"]["name"])
    kept = _UNFIT.sub("-", name)[:_LONGEST].strip("-.")
    return f"shipworthy-{kept or 'image'}"


def _section(told: str, rows: Iterable[str]) -> list[Html]:
    start = f'<section id="downloads"><h2>Downloads</h2>{told}<ul class="files">'
    return [Html(start), *map(Html, rows), Html("</ul></section>")]


def _carried(one: Download, stem: str, address: str) -> str:
    name = esc(stem + one.ending)
    return (
        f'<li><a download="{name}.gz" data-file="{name}" data-type="{one.type}" '
        f'href="data:application/gzip;base64,{address}">{name}.gz</a> {_about(one, "")}</li>'
    )


def _left_out(one: Download, stem: str) -> str:
    more = f", left out of this page: <code>{one.instead}</code> writes it"
    return f"<li>{esc(stem + one.ending)} {_about(one, more)}</li>"


def _about(one: Download, more: str) -> str:
    return f'<span class="soft">{one.about}, {_size(len(one.data))}{more}</span>'


def _size(count: int) -> str:
    """A number of bytes as people read it."""
    if count < 999_500:
        return f"{max(1, round(count / 1e3))} kB"
    return f"{count / 1e6:,.1f} MB"
