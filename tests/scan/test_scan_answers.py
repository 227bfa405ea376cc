"""What a database answered of known layers is not asked again; anything else is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import imagebuilder as ib
import pytest
from feedwriter import Feeds
from scanning import BASE, DAY, OURS, dist_info

from shipworthy import ScanResult, answers, render, scan
from shipworthy.advisories.build import build
from shipworthy.contents import Contents
from shipworthy.errors import DatabaseError


ENDS = [{"cycle": "12", "eol": "2026-07-11", "extendedSupport": "2028-06-30"}]


@pytest.fixture
def emptied(database: Path, tmp_path: Path) -> Path:
    """The example's database as its index names it, without anything in it: who asks it fails."""
    shutil.copytree(database, tmp_path / "db")
    shutil.rmtree(tmp_path / "db" / "shards")
    return tmp_path / "db"


def test_a_second_scan_is_the_same_to_the_byte_and_asks_nothing(
    emptied: Path, known: ScanResult, target: str, tmp_path: Path
) -> None:
    """The same layers, database and day: the findings are recalled in every field, and no shard is looked at."""
    again = scan(target, db=emptied, cache_dir=tmp_path / "c", at=DAY)
    assert known == again
    assert known.findings
    assert render(known, "json") == render(again, "json")


def test_findings_are_recalled_whatever_they_are_about(
    target: str, tmp_path: Path
) -> None:
    """The end of the distribution's support is about no package of the image, and is recalled like any other."""
    feeds = Feeds(tmp_path / "feeds")
    feeds.json(ENDS, "eol", "debian.json")
    build(feeds.root, tmp_path / "db")
    first = scan(target, db=tmp_path / "db", cache_dir=tmp_path / "c", at=DAY)
    shutil.rmtree(tmp_path / "db" / "shards")
    again = scan(target, db=tmp_path / "db", cache_dir=tmp_path / "c", at=DAY)
    assert ["EOL-debian-12"] == [finding.id for finding in first.findings]
    assert first == again


def test_another_policy_judges_what_was_found(
    emptied: Path, known: ScanResult, target: str, tmp_path: Path
) -> None:
    """What is remembered is what no policy has judged: a rule, an entry and a baseline count as ever."""
    where = tmp_path / "known.json"
    where.write_bytes(render(known, "json"))
    judged = scan(
        target,
        db=emptied,
        cache_dir=tmp_path / "c",
        at=DAY,
        fail_on="critical",
        ignore=["CVE-2023-4911"],
        baseline=str(where),
    )
    assert ("fail", 1) == (judged.verdict.status, judged.verdict.exit_code)
    assert ["CVE-2023-4911"] == [one.finding.id for one in judged.suppressed]
    assert {"existing"} == {finding.state for finding in judged.findings}
    assert known == scan(target, db=emptied, cache_dir=tmp_path / "c", at=DAY)


def _other_database(path: Path) -> None:
    index = path / "index.json"
    index.write_bytes(index.read_bytes() + b"\n")


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("change", "options"),
    [
        (None, {"at": "2026-11-21"}),
        (None, {"cache": False}),
        (None, {"base": "target"}),
        (_other_database, {}),
    ],
    ids=["another day", "no cache", "another base", "another database"],
)
def test_anything_else_asks_the_database(
    change: Callable[[Path], None] | None,
    options: dict[str, object],
    emptied: Path,
    target: str,
    tmp_path: Path,
) -> None:
    """Where the day, the database or whose layers they are differ, or nothing may be remembered, it is asked."""
    if change:
        change(emptied)
    if "base" in options:
        options = {"base": target}
    given = {"at": DAY, "cache_dir": tmp_path / "c", **options}
    with pytest.raises(DatabaseError, match="missing"):
        scan(target, db=emptied, **given)  # type: ignore[arg-type]


@pytest.mark.usefixtures("known")
def test_another_image_asks_the_database(emptied: Path, tmp_path: Path) -> None:
    """One layer more is another inventory."""
    image = ib.image(BASE, OURS, dist_info("Flask", "0.12"), compression="gzip")
    other = f"oci:{ib.write_directory(image.layout_files(), tmp_path / 'other')}"
    with pytest.raises(DatabaseError, match="missing"):
        scan(other, db=emptied, cache_dir=tmp_path / "c", at=DAY)


def test_an_answer_is_of_the_very_question(
    known: ScanResult, contents: Contents, question: answers.Question
) -> None:
    """A port that the image declares, another day or digest: each is a question of its own."""
    assert contents.memory is not None
    found = answers.recall(contents.memory, question)
    assert found is not None
    assert known.findings == found.findings
    for other in (
        replace(question, no_port=False),
        replace(question, day=""),
        replace(question, database="sha256:0"),
    ):
        assert answers.recall(contents.memory, other) is None
    assert answers.recall(replace(contents.memory, made_by="0"), question) is None


@pytest.mark.parametrize("spoil", [b"", b"{}", b'{"findings": []}'])
def test_an_answer_that_cannot_be_read_is_none(
    spoil: bytes,
    known: ScanResult,
    contents: Contents,
    question: answers.Question,
    database: Path,
    target: str,
    tmp_path: Path,
) -> None:
    """What is damaged or of another shape is asked anew, and the result is the same."""
    assert contents.memory is not None
    contents.memory.keep(question.name, spoil)
    assert answers.recall(contents.memory, question) is None
    again = scan(target, db=database, cache_dir=tmp_path / "c", at=DAY)
    assert known == again
