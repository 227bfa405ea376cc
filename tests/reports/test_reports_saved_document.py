"""A saved result as a document: what is taken as it is, and that it is what reading all of it would give."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reports_full import full
from reports_sample import bare, sample

from shipworthy.errors import UsageError
from shipworthy.model.result import ScanResult
from shipworthy.reports.document import to_document
from shipworthy.reports.document_parts import layer_references
from shipworthy.reports.interface import open_report
from shipworthy.reports.saved import from_document
from shipworthy.reports.saved_bulk import (
    Odd,
    findings_of,
    packages_of,
    suppressed_of,
)
from shipworthy.reports.saved_document import as_now, load_document


WRITTEN: Any = orjson.loads(open_report("json").render(to_document(full())))


def exact(document: object) -> bytes:
    """A document with the types of its numbers, whatever the order of its names."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


@pytest.mark.parametrize("result", [sample(), full(), bare()])
def test_what_this_release_wrote_is_taken_as_it_is(
    result: ScanResult, tmp_path: Path
) -> None:
    """Every object of the bulk fits its shape, so that none is read field by field."""
    document: Any = to_document(result)
    path = tmp_path / "result.json"
    path.write_bytes(open_report("json").render(document))
    read = orjson.loads(path.read_bytes())
    layers = layer_references(read["image"]["layers"])

    assert document["packages"] == packages_of(read["packages"])
    assert document["findings"] == findings_of(read["findings"], layers)
    assert document["suppressed"] == suppressed_of(read["suppressed"], layers)
    assert exact(document) == exact(load_document(path))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("severity",), "grave"),
        (("fixState",), ""),
        (("state",), ""),
        (("kind",), None),
        (("more",), 1),
        (("aliases",), ["CVE-1", 1]),
        (("references",), {"0": "x"}),
        (("risk", "score"), 7),
        (("package", "locations"), [{"path": "x", "layer": -1}]),
        (("package", "locations"), [["path"]]),
        (("layer", "digest"), "sha256:other"),
        (("layer", "index"), True),
        (("evidence", 0, "confidence"), "certain"),
        (("advisories", 0, "fixedVersions"), [None]),
        (("cvss", 0, "score"), "9.8"),
        (("cvss", 0), []),
        (("epss",), {}),
        (("kev",), []),
        (("endOfLife",), {}),
        (("risk",), {"score": 7.0}),
    ],
)
def test_what_is_otherwise_is_read_field_by_field(
    where: tuple[Any, ...], value: object
) -> None:
    """A word that nobody knows, a wrong type, a name too many, a layer that the image does not have."""
    document = deepcopy(WRITTEN)
    finding = next(one for one in document["findings"] if one["cvss"] and one["layer"])
    node = finding
    for key in where[:-1]:
        node = node[key]
    node[where[-1]] = value
    read = orjson.loads(exact(document))

    with pytest.raises(Odd):
        findings_of(read["findings"], layer_references(read["image"]["layers"]))
    assert exact(to_document(from_document(read))) == exact(as_now(read))


def test_findings_are_put_in_their_order() -> None:
    """Whatever order somebody gave them, it is the one of their packages."""
    shuffled = {
        **WRITTEN,
        "findings": WRITTEN["findings"][::-1],
        "suppressed": WRITTEN["suppressed"][::-1],
    }

    assert exact(as_now(WRITTEN)) == exact(as_now(shuffled))


def test_what_is_no_result_is_refused_by_name(tmp_path: Path) -> None:
    """As when it is read as a value."""
    path = tmp_path / "base.json"
    path.write_bytes(b'{"schemaVersion": "9.0"}')

    with pytest.raises(UsageError, match=r"base\.json: result has schema version 9\.0"):
        load_document(path)


_plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
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


BULK = {"packages", "findings", "suppressed", "image"}
PATHS = [path for path in _paths(WRITTEN) if path and path[0] in BULK]


@pytest.mark.property
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(st.tuples(st.sampled_from(PATHS), _value), max_size=3))
def test_it_is_what_reading_all_of_it_would_give(changes: list[tuple[tuple[Any, ...], Any]]) -> None:  # fmt: skip
    """Whatever stands in any field."""
    document = deepcopy(WRITTEN)
    for path, value in changes:
        node = document
        try:
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = value
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change took the place away
    read = orjson.loads(exact(document))

    assert exact(to_document(from_document(read))) == exact(as_now(read))
