"""What a publisher's list may not make us do, and what is left of one that fails."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from feedserver import Publisher, broken_off, status
from fetching import Run
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.advisories.upstream.download import Bounds
from shipworthy.advisories.upstream.source import (
    Source,
    Target,
    fault_of,
    is_plain_path,
)
from shipworthy.advisories.upstream.table import SOURCES, chosen
from shipworthy.errors import FeedError


def hostile(names: Iterable[str]) -> Source:
    """A source whose list names these paths, and one good file."""
    targets = [Target(path=f"bad/{name}", url="data.json") for name in names]
    return Source(
        name="bad",
        base="https://publisher.example/",
        targets=lambda _: [*targets, Target(path="bad/data.json", url="data.json")],
    )


@pytest.mark.parametrize(
    "name",
    [
        "../../escaped",
        "/etc/cron.d/x",
        "..",
        "a/../../b",
        "a\\..\\b",
        ".hidden",
        "a\nb",
        "a\x1b[31m",
        "",
        "x" * 300,
        "a/" * 20 + "b",
        "data.json.part",
    ],
)
def test_nothing_that_a_list_names_leaves_its_folder(
    run: Run, server: Publisher, name: str
) -> None:
    """An odd name is told of and left out; the others are fetched."""
    server.put("bad/data.json", "{}")
    before = {p for p in run.root.parent.rglob("*") if run.root not in p.parents}

    fetched = run(hostile([name]))
    assert "no plain file name" in fetched.problems[0]
    assert ["bad/data.json"] == run.files()
    after = {p for p in run.root.parent.rglob("*") if run.root not in p.parents}
    assert {run.root} == after - before


@pytest.mark.property
@given(st.text(alphabet="ab./\\ -\n~", max_size=12))
def test_a_plain_path_stays_below(path: str) -> None:
    """Whatever is plain is relative and has neither a step up nor an empty step."""
    if is_plain_path(path):
        parts = Path("/root", path).parts
        assert parts[:2] == ("/", "root")
        assert ".." not in parts
        assert path == "/".join(parts[2:])


@pytest.mark.parametrize(
    "url",
    [
        "../x",
        "%2e%2e/x",
        "//evil.example/x",
        "http://evil.example/x",
        "a b",
        "a\r\nb",
        "..%2Fx",
    ],
)
def test_an_address_stays_below_its_base(url: str) -> None:
    """Neither another host nor a step up."""
    assert "no plain one" in fault_of(Target(path="a/b.json", url=url))


def test_a_file_that_is_not_published_any_more_goes(
    run: Run, server: Publisher
) -> None:
    """As the archive of a day does when another is the latest; what was never fetched stays."""

    def latest(day: str) -> Source:
        return Source(
            name="day",
            base="https://publisher.example/",
            targets=lambda _: [Target(path=f"day/{day}.json", url=f"{day}.json")],
        )

    server.put("day/1.json", "{}")
    server.put("day/2.json", "{}")
    run(latest("1"))
    (run.root / "day" / "mine.json").write_text("{}")
    run(latest("2"))
    assert ["day/2.json", "day/mine.json"] == run.files()


def test_a_part_of_what_is_not_published_any_more_goes(
    run: Run, server: Publisher
) -> None:
    """Nobody would ever complete it."""
    data = b"{" + b" " * 200_000
    server.fail("day/1.json", broken_off(data, 150_000), *[status(500)] * 2)
    server.put("day/2.json", "{}")
    part = run.root / ".upstream" / "day" / "1.json.part"

    def latest(day: str) -> Source:
        return Source(
            name="day",
            base="https://publisher.example/",
            targets=lambda _: [Target(path=f"day/{day}.json", url=f"{day}.json")],
        )

    run(latest("1"))
    assert part.is_file()
    run(latest("2"))
    assert not part.exists()


@pytest.mark.parametrize("path", ["bad/{}.json", "bad/../{}"])
def test_a_list_without_end_is_bounded(run: Run, server: Publisher, path: str) -> None:
    """Nothing goes on for ever because a list does, whatever it names."""
    many = Source(
        name="bad",
        base="https://publisher.example/",
        targets=lambda _: (
            Target(path=path.format(n), url=f"{n}.json", optional=True)
            for n in range(10**9)
        ),
    )
    run.bounds = Bounds(files=20)
    assert "bound of 20 files" in run(many).problems[-1]
    assert len(server.asked) <= 20


WORDS = st.sampled_from(
    [
        *('{"', '"}', "[", "]", "releases", "topics", "branches", "total", ": 1", ","),
        *("https://cdn.amazonlinux.com/", "../", "\n", " ", "\x00", "<a"),
        *('href="v3.20/"', "/branch/edge-main", "CVE-2014-0160.json", "repomd>", "/"),
    ]
)


@pytest.mark.property
@given(st.lists(st.one_of(WORDS, st.text(max_size=8))).map("".join))
def test_any_list_names_files_or_is_refused(text: str) -> None:
    """Nothing but ``FeedError`` comes of a list, whatever is in it."""

    @dataclass
    class Same:
        year: int = 2003

        def text(self, url: str, *, optional: bool = False) -> str:
            del url, optional
            return text

    for source in SOURCES:
        with suppress(FeedError):
            for target in islice(source.targets(Same()), 50):
                fault_of(target)


def test_a_source_whose_files_all_fail_is_left_soon(
    run: Run, server: Publisher
) -> None:
    """Three in a row are enough to know."""
    many = Source(
        name="bad",
        base="https://publisher.example/",
        targets=lambda _: [
            Target(path=f"bad/{n}.json", url=f"{n}.json") for n in range(50)
        ],
    )
    assert 3 == len(run(many).problems)
    assert 3 == len(server.asked)


def test_a_key_is_asked_for_and_never_shown_to_a_mirror(
    run: Run, server: Publisher
) -> None:
    """Without one the source is skipped, which is no failure."""
    server.put("wordfence/production", "{}")
    source = chosen(["wordfence"])[0]

    skipped = run(source)
    assert "SHIPWORTHY_WORDFENCE_KEY is not set" in skipped.line()
    assert [] == skipped.problems
    assert [] == run(source, keys={"SHIPWORTHY_WORDFENCE_KEY": "secret"}).problems
    assert all("Authorization" not in asked.headers for asked in server.asked)
