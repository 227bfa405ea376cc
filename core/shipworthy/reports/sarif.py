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

from orjson import OPT_APPEND_NEWLINE, OPT_INDENT_2, OPT_SORT_KEYS, Fragment, dumps

from shipworthy.reports.json import quieted
from shipworthy.reports.sarif_results import place, result, ruled
from shipworthy.reports.sarif_rules import rules_of
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

_INDENTED = OPT_SORT_KEYS | OPT_INDENT_2 | OPT_APPEND_NEWLINE
_SPARE = 0.9
_PIECE = 1 << 18
_FRAME = 18  # what gzip adds to what is compressed


class SarifReport:
    """One run with everything in it, whether it counts or not."""

    name = "sarif"
    suffix = ".sarif"
    whole = True

    def render(self, document: Mapping[str, Any]) -> bytes:
        """The bytes of the log; what it cannot hold is counted in it."""
        name = artifact(document)
        made = once(_made, document)
        found = len(made.said) if self.whole else made.counting
        kept = min(found, RESULTS_MOST)
        while True:
            log = _log(document, name, made, kept, found - kept)
            data = quieted(dumps(log, option=_INDENTED))
            if kept <= made.fitting:
                return data
            size = _packed(data)
            if size <= BYTES_MOST or not kept:
                made.fitting = kept
                return data
            kept = min(kept - 1, int(kept * _SPARE * BYTES_MOST / size))


class GithubSarifReport(SarifReport):
    """The run with what counts alone, for upload to GitHub's code scanning."""

    name = "sarif-github"
    suffix = ".github.sarif"
    whole = False


def _packed(data: bytes) -> int:
    """What an upload of ``data`` takes at most; no more of it is compressed than is needed for it to fit."""
    packer = zlib.compressobj(1, wbits=-zlib.MAX_WBITS)
    size, left = _FRAME, len(data)
    for start in range(0, len(data), _PIECE):
        if size + left <= BYTES_MOST:
            return size + left
        size += len(packer.compress(data[start : start + _PIECE]))
        left = max(left - _PIECE, 0)
    return size + len(packer.flush())


@dataclass(slots=True)
class _Made:
    """
    What both logs are made of, each rule and result made once.

    What counts comes first, so that the one log has the first results of the other, and a rule has the same place in both.
    """

    said: list[Said]
    counting: int
    """How many of them count; they are the first."""
    physical: bytes
    rules: dict[tuple[str, int], Json] = field(default_factory=dict)
    results: list[Fragment] = field(default_factory=list)
    """Of the first of what is said, as many as were needed."""
    fitting: int = 0
    """As many of the first results fit into an upload, and so does a part of them."""

    def rules_of(self, reported: Sequence[Sequence[Said]]) -> list[Json]:
        """The rules of what is reported, that under one id together."""
        # Less of it is always its beginning, so that how much it is tells which.
        keys = [(same[0].rule, len(same)) for same in reported]
        rules = self.rules
        new = [at for at, key in enumerate(keys) if key not in rules]
        made = rules_of([reported[at] for at in new])
        rules.update(zip([keys[at] for at in new], made, strict=True))
        return [rules[key] for key in keys]


def _made(document: Mapping[str, Any]) -> _Made:
    name = artifact(document)
    said = everything(document, name)
    counting = sum(one.group == OPEN for one in said)
    return _Made(said=said, counting=counting, physical=place(name))


def _log(
    document: Mapping[str, Any], name: str, made: _Made, kept: int, left_out: int
) -> Json:
    said = made.said[:kept]
    by_rule: dict[str, list[Said]] = {}
    for one in said:
        by_rule.setdefault(one.rule, []).append(one)
    results, physical = made.results, made.physical
    if new := said[len(results) :]:
        places = {id_: ruled(id_, at) for at, id_ in enumerate(by_rule)}
        results += [result(one, places[one.rule], physical) for one in new]
    tool = document["tool"]
    driver = {
        "name": tool["name"],
        "version": plain(tool["version"]) or "0",
        "rules": made.rules_of(list(by_rule.values())),
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"shipworthy/{name}/"},
        "columnKind": "utf16CodeUnits",
        "invocations": [invocation(document, kept, left_out)],
        "results": results[:kept],
        "properties": properties(document),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
