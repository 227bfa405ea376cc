"""Red Hat's documents as nobody should write them: skipped and counted, never an escape."""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redhatcases
from feedwriter import Feeds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipworthy.advisories.feeds import csaf, tarstream
from shipworthy.advisories.feeds.interface import Statement
from shipworthy.advisories.feeds.redhat import RedHatFeed
from shipworthy.advisories.feeds.redhat_ranges import ranges_until
from shipworthy.advisories.feeds.redhat_rows import rows_of
from shipworthy.advisories.feeds.values import Broken
from shipworthy.errors import FeedError
from shipworthy.model.advisory import FeedInfo
from shipworthy.model.limits import Limits
from shipworthy.versions import compare
from shipworthy.versions.ranges import affected


HOME = ("redhat", "csaf", "v2", "vex", "2024")


def read(root: Path) -> tuple[int, FeedInfo]:
    """How many statements there are, and the account."""
    rows = list(RedHatFeed().read(root))
    (info,) = [row for row in rows if isinstance(row, FeedInfo)]
    return sum(isinstance(row, Statement) for row in rows), info


def at(document: Any, path: str) -> tuple[Any, Any]:
    """The holder of what a path names, and its key there."""
    *parents, last = [int(p) if p.isdecimal() else p for p in path.split(".")]
    for key in parents:
        document = document[key]
    return document, last


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("document", None),
        ("document", []),
        ("document.tracking", 1),
        ("product_tree", []),
        ("product_tree.branches", {}),
        ("product_tree.branches.0", "x"),
        ("product_tree.branches.0.branches.0.branches.0.product", 1),
        ("product_tree.relationships", 1),
        ("product_tree.relationships.0", None),
        ("product_tree.relationships.0.product_reference", ["x"]),
        ("vulnerabilities", {}),
        ("vulnerabilities.0", 1),
        ("vulnerabilities.0.cve", "CVE-1"),
        ("vulnerabilities.0.cve", 7),
        ("vulnerabilities.0.cve", []),
        ("vulnerabilities.0.product_status", []),
        ("vulnerabilities.0.product_status.fixed", "all"),
        ("vulnerabilities.0.product_status.fixed.0", 5),
        ("vulnerabilities.0.remediations", 1),
        ("vulnerabilities.0.remediations.0.product_ids", "x"),
        ("vulnerabilities.0.scores.0", "x"),
        ("vulnerabilities.0.threats", {"a": 1}),
    ],
)
def test_what_decides_a_match_is_taken_strictly(
    tmp_path: Path, path: str, value: object
) -> None:
    """The document is left out and counted, the one beside it is not."""
    feeds = Feeds(tmp_path)
    document = redhatcases.curl().vex()
    holder, key = at(document, path)
    holder[key] = value
    feeds.json(document, *HOME, "cve-2023-38545.json")
    feeds.json(redhatcases.tar().vex(), *HOME, "cve-2005-2541.json")

    count, info = read(tmp_path)

    assert (info.records, info.skipped) == (1, 1)
    assert count == 2


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("document.aggregate_severity", {"text": 1}),
        ("document.tracking.current_release_date", "yesterday"),
        ("vulnerabilities.0.notes.0.text", 1),
        ("vulnerabilities.0.title", ["x"]),
        ("vulnerabilities.0.references", "x"),
        ("vulnerabilities.0.remediations.0.url", {"javascript": 1}),
        ("vulnerabilities.0.remediations.0.date", 1),
        ("vulnerabilities.0.scores.0.cvss_v3.vectorString", "CVSS"),
        ("vulnerabilities.0.threats", [{"category": "impact", "details": "Huge"}]),
        (
            "product_tree.branches.0.branches.0.branches.0.product.product_identification_helper",
            {},
        ),
        ("vulnerabilities.0.product_status.fixed", ["no such product"]),
    ],
)
def test_the_rest_is_taken_as_absent(tmp_path: Path, path: str, value: object) -> None:
    """Prose, dates and links of the wrong kind, and ids of nothing, take nothing else with them."""
    feeds = Feeds(tmp_path)
    document = redhatcases.curl().vex()
    holder, key = at(document, path)
    holder[key] = value
    feeds.json(document, *HOME, "cve-2023-38545.json")

    count, info = read(tmp_path)

    assert (info.records, info.skipped) == (1, 0)
    assert count


def test_files_that_are_no_documents(tmp_path: Path) -> None:
    """Each is counted as skipped."""
    feeds = Feeds(tmp_path)
    for number, data in enumerate((b"", b"{", b"[]", b"{}", b"[" * 5_000, b"\xff")):
        feeds.path(*HOME, f"{number}.json").write_bytes(data)

    assert read(tmp_path)[1].skipped == 6


def test_too_many_products(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree beyond the bound is no document."""
    monkeypatch.setattr(csaf, "MAX_PRODUCTS", 5)
    Feeds(tmp_path).json(redhatcases.curl().vex(), *HOME, "cve-2023-38545.json")

    assert read(tmp_path)[1].skipped == 1


def test_relations_in_a_circle() -> None:
    """They end, and mean nothing."""
    relation = {
        "product_reference": "b",
        "relates_to_product_reference": "a",
        "full_product_name": {"product_id": "a"},
    }

    assert csaf.Products({"relationships": [relation]}).find("a") is None


def test_a_tree_without_end() -> None:
    """Depth is no recursion."""
    branch: dict[str, Any] = {}
    for _ in range(5_000):
        branch = {"branches": [branch]}

    assert csaf.Products({"branches": [branch]}).find("a") is None


def test_an_archive_beyond_the_bound(tmp_path: Path) -> None:
    """What inflates without end is refused, and what is larger than a document may be is skipped."""
    path = Feeds(tmp_path).path(*HOME[:-1], "csaf_vex_2024-01-01.tar")
    with tarfile.open(path, "w") as tar:
        for name, data in (("a.json", b" " * 5_000), ("b.txt", b"x")):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))

    small = Limits(layer_bytes=1_000)

    assert list(tarstream.stream_records(path, 100)) == [("a.json", None)]
    with pytest.raises(FeedError, match="expected a tar"):
        list(tarstream.stream_records(path, 10_000, bounds=small))


def test_a_header_without_end(tmp_path: Path) -> None:
    """A header that claims gigabytes is refused before they are read."""
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 4 << 30
    path = tmp_path / "x.tar"
    path.write_bytes(header.tobuf(tarfile.GNU_FORMAT) + b"0" * 4_096)

    with pytest.raises(FeedError, match="expected a tar"):
        list(tarstream.stream_records(path, 100))


@pytest.mark.parametrize(
    "data",
    [b"", b"\x1f\x8bx", b"BZhx", b"\xfd7zXZ\x00x", b"\x28\xb5\x2f\xfdx", b"x" * 600],
)
def test_archives_that_are_none(tmp_path: Path, data: bytes) -> None:
    """Refused whatever compression they claim."""
    path = tmp_path / "x.tar"
    path.write_bytes(data)

    with pytest.raises(FeedError, match="expected a tar"):
        list(tarstream.stream_records(path, 100))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["branches", "product", "product_id", "cpe", "purl", "cve", "fixed"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=10,
)


def _places(value: Any, path: str = "") -> Iterator[str]:
    """The paths of everything in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        here = f"{path}.{key}" if path else str(key)
        yield here
        if isinstance(inner, dict | list) and "://" not in here:
            yield from _places(inner, here)


_WHOLE = json.dumps(redhatcases.nodejs().vex())
_PATHS = [path for path in _places(json.loads(_WHOLE)) if path.count(".") < 12]


@pytest.mark.property
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(_PATHS), _JSON)
def test_anything_anywhere(path: str, value: object) -> None:
    """Whatever is put in the place of anything: rows, or the document is broken."""
    document = json.loads(_WHOLE)
    holder, key = at(document, path)
    try:
        holder[key] = value
        list(rows_of(document, "redhat/vex"))
    except Broken:
        return


@pytest.mark.property
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """Whatever a file holds, it is read or skipped."""
    with tempfile.TemporaryDirectory() as folder:
        Feeds(Path(folder)).path(*HOME, "x.json").write_bytes(data)

        assert read(Path(folder))[1].skipped <= 1


_FIX = st.builds(
    "{}.{}-{}.el9_{}.{}".format, *[st.integers(min_value=0, max_value=12)] * 5
)


@pytest.mark.property
@given(st.frozensets(_FIX, min_size=1, max_size=5))
def test_ranges_hold_what_they_should(fixes: frozenset[str]) -> None:
    """The last fix and what is above are not affected, what is below all fixes is."""
    ranges = ranges_until(fixes)
    for fix in fixes:
        if all(compare("rpm", other, fix) <= 0 for other in fixes):
            assert affected("rpm", fix, ranges) is None
            assert affected("rpm", f"{fix}.1", ranges) is None
    assert affected("rpm", "0-0.0", ranges) is not None


def test_a_download_that_was_cut_short(tmp_path: Path) -> None:
    """Without the archive's end the feed counts as refused, wherever it was cut."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name in ("a.json", "b.json"):
            member = tarfile.TarInfo(name)
            member.size = 512
            tar.addfile(member, io.BytesIO(b" " * 512))
    path = tmp_path / "x.tar"
    for length in (511, 512, 700, 1_024, 1_536, 2_048):
        path.write_bytes(whole.getvalue()[:length])

        with pytest.raises(FeedError, match="expected a tar"):
            list(tarstream.stream_records(path, 1_000))
    path.write_bytes(whole.getvalue())
    assert [name for name, _ in tarstream.stream_records(path, 1_000)] == [
        "a.json",
        "b.json",
    ]
