"""
The result as SARIF 2.1.0 (OASIS Static Analysis Results Interchange Format), for code scanning and its viewers.

``sarif`` is the whole as the specification has it: what was taken out has a suppression, what is gone since the
baseline is ``absent``. GitHub reads neither word and shows both as open alerts, so ``sarif-github`` leaves both away
and is otherwise the same to the letter. Both keep GitHub's limits ("SARIF support for code scanning"): the least
severe results go first, and a notification tells how many.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shipworthy.reports.json import JsonReport
from shipworthy.reports.sarif_results import place, result
from shipworthy.reports.sarif_rules import rule
from shipworthy.reports.sarif_run import invocation, properties
from shipworthy.reports.sarif_said import OPEN, Said, artifact, everything
from shipworthy.reports.sarif_words import Json, plain
from shipworthy.reports.sharing import once


SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
"""Where the schema of the final standard can be had."""
RESULTS_MOST = 25_000
"""Results of a run, and so rules, that GitHub takes."""
BYTES_MOST = 10_000_000
"""Size of a log, compressed with gzip, that GitHub takes."""

_SPARE = 0.9
_PIECE = 1 << 20


class SarifReport:
    """One run with everything in it, whether it counts or not."""

    name = "sarif"
    suffix = ".sarif"
    whole = True

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the log; what it cannot hold is counted in it."""
        name = artifact(document)
        said, made = once(_told, document)
        if not self.whole:
            said = [one for one in said if one.group == OPEN]
        kept = min(len(said), RESULTS_MOST)
        while True:
            log = _log(document, name, said[:kept], len(said) - kept, made)
            data = JsonReport().render(log)
            size = _packed(data)
            if size <= BYTES_MOST or not kept:
                return data
            kept = min(kept - 1, int(kept * _SPARE * BYTES_MOST / size))


class GithubSarifReport(SarifReport):
    """The run with what counts alone, for upload to GitHub's code scanning."""

    name = "sarif-github"
    suffix = ".github.sarif"
    whole = False


def _packed(data: bytes) -> int:
    """What an upload of ``data`` takes at most; no more of it is compressed than is needed for it to fit."""
    packer = zlib.compressobj(1)
    size, left = 0, len(data)
    for start in range(0, len(data), _PIECE):
        if size + left <= BYTES_MOST:
            return size + left
        size += len(packer.compress(data[start : start + _PIECE]))
        left = max(left - _PIECE, 0)
    return size + len(packer.flush())


@dataclass(frozen=True, slots=True)
class _Made:
    """
    Rules and results, each made once for both logs, by what they are of.

    What counts comes first in both, so that a rule of it has the same place in both.
    """

    rules: dict[tuple[int, ...], Json] = field(default_factory=dict)
    results: dict[int, Json] = field(default_factory=dict)

    def rule(self, same: Sequence[Said]) -> Json:
        """The rule of all that is reported under one id."""
        key = tuple(map(id, same))
        if key not in self.rules:
            self.rules[key] = rule(same)
        return self.rules[key]

    def result(self, one: Said, index: int, physical: Json) -> Json:
        """The result; ``index`` is its rule's place."""
        if id(one) not in self.results:
            self.results[id(one)] = result(one, index, physical)
        return self.results[id(one)]


def _told(document: Mapping[str, Any]) -> tuple[list[Said], _Made]:
    """Everything there is to report, and what is made of it by and by."""
    return everything(document, artifact(document)), _Made()


def _log(
    document: Mapping[str, Any],
    name: str,
    said: Sequence[Said],
    left_out: int,
    made: _Made,
) -> Json:
    by_rule: dict[str, list[Said]] = {}
    for one in said:
        by_rule.setdefault(one.rule, []).append(one)
    places = {id_: at for at, id_ in enumerate(by_rule)}
    physical = place(name)
    tool = document["tool"]
    driver = {
        "name": tool["name"],
        "version": plain(tool["version"]) or "0",
        "rules": [made.rule(same) for same in by_rule.values()],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"shipworthy/{name}/"},
        "columnKind": "utf16CodeUnits",
        "invocations": [invocation(document, len(said), left_out)],
        "results": [made.result(one, places[one.rule], physical) for one in said],
        "properties": properties(document),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
