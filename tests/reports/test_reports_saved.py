"""Saved results read back: nothing lost, nothing believed that has the wrong form."""

from __future__ import annotations

import gzip
import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagebuilder as ib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reports_full import full
from reports_sample import LOG4SHELL, SIX_UNKNOWN, bare, sample
from scanning import EXAMPLE

from shipworthy import scan
from shipworthy.advisories.build import build
from shipworthy.diff import diff
from shipworthy.errors import UsageError
from shipworthy.model.package import Status
from shipworthy.model.result import ScanResult
from shipworthy.reports.changes import ChangesReport
from shipworthy.reports.document import to_document
from shipworthy.reports.interface import open_report, report_names
from shipworthy.reports.saved import from_document, load_result, scanned_of


FEEDS = Path(__file__).resolve().parents[2] / "examples/feeds"


@pytest.mark.parametrize("result", [sample(), full(), bare()])
def test_a_document_comes_back_as_it_was(result: ScanResult) -> None:
    """Through the bytes of the JSON report and through the value."""
    document = to_document(result)
    written = json.loads(open_report("json").render(document))

    assert document == to_document(from_document(document))
    assert document == to_document(from_document(written))


def test_a_result_comes_back_but_for_what_is_not_in_it() -> None:
    """Values of the environment and names of files are not written; all else is."""
    result = full()
    read = from_document(to_document(result))
    config = result.image.config

    assert ("PATH", "SHOP_TOKEN") == read.image.config.env
    assert replace(config, env=()) == replace(read.image.config, env=())
    assert [2, 0] == [package.file_count for package in read.packages[:2]]
    assert [replace(p, file_list="", file_count=0) for p in result.packages] == [
        replace(p, file_count=0) for p in read.packages
    ]
    assert result.verdict == read.verdict
    assert result.comparison == read.comparison
    assert result.remediation == read.remediation
    assert result.suppressions == read.suppressions
    assert result.checks == read.checks
    assert result.suppressed == read.suppressed
    assert LOG4SHELL in read.findings


def test_a_real_scan_comes_back(tmp_path: Path) -> None:
    """Of an image with findings of a distribution and of a language."""
    build(FEEDS, tmp_path / "db")
    target = ib.write_archive(EXAMPLE.classic_files(), tmp_path / "image.tar")
    document = to_document(
        scan(str(target), db=tmp_path / "db", cache=False, fail_on="high")
    )

    assert document["findings"]
    assert document == to_document(from_document(document))


def test_what_was_found_can_be_judged_again() -> None:
    """Findings that were taken out are among the others, the worst first; what judging added is gone."""
    result = full()
    note = Status(source="policy/baseline", subject="x", message="y", partial=False)
    scanned = scanned_of(replace(result, statuses=(*result.statuses, note)))

    assert SIX_UNKNOWN in scanned.findings
    assert len(result.findings) + 1 == len(scanned.findings)
    assert "critical" == scanned.findings[0].severity
    assert "unknown" == scanned.findings[-1].severity
    assert {(None, "", "", "")} == {
        (f.state, f.state_reason, f.fingerprint, f.vex_status) for f in scanned.findings
    }
    assert result.statuses == scanned.statuses
    assert "2026-11-26" == scanned.day
    assert "2026-08-20" == scanned_of(sample()).day


def test_an_older_result_has_defaults_for_what_came_later() -> None:
    """Version 1.0 knew neither states nor exploits nor checks."""
    document: Any = to_document(sample())
    document["schemaVersion"] = "1.0"
    for key in ("checks", "lookedFor", "policy", "suppressions", "comparison", "remediation"):  # fmt: skip
        del document[key]
    for finding in document["findings"]:
        for key in ("kind", "exploits", "fingerprint", "state", "fixAvailable"):
            del finding[key]
    result = from_document(document)

    assert frozenset({"vulnerabilities"}) == result.looked_for
    assert {"vulnerability"} == {finding.kind for finding in result.findings}
    assert result.comparison is None


def test_what_is_not_told_is_never_the_better_word() -> None:
    """No verdict is no pass, no severity is unknown, an unsaid coverage is not complete."""
    result = from_document({"schemaVersion": "1.3", "findings": [{}], "statuses": [{}]})

    assert ("partial", 3) == (result.verdict.status, result.verdict.exit_code)
    assert "unknown" == result.findings[0].severity
    assert not result.coverage.complete
    assert result.statuses[0].partial


def test_a_result_is_loaded_plain_or_compressed(tmp_path: Path) -> None:
    """With gzip, as pipelines store artifacts, and with a byte order mark, as editors leave it."""
    data = open_report("json").render(to_document(full()))
    (tmp_path / "plain.json").write_bytes(data)
    (tmp_path / "marked.json").write_bytes(b"\xef\xbb\xbf" + data)
    (tmp_path / "packed.json.gz").write_bytes(gzip.compress(data))
    results = [load_result(path) for path in sorted(tmp_path.iterdir())]

    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"[1]", "expected a JSON result"),
        (b"{}", "not a shipworthy result"),
        (b'{"schemaVersion": "9.0"}', "schema version 9.0"),
        (b'{"schemaVersion": 1}', "not a shipworthy result"),
        (b'{"schemaVersion": "1.0", "target": "\\ud800"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\x1f\x8b broken", "gzip"),
        (b"BZh91AY", "bzip2"),
    ],
)
def test_what_is_no_result_is_refused_by_name(
    data: bytes, words: str, tmp_path: Path
) -> None:
    """One line that names the file and what was expected."""
    path = tmp_path / "base.json"
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        load_result(path)

    assert "base.json" in caught.value.message
    assert words in caught.value.message


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file, a directory, a name that no file can have."""
    for path in (tmp_path / "none.json", tmp_path, "a\0b"):
        with pytest.raises(UsageError):
            load_result(path)


def test_a_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it fills the memory."""
    monkeypatch.setattr("shipworthy.reports.saved.MAX_BYTES", 2_000_000)
    path = tmp_path / "bomb.json.gz"
    path.write_bytes(gzip.compress(b" " * 5_000_000))
    with pytest.raises(UsageError, match="larger than"):
        load_result(path)


DOCUMENT: Any = json.loads(open_report("json").render(to_document(full())))
_plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
_value: st.SearchStrategy[Any] = (
    _plain
    | st.lists(_plain, max_size=2)
    | st.dictionaries(st.text(max_size=3), _plain, max_size=2)
    | st.sampled_from([[{}], [[{"id": 1}]]])
)  # fmt: skip


def _paths(node: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    )  # fmt: skip
    return [at, *(path for key, part in inner for path in _paths(part, (*at, key)))]


PATHS = [path for path in _paths(DOCUMENT) if path and path[0] != "schemaVersion"]


NAMES = sorted({path[-1] for path in PATHS if isinstance(path[-1], str)})


def _with(node: Any, name: str, word: str) -> Any:
    """The same, with ``word`` in place of every text of that name."""
    if isinstance(node, dict):
        return {
            key: word
            if key == name and isinstance(value, str)
            else _with(value, name, word)
            for key, value in node.items()
        }
    return [_with(one, name, word) for one in node] if isinstance(node, list) else node


@pytest.mark.parametrize("name", NAMES)
def test_any_text_may_be_a_word_that_nobody_knows(name: str) -> None:
    """Every format can be made of it: what is one of few words is believed when it is one of them."""
    document = to_document(
        from_document(_with(DOCUMENT, name, "a\0 word <nobody> knows"))
    )

    for format_ in report_names():
        assert open_report(format_).render(document)


@pytest.mark.property
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(st.tuples(st.sampled_from(PATHS), _value), max_size=6))
def test_any_field_may_be_of_any_type(changes: list[tuple[tuple[Any, ...], Any]]) -> None:  # fmt: skip
    """Only our own errors escape, and what was read once is read the same again."""
    document = deepcopy(DOCUMENT)
    for path, value in changes:
        node = document
        try:
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = value
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change took the place away
    result = from_document(document)
    again = to_document(result)

    assert again == to_document(from_document(again))
    for old, new in ((full(), result), (result, full())):
        found = diff(old, new, name="x")
        report = ChangesReport(
            old=old, newer="y", packages=found.packages, existing=found.existing
        )
        assert report.render(to_document(found.result))
