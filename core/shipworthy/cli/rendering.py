"""
All reports of one result, in the least time: what they have in common once, and on every core where it is much.

Formats that are made of the same parts stay in one process: those whose names begin alike, such as ``sarif`` and
``sarif-github``, and the page with the files that it carries. The bytes are the same either way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from shipworthy.cli.output import Output, write
from shipworthy.errors import ShipworthyError
from shipworthy.reports.sharing import sharing


# Findings to be written, over all reports: below it starting processes costs more than they gain.
_WORTH_FORKING = 10_000
# What takes longest goes first, as measured by tools/bench_reports.py, so that no process ends up with much to do
# while others are done.
_LONGEST = (
    "html",
    "cyclonedx",
    "sarif",
    "gitlab",
    "asff",
    "inspector",
    "warnings",
    "spdx",
)
_CARRIED = frozenset(("csv", "json"))  # by the page


def write_all(outputs: Sequence[Output], document: Mapping[str, Any]) -> object:
    """
    Write every report where it goes, those on stdout last; gives what was made meanwhile, for who keeps it.

    Nobody may change ``document`` meanwhile. Raises what writing the first that failed raises.
    """
    groups = _groups([output for output in outputs if output.path is not None])
    with sharing(document) as made:
        if len(groups) > 1 and _much(outputs, document):
            _side_by_side(groups, document)
        else:
            for held in groups.values():
                _write_each(held, document)
        _write_each([one for one in outputs if one.path is None], document)
    return made


def _groups(outputs: Sequence[Output]) -> dict[str, list[Output]]:
    """The outputs that are made of the same parts, by what they have in common."""
    names = {output.report.name for output in outputs}
    groups: dict[str, list[Output]] = {}
    for output in outputs:
        kind = output.report.name.partition("-")[0]
        if kind in _CARRIED and "html" in names:
            kind = "html"
        groups.setdefault(kind, []).append(output)
    return groups


def _write_each(outputs: Sequence[Output], document: Mapping[str, Any]) -> None:
    for output in outputs:
        write(output, document)


def _much(outputs: Sequence[Output], document: Mapping[str, Any]) -> bool:
    """Whether there is enough to do for several processes, and a way to have them."""
    count = len(document["findings"]) + len(document["suppressed"])
    if count * len(outputs) < _WORTH_FORKING:
        return False
    from shipworthy.layers.workers import can_share

    return can_share()


def _side_by_side(
    groups: Mapping[str, Sequence[Output]], document: Mapping[str, Any]
) -> None:
    from shipworthy.cli.shares import share_out
    from shipworthy.layers.workers import cores

    first = {kind: at for at, kind in enumerate(_LONGEST)}
    ordered = sorted(groups, key=lambda kind: first.get(kind, len(first)))

    def work(at: int) -> bytes:
        try:
            _write_each(groups[ordered[at]], document)
        except ShipworthyError as error:
            return orjson.dumps((type(error).__name__, error.message, error.hint))
        except OSError as error:
            return orjson.dumps((error.errno, error.strerror, str(error.filename)))
        return b""

    failed = share_out(len(ordered), work, cores())
    if failed:
        raise _failed(orjson.loads(failed[min(failed)]))


def _failed(told: list[Any]) -> Exception:
    if not isinstance(told[0], str):
        return OSError(*told)
    from shipworthy.layers.workers import met_elsewhere

    return met_elsewhere(*told)
