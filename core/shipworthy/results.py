"""
A result by its name: saved in a file, or of a target that is scanned now.

What ``--baseline`` and ``shipworthy diff`` take.
"""

from __future__ import annotations

from pathlib import Path

from shipworthy.errors import ImageError, ImageUnreachableError, UsageError
from shipworthy.examine import Means, examine
from shipworthy.judging import Brief, result_by
from shipworthy.model.result import ScanResult
from shipworthy.policy.baseline.baseline import NOTHING, Baseline, baseline_of
from shipworthy.reports.saved import from_document, read_document
from shipworthy.sboms.source import sbom_path


_ENDINGS = (".json", ".json.gz")


def saved_result(target: str) -> ScanResult | None:
    """
    The result saved in the file ``target``; ``None`` where that is a target to scan: an image, an SBOM.

    Raises ``UsageError`` for a result that this release cannot read or that is not there.
    """
    if target.endswith(_ENDINGS) and not Path(target).exists():
        raise UsageError(
            f"{target}: no such file, expected a result",
            hint="give a file written by `shipworthy scan -o json=FILE`, or a target to scan",
        )
    if sbom_path(target) != target:
        return None  # no file that begins as a JSON object does, or said to be an SBOM
    document = read_document(target)
    if "schemaVersion" not in document or "bomFormat" in document:
        return None
    return from_document(document, name=target)


def result_of(target: str, means: Means) -> ScanResult:
    """
    The result that ``target`` names, or that of scanning it; a scanned one is judged by no rule.

    Raises as :func:`shipworthy.scan.scan` does.
    """
    saved = saved_result(target)
    return saved or result_by(examine(target, means), Brief())


def baseline_at(name: str, means: Means) -> Baseline:
    """
    What ``--baseline`` names: a saved result, a target to scan, or ``none``.

    Raises:
        UsageError: It is neither, or cannot be read: without it nothing can be told to be new.
        DatabaseError: It is a target, and there is no database to judge it by.
    """
    if name == NOTHING:
        return Baseline()
    try:
        return baseline_of(result_of(name, means), name)
    except ImageUnreachableError:
        raise  # nothing is wrong with the call
    except ImageError as error:
        raise UsageError(
            f"baseline {name}: {error.message}",
            hint="give a file written by `shipworthy scan -o json=FILE`, a target to scan, or none",
        ) from error
