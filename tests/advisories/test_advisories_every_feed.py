"""Every installed feed over broken, hostile and contradictory files: counted or refused, bounded, the same bytes again."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tracemalloc
from contextlib import suppress
from importlib.metadata import entry_points
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from feedbreaking import (
    BOMB,
    TEXTS,
    WRONG,
    Place,
    nested,
    pair,
    places,
    put,
    value_at,
    whole_files,
    without,
)
from feedsamples import SAMPLES, Sample, laid
from feedwriter import Feeds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from softwarewriter import WORDPRESS

from shipworthy.advisories.build import build
from shipworthy.advisories.collect import Collected, buckets
from shipworthy.advisories.feeds import files, inflate
from shipworthy.advisories.feeds.interface import Feed, Statement
from shipworthy.advisories.index import shard_path
from shipworthy.advisories.schema import dump_advisories
from shipworthy.errors import FeedError
from shipworthy.model.advisory import FeedInfo


BOUND = 1 << 20
BESIDE = {"curl": {"8.4.0-r0": ["CVE-2023-38545"]}}
"""Wolfi's fix, which stands in the same directory: it names what others tell of."""
LINES = (".csv", ".yaml", ".deb12")
"""Of a list of lines that was cut nothing can tell that it was."""
HERE = [name for name, sample in SAMPLES.items() if sample.main]
INSTALLED = {point.name: point for point in entry_points(group="shipworthy.feeds")}

ORDERED = {"eol cycles", "distroinfo", "osv", "ubuntu", "malicious"}
"""Their outermost arrays are inside a record: a product's cycles, what one advisory affects."""
KINDS = tuple(whole_files(b"x"))


def importer(name: str) -> Feed:
    """The installed importer of that entry point."""
    made: Feed = INSTALLED[name].load()()
    return made


def files_of(sample: Sample, root: Path) -> list[Path]:
    """The files to break."""
    if sample.main:
        return [root / sample.main]
    return sorted(path for path in root.rglob("*") if path.is_file())


def read(feed: Feed, root: Path) -> Collected:
    """What the builder gathers of one feed; nothing but a ``FeedError`` may escape it."""
    found = Collected()
    try:
        found.add(feed.read(root))
    except FeedError as error:
        found.refuse(feed.name, error.message, root)
    return found


def dumped(found: Collected) -> list[tuple[str, str, bytes]]:
    """The advisories as the shards hold them."""
    return [
        (
            bucket.name,
            package,
            dump_advisories(settled, tuple(sorted({a.feed for a, _ in settled}))),
        )
        for bucket in buckets(found)
        for package, settled in bucket.packages
    ]


def some(every: list[Place], most: int) -> list[Place]:
    """About that many places of all parts of a long document; all of a short one."""
    return every[:: max(1, len(every) // most)]


def count(found: Collected) -> int:
    """How much a feed said."""
    intel = (found.epss, found.kev, found.exploits, found.rejected)
    limits = found.lifecycles.limits.values()
    return (
        sum(len(rows) for b in found.statements.values() for rows in b.values())
        + sum(len(known) for known in intel)
        + len(found.lifecycles.products)
        + sum(map(len, limits))
    )


def left_out(infos: list[FeedInfo]) -> int:
    """How many records are accounted for as left out; all, where a file was refused."""
    return sum(1 << 20 if info.refused else info.skipped for info in infos)


def written(root: Path, out: Path, *names: str) -> tuple[dict[str, str], list[Any]]:
    """Digests of the shards of a database of these feeds, and the accounts without the files' digests."""
    info = build(root, out, importers=[importer(name) for name in names])
    shards = {
        name: hashlib.sha256(shard_path(out, name).read_bytes()).hexdigest()
        for name in dict(info.shards)
    }
    return shards, [(i.name, i.records, i.skipped, i.refused) for i in info.feeds]


def neighbour(feeds: Feeds, sample: Sample) -> str:
    """Write a feed of another kind beside it, and name it."""
    if sample.feed == "secdb":
        SAMPLES["arch"].write(feeds)
        return "arch"
    feeds.wolfi(BESIDE)
    return "secdb"


def test_every_installed_feed_has_a_sample() -> None:
    """A feed that is added without one would not be tested here."""
    assert {sample.feed for sample in SAMPLES.values()} == set(INSTALLED)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_read_wholly(tmp_path: Path, name: str) -> None:
    """Or breaking it would show nothing; nginx' and Wordfence's hold broken records of their own."""
    found = read(importer(SAMPLES[name].feed), laid(SAMPLES[name], tmp_path / "f").root)
    assert count(found) > 0
    assert left_out(found.feeds) == {"nginx": 2, "wordfence": 1}.get(name, 0)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("kind", KINDS)
def test_another_file_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    """Refused with the file's name or counted; what stands beside it is built, twice to the same bytes."""
    inflating = inflate.inflating
    for module in (inflate, files):
        monkeypatch.setattr(
            module, "inflating", lambda d, most, n: inflating(d, min(most, BOUND), n)
        )
    sample = SAMPLES[name]
    feeds = laid(sample, tmp_path / "feeds")
    good = left_out(read(importer(sample.feed), feeds.root).feeds)
    for path in files_of(sample, feeds.root):
        whole = path.read_bytes()
        path.write_bytes(whole_files(whole)[kind])
        _check_alone(sample, feeds.root, path, kind, good)
        beside = neighbour(feeds, sample)
        once = written(feeds.root, tmp_path / "one", sample.feed, beside)
        if "bomb" not in kind:
            again = written(feeds.root, tmp_path / "two", sample.feed, beside)
            assert once == again
        other = "arch" if beside == "arch" else "wolfi"
        assert other in once[0]
        path.write_bytes(whole)


def _check_alone(sample: Sample, root: Path, path: Path, kind: str, good: int) -> None:
    """The feed with nothing beside it: bounded, and an account of what is missing."""
    if "bomb" in kind:
        tracemalloc.start()
    found = read(importer(sample.feed), root)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < BOMB, peak
    for info in found.feeds:
        assert str(root) not in info.refused
        if info.refused:
            assert path.name in info.refused
            assert "\n" not in info.refused
    with suppress(FeedError), TemporaryDirectory() as out:
        build(root, Path(out) / "db", importers=[importer(sample.feed)])
    nothing = kind == "an empty array" and path.read_bytes() == b"[]"
    cut = "cut" in kind and path.name.endswith(LINES)
    if not nothing and not cut:
        assert left_out(found.feeds) > good, found.feeds


@pytest.mark.parametrize("name", HERE)
def test_anything_at_any_place_of_a_record(tmp_path: Path, name: str) -> None:
    """Read or counted: another type takes no statement away without a word, and what is kept can be printed."""
    sample = SAMPLES[name]
    feed = importer(sample.feed)
    path = laid(sample, tmp_path / "f").root / sample.main
    data = path.read_bytes()
    good = read(feed, tmp_path / "f")
    for index, place in enumerate(some(places(data), 40)):
        for value, changed in _cases(data, place, index):
            path.write_bytes(changed)
            found = read(feed, tmp_path / "f")
            _check_printable(found)
            if _is_another_type(data, place, value) and (name, place[-1]) not in MEANT:
                lost = count(found) < count(good)
                told = left_out(found.feeds) > left_out(good.feeds)
                assert told or not lost, (place, value, found.feeds)
            dumped(found)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("osv", ("affected", 0, "ranges", 0, "type")),
        ("debian", ("zlib", "CVE-2022-37434", "releases", "bookworm", "status")),
        ("fedora", ("updates", 0, "type")),
        ("fedora", ("updates", 0, "release", "version")),
        ("alpinetracker", ("items", 0, "state", 0, "repo")),
        ("wordfence", (next(iter(WORDPRESS)), "software", 0, "type")),
        ("projects", ("containers", "cna", "affected", 0, "product")),
        ("nvd", ("vulnerabilities", 0, "cve", "configurations")),
    ],
)
def test_what_is_no_text_is_no_other_kind_of_record(
    tmp_path: Path, name: str, place: Place
) -> None:
    """These once ended with a ``TypeError`` or were dropped without being counted."""
    sample = SAMPLES[name]
    path = laid(sample, tmp_path / "f").root / sample.main
    good = read(importer(sample.feed), tmp_path / "f")
    path.write_bytes(put(path.read_bytes(), place, [["x"]]))
    found = read(importer(sample.feed), tmp_path / "f")
    assert count(found) < count(good)
    assert left_out(found.feeds) == left_out(good.feeds) + 1


MEANT = {("ubuntu vex", "@id")}
"""A product that cannot be one says nothing, and the statement's others do."""


def _cases(data: bytes, place: Place, index: int) -> list[tuple[object, bytes]]:
    """Some of all that could stand there, others in each place."""
    made: list[tuple[object, bytes]] = []
    chosen = [WRONG[(index + step) % len(WRONG)] for step in range(0, len(WRONG), 3)]
    chosen += [TEXTS[(index + step) % len(TEXTS)] for step in range(0, len(TEXTS), 5)]
    made += [(value, put(data, place, value)) for value in chosen]
    if data[:1] in (b"{", b"["):
        made.append((None, nested(data, place)))
        if place and isinstance(place[-1], str):
            made.append((None, without(data, place)))
        return made
    return made


def _is_another_type(data: bytes, place: Place, value: object) -> bool:
    """Whether the value is no absence and of a type that stands nowhere near."""
    if data[:1] not in (b"{", b"[") or not place or not value:
        return False
    held = value_at(data, place)
    if isinstance(held, dict) and isinstance(value, dict):
        return False
    return type(held) is not type(value) and value not in ([[]], [None])


def _check_printable(found: Collected) -> None:
    for bucket, packages in found.statements.items():
        assert bucket.isascii()
        assert "/" not in bucket
        for rows in packages.values():
            for row in rows:
                for text in _texts(row):
                    assert text.isprintable(), text[:100]
                    assert len(text) <= 600


def _texts(row: Statement) -> list[str]:
    one = row.advisory
    plain = [one.id, one.package, one.channel, one.rating, one.modularity]
    events = [version for r in one.ranges for _, version in r.events]
    named = [name for names in row.vulnerabilities for name in names]
    return [*plain, *events, *named, *one.versions, *one.aliases, *one.also, *one.cpes]


@pytest.mark.parametrize("name", [name for name in HERE if name not in ORDERED])
def test_the_order_of_contradictions_does_not_matter(tmp_path: Path, name: str) -> None:
    """
    A record twice, with something else in it, gives the same shards whichever comes first.

    Inside one record the order is the publisher's own word.
    """
    sample = SAMPLES[name]
    feeds = laid(sample, tmp_path / "feeds")
    path = feeds.root / sample.main
    data = path.read_bytes()
    beside = neighbour(feeds, sample)
    values = ("x", "CVE-2024-0001", "2031-01-01", True)
    for index, place in enumerate(some(places(data), 30)):
        made = pair(data, place, values[index % len(values)])
        if made is None:
            continue
        found = []
        for ordered in made:
            path.write_bytes(ordered)
            found.append(written(feeds.root, tmp_path / "db", sample.feed, beside))
        assert found[0] == found[1], place


@pytest.mark.parametrize("name", ["osv", "ubuntu", "ubuntu vex", "malicious"])
def test_the_names_of_files_do_not_matter(tmp_path: Path, name: str) -> None:
    """Two files on one vulnerability that contradict each other, and the same two under each other's names."""
    sample = SAMPLES[name]
    shards = []
    for turn in (0, 1):
        feeds = laid(sample, tmp_path / f"feeds{turn}")
        path = feeds.root / sample.main
        beside = neighbour(feeds, sample)
        document = json.loads(path.read_bytes())
        changed = json.loads(path.read_bytes().replace(b"1.2.11", b"1.2.13"))
        changed["details"] = "Something else."
        ordered = [document, changed][:: -1 if turn else 1]
        for at, one in enumerate(ordered):
            path.with_name(f"{path.stem}{at}.json").write_text(json.dumps(one))
        path.unlink()
        out = tmp_path / f"db{turn}"
        shards.append(written(feeds.root, out, sample.feed, beside))
    assert shards[0] == shards[1]


def test_a_build_does_not_depend_on_hashes(tmp_path: Path) -> None:
    """All feeds together, in processes whose sets and texts have another order."""
    feeds = Feeds(tmp_path / "feeds")
    feeds.root.mkdir()
    for sample in SAMPLES.values():
        sample.write(feeds)
    limits = feeds.path("debian", "security-support", "security-support.deb12")
    limits.write_text("".join(f"khtml limited why {n}\n" for n in range(30)))
    digests = set()
    for seed in ("1", "2"):
        out = tmp_path / f"db{seed}"
        program = (
            "import sys, pathlib; from shipworthy.advisories.build import build;"
            "build(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))"
        )
        subprocess.run(
            [sys.executable, "-c", program, str(feeds.root), str(out)],
            env={"PYTHONHASHSEED": seed},
            check=True,
        )
        digests.add(hashlib.sha256((out / "index.json").read_bytes()).hexdigest())
    assert len(digests) == 1, "the index holds the digests of all shards"


_VALUES = st.recursive(
    st.sampled_from([*WRONG, *(text for text in TEXTS if len(text) < 1_000)])
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.property
@pytest.mark.parametrize("name", HERE)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_mutation_is_read_counted_or_refused(
    name: str, data: st.DataObject
) -> None:
    """Several places at once; nothing else escapes, and what was read can be settled and written."""
    sample = SAMPLES[name]
    with TemporaryDirectory() as folder:
        root = Path(folder) / "feeds"
        path = laid(sample, root).root / sample.main
        document = path.read_bytes()
        for _ in range(data.draw(st.integers(1, 3))):
            with suppress(Exception):  # the document is no longer one to break further
                place = data.draw(st.sampled_from(places(document)))
                document = put(document, place, data.draw(_VALUES))
        path.write_bytes(document)
        found = read(importer(sample.feed), root)
        _check_printable(found)
        dumped(found)
