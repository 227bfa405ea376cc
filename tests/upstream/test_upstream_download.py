"""One file over a line that is not always good: what comes is whole, unchanged, or told of."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path

import pytest
from feedserver import Handler, Publisher, broken_off, content, status
from fetching import Run, one

from shipworthy.advisories.upstream.fetch import Fetched
from shipworthy.advisories.upstream.source import Source, Target


DATA = json.dumps({"name": "curl", "filler": list(range(40_000))}).encode()


def held(run: Run) -> bytes:
    """What lies in the feeds' directory."""
    return (run.root / "one" / "data.json").read_bytes()


def part(run: Run) -> Path:
    """Where a download lies that was not finished."""
    return run.root / ".upstream" / "one" / "data.json.part"


def good(fetched: Fetched) -> bool:
    """Whether one file is there without a complaint."""
    return (fetched.files, fetched.problems) == (1, [])


@pytest.mark.parametrize("tags", [True, False])
def test_a_second_run_asks_only_whether_it_changed(
    run: Run, server: Publisher, tags: bool
) -> None:
    """By the tag, or by the date where there is none; a change is fetched."""
    server.has_tags = tags
    server.put("one/data.json", DATA)

    assert (1, 1) == ((first := run(one())).files, first.fetched)
    assert (1, 0) == ((again := run(one())).files, again.fetched)
    assert [200, 304] == server.statuses()
    server.put("one/data.json", DATA + b" ")
    assert 1 == run(one()).fetched
    assert DATA + b" " == held(run)


def test_a_file_that_was_changed_or_lost_here_is_fetched_again(
    run: Run, server: Publisher
) -> None:
    """The memory of it does not count then, nor where it is unreadable."""
    server.put("one/data.json", DATA)
    run(one())
    (run.root / "one" / "data.json").write_bytes(b"{")
    assert 1 == run(one()).fetched
    (run.root / "one" / "data.json").unlink()
    assert 1 == run(one()).fetched
    (run.root / ".upstream" / "state.json").write_bytes(b'{"version": 1, "files": 3}')
    assert 1 == run(one()).fetched
    assert DATA == held(run)


def test_what_was_broken_off_is_completed(run: Run, server: Publisher) -> None:
    """The rest alone is asked for, within one run and from an earlier one."""
    server.put("one/data.json", DATA)
    server.fail("one/data.json", broken_off(DATA, 150_000))

    assert good(run(one()))
    assert [200, 206] == server.statuses()
    assert "bytes=131072-" == server.asked[1].headers["Range"]
    assert DATA == held(run)
    assert not part(run).exists()


def test_a_part_of_an_earlier_run_is_completed(run: Run, server: Publisher) -> None:
    """Nothing but the part and the memory of it is needed."""
    server.put("one/data.json", DATA)
    gone = status(500)
    server.fail("one/data.json", broken_off(DATA, 150_000), gone, gone)
    assert 1 == len(run(one()).problems)
    assert DATA[:131072] == part(run).read_bytes()

    assert good(run(one()))
    assert 206 == server.statuses()[-1]
    assert DATA == held(run)


def test_a_part_of_what_has_changed_is_dropped(run: Run, server: Publisher) -> None:
    """If-Range does not match: the whole file comes, and no mixture."""
    gone = status(500)
    server.fail("one/data.json", broken_off(DATA, 150_000), gone, gone)
    run(one())
    server.put("one/data.json", DATA.replace(b"curl", b"wget"))

    assert good(run(one()))
    assert 200 == server.statuses()[-1]
    assert DATA.replace(b"curl", b"wget") == held(run)


@pytest.mark.parametrize(
    "fault",
    [status(416), status(206, Content_Range="bytes 7-9/10"), status(206)],
    ids=["not satisfiable", "another part", "no range"],
)
def test_a_rest_that_does_not_fit_is_not_put_behind_the_part(
    run: Run, server: Publisher, fault: Callable[[Handler], None]
) -> None:
    """The part is dropped and the file fetched whole."""
    server.put("one/data.json", DATA)
    server.fail("one/data.json", broken_off(DATA, 150_000), fault)

    assert good(run(one()))
    assert [200, 200] == [s for s in server.statuses() if s == 200]
    assert DATA == held(run)


def test_a_server_that_is_overloaded_is_asked_again(
    run: Run, server: Publisher
) -> None:
    """After what it names itself, else after a while that doubles."""
    server.put("one/data.json", DATA)
    server.fail("one/data.json", status(429, Retry_After="1"), status(503))

    assert good(run(one()))
    assert [1.0, 0.02] == run.slept


def test_a_server_may_name_a_time(run: Run, server: Publisher) -> None:
    """It is held against the server's own clock, and what is no time at all is none."""
    server.put("one/data.json", DATA)
    in_a_while = formatdate(time.time() + 20, usegmt=True)
    server.fail(
        "one/data.json",
        status(503, Retry_After=in_a_while),
        status(429, Retry_After="soon"),
    )

    assert good(run(one()))
    assert 18 <= run.slept[0] <= 21
    assert 0.02 == run.slept[1]


def test_a_file_that_is_not_there_is_not_asked_for_again(
    run: Run, server: Publisher
) -> None:
    """404 is an answer; the copy fetched before stays."""
    server.put("one/data.json", DATA)
    run(one())
    (server.root / "one" / "data.json").unlink()

    fetched = run(one())
    assert [] == run.slept
    assert "is not there (404)" in fetched.problems[0]
    assert "what was fetched before stays in use" in fetched.line()
    assert DATA == held(run)


@pytest.mark.parametrize("told", [True, False], ids=["by its length", "as it comes"])
def test_a_file_that_is_too_large_is_refused(
    run: Run, server: Publisher, told: bool
) -> None:
    """By what it says, or by what comes, compressed or not; nothing of it is left."""
    server.put("one/data.json", DATA)
    server.zips_text = not told

    fetched = run(one(limit=4000))
    assert "bound of 4000" in fetched.problems[0]
    assert [200] == server.statuses()
    assert not part(run).exists()
    assert "none is there" in fetched.line()


def test_text_may_come_compressed(run: Run, server: Publisher) -> None:
    """It lies here as it was before."""
    server.put("one/data.json", DATA)
    server.zips_text = True

    assert good(run(one()))
    assert DATA == held(run)


def test_a_packed_file_stays_packed(run: Run, server: Publisher) -> None:
    """Also where the server calls its form an encoding of the answer."""
    data = gzip.compress(DATA)
    source = Source(
        name="one",
        base="https://publisher.example/",
        targets=lambda _: [Target(path="one/data.xml.gz", url="data.xml.gz")],
    )
    server.fail("one/data.xml.gz", content(data, Content_Encoding="x-gzip"))

    assert good(run(source))
    assert "identity" == server.asked[0].headers["Accept-Encoding"]
    assert data == (run.root / "one" / "data.xml.gz").read_bytes()


def test_a_page_that_says_sorry_is_no_feed(run: Run, server: Publisher) -> None:
    """What does not begin as its format does replaces nothing."""
    server.put("one/data.json", DATA)
    run(one())
    server.fail("one/data.json", content(b"<html>down for maintenance</html>"))

    assert "no json file" in run(one()).problems[0]
    assert DATA == held(run)
    assert good(run(one()))


def test_redirects(run: Run, server: Publisher) -> None:
    """They are followed to where it is, not to plain http elsewhere, nor for ever."""
    server.put("two/real.json", DATA)
    server.fail("one/data.json", status(302, Location="/two/real.json"))
    assert good(run(one()))
    assert DATA == held(run)

    for place, why in (
        ("http://publisher.example/data.json", "not https"),
        ("file:///etc/passwd", "not https"),
        ("//[", "no address"),
    ):
        server.fail("one/data.json", status(301, Location=place))
        assert why in run(one()).problems[0]
    server.fail("one/data.json", *[status(302, Location="/one/data.json")] * 6)
    assert "from one address to the next" in run(one()).problems[0]


def test_a_redirect_s_page_is_not_read(run: Run, server: Publisher) -> None:
    """However long it is: the line is dropped and the address followed."""

    def endless(handler: Handler) -> None:
        headers = {"Location": "/two/real.json"}
        handler.answer(302, b"", headers, length=10**12)
        with suppress(OSError):
            for _ in range(200_000):
                handler.wfile.write(b"x" * 10_000)

    server.put("two/real.json", DATA)
    server.fail("one/data.json", endless)
    before = time.monotonic()
    assert good(run(one()))
    assert time.monotonic() - before < 1


def test_a_server_that_says_nothing_is_left(run: Run, server: Publisher) -> None:
    """After the time without a byte, as often as patience allows."""
    server.fail("one/data.json", *[lambda _: time.sleep(0.6)] * 3)

    assert "timed out" in run(one()).problems[0]


def test_unchanged_is_believed_only_of_what_was_asked(
    run: Run, server: Publisher
) -> None:
    """A 304 to a first request leaves nothing to use, and is a failure."""
    server.fail("one/data.json", status(304))

    assert "without being asked" in run(one()).problems[0]


def test_mirrors_are_tried_in_turn(run: Run, server: Publisher) -> None:
    """The first that has the file; the failures before it do not count."""
    server.put("b/data.json", DATA)

    fetched = run(one(), mirrors=[f"{server.url}/a/", f"{server.url}/b/"])
    assert good(fetched)
    assert [404, 200] == server.statuses()
    assert DATA == held(run)
