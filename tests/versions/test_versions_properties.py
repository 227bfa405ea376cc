"""What holds for all versions: a total order, our own errors, and agreement with a plain reading."""

from __future__ import annotations

import contextlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from shipworthy import versions
from shipworthy.errors import VersionError
from shipworthy.model.advisory import Range
from shipworthy.versions.constraint import satisfies
from shipworthy.versions.interface import Key
from shipworthy.versions.ranges import affected


pytestmark = pytest.mark.property

PIECES = (
    *"0123.-_+~^:!#vabmprx",
    *(
        "00",
        "01",
        "10",
        "rc",
        "alpha",
        "beta",
        "pre",
        "dev",
        "post",
        "final",
        "ga",
        "sp",
    ),
    *("snapshot", "patch", "-r", "_p", "_rc", ".r", "go", "20240101", "jre8", "-java"),
    *("+b1", ".jre8", "-fips", ".", ".", "-", "é ", "²"),
)

fragments = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
numbered = st.builds(
    lambda numbers, tail: ".".join(map(str, numbers)) + tail,
    st.lists(st.integers(0, 11), min_size=1, max_size=4),
    st.one_of(st.just(""), fragments),
)
texts = st.one_of(numbered, fragments, st.text(max_size=30))
names = st.sampled_from(versions.SCHEMES)

relaxed = settings(max_examples=200, deadline=None)


def keys_of(name: str, candidates: list[str]) -> list[tuple[str, Key]]:
    """Give those candidates that are versions, with their keys."""
    found = []
    for text in candidates:
        try:
            found.append((text, versions.scheme(name).key(text)))
        except VersionError:
            continue
    return found


@pytest.mark.parametrize("name", versions.SCHEMES)
@given(candidates=st.lists(texts, min_size=2, max_size=8))
@settings(max_examples=50, deadline=None)
def test_total_order(name: str, candidates: list[str]) -> None:
    """Keys compare each with each, one way only, and so does what was sorted by them."""
    found = keys_of(name, candidates)
    for (_, a), (_, b) in itertools.product(found, repeat=2):
        assert (a < b) + (a == b) + (a > b) == 1
        assert (a < b) == (b > a)
        if a == b:
            assert hash(a) == hash(b)
    rising = sorted(key for _, key in found)

    for low, high in itertools.combinations(rising, 2):
        assert low <= high


@pytest.mark.parametrize("name", versions.SCHEMES)
@given(text=texts)
@settings(max_examples=50, deadline=None)
def test_only_our_own_errors(name: str, text: str) -> None:
    """Any text gives a key or a ``VersionError``, from every entrance."""
    scheme = versions.scheme(name)
    for function in (scheme.key, scheme.range_key, scheme.normalise):
        with contextlib.suppress(VersionError):
            function(text)
    assert isinstance(scheme.with_epoch_of(text, "1:2"), str)
    with contextlib.suppress(VersionError):
        assert satisfies(name, text, f"= {text}") in {True, False}
    with contextlib.suppress(VersionError):
        affected(name, "1.0", (Range(events=(("introduced", text), ("fixed", "2"))),))


@given(name=names, text=texts)
@relaxed
def test_normalising_twice_is_normalising_once(name: str, text: str) -> None:
    """A normalised version stays as it is, and has the key it had."""
    scheme = versions.scheme(name)
    once = scheme.normalise(text)

    if name != "gem":  # what one platform leaves behind may look like another
        assert keys_of(name, [once]) == [
            (once, key) for _, key in keys_of(name, [text])
        ]


@given(version=texts, other=texts)
@relaxed
def test_pep440_is_what_packaging_says(version: str, other: str) -> None:
    """Valid versions are those of ``packaging``, in its order."""
    pairs = keys_of("pep440", [version, other])
    found = [key for _, key in pairs if key[0] >= 0]  # below 0: from before PEP 440
    expected = []
    for text in (version, other):
        with contextlib.suppress(InvalidVersion):
            expected.append(Version(text))

    assert len(expected) == len(found)
    if len(found) == 2:
        assert (found[0] < found[1]) == (expected[0] < expected[1])
        assert (found[0] == found[1]) == (expected[0] == expected[1])


@st.composite
def pep440_versions(draw: st.DrawFn) -> str:
    """Draw versions that are valid, with all the spellings that are allowed."""
    sign = st.sampled_from(["", ".", "-", "_"])
    number = st.sampled_from(["", "0", "1", "2", "07", "10"])

    def part(*words: str) -> str:
        return draw(
            st.one_of(
                st.just(""),
                st.tuples(sign, st.sampled_from(words), sign, number).map("".join),
            )
        )

    release = draw(st.lists(st.integers(0, 2), min_size=1, max_size=3))
    return "".join(
        [
            draw(st.sampled_from(["", "v", "1!", "0!"])),
            ".".join(map(str, release)),
            part("a", "b", "rc", "c", "alpha", "BETA", "pre", "preview"),
            draw(st.one_of(st.just("-1"), st.just(part("post", "rev", "r")))),
            part("dev", "DEV"),
            draw(st.sampled_from(["", "+a", "+1", "+a.1", "+A-1_2", "+10"])),
        ]
    )


@given(version=pep440_versions(), other=pep440_versions())
@settings(max_examples=150, deadline=None)
def test_pep440_order_is_that_of_packaging(version: str, other: str) -> None:
    """All spellings that the specification allows are ordered as ``packaging`` does."""
    try:
        left, right = Version(version), Version(other)
    except InvalidVersion:
        return
    expected = (left > right) - (left < right)

    assert versions.compare("pep440", version, other) == expected


KINDS = ("introduced", "fixed", "last_affected", "limit")


def plain_evaluation(version: str, one: Range) -> bool:
    """Evaluate a range event by event, as the OSV schema's pseudo-code does."""
    key = versions.scheme("hackage").key
    at = key(version)
    limits = [key(text) for kind, text in one.events if kind == "limit"]
    if limits and not any(at < limit for limit in limits):
        return False
    vulnerable = False
    for kind, text in sorted(one.events, key=lambda event: key(event[1])):
        if kind == "introduced" and at >= key(text):
            vulnerable = True
        elif (kind == "fixed" and at >= key(text)) or (
            kind == "last_affected" and at > key(text)
        ):
            vulnerable = False
    return vulnerable


@given(
    version=st.integers(0, 12),
    points=st.lists(st.integers(1, 12), min_size=1, max_size=6, unique=True),
    kinds=st.lists(st.sampled_from(KINDS), min_size=6, max_size=6),
)
@settings(max_examples=150, deadline=None)
def test_intervals_are_the_events(
    version: int, points: list[int], kinds: list[str]
) -> None:
    """Reading events as intervals decides as going through the events does."""
    one = Range(
        events=(
            ("introduced", "0"),
            *((kind, str(point)) for kind, point in zip(kinds, points, strict=False)),
        )
    )
    found = affected("hackage", str(version), (one,))

    assert (found is not None) == plain_evaluation(str(version), one)
    if found:
        assert satisfies("hackage", str(version), found.constraint)


@pytest.mark.parametrize("name", versions.SCHEMES)
@given(version=numbered, listed=st.lists(numbered, max_size=8))
@settings(max_examples=50, deadline=None)
def test_listed_versions_are_found_by_key(
    name: str, version: str, listed: list[str]
) -> None:
    """The quick way through a list finds what comparing with each of it would."""
    key = versions.scheme(name).range_key
    by_key = []
    for text in listed:
        try:
            by_key.append(key(text) == key(version))
        except VersionError:
            by_key.append(False)
    expected = any(by_key) or version in listed

    assert (affected(name, version, (), listed) is not None) == expected
