"""Building: the same bytes from the same feeds, in one step, and nothing over anybody's files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from feedwriter import Feeds, ids, osv, released
from support import SHARED

from shipworthy.advisories.build import build
from shipworthy.advisories.feeds.files import newest
from shipworthy.advisories.feeds.interface import Row, Statement
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.advisories.verify import verify
from shipworthy.errors import DatabaseError, FeedError
from shipworthy.model.advisory import Advisory, FeedInfo


def _content(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def _fill(feeds: Feeds) -> None:
    feeds.osv_zip(
        "PyPI",
        *(
            osv(f"PYSEC-{n}", "PyPI", f"p{n % 7}", fixed=f"{n}.1", details="d" * n)
            for n in range(300)
        ),
    )
    feeds.tracker(
        {
            "one": {
                "CVE-2024-0001": {
                    "description": "d",
                    "releases": {"sid": released("1")},
                }
            }
        }
    )
    feeds.epss({"CVE-2024-0001": (0.1, 0.2)})


_BUILD = "from pathlib import Path; import sys; from shipworthy.advisories.build import build; build(Path(sys.argv[1]), Path(sys.argv[2]))"


def test_two_builds_are_byte_identical(feeds: Feeds, tmp_path: Path) -> None:
    """Two processes with other hash seeds write the same bytes, from files in another order too."""
    _fill(feeds)
    other = tmp_path / "other"
    for path in sorted(feeds.root.rglob("*"), reverse=True):
        if path.is_file():
            copy = other / path.relative_to(feeds.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    for root, out, seed in ((feeds.root, "a", "1"), (other, "b", "2")):
        subprocess.run(
            [sys.executable, "-c", _BUILD, str(root), str(tmp_path / out)],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
    assert _content(tmp_path / "a") == _content(tmp_path / "b")


def test_the_order_of_records_does_not_matter(feeds: Feeds, tmp_path: Path) -> None:
    """The same records in another order in the archive give the same shards."""
    records = [
        osv(f"PYSEC-{n}", "PyPI", "p", fixed=f"{n}", aliases=[f"CVE-2024-{n:04}"])
        for n in range(1, 30)
    ]
    feeds.osv_zip("PyPI", *records)
    build(feeds.root, tmp_path / "a")
    feeds.osv_zip("PyPI", *reversed(records))
    build(feeds.root, tmp_path / "b")
    one, other = _content(tmp_path / "a"), _content(tmp_path / "b")
    assert {k: v for k, v in one.items() if k != "index.json"} == {
        k: v for k, v in other.items() if k != "index.json"
    }


def test_info_tells_what_is_inside(feeds: Feeds, tmp_path: Path) -> None:
    """Feeds with date, counts and digest; shards with their advisories; nothing of the clock."""
    _fill(feeds)
    said: list[str] = []
    info = build(feeds.root, tmp_path / "db", progress=said.append)
    assert [(f.name, f.date, f.records) for f in info.feeds] == [
        ("debian/tracker", "", 1),
        ("epss", "2026-08-15", 1),
        ("osv/PyPI", "2024-05-01T00:00:00Z", 300),
    ]
    assert all(f.digest.startswith("sha256:") for f in info.feeds)
    assert info.shards == (("cve", 0), ("debian-sid", 1), ("intel", 0), ("pypi", 300))
    assert (info.schema, info.date) == (2, "2026-08-15")
    assert "reading osv" in said
    assert verify(tmp_path / "db") == info


def test_a_database_is_replaced_whole(feeds: Feeds, tmp_path: Path) -> None:
    """A new build takes the place of the old one and leaves nothing beside it."""
    out = tmp_path / "db"
    feeds.osv_zip("PyPI", osv("PYSEC-1", "PyPI", "a"))
    build(feeds.root, out)
    shutil.rmtree(feeds.root / "osv")
    feeds.osv_zip("npm", osv("GHSA-aaaa-bbbb-cccc", "npm", "a"))
    build(feeds.root, out)
    assert sorted(p.name for p in (out / "shards").iterdir()) == [
        "cve.sqlite",
        "intel.sqlite",
        "npm.sqlite",
    ]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["db", "feeds"]


def test_a_broken_feed_is_refused_and_the_others_are_built(
    feeds: Feeds, tmp_path: Path
) -> None:
    """What is not in its feed's format ends nothing; the database and the index say why it is missing."""
    feeds.osv_zip("PyPI", osv("PYSEC-1", "PyPI", "a"))
    feeds.path("debian", "tracker.json").write_text("[]")
    said: list[str] = []
    info = build(feeds.root, tmp_path / "db", progress=said.append)
    refused = {feed.name: feed.refused for feed in info.feeds}
    assert refused["osv/PyPI"] == ""
    assert refused["debian"].startswith("debian/tracker.json: expected the Debian")
    assert str(tmp_path) not in refused["debian"]
    assert any(line.startswith("refused debian") for line in said)
    with AdvisoryStore.open(tmp_path / "db") as store:
        assert ids(store.advisories("pypi", ["a"])["a"]) == ["PYSEC-1"]


def test_a_failed_build_leaves_the_old_database(feeds: Feeds, tmp_path: Path) -> None:
    """When nothing could be read, what was there is still there, byte for byte."""
    out = tmp_path / "db"
    feeds.osv_zip("PyPI", osv("PYSEC-1", "PyPI", "a"))
    build(feeds.root, out)
    before = _content(out)
    shutil.rmtree(feeds.root / "osv")
    feeds.path("debian", "tracker.json").write_text("[]")
    with pytest.raises(FeedError, match=r"tracker\.json: expected the Debian tracker"):
        build(feeds.root, out)
    assert _content(out) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["db", "feeds"]


def test_something_else_is_never_replaced(feeds: Feeds, tmp_path: Path) -> None:
    """A directory that holds more than a database, or a file, is left alone."""
    feeds.osv_zip("PyPI", osv("PYSEC-1", "PyPI", "a"))
    home = tmp_path / "home"
    home.mkdir()
    (home / "precious").write_text("x")
    with pytest.raises(DatabaseError, match="holds something else than a database"):
        build(feeds.root, home)
    with pytest.raises(DatabaseError, match="expected a directory, found a file"):
        build(feeds.root, home / "precious")
    assert (home / "precious").read_text() == "x"


def test_a_place_that_cannot_be_written_is_named(feeds: Feeds, tmp_path: Path) -> None:
    """One line with the path and why."""
    feeds.osv_zip("PyPI", osv("PYSEC-1", "PyPI", "a"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatabaseError, match=r"db: cannot be written"):
        build(feeds.root, tmp_path / "file" / "db")


def test_the_working_directory_can_be_the_place(
    feeds: Feeds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path means what it says, an empty directory is filled."""
    feeds.osv_zip("PyPI", osv("PYSEC-1", "PyPI", "a"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    build(feeds.root, Path())
    assert verify(tmp_path / "here").shards[-1] == ("pypi", 1)


def test_no_feeds_are_no_database(feeds: Feeds, tmp_path: Path) -> None:
    """A wrong path must not become an empty database under which every image is clean."""
    with pytest.raises(FeedError, match="no feed found there"):
        build(feeds.root, tmp_path / "db")
    with pytest.raises(FeedError, match="expected a directory of feeds"):
        build(tmp_path / "absent", tmp_path / "db")
    assert not (tmp_path / "db").exists()


class _Plugin:
    """Somebody's own feed."""

    name = "own"

    def __init__(self, bucket: str) -> None:
        self.bucket = bucket

    def read(self, root: Path) -> Any:
        """One statement, whatever is in ``root``."""
        assert root.is_dir()
        advisory = Advisory(id="OWN-1", bucket=self.bucket, package="a", feed="own")
        rows: list[Row] = [
            Statement(advisory=advisory),
            FeedInfo(name="own", date="", records=1),
        ]
        return iter(rows)


def test_a_feed_of_ones_own(feeds: Feeds, tmp_path: Path) -> None:
    """A feed is anything that gives rows; its bucket is looked up like any other."""
    build(feeds.root, tmp_path / "db", importers=[_Plugin("own-1")])
    with AdvisoryStore.open(tmp_path / "db") as store:
        assert [a.id for a in store.advisories("own-1", ["a"])["a"]] == ["OWN-1"]


@pytest.mark.parametrize("bucket", ["../x", "cve", "intel", "", "a/b", ".x", "A" * 200])
def test_a_bucket_cannot_leave_its_place(
    feeds: Feeds, tmp_path: Path, bucket: str
) -> None:
    """A bucket's name is a file's name, so a feed may not choose any."""
    with pytest.raises(FeedError, match="which none can be"):
        build(feeds.root, tmp_path / "db", importers=[_Plugin(bucket)])


def test_one_wrong_date_does_not_make_a_feed_fresh() -> None:
    """Of a thousand dates one may lie in the future; of a few all count."""
    many = [f"2024-01-{1 + n % 28:02}" for n in range(1000)]
    assert newest([*many, "2099-01-01"]) == "2024-01-28"
    assert newest(["2024-01-01", "", "2099-01-01"]) == "2099-01-01"
    assert newest([]) == ""


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of some of the real feeds, read in place through links."""
    if not SHARED.is_dir():
        pytest.skip("the data beside the checkout is not there")
    root = tmp_path_factory.mktemp("real")
    feeds = root / "feeds"
    for name in (
        "osv/npm",
        "osv/crates.io",
        "osv/Maven",
        "osv/Ubuntu",
        "osv/Red Hat",
        "osv/GIT",
        "debian",
        "alpine/v3.18",
        "kev",
        "nvd",
    ):
        link = feeds / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(SHARED / "feeds" / name)
    build(feeds, root / "db")
    return root / "db"


def test_real_feeds_are_understood_wholly(real: Path) -> None:
    """Every record of these feeds is read, but for two strings without an id in secdb and what three of NVD say of products."""
    with AdvisoryStore.open(real) as store:
        skipped = {f.name: f.skipped for f in store.info.feeds if f.skipped}
        # CVE-2022-31631, CVE-2025-27210 and CVE-2025-59729 have "8.0.x", "4.*" and a commit for versions
        assert skipped.pop("nvd", 3) == 3
        assert skipped in ({}, {"alpine/secdb": 1}, {"alpine/secdb": 2})
        assert dict(store.info.shards)["debian-12"] == 10_041


def test_real_advisories_say_what_their_publishers_say(real: Path) -> None:
    """A few that everybody knows."""
    with AdvisoryStore.open(real) as store:
        lodash = store.advisories("npm", ["lodash"])["lodash"]
        injection = next(a for a in lodash if a.id == "GHSA-35jh-r3h4-6jhm")
        assert injection.aliases == ("CVE-2021-23337",)
        assert injection.ranges[0].events == (("introduced", "0"), ("fixed", "4.17.21"))
        log4j = store.advisories("maven", ["org.apache.logging.log4j:log4j-core"])
        (advisories,) = log4j.values()
        shell = next(a for a in advisories if "CVE-2021-44228" in a.aliases)
        assert ("fixed", "2.15.0") in {e for r in shell.ranges for e in r.events}
        assert store.intel(["CVE-2021-44228"])["CVE-2021-44228"].kev
        curl = store.advisories("alpine-3.18", ["curl"])["curl"]
        assert {a.feed for a in curl} == {"alpine/secdb"}
        names = [("npm", a.id) for a in lodash]
        assert store.records(names).keys() == set(names)
