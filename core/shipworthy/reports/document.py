"""
The JSON result: the one value that every report is made from.

Its shape is published as ``docs/schema/result.schema.json`` and numbered: the minor
number grows when something is added, the major number when something changes meaning.
Keys are in camel case. Lists keep the order of the scan, findings are put in the order
of their packages; nothing in it depends on the clock, the machine or the run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from shipworthy.errors import UsageError
from shipworthy.model.advisory import DatabaseInfo
from shipworthy.model.finding import Finding
from shipworthy.model.image import ImageInfo, Layer, PlatformImage
from shipworthy.model.package import Distro, Status
from shipworthy.model.result import Coverage, ScanResult
from shipworthy.reports.document_parts import (
    finding_part,
    layer_references,
    package_part,
    suppressed_part,
)
from shipworthy.reports.document_policy import (
    action_part,
    check_part,
    comparison_part,
    source_part,
    suppressed_check_part,
    use_part,
    verdict_part,
)
from shipworthy.reports.text import sound


SCHEMA_VERSION = "1.3"
"""Version of the JSON result that this release writes, and the newest it reads."""

_VERSION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})")


def to_document(result: ScanResult) -> dict[str, object]:
    """
    The JSON result of a scan, of nothing but dictionaries, lists and plain values.

    Every text in it can be written as UTF-8, whatever the image held.
    """
    layers = [_layer(layer) for layer in result.image.layers]
    by_index = layer_references(layers)
    findings = sorted(result.findings, key=_order)
    suppressed = sorted(result.suppressed, key=lambda item: _order(item.finding))
    document: dict[str, object] = {
        "schemaVersion": SCHEMA_VERSION,
        "tool": {"name": "shipworthy", "version": result.tool_version},
        "target": {"name": result.image.target, "kind": result.image.kind},
        "image": _image(result.image, layers),
        "distro": _distro(result.distro),
        "packages": [package_part(package) for package in result.packages],
        "findings": [finding_part(finding, by_index) for finding in findings],
        "suppressed": [suppressed_part(item, by_index) for item in suppressed],
        "checks": [check_part(check) for check in result.checks],
        "suppressedChecks": [
            suppressed_check_part(item) for item in result.suppressed_checks
        ],
        "lookedFor": sorted(result.looked_for),
        "policy": [source_part(source) for source in result.policy],
        "suppressions": [use_part(use) for use in result.suppressions],
        "comparison": comparison_part(result.comparison),
        "remediation": [action_part(action) for action in result.remediation],
        "verdict": verdict_part(result.verdict),
        "database": _database(result.database),
        "coverage": _coverage(result.coverage),
        "statuses": [_status(status) for status in result.statuses],
    }
    return _writable(document)


def check_schema(document: Mapping[str, Any]) -> None:
    """
    Refuse a result that this release cannot read.

    Raises :class:`shipworthy.errors.UsageError` naming the version, when it is newer
    than :data:`SCHEMA_VERSION` or the document is no result at all.
    """
    version = document.get("schemaVersion")
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None:
        raise UsageError(
            "not a shipworthy result: schemaVersion is missing or not a version",
            hint="give a file written by `shipworthy scan -o json=FILE`",
        )
    known = tuple(int(part) for part in SCHEMA_VERSION.split("."))
    if (int(match[1]), int(match[2])) > known:
        raise UsageError(
            f"result has schema version {version}, this shipworthy reads up to {SCHEMA_VERSION}",
            hint="update shipworthy, or scan again with this version",
        )


def _writable(document: dict[str, object]) -> dict[str, object]:
    """The document as it is, or with soundly written texts where UTF-8 has no form for them."""
    try:
        orjson.dumps(document)
    except orjson.JSONEncodeError:
        return {key: _sound(value) for key, value in document.items()}
    return document


def _sound(value: object) -> object:
    if isinstance(value, str):
        return sound(value)
    if isinstance(value, dict):
        return {sound(key): _sound(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_sound(item) for item in value]
    return value


def _order(finding: Finding) -> tuple[str, ...]:
    package = finding.package
    return (package.type, package.name, package.version, package.arch, finding.id)


def _layer(layer: Layer) -> dict[str, object]:
    return {
        "index": layer.index,
        "diffId": layer.diff_id,
        "digest": layer.digest,
        "instruction": layer.instruction,
        "origin": layer.origin,
    }


def _image(image: ImageInfo, layers: list[dict[str, object]]) -> dict[str, object]:
    base = {"name": image.base_name, "digest": image.base_digest}
    return {
        "tags": list(image.tags),
        "manifestDigest": image.manifest_digest,
        "imageId": image.image_id,
        "platform": image.platform,
        "base": base if image.base_name or image.base_digest else None,
        "config": _config(image),
        "layers": layers,
        **(
            {"platforms": list(map(_platform, image.platforms))}
            if image.platforms
            else {}
        ),
    }


def _platform(image: PlatformImage) -> dict[str, object]:
    return {
        "platform": image.platform,
        "manifestDigest": image.manifest_digest,
        "imageId": image.image_id,
        "distro": _distro(image.distro),
        "layers": list(image.layers),
        "problem": image.problem,
    }


def _config(image: ImageInfo) -> dict[str, object]:
    config = image.config
    return {
        "os": config.os,
        "architecture": config.architecture,
        "variant": config.variant,
        "created": config.created,
        "user": config.user,
        # Names only: values of environment variables are where secrets hide, and
        # reports travel further than images.
        "envNames": [entry.partition("=")[0] for entry in config.env],
        "entrypoint": list(config.entrypoint),
        "cmd": list(config.cmd),
        "exposedPorts": list(config.exposed_ports),
        "labels": dict(config.labels),
        "history": [
            {
                "createdBy": entry.created_by,
                "emptyLayer": entry.empty_layer,
                "comment": entry.comment,
            }
            for entry in config.history
        ],
    }


def _distro(distro: Distro | None) -> dict[str, object] | None:
    if distro is None:
        return None
    return {
        "id": distro.id,
        "version": distro.version,
        "codename": distro.codename,
        "name": distro.name,
        "idLike": list(distro.id_like),
        "branch": distro.branch,
        "path": distro.path,
        "channels": list(distro.channels),
    }


def _database(database: DatabaseInfo) -> dict[str, object]:
    return {
        "schema": database.schema,
        "digest": database.digest,
        "date": database.date,
        "source": database.source,
        "feeds": [
            {
                "name": feed.name,
                "date": feed.date,
                "records": feed.records,
                "skipped": feed.skipped,
                "digest": feed.digest,
                "refused": feed.refused,
            }
            for feed in database.feeds
        ],
        "shards": dict(database.shards),
    }


def _coverage(coverage: Coverage) -> dict[str, object]:
    return {
        "complete": coverage.complete,
        "layers": coverage.layers,
        "entries": coverage.entries,
        "filesRead": coverage.files_read,
        "filesFailed": coverage.files_failed,
        "packages": coverage.packages,
        "packagesByType": dict(coverage.packages_by_type),
        "unmatched": dict(coverage.unmatched),
    }


def _status(status: Status) -> dict[str, object]:
    return {
        "source": status.source,
        "subject": status.subject,
        "message": status.message,
        "partial": status.partial,
    }
