"""
Findings as CSV (RFC 4180, UTF-8, CRLF): a header and one row a finding, worst first; where they
were compared with a baseline, the new ones before the others.

The columns are :data:`COLUMNS`, in this order; later releases only append. A result of all platforms has one
more, ``platforms``. Several values
in one cell are parted by a space, except ``locations``, by `` | ``. No cell can run as a
formula in a spreadsheet: one that would begin as one gets a leading apostrophe, as OWASP's
page on CSV injection advises; a line never ends inside a cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from shipworthy.reports.several import found_on
from shipworthy.reports.sharing import common, once
from shipworthy.reports.summary import ranked
from shipworthy.reports.text import harmless


COLUMNS = (
    "severity",
    "id",
    "aliases",
    "package",
    "version",
    "type",
    "fixed_versions",
    "fix_state",
    "risk",
    "cvss_score",
    "cvss_vector",
    "cvss_source",
    "epss",
    "epss_percentile",
    "kev",
    "kev_due",
    "title",
    "cwes",
    "layer",
    "origin",
    "locations",
    "purl",
    "severity_source",
    "advisories",
    "published",
    "modified",
    "status",
    "suppressed_by",
    "kind",
    "exploits",
    "fix_available",
    "eol",
    "eol_days_left",
    "state",
    "state_reason",
    "fingerprint",
    "suppression_entry",
    "suppression_source",
    "suppression_reason",
    "suppression_owner",
    "suppression_expires",
    "vex_status",
    "vex_justification",
)
"""``status`` is ``open`` or ``suppressed``; suppressed findings come after the open ones."""

PLATFORMS = "platforms"
"""The last column of a result of all platforms: those that the finding is on."""

_id = itemgetter("id")
_entry = itemgetter(
    "entry", "source", "reason", "owner", "expires", "vexStatus", "justification"
)

CELL_LIMIT = 4096
"""Longest cell in characters; spreadsheets stop at 32,767."""

PLACES = 50
"""Most places listed of one package; the rest is counted."""

_SHORT = 64
# Most cells: one word of ASCII letters, digits and signs that mean nothing inside a cell.
_TAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/~+%?&=@()<>!|*^$-]*")
# Several such cells in a row, which may hold spaces; a sign that one begins with is looked for by itself.
_TAME_ROW = re.compile(r"[A-Za-z0-9,][A-Za-z0-9_.:/~+%?&=@()<>!|*^$ ,-]*")
_LEADING_SIGN = re.compile(r", *[=+@|-]")
# The last four are full-width forms that some spreadsheets read as the narrow ones.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf"[\s\"'`]*[{_SIGNS}|]")
# Where a semicolon parts cells, the text after one would be a cell of its own.
_INNER = re.compile(rf"(;[\s\"']*)(?=[{_SIGNS}])")
_QUOTED = re.compile(r'[",;\r\n]')


class CsvReport:
    """One row a finding, for spreadsheets and scripts."""

    name = "csv"
    suffix = ".csv"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the table; only the header when nothing was found."""
        return once(_table, document)


class _Cells(dict[str, str]):
    """Texts with their cells, each made when it first comes: most of a finding's come again and again."""

    def __missing__(self, text: str) -> str:
        made = self[text] = cell(text)
        return made


def _table(document: Mapping[str, Any]) -> bytes:
    cells = _Cells()
    listed = ranked(document["findings"])
    rows = [
        _row(finding, cells, "open,", f",,,,,{cells[finding['vexStatus']]},")
        for finding in listed
    ]
    entries = document["suppressed"]
    by_finding = {id(entry["finding"]): entry for entry in entries}
    for finding in ranked([entry["finding"] for entry in entries]):
        entry = by_finding[id(finding)]
        reason = ": ".join(filter(None, (entry["rule"], entry["reason"])))
        told = ",".join(map(cell, _entry(entry)))
        rows.append(_row(finding, cells, f"suppressed,{cell(reason)}", told))
        listed.append(finding)
    heads = ",".join(COLUMNS)
    if "platforms" in document["image"]:
        heads = f"{heads},{PLATFORMS}"
        on = [cells[" ".join(found_on(finding))] for finding in listed]
        rows = list(map("{},{}".format, rows, on))
    return "\r\n".join((heads, *rows, "")).encode()


def _row(finding: Mapping[str, Any], cells: _Cells, status: str, entry: str) -> str:
    """One finding, with the cells of its status and of what suppressed it."""
    names, scores, exploits = _vulnerability(finding)
    package, places = _package(finding["package"])
    layer, since, end = finding["layer"], finding["fixAvailable"], finding["endOfLife"]
    days = end["daysLeft"] if end else None
    fixes, cwes = finding["fixedVersions"], finding["cwes"]
    return ",".join(
        (
            finding["severity"],
            names,
            package,
            cells[" ".join(fixes)] if fixes else "",
            cells[finding["fixState"]],
            cells[f"{finding['risk']['score']:g}"],
            scores,
            cells[" ".join(cwes)] if cwes else "",
            cells[f"{layer['index']}"] if layer else "",
            cells[finding["origin"]],
            places,
            cells[finding["severitySource"]],
            cells[" ".join(map(_id, finding["advisories"]))],
            cells[finding["published"]],
            cells[finding["modified"]],
            status,
            cells[finding["kind"]],
            exploits,
            cells[since["date"]] if since else "",
            cells[end["ends"]] if end else "",
            "" if days is None else f"{int(days)}",
            finding["state"] or "",
            cells[finding["stateReason"]],
            cells[finding["fingerprint"]],
            entry,
        )
    )


@common
def _vulnerability(finding: Mapping[str, Any]) -> tuple[str, str, str]:
    """The cells of its names, of scores and exploitation up to its title, and of its exploits."""
    cvss = finding["cvss"][0] if finding["cvss"] else None
    epss, kev = finding["epss"], finding["kev"]
    links = [exploit["url"] or exploit["source"] for exploit in finding["exploits"]]
    name, aliases, exploits, *scores = _cells(
        (
            finding["id"],
            " ".join(finding["aliases"]),
            " ".join(links),
            f"{cvss['score']:.1f}" if cvss else "",
            cvss["vector"] if cvss else "",
            cvss["source"] if cvss else "",
            f"{epss['score']:.5f}" if epss else "",
            f"{epss['percentile']:.5f}" if epss else "",
            "yes" if kev else "no",
            kev["dueDate"] if kev else "",
        )
    )
    title = cell(finding["title"])
    return f"{name},{aliases}", f"{','.join(scores)},{title}", exploits


@common
def _package(package: Mapping[str, Any]) -> tuple[str, str]:
    """The cells of its name, version and type, and of its places and URL."""
    locations = package["locations"]
    places = [place["path"] for place in locations[:PLACES]]
    if len(locations) > PLACES:
        places.append(f"and {len(locations) - PLACES} more")
    name, version, kind, listed, url = _cells(
        (
            package["name"],
            package["version"],
            package["type"],
            " | ".join(places),
            package["purl"],
        )
    )
    return f"{name},{version},{kind}", f"{listed},{url}"


def _cells(texts: Sequence[str]) -> Sequence[str]:
    """Each of ``texts`` as :func:`cell` has it, looked at all together: hardly any needs more than that."""
    row = ",".join(texts)
    if (
        len(row) <= CELL_LIMIT
        and _TAME_ROW.fullmatch(row)
        and row.count(",") == len(texts) - 1
        and "::" not in row
        and not _LEADING_SIGN.search(row)
    ):
        return texts
    return [*map(cell, texts)]


def cell(text: str) -> str:
    """``text`` as one cell, quoted where it must be, that no spreadsheet takes for a formula."""
    return _written(text) if len(text) > _SHORT else _short(text)


@lru_cache(maxsize=1 << 13)
def _short(text: str) -> str:
    """Severities, types, versions and advisories come again and again; short ones are remembered."""
    return _written(text)


def _written(text: str) -> str:
    if not text or (_TAME.fullmatch(text) and len(text) <= CELL_LIMIT):
        return text
    text = tame(text)
    if _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def tame(text: str, limit: int = CELL_LIMIT) -> str:
    """``text`` on one line of at most about ``limit`` characters that no spreadsheet runs; not yet quoted."""
    text = harmless(text, limit)
    if _FORMULA.match(text):
        text = f"'{text}"
    if ";" in text:
        text = _INNER.sub(r"\1'", text)
    return text
