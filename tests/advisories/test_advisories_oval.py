"""The OVAL core: criteria multiplied out, references, and documents that are hostile."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ovalwriter import Oracle, Oval, all_of, any_of, criterion, entity

from shipworthy.advisories.feeds import files, oval, oval_criteria
from shipworthy.advisories.feeds.azurelinux import AzureLinuxFeed
from shipworthy.advisories.feeds.interface import Feed, Statement
from shipworthy.advisories.feeds.oracle import OracleFeed
from shipworthy.advisories.feeds.oval import Document
from shipworthy.advisories.feeds.oval_criteria import (
    Case,
    Criteria,
    Criterion,
    RpmTest,
    State,
    cases,
    merged,
    package_cases,
    range_of,
)
from shipworthy.advisories.feeds.suse import SuseFeed
from shipworthy.advisories.feeds.values import Broken
from shipworthy.errors import FeedError
from shipworthy.model.advisory import FeedInfo


def document(tmp_path: Path, made: Oval) -> Document:
    """What was made, read."""
    made.write(tmp_path / "oval.xml")
    return Document(tmp_path / "oval.xml")


def read(tmp_path: Path, made: Oval) -> list[list[Case] | None]:
    """The cases of each definition; None for a broken one."""
    found = document(tmp_path, made)

    def leaf(one: Criterion, negated: bool) -> list[Case]:
        return package_cases(found.test(one.test), negated=negated)

    out: list[list[Case] | None] = []
    for item in found.definitions():
        try:
            out.append(cases(found.read(item).criteria, leaf))
        except Broken:
            out.append(None)
    return out


def one(tmp_path: Path, made: Oval, criteria: str) -> list[Case] | None:
    """The cases of one definition with these criteria."""
    made.definition("1", "patch", "<title>x</title>", criteria)
    (found,) = read(tmp_path, made)
    return found


def test_nested_criteria_are_multiplied_out(tmp_path: Path) -> None:
    """AND joins what its children say, OR lists it; the same twice is once."""
    made = Oval(space="x")
    above = criterion(made.test("a", entity("evr", "greater than", "0:1-1")))
    below = made.below("a", "0:2-1", "(x86_64|aarch64)")
    other = made.below("b", "1:3-1")
    tree = any_of(all_of(above, any_of(below, below)), any_of(other), all_of(other))
    assert one(tmp_path, made, tree) == [
        Case(package="a", arches=("aarch64", "x86_64"), start="1-1^", until="2-1"),
        Case(package="b", until="1:3-1"),
    ]


@pytest.mark.parametrize(
    ("operation", "negated", "expected"),
    [
        ("less than", False, (("introduced", "0"), ("fixed", "2-1"))),
        ("less than or equal", False, (("introduced", "0"), ("last_affected", "2-1"))),
        ("equals", False, (("introduced", "2-1"), ("last_affected", "2-1"))),
        ("greater than", False, (("introduced", "2-1^"),)),
        ("greater than or equal", False, (("introduced", "2-1"),)),
        ("less than", True, (("introduced", "2-1"),)),
        ("greater than", True, (("introduced", "0"), ("last_affected", "2-1"))),
        ("greater than or equal", True, (("introduced", "0"), ("fixed", "2-1"))),
    ],
)
def test_every_comparison_is_a_range(
    operation: str, negated: bool, expected: tuple[tuple[str, str], ...]
) -> None:
    """What OVAL compares, an advisory says in events; a negation turns it round."""
    test = RpmTest("a", State(evr=(operation, "0:2-1")))
    (case,) = package_cases(test, negated=negated)
    assert range_of(case).events == expected


@pytest.mark.parametrize("value", ["0", "0-0", "0:0-0"])
def test_below_nothing_is_never_affected(value: str) -> None:
    """SUSE's way to say it by a version."""
    (case,) = package_cases(
        RpmTest("a", State(evr=("less than", value))), negated=False
    )
    assert range_of(case).events == (("introduced", "0"), ("fixed", "0"))


def test_negated_criteria_turn_over(tmp_path: Path) -> None:
    """NOT (a below 1 OR a above 2) is a from 1 to 2."""
    made = Oval(space="x")
    above = criterion(made.test("a", entity("evr", "greater than", "0:2")))
    tree = any_of(made.below("a", "0:1"), above, negate=True)
    assert one(tmp_path, made, tree) == [Case(package="a", start="1", last="2")]


def test_signatures_and_flavours_ask_nothing(tmp_path: Path) -> None:
    """A key cannot be seen in an image; Ksplice's mark is in the version of the fix."""
    made = Oval(space="x")
    signed = criterion(made.test("a", entity("signature_keyid", "equals", "82562ea9")))
    flavour = criterion(made.test("a", entity("release", "pattern match", "ksplice")))
    tree = all_of(made.below("a", "0:2-1.ksplice1.el8"), signed, flavour)
    assert one(tmp_path, made, tree) == [Case(package="a", until="2-1.ksplice1.el8")]


def test_what_is_installed_at_all(tmp_path: Path) -> None:
    """A test without a state: every version."""
    made = Oval(space="x")
    assert one(tmp_path, made, all_of(criterion(made.test("a")))) == [Case(package="a")]


def test_an_extended_definition_is_part_of_the_tree(tmp_path: Path) -> None:
    """Conditions that several definitions share stand in one of the class ``inventory``."""
    made = Oval(space="x")
    made.definition(
        "9", "inventory", "<title>i</title>", all_of(made.below("a", "0:2"))
    )
    extended = '<extend_definition definition_ref="oval:x:def:9"/>'
    made.definition("1", "patch", "<title>x</title>", all_of(extended))
    assert read(tmp_path, made)[1] == [Case(package="a", until="2")]


def test_circles_are_broken(tmp_path: Path) -> None:
    """Two definitions that extend each other end nowhere; a third does not suffer."""
    made = Oval(space="x")
    for here, there in (("1", "2"), ("2", "1")):
        circle = f'<extend_definition definition_ref="oval:x:def:{there}"/>'
        made.definition(here, "inventory", "<title>x</title>", all_of(circle))
    made.definition("3", "patch", "<title>x</title>", all_of(made.below("a", "0:2")))
    assert read(tmp_path, made) == [None, None, [Case(package="a", until="2")]]


def _twice(made: Oval) -> str:
    leaf = made.below("a", "0:2")
    made.states.append(made.states[-1].replace("0:2", "0:3"))
    return leaf


def _renamed(made: Oval) -> str:
    leaf = made.below("a", "0:2")
    made.objects.append(made.objects[-1].replace(">a<", ">b<"))
    return leaf


def _retested(made: Oval) -> str:
    leaf = made.below("a", "0:2")
    made.tests.append(made.tests[-1].replace("at least one", "all"))
    return leaf


def _without(kind: str) -> Callable[[Oval], str]:
    def make(made: Oval) -> str:
        leaf = made.below("a", "0:2")
        getattr(made, kind).clear()
        return leaf

    return make


def _test(*entities: str, **more: str) -> Callable[[Oval], str]:
    return lambda made: criterion(made.test("a", *entities, **more))


_EVR = entity("evr", "less than", "0:2")
BROKEN: dict[str, Callable[[Oval], str]] = {
    "no such test": lambda _: criterion("oval:x:tst:404"),
    "no test named": lambda _: "<criterion/>",
    "no tests": _without("tests"),
    "no objects": _without("objects"),
    "no states": _without("states"),
    "two states of one id": _twice,
    "two objects of one id": _renamed,
    "two tests of one id": _retested,
    "no such definition": lambda _: '<extend_definition definition_ref="x"/>',
    "an empty node": lambda _: all_of(),
    "an unknown operator": lambda m: all_of(m.below("a", "0:2")).replace("AND", "XOR"),
    "two packages at once": lambda m: all_of(m.below("a", "0:2"), m.below("b", "0:2")),
    "two bounds at once": lambda m: all_of(m.below("a", "0:2"), m.below("a", "0:3")),
    "an unknown comparison": _test(entity("evr", "6", "0:2")),
    "a version of several lines": _test(entity("evr", "less than", "0:2\n3")),
    "a version without end": _test(entity("evr", "less than", "1" * 10_000)),
    "no version": _test(entity("evr", "less than", "")),
    "a variable": _test('<evr operation="less than" var_ref="oval:x:var:1"/>'),
    "another entity": _test(entity("filepath", "equals", "/etc/passwd")),
    "an entity twice": _test(_EVR, entity("evr", "less than", "0:3")),
    "architectures by any pattern": _test(_EVR, entity("arch", "pattern match", ".*")),
    "architectures excluded": _test(_EVR, entity("arch", "not equal", "x86_64")),
    "an unknown check": _test(_EVR, check="some"),
    "a version of its own": _test(entity("version", "equals", "2")),
    "not there": lambda m: criterion(m.test("a"), negate=True),
    "a name of several lines": lambda m: m.below("a\nb", "0:2"),
}


@pytest.mark.parametrize("make", BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_understood_is_broken(
    tmp_path: Path, make: Callable[[Oval], str]
) -> None:
    """A definition that an advisory could only repeat wrongly is left out."""
    made = Oval(space="x")
    assert one(tmp_path, made, all_of(make(made))) is None


def test_the_same_item_twice_is_no_contradiction(tmp_path: Path) -> None:
    """SUSE repeats objects."""
    made = Oval(space="x")
    leaf = made.below("a", "0:2")
    made.objects *= 2
    made.states *= 2
    made.tests *= 2
    assert one(tmp_path, made, all_of(leaf)) == [Case(package="a", until="2")]


def test_criteria_that_multiply_without_end_are_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty alternatives twenty times over are not multiplied out."""
    monkeypatch.setattr(oval_criteria, "MAX_CASES", 100)
    made = Oval(space="x")
    packages = any_of(*(made.below("a", f"0:{n}") for n in range(1, 12)))
    assert one(tmp_path, made, all_of(packages, packages)) is None
    many = any_of(*(made.below("b", f"0:{n}") for n in range(1, 102)))
    made.definitions.clear()
    assert one(tmp_path, made, many) is None


def test_work_that_comes_to_nothing_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alternatives that exclude each other keep the result small and the work large."""
    monkeypatch.setattr(oval_criteria, "MAX_CASES", 1_000)
    made = Oval(space="x")
    versions = [made.below("a", f"0:{n}", f"arch{n}") for n in range(20)]
    part = any_of(*versions)
    assert one(tmp_path, made, all_of(part, part)) is not None
    made.definitions.clear()
    assert one(tmp_path, made, all_of(*[part] * 4)) is None


def test_criteria_of_any_number_are_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One definition has a bound of its own."""
    monkeypatch.setattr(oval, "MAX_CRITERIA", 10)
    made = Oval(space="x")
    assert one(tmp_path, made, any_of(*[made.below("a", "0:2")] * 20)) is None


def test_items_of_any_number_end_the_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so has a document."""
    monkeypatch.setattr(oval, "MAX_ITEMS", 5)
    made = Oval(space="x")
    for number in range(10):
        made.below("a", f"0:{number}")
    with pytest.raises(FeedError, match="more than the bound of 5"):
        document(tmp_path, made)


FEEDS: dict[str, tuple[Feed, str]] = {
    "oracle": (OracleFeed(), "oracle/com.oracle.elsa-all.xml"),
    "suse": (SuseFeed(), "suse/oval/suse.linux.enterprise.15.xml"),
    "azurelinux": (AzureLinuxFeed(), "azurelinux/cbl-mariner-2.0-oval.xml"),
}
_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">'
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><oval_definitions><generator>&i;</generator></oval_definitions>"
)
NO_FEED = {
    "empty": b"",
    "no XML": b"{}",
    "HTML": b"<html><body>moved</body></html>",
    "cut off": b"<oval_definitions><generator/><definitions><definition",
    "a billion laughs": _LAUGHS.encode(),
    "an external entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<oval_definitions><generator>&a;</generator></oval_definitions>",
    "deep nesting": b"<oval_definitions><definitions><definition>"
    + b"<criteria>" * 5_000
    + b"</criteria>" * 5_000
    + b"</definition></definitions></oval_definitions>",
    "an unknown encoding": b'<?xml version="1.0" encoding="x-none"?><oval_definitions/>',
    "NUL": b"<oval_definitions>\0</oval_definitions>",
}


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("data", NO_FEED.values(), ids=NO_FEED.keys())
def test_what_is_no_oval_is_named(tmp_path: Path, name: str, data: bytes) -> None:
    """A file that is not the feed's format ends the feed with its name."""
    feed, path = FEEDS[name]
    target = tmp_path / path
    target.parent.mkdir(parents=True)
    target.write_bytes(data)
    with pytest.raises(FeedError, match=target.name):
        list(feed.read(tmp_path))


@pytest.mark.parametrize("name", FEEDS)
def test_what_is_not_there_is_no_feed(tmp_path: Path, name: str) -> None:
    """Nothing to read gives nothing, not even an account."""
    feed, _ = FEEDS[name]
    assert list(feed.read(tmp_path)) == []


def _metadata(inner: str) -> str:
    return f"<title>CVE-2024-0001</title>{inner}"


HOSTILE = {
    "no metadata": "",
    "no title": "<severity>High</severity>",
    "a title of a megabyte": f"<title>{'x' * (1 << 20)}</title>",
    "a title with a line break": "<title>CVE-2024-0001\nCVE-2024-0002</title>",
    "an attribute of a megabyte": _metadata(f'<reference ref_id="{"x" * (1 << 20)}"/>'),
    "a reference without an id": _metadata('<reference source="CVE"/>'),
    "too many references": _metadata('<reference source="CVE" ref_id="x"/>' * 10_001),
    "a rating of many words": _metadata(f"<severity>{'very ' * 50}high</severity>"),
    "a date of no calendar": _metadata(
        '<advisory><issued date="2024-02-31"/></advisory>'
    ),
}


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("metadata", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_metadata_is_counted_or_harmless(
    tmp_path: Path, name: str, metadata: str
) -> None:
    """Every definition is accounted for, and nothing but rows comes out."""
    feed, path = FEEDS[name]
    made = Oval(space="x")
    for kind in ("patch", "vulnerability"):
        made.definition("1", kind, metadata, all_of(made.below("a", "0:2")))
    made.write(tmp_path / path)
    *_, info = feed.read(tmp_path)
    assert isinstance(info, FeedInfo)
    assert info.records + info.skipped in {1, 2}


_TEXT = st.text(alphabet="abcEVR0123456789:.-^~ \n<>&é", max_size=12)
_LEAF = st.builds(
    Criterion, st.sampled_from(["t1", "t2", "t3", ""]), _TEXT, st.booleans()
)
_TREE = st.recursive(
    _LEAF,
    lambda inner: st.builds(
        Criteria,
        st.sampled_from(["AND", "OR", "XOR"]),
        st.booleans(),
        st.lists(inner, max_size=4).map(tuple),
    ),
    max_leaves=20,
)
_STATE = st.builds(
    State,
    evr=st.none() | st.tuples(st.sampled_from([*oval_criteria._OPPOSITE, "?"]), _TEXT),
    version=st.none() | st.tuples(st.sampled_from(["equals", "pattern match"]), _TEXT),
    arches=st.sampled_from([(), ("x86_64",)]),
)


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(
    _TREE,
    st.dictionaries(
        st.sampled_from(["t1", "t2", "t3"]),
        st.builds(RpmTest, _TEXT, _STATE, st.booleans()),
    ),
)
def test_any_tree_gives_cases_or_is_broken(
    tree: Criteria | Criterion, tests: dict[str, RpmTest]
) -> None:
    """Nothing but :class:`Broken` escapes; cases are unique, and each has a range."""

    def leaf(item: Criterion, negated: bool) -> list[Case]:
        if item.test not in tests:
            raise Broken
        return package_cases(tests[item.test], negated=negated)

    try:
        found = cases(tree, leaf)
    except Broken:
        return
    if isinstance(tree, Criteria):
        assert len(found) == len(set(found))
    for case in found:
        assert range_of(case).events[0][0] == "introduced"


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_bytes_in_a_document_are_rows_or_an_error(data: st.DataObject) -> None:
    """A document with a stretch of it replaced by anything is read or refused."""
    import tempfile

    made = Oval(space="x")
    tree = all_of(any_of(made.below("a", "0:2", "x86_64")), made.below("a", "0:2"))
    made.definition("1", "vulnerability", _metadata("<severity>High</severity>"), tree)
    text = made.xml()
    start = data.draw(st.integers(0, len(text) - 1))
    length = data.draw(st.integers(0, 40))
    garbage = data.draw(st.binary(max_size=40))
    with tempfile.TemporaryDirectory() as folder:
        for feed, path in FEEDS.values():
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text[:start] + garbage + text[start + length :])
            try:
                rows = list(feed.read(Path(folder)))
            except FeedError:
                continue
            assert all(isinstance(row, FeedInfo | Statement) or row for row in rows)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("com.oracle.elsa-all.xml", bytes),
        ("com.oracle.elsa-all.xml.bz2", bz2.compress),
        ("com.oracle.elsa-all.xml.bz2", gzip.compress),
        ("com.oracle.elsa-all.xml.bz2", lzma.compress),
    ],
)
def test_a_document_comes_plain_or_compressed(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    """What a file is its first bytes tell; a document of megabytes is read piece by piece."""
    made = Oracle()
    made.erratum(
        "ELSA-2022-1065",
        "8",
        ["CVE-2022-0778"],
        made.on("x86_64", made.below("a", "0:2")),
    )
    filling = b"<!-- " + b"x" * (5 << 20) + b" -->"
    target = tmp_path / "oracle" / name
    target.parent.mkdir()
    target.write_bytes(pack(made.xml().replace(b"<tests>", filling + b"<tests>")))
    rows = list(OracleFeed().read(tmp_path))
    assert [r.advisory.id for r in rows if isinstance(r, Statement)] == [
        "ELSA-2022-1065"
    ]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_pieces_have_the_bound_of_the_whole(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    """A file larger than its bound is an error that names it, however it is read."""
    path = tmp_path / "x.xml"
    path.write_bytes(pack(b"x" * 3_000_000))
    assert b"".join(files.pieces(path)) == files.read(path)
    for how in (
        lambda: list(files.pieces(path, 2_000_000)),
        lambda: files.read(path, 2_000_000),
    ):
        with pytest.raises(FeedError, match=r"x\.xml.*bound of 2000000"):
            how()


def test_two_releases_exclude_each_other() -> None:
    """What is on one release is not on another; one machine is not another."""
    assert merged(Case(release="sles-15.3"), Case(release="sles-15.4")) is None
    assert merged(Case(machine="x86_64"), Case(machine="aarch64")) is None
    assert merged(Case(release="ol-8"), Case(package="a")) == Case(
        release="ol-8", package="a"
    )
