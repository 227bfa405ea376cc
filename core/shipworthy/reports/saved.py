"""
A saved JSON result as the value it was made of.

A result may be of another release of the same major schema, so every field is read with a default, and
what has the wrong type counts as absent. What a document does not hold does not come back: values of environment
variables, and the names of the files that packages installed, which are only counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from shipworthy.errors import ImageError, UsageError
from shipworthy.model.advisory import SEVERITIES, DatabaseInfo, FeedInfo
from shipworthy.model.finding import Finding
from shipworthy.model.limits import MIB
from shipworthy.model.package import Status
from shipworthy.model.result import VULNERABILITIES, Coverage, Scanned, ScanResult
from shipworthy.reports.document import check_schema
from shipworthy.reports.fields import (
    Json,
    counts,
    flag,
    items,
    mapping,
    text,
    texts,
    whole,
)
from shipworthy.reports.saved_image import distro_of, image_of
from shipworthy.reports.saved_parts import Packages, finding_of, suppressed_of
from shipworthy.reports.saved_policy import (
    action_of,
    check_of,
    comparison_of,
    source_of,
    suppressed_check_of,
    use_of,
    verdict_of,
)
from shipworthy.streams.inflate import inflate


MAX_BYTES = 512 * MIB
"""A result, uncompressed."""

JUDGED = "policy/"
"""How the sources of statuses begin that judging adds, and that judging again makes anew."""

_HINT = "give a file written by `shipworthy scan -o json=FILE`"
_BOM = b"\xef\xbb\xbf"


def load_result(path: str | Path) -> ScanResult:
    """
    The result saved at ``path``, which may be compressed with gzip.

    Raises:
        UsageError: It is no result, of a newer release, larger than ``MAX_BYTES``, or cannot be read.
    """
    return from_document(read_document(path), name=str(path))


def read_document(path: str | Path) -> Json:
    """The JSON object in a file; raises as :func:`load_result` does."""
    document = read_json(path, limit=MAX_BYTES)
    if type(document) is not dict:
        raise UsageError(f"{path}: expected a JSON result", hint=_HINT)
    return document


def read_json(path: str | Path, *, limit: int) -> object:
    """The JSON value in a file of at most ``limit`` bytes; raises as :func:`load_result` does."""
    name = str(path)
    data = bytearray()
    try:
        with Path(path).open("rb") as file:
            for chunk in inflate(file, name=name):
                data += chunk
                if len(data) > limit:
                    raise UsageError(
                        f"{name}: larger than the {limit} bytes that are read of a result"
                    )
    except FileNotFoundError:
        raise UsageError(
            f"{name}: no such file, expected a result", hint=_HINT
        ) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{name}: cannot be read: {error}", hint=_HINT) from None
    except ImageError as error:
        raise UsageError(error.message, hint=_HINT) from None
    if data.startswith(_BOM):
        del data[: len(_BOM)]
    try:
        return orjson.loads(data)
    except ValueError as error:
        raise UsageError(f"{name}: not JSON: {error}", hint=_HINT) from None


def from_document(document: Mapping[str, Any], *, name: str = "") -> ScanResult:
    """
    The result that ``document`` was made of; :func:`to_document` gives the same document again.

    Raises ``UsageError`` for a document that is no result or of a newer release, naming the file
    ``name``, and for nothing else.
    """
    try:
        check_schema(document)
    except UsageError as error:
        where = f"{name}: " if name else ""
        raise UsageError(f"{where}{error.message}", hint=error.hint) from None
    packages = Packages(items(document, "packages"))
    looked_for = frozenset(texts(document, "lookedFor"))

    def each(key: str, read: Callable[[Json], Any]) -> tuple[Any, ...]:
        return tuple(map(read, items(document, key)))

    return ScanResult(
        tool_version=text(mapping(document, "tool"), "version"),
        image=image_of(document),
        distro=distro_of(mapping(document, "distro")),
        packages=packages.all,
        findings=each("findings", lambda entry: finding_of(entry, packages)),
        suppressed=each("suppressed", lambda entry: suppressed_of(entry, packages)),
        verdict=verdict_of(mapping(document, "verdict")),
        database=_database(mapping(document, "database")),
        coverage=_coverage(mapping(document, "coverage")),
        statuses=each("statuses", _status),
        checks=each("checks", check_of),
        suppressed_checks=each("suppressedChecks", suppressed_check_of),
        looked_for=looked_for if "lookedFor" in document else VULNERABILITIES,
        policy=each("policy", source_of),
        suppressions=each("suppressions", use_of),
        comparison=comparison_of(document.get("comparison")),
        remediation=each("remediation", action_of),
    )


def scanned_of(result: ScanResult) -> Scanned:
    """
    What was found before ``result`` was judged, so that another policy can judge it.

    Findings that were taken out are among the others again, and what the policy added is gone:
    fingerprints, states, its own statuses.
    """
    findings = (*result.findings, *(item.finding for item in result.suppressed))
    plain = (
        replace(found, fingerprint="", state=None, state_reason="", vex_status="")
        for found in findings
    )
    return Scanned(
        tool_version=result.tool_version,
        image=result.image,
        distro=result.distro,
        packages=result.packages,
        findings=tuple(sorted(plain, key=_worst_first)),
        database=result.database,
        coverage=result.coverage,
        statuses=tuple(s for s in result.statuses if not s.source.startswith(JUDGED)),
        day=result.verdict.day or result.database.date[:10],
        checks=(
            *result.checks,
            *(item.check for item in result.suppressed_checks),
        ),
        looked_for=result.looked_for,
    )


def _worst_first(finding: Finding) -> tuple[object, ...]:
    """The order of a scan: by severity, risk, id and package."""
    package = finding.package
    return (
        SEVERITIES.index(finding.severity),
        -finding.risk.score,
        finding.id,
        package.purl,
        package.name,
        package.version,
    )


def _database(entry: Json) -> DatabaseInfo:
    return DatabaseInfo(
        schema=whole(entry, "schema"),
        digest=text(entry, "digest"),
        date=text(entry, "date"),
        source=text(entry, "source"),
        feeds=tuple(
            FeedInfo(
                name=text(feed, "name"),
                date=text(feed, "date"),
                records=whole(feed, "records"),
                skipped=whole(feed, "skipped"),
                digest=text(feed, "digest"),
                refused=text(feed, "refused"),
            )
            for feed in items(entry, "feeds")
        ),
        shards=counts(entry, "shards"),
    )


def _coverage(entry: Json) -> Coverage:
    return Coverage(
        complete=flag(entry, "complete"),
        layers=whole(entry, "layers"),
        entries=whole(entry, "entries"),
        files_read=whole(entry, "filesRead"),
        files_failed=whole(entry, "filesFailed"),
        packages=whole(entry, "packages"),
        packages_by_type=counts(entry, "packagesByType"),
        unmatched=counts(entry, "unmatched"),
    )


def _status(entry: Json) -> Status:
    return Status(
        source=text(entry, "source"),
        subject=text(entry, "subject"),
        message=text(entry, "message"),
        # What does not say that it left nothing unread may have left something.
        partial=entry.get("partial") is not False,
    )
