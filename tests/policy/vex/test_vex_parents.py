"""What contains what, and that a statement holds only where every way leads through its product."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from vexing import OCI, found, ids, image, openvex, package_of, part, said, vexed

from shipworthy.model.package import Location, Package
from shipworthy.policy.vex.parents import (
    ROOT,
    Parents,
    parents_of,
    parents_of_pairs,
)
from shipworthy.policy.vex.ways import MOST


CVE = "CVE-2022-32149"
TEXT = "pkg:golang/golang.org/x/text@v0.3.7"


def _package(purl: str, *paths: str, **more: object) -> Package:
    places = tuple(Location(path=path, layer=0) for path in paths)
    return package_of(purl, locations=places, **more)


def _paths(*paths: str) -> Parents:
    """Parents from paths such as ``app > lib > text``, of npm packages."""
    pairs: list[tuple[str, str]] = []
    for path in paths:
        pairs += pairwise(_npm(name.strip()) for name in path.split(">"))
    return parents_of_pairs(pairs)


def _npm(name: str) -> str:
    return f"pkg:npm/{name}@1.0.0"


def _goes(parents: Parents, *statements: dict[str, object]) -> bool:
    """Whether the finding in ``leaf`` is taken out."""
    finding = found(CVE, _npm("leaf"))
    return bool(ids(vexed([finding], openvex(*statements), parents=parents)))


def _in(product: str, **more: Any) -> dict[str, object]:
    return said(CVE, [part(_npm(product), _npm("leaf"))], **more)


# From the places of packages.


def test_a_program_contains_the_modules_at_its_path() -> None:
    """Of two programs with one module both contain it; what stands alone is the image's."""
    app = _package("pkg:golang/x.example/app@v1", "bin/app", notes=("main-module",))
    tool = _package("pkg:golang/x.example/tool@v1", "bin/tool", notes=("main-module",))
    text = _package(TEXT, "bin/app", "bin/tool")
    parents = parents_of([app, tool, text])
    assert parents.of(TEXT) == {app.purl, tool.purl}
    assert parents.of(app.purl) == {ROOT}
    only = said(CVE, [part(app.purl, TEXT)])
    both = said(CVE, [part(one.purl, TEXT) for one in (app, tool)])
    everything = [app, tool, text]
    finding = found(CVE, text)
    assert not ids(vexed([finding], openvex(only), packages=everything))
    assert ids(vexed([finding], openvex(both), packages=everything))


def test_jars_contain_jars_and_what_was_merged_into_them() -> None:
    """``outer.war!/WEB-INF/lib/inner.jar`` is in outer; a shaded artifact is in the jar at its path."""
    war = _package("pkg:maven/g/shop@1", "srv/shop.war")
    inner = _package("pkg:maven/g/core@1", "srv/shop.war!/WEB-INF/lib/core.jar")
    shaded = _package(
        "pkg:maven/g/gson@2", "srv/shop.war!/WEB-INF/lib/core.jar", notes=("shaded",)
    )
    alone = _package("pkg:maven/g/core@1", "opt/core.jar")
    parents = parents_of([war, inner, shaded])
    assert parents.of(inner.purl) == {war.purl}
    assert parents.of(shaded.purl) == {inner.purl}
    assert parents_of([war, inner, alone]).of(inner.purl) == {war.purl, ROOT}


def test_node_modules_contain_node_modules() -> None:
    """By the nearest package around; a scope is no package."""
    outer = _package("pkg:npm/npm@10.8.2", "usr/lib/node_modules/npm/package.json")
    inner = _package(
        "pkg:npm/%40npmcli/arborist@7.5.4",
        "usr/lib/node_modules/npm/node_modules/@npmcli/arborist/package.json",
    )
    parents = parents_of([outer, inner])
    assert parents.of(inner.purl) == {outer.purl}
    assert parents.of(outer.purl) == {ROOT}


def test_a_package_of_the_system_contains_what_it_installed() -> None:
    """Debian's python3-six installed six; a module of its program is in the program first."""
    deb = _package(
        "pkg:deb/debian/python3-six@1.16.0-4?arch=all", "var/lib/dpkg/status"
    )
    six = _package("pkg:pypi/six@1.16.0", "usr/lib/six.egg-info", owner=deb.purl)
    main = _package(
        "pkg:golang/x/app@v1", "usr/bin/app", notes=("main-module",), owner=deb.purl
    )
    text = _package(TEXT, "usr/bin/app", owner=deb.purl)
    parents = parents_of([deb, six, main, text])
    assert parents.of(six.purl) == {deb.purl}
    assert parents.of(text.purl) == {main.purl}
    assert parents.of(main.purl) == {deb.purl}


def test_what_an_sbom_tells_stands_before_places() -> None:
    """Its dependencies are the whole truth where there are any."""
    app = _package("pkg:golang/x.example/app@v1", "bin/app", notes=("main-module",))
    text = _package(TEXT, "bin/app")
    parents = parents_of([app, text], [("os-1", TEXT)], {"os-1": "x"})
    assert parents.of(TEXT) == {"os-1"}
    assert parents.refs == {"os-1": "x"}


# Ways.


@pytest.mark.parametrize(
    ("paths", "products", "goes"),
    [
        (["app > lib > leaf"], ["lib"], True),
        (["app > lib > leaf"], ["app"], True),
        (["app > lib > leaf"], ["other"], False),
        (["app > lib > leaf", "app > b > leaf"], ["lib"], False),
        (["app > lib > leaf", "app > b > leaf"], ["app"], True),
        (["app > lib > leaf", "app > b > leaf"], ["lib", "b"], True),
        (["lib > leaf", "b > c > leaf"], ["lib", "b"], True),
        (["lib > leaf"], ["lib"], True),
        (["app > lib > leaf", "leaf > lib"], ["lib"], True),
        (["app > lib > leaf", "b > leaf", "leaf > b"], ["lib"], True),
        (["leaf > b", "b > leaf"], ["b"], False),
        (["a > b > c > leaf", "c > a"], ["b"], False),
    ],
)
def test_every_way_must_lead_through_a_product(
    paths: list[str], products: list[str], goes: bool
) -> None:
    """One way around is enough for the vulnerability to be reached; circles end."""
    assert _goes(_paths(*paths), *(_in(product) for product in products)) == goes


def test_a_product_without_subcomponents_covers_what_is_in_it() -> None:
    """A statement on lib is on everything that lib is made of, on the ways through it."""
    whole = said(CVE, [_npm("lib")])
    assert _goes(_paths("app > lib > leaf"), whole)
    assert not _goes(_paths("app > lib > leaf", "b > leaf"), whole)


def test_a_statement_on_the_package_itself_needs_no_way() -> None:
    """It holds wherever the package is, in a circle too."""
    own = said(CVE, [_npm("leaf")])
    assert _goes(_paths("app > lib > leaf", "b > leaf"), own)
    assert _goes(_paths("leaf > b", "b > leaf"), own)


def test_a_product_s_subcomponent_is_not_the_product() -> None:
    """That lib is not affected by way of leaf does not say that leaf's flaw in lib itself is none."""
    finding = found(CVE, _npm("lib"))
    result = vexed([finding], openvex(_in("lib")), parents=_paths("lib > leaf"))
    assert not result.suppressed


def test_on_each_way_the_newest_statement_counts() -> None:
    """An older not_affected around a newer affected does not cover it; a newer one does."""
    parents = _paths("app > lib > leaf")
    old = _in("app", timestamp="2023-01-01T00:00:00Z")
    new = _in("app", timestamp="2025-01-01T00:00:00Z")
    inner = _in("lib", status="affected")
    assert not _goes(parents, old, inner)
    assert _goes(parents, new, inner)


def test_a_way_on_which_it_is_affected_marks_the_finding() -> None:
    """One way covered, one affected: it stays in, and says so."""
    finding = found(CVE, _npm("leaf"))
    document = openvex(_in("lib"), _in("b", status="affected"))
    parents = _paths("lib > leaf", "b > leaf")
    (kept,) = vexed([finding], document, parents=parents).kept
    assert kept.vex_status == "affected"


def test_the_image_is_on_every_way() -> None:
    """Several parents below the image, each different: the image is above them all."""
    statement = said(CVE, [part(OCI, _npm("leaf"))])
    finding = found(CVE, _npm("leaf"))
    for parents, goes in (
        (_paths("a > leaf", "b > leaf"), True),
        (_paths("leaf > a", "a > leaf"), False),
        (Parents(), True),
    ):
        result = vexed(
            [finding], openvex(statement), parents=parents, of=image("debian:12")
        )
        assert bool(result.suppressed) == goes


def test_ways_without_number_cost_no_more_than_their_packages() -> None:
    """Thirty floors of two packages each have a thousand million ways."""
    pairs = [
        (_npm(f"{floor + 1}{side}"), _npm(f"{floor}{other}") if floor else _npm("leaf"))
        for floor in range(30)
        for side in "ab"
        for other in "ab"
    ]
    parents = parents_of_pairs(pairs)
    assert _goes(parents, _in("30a"), _in("30b"))
    assert not _goes(parents, _in("30a"))


def test_more_than_is_looked_at_counts_as_not_covered() -> None:
    """A graph without end suppresses nothing."""
    chain = [(_npm(f"n{n + 1}"), _npm(f"n{n}")) for n in range(MOST + 10)]
    parents = parents_of_pairs([*chain, (_npm("n0"), _npm("leaf"))])
    assert not _goes(parents, said(CVE, [part(OCI, _npm("leaf"))]))
