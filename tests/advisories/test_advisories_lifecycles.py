"""endoflife.date, distro-info and Debian's lists of support: how long products are supported."""

from __future__ import annotations

import contextlib
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from feedwriter import Feeds, Json
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import SHARED

from shipworthy.advisories.build import build
from shipworthy.advisories.feeds.distroinfo import DistroInfoFeed
from shipworthy.advisories.feeds.eol import EolFeed
from shipworthy.advisories.feeds.eol_identity import keys_of
from shipworthy.advisories.feeds.supportlists import SupportListsFeed
from shipworthy.advisories.schema_shared import (
    dump_limits,
    dump_product,
    load_limits,
    load_product,
)
from shipworthy.advisories.store import AdvisoryStore
from shipworthy.errors import FeedError
from shipworthy.model.lifecycle import Cycle, Product, SupportLimit


FEEDS = SHARED / "feeds"
IMPORTERS = (EolFeed(), DistroInfoFeed(), SupportListsFeed())
real = pytest.mark.skipif(not FEEDS.is_dir(), reason="no feeds beside the checkout")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdvisoryStore]:
    """A database of the real feeds."""
    path = tmp_path_factory.mktemp("eol") / "db"
    info = build(FEEDS, path, importers=IMPORTERS)
    assert [(f.name, f.records, f.skipped, f.refused) for f in info.feeds] == [
        ("debian/security-support", 165, 0, ""),
        ("distro-info", 64, 0, ""),
        ("eol", 464, 0, ""),
    ]
    with AdvisoryStore.open(path) as opened:
        yield opened


def cycle_of(product: Product, name: str) -> Cycle:
    """The cycle of that name."""
    return next(cycle for cycle in product.cycles if cycle.name == name)


@real
def test_distributions_are_found_by_their_id(store: AdvisoryStore) -> None:
    """os-release's id leads to the product, whatever that is called."""
    ids = ("debian", "ubuntu", "alpine", "amzn", "rocky", "ol", "redhat", "centos")
    found = store.products([f"os/{id_}" for id_ in (*ids, "wolfi", "debian")])

    assert [product.name for product in found.values()] == [
        "debian",
        "ubuntu",
        "alpine-linux",
        "amazon-linux",
        "rocky-linux",
        "oracle-linux",
        "rhel",
        "centos",
    ]
    assert cycle_of(found["os/alpine"], "3.10").ends == "2021-05-01"
    assert cycle_of(found["os/debian"], "10") == Cycle(
        name="10",
        ends="2022-09-10",
        extended="2024-06-30",
        latest="10.13",
        released="2019-07-06",
    )


@real
def test_the_distribution_has_the_last_word_on_its_dates(store: AdvisoryStore) -> None:
    """Ubuntu's own list says 2027-05-31 or another day than endoflife.date does; its own counts."""
    ubuntu = store.products(["os/ubuntu"])["os/ubuntu"]
    lines = (FEEDS / "eol" / "distro-info" / "ubuntu.csv").read_text().splitlines()
    own = next(line.split(",") for line in lines if line.startswith("22.04"))
    jammy = cycle_of(ubuntu, "22.04")

    assert jammy.ends == own[6] != "2027-04-01"
    assert jammy.extended == own[7]
    assert jammy.latest == "22.04.5", "which only endoflife.date knows"


@real
def test_packages_are_found_by_their_package_url(store: AdvisoryStore) -> None:
    """In the names of their ecosystem, as catalogers write them."""
    keys = (
        "pypi/django",
        "npm/@angular/core",
        "maven/org.springframework.boot:spring-boot",
        "maven/log4j:log4j",
        "golang/stdlib",
        "generic/node",
        "nuget/microsoft.netcore.app",
        "composer/laravel/framework",
        "gem/rails",
    )
    assert [product.name for product in store.products(keys).values()] == [
        "django",
        "angular",
        "spring-boot",
        "log4j",
        "go",
        "nodejs",
        "dotnet",
        "laravel",
        "rails",
    ]
    assert store.products(["pypi/no-such-thing", "product/django", ""]) == {}


@real
def test_a_release_names_packages_without_support(store: AdvisoryStore) -> None:
    """Debian 12 ended webkit2gtk and limits binutils; Debian 13 makes an exception of a wide line."""
    bookworm = {limit.package: limit for limit in store.support("debian-12")}
    trixie = {limit.package: limit.state for limit in store.support("debian-13")}

    assert bookworm["webkit2gtk"].state == "ended"
    assert bookworm["webkit2gtk"].ends == "2026-04-30"
    assert bookworm["webkit2gtk"].last_version == "2.50.6-1~deb12u1"
    assert bookworm["binutils"].state == "limited"
    assert bookworm["binutils"].why.startswith("Only suitable for trusted content")
    assert trixie["rust.*"] == "limited"
    assert trixie["rust-sequoia-sqv"] == "supported"
    assert store.support("debian-4") == ()


@real
def test_the_shard_is_small(store: AdvisoryStore) -> None:
    """Everything on 464 products takes less than a megabyte, and is no bucket of advisories."""
    assert dict(store.info.shards)["eol"] == 0
    assert not store.has("eol")
    assert store.advisories("eol", ["os/debian"]) == {}


def test_the_older_interface_fills_what_the_newer_lacks(
    feeds: Feeds, database: Callable[[], AdvisoryStore]
) -> None:
    """``eol: true`` is an end without a day; a product that both have is the newer one's."""
    feeds.json(
        {
            "generated_at": "2026-08-22T09:00:00+00:00",
            "result": [
                {
                    "name": "django",
                    "label": "Django",
                    "identifiers": [{"type": "purl", "id": "pkg:pypi/django"}],
                    "releases": [{"name": "2.2", "eolFrom": "2022-04-11"}],
                }
            ],
        },
        "eol",
        "v1",
        "products-full.json",
    )
    feeds.json([{"cycle": "9.9", "eol": False}], "eol", "django.json")
    feeds.json(["django", "nodejs"], "eol", "all.json")
    feeds.json(
        [
            {"cycle": "14", "eol": "2023-04-30", "latest": "14.21.3"},
            {"cycle": "2", "eol": True, "extendedSupport": "2030-01-01"},
        ],
        "eol",
        "nodejs.json",
    )
    store = database()
    found = store.products(["pypi/django", "generic/node"])

    assert found["pypi/django"].cycles == (Cycle(name="2.2", ends="2022-04-11"),)
    assert found["generic/node"].cycles == (
        Cycle(name="14", ends="2023-04-30", latest="14.21.3"),
        Cycle(name="2", ended=True, extended="2030-01-01"),
    )
    assert [(f.name, f.date) for f in store.info.feeds] == [
        ("eol", "2026-08-22T09:00:00Z")
    ]


def test_without_life_cycles_there_is_no_shard(
    feeds: Feeds, database: Callable[[], AdvisoryStore]
) -> None:
    """A database of other feeds has none, and every look-up gives nothing."""
    feeds.epss({"CVE-2024-0001": (0.1, 0.2)})
    store = database()

    assert "eol" not in dict(store.info.shards)
    assert store.products(["os/debian"]) == {}
    assert store.support("debian-12") == ()


@pytest.mark.parametrize(
    ("purl", "key"),
    [
        ("pkg:pypi/Ruamel.Yaml", "pypi/ruamel-yaml"),
        ("pkg:npm/%40angular/core@1.0", "npm/@angular/core"),
        ("pkg:maven/org.apache.struts/struts2-core", "maven/org.apache.struts:struts2-core"),
        ("pkg:golang/github.com/etcd-io/etcd", "golang/github.com/etcd-io/etcd"),
        ("pkg:deb/debian/php", ""),
        ("pkg:docker/library/node", ""),
        ("pkg:generic/x?repository_url=y", ""),
        ("pkg:pypi/", ""),
        ("pkg:npm/a%00b", ""),
        ("http://x", ""),
        ("pkg:", ""),
        (7, ""),
        (None, ""),
    ],
)  # fmt: skip
def test_a_package_url_becomes_the_key_of_an_image_s_package(
    purl: object, key: str
) -> None:
    """Normalised like the package; what the distribution's manager brings is not looked up."""
    assert keys_of("x", [purl]) == ((key,) if key else ())


BROKEN: list[Any] = [
    None,
    7,
    [],
    {},
    {"name": "../x", "label": "X", "releases": []},
    {"name": "x", "label": 1, "releases": []},
    {"name": "x", "label": "X", "releases": {}},
    {"name": "x", "label": "X", "releases": [{"name": 2}]},
    {"name": "x", "label": "X", "releases": [{}] * 2001},
    {"name": "x", "label": "X", "releases": [], "identifiers": [1]},
    {"name": "x", "label": "X\n", "releases": [{"name": "a\u0000"}]},
]


@pytest.mark.parametrize("item", BROKEN)
def test_a_broken_product_is_counted_and_left_out(
    feeds: Feeds, database: Callable[[], AdvisoryStore], item: object
) -> None:
    """One product that is none does not cost the others."""
    good: Json = {"name": "go", "label": "Go", "releases": [{"name": "1.20"}]}
    feeds.json({"result": [item, good]}, "eol", "v1", "products-full.json")
    store = database()

    assert [(f.records, f.skipped) for f in store.info.feeds] == [(1, 1)]
    assert store.products(["golang/stdlib"])["golang/stdlib"].label == "Go"


def test_days_that_are_none_are_as_good_as_absent(feeds: Feeds) -> None:
    """A date is a day of the calendar or nothing."""
    for day in ("2024-02-31", "soon", 7, ["x"], "9999999-01-01"):
        release = {"name": "1", "eolFrom": day, "isEol": day == "soon"}
        product = {"name": "go", "label": "Go", "releases": [release]}
        feeds.json({"result": [product]}, "eol", "v1", "products-full.json")
        (row, _) = EolFeed().read(feeds.root)
        assert getattr(row, "product").cycles == (  # noqa: B009  # a row of any kind
            Cycle(name="1", ended=day == "soon"),
        )


@pytest.mark.parametrize(
    ("feed", "path", "text"),
    [
        (EolFeed(), "eol/v1/products-full.json", "[]"),
        (EolFeed(), "eol/v1/products-full.json", '{"result": {}}'),
        (EolFeed(), "eol/v1/products-full.json", "x"),
        (DistroInfoFeed(), "eol/distro-info/debian.csv", "a,b\n1,2\n"),
        (DistroInfoFeed(), "eol/distro-info/ubuntu.csv", ""),
        (SupportListsFeed(), "debian/security-support/security-support.deb12", "<html>\n"),
    ],
)  # fmt: skip
def test_another_file_is_refused(
    feeds: Feeds, feed: EolFeed, path: str, text: str
) -> None:
    """What is not the feed's format at all is an error that names the file."""
    feeds.path(*path.split("/")).write_text(text)
    with pytest.raises(FeedError, match=path.rpartition("/")[2]):
        list(feed.read(feeds.root))


def test_a_line_without_version_or_day_has_ended(feeds: Feeds) -> None:
    """As Debian writes some; comments and lines of another kind say nothing."""
    path = feeds.path("debian", "security-support", "security-support.deb13")
    path.write_text(
        "# a comment\n\n"
        "freeimage non-supported Inactive project upstream\n"
        "guix\tnon-supported 1.2.0-4+deb11u3 \t 2025-09-26 see #1112246\n"
        "UPPER limited no\nx unknown no\nlonely\n"
    )
    rows = list(SupportListsFeed().read(feeds.root))

    assert getattr(rows[0], "limits") == (  # noqa: B009  # a row of any kind
        SupportLimit(
            package="freeimage", state="ended", why="Inactive project upstream"
        ),
        SupportLimit(
            package="guix",
            state="ended",
            last_version="1.2.0-4+deb11u3",
            ends="2025-09-26",
            why="see #1112246",
        ),
    )
    assert getattr(rows[1], "skipped") == 3  # noqa: B009  # a row of any kind


@pytest.mark.property
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.text(max_size=200),
    document=st.recursive(
        st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["name", "label", "releases", "identifiers", "id"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
)
def test_nothing_but_a_feed_error_escapes(
    text: str, document: object, tmp_path: Path
) -> None:
    """Any table, list or document is read or refused."""
    feeds = Feeds(tmp_path)
    data = text.encode("utf-8", "replace")
    header = b"version,codename,series,created,release,eol,eol-lts,eol-esm\n"
    feeds.path("eol", "distro-info", "debian.csv").write_bytes(header + data)
    feeds.path("debian", "security-support", "security-support.deb12").write_bytes(data)
    full = gzip.compress(json.dumps({"result": [document]}).encode())
    feeds.path("eol", "v1", "products-full.json.gz").write_bytes(full)
    feeds.path("eol", "node.json").write_bytes(data)
    for feed in IMPORTERS:
        with contextlib.suppress(FeedError):
            list(feed.read(feeds.root))


_DAY = st.sampled_from(["", "2024-01-01"])
_CYCLE = st.builds(
    Cycle,
    name=st.text(min_size=1, max_size=4),
    ends=_DAY,
    ended=st.booleans(),
    extended=_DAY,
    latest=st.text(max_size=4),
    released=_DAY,
)
_LIMIT = st.builds(
    SupportLimit,
    package=st.text(min_size=1, max_size=4),
    state=st.sampled_from(["ended", "limited", "supported"]),
    last_version=st.text(max_size=4),
    ends=_DAY,
    why=st.text(max_size=4),
)


@pytest.mark.property
@given(cycles=st.lists(_CYCLE, max_size=4), limits=st.lists(_LIMIT, max_size=4))
def test_rows_give_back_what_they_were_given(
    cycles: list[Cycle], limits: list[SupportLimit]
) -> None:
    """Products and limits come out of the shard as they went in."""
    product = Product(name="x", label="X", cycles=tuple(cycles))

    assert load_product(dump_product(product), "x") == product
    assert load_limits(dump_limits(limits), "debian-12") == tuple(limits)
    assert orjson.loads(dump_product(product))[0] == "X"
