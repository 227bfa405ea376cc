"""
The package CSV of Amazon Inspector's GitHub Action, for spreadsheets and dashboards built on it.

Two lines that begin with ``#`` name the artifact and count the vulnerabilities, then come :data:`COLUMNS` and one row a
vulnerability id; every cell is quoted, several values in one are parted by ``;``, and what is not there is
``null``. docs/inspector.md has the source of the format and every difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from shipworthy.reports.csv import tame
from shipworthy.reports.inspector import (
    COUNTED,
    VALUE_LIMIT,
    Document,
    Vulnerability,
    artifact_name,
    counts,
    paths_of,
    rater,
    severity_word,
    vulnerabilities,
)
from shipworthy.reports.sharing import common
from shipworthy.reports.text import line


COLUMNS = (
    "ID",
    "Severity",
    "Source",
    "CVSS",
    "Installed Package",
    "Fixed Package",
    "Path",
    "EPSS",
    "Exploit Available",
    "Exploit Last Seen",
    "CWEs",
)
NULL = "null"
_CELL = 32_000  # spreadsheets stop at 32,767 characters
# What a byte of a row is: what a cell or a part of one begins behind, a sign of a formula, other plain ASCII, or none of these.
_KINDS = bytes(
    ord(";" if code in b'";' else "=" if code in b"=+-@|" else ".")
    if 0x20 <= code < 0x7F
    else 0
    for code in range(0x100)
)
_BETWEEN = b" '`"  # may stand before a sign
_NUMBERS = frozenset((COLUMNS.index("CVSS"), COLUMNS.index("EPSS")))


class InspectorCsvReport:
    """One row a vulnerability, as Amazon Inspector's action writes it."""

    name = "inspector-csv"
    suffix = ".inspector.csv"

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the table; its first three lines alone when nothing was found."""
        found = vulnerabilities(document)
        total = counts(document, found)
        told = [f"{word}_vulnerabilities:{total[word]}" for word in COUNTED]
        heads = (_artifact(document), (f"#{told[0]}", *told[1:]), COLUMNS)
        lines = [",".join(map(_quoted, row)) for row in heads]
        lines += [_row(each) for each in found]
        return ("\r\n".join(lines) + "\r\n").encode()


def _artifact(document: Document) -> tuple[str, ...]:
    kind = "repository" if document["target"]["kind"] == "dir" else "container"
    return (
        f"#artifact_name:{artifact_name(document)}",
        f"artifact_type:{kind}",
        f"artifact_hash:{document['image']['imageId'] or NULL}",
        f"build_id:{NULL}",
    )


def _row(vulnerability: Vulnerability) -> str:
    lead = vulnerability.lead
    packages: list[str] = []
    fixes: list[str] = []
    paths: list[str] = []
    for finding, fix in zip(vulnerability.findings, vulnerability.fixes, strict=True):
        url, places = _places(finding["package"])
        packages += [url] * len(places)
        fixes += [fix] * len(places)
        paths += places
    epss = lead["epss"]
    return _quoted_row(
        (
            vulnerability.id,
            _severity(lead),
            rater(lead["severitySource"]),
            _cvss(lead),
            _joined(packages),
            _joined(fixes),
            _joined(paths),
            _share(epss["score"]) if epss else NULL,
            "true" if vulnerability.exploited else NULL,
            NULL,  # nobody whom we read tells when an exploit was last seen
            _joined([f"CWE-{number}" for number in vulnerability.weaknesses]),
        )
    )


def _quoted_row(cells: tuple[str, ...]) -> str:
    """The cells as :func:`_quoted` has each, looked at all together; numbers of ours are as harmless as they are."""
    inside = '","'.join(cells)
    row = f'"{inside}"'
    if len(row) <= _CELL and row.count('"') == 2 * len(cells) and _is_bare(row):
        return row
    return ",".join(
        [
            f'"{cell}"' if at in _NUMBERS else _quoted(cell)
            for at, cell in enumerate(cells)
        ]
    )


def _is_bare(row: str) -> bool:
    """Whether ``row`` is plain ASCII in which nothing speaks to a pipeline, and no part of a cell begins as a formula."""
    if not row.isascii() or "##" in row or "::" in row:
        return False
    kinds = row.encode().translate(_KINDS, _BETWEEN)
    return b";=" not in kinds and b"\0" not in kinds


@common
def _places(package: Document) -> tuple[str, tuple[str, ...]]:
    """The package's URL and where it is."""
    return unquote(line(package["purl"], VALUE_LIMIT)), paths_of(package)


def _severity(finding: Document) -> str:
    severity = finding["severity"]
    return "untriaged" if severity == "unknown" else severity_word(severity)


def _cvss(finding: Document) -> str:
    """The score of version 3.1, the only version that the column has: the rater's own, else the first."""
    scores = [each for each in finding["cvss"] if each["version"] == "3.1"]
    if not scores:
        return NULL
    own = [each for each in scores if each["source"] == finding["severitySource"]]
    return f"{(own or scores)[0]['score']:.1f}"


def _share(score: float) -> str:
    return f"{score:.5f}".rstrip("0").rstrip(".")


def _joined(values: Iterable[str]) -> str:
    return ";".join(filter(None, values)) or NULL


def _quoted(text: str) -> str:
    return _short(text) if len(text) <= 64 else _written(text)


@lru_cache(maxsize=1 << 13)
def _short(text: str) -> str:
    """Most cells come again and again; short ones are remembered."""
    return _written(text)


def _written(text: str) -> str:
    return '"' + tame(text, _CELL).replace('"', '""') + '"'
