"""What the release of a package tells about the stream it was built for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.errors import VersionError
from shipworthy.versions import compare, scheme
from shipworthy.versions.disttag import dist_tag, first_build, next_build


@pytest.mark.parametrize(
    ("version", "stream", "major", "product"),
    [
        ("7.76.1-23.el9_2.4", "9.2", "9", ""),
        ("2.28-225.el8", "", "8", ""),
        ("5.14.0-427.13.1.el9_4", "9.4", "9", ""),
        ("2.4.37-39.module+el8.4.0+12865+a7065a39.1", "8.4", "8", ""),
        ("3:10.3.39-1.module_el8.8.0+3609+204d4ab0", "8.8", "8", ""),
        ("3.6.8-56.el8_9.alma.1", "8.9", "8", ""),
        ("4.18.6-2.el8_10", "8.10", "8", ""),
        ("2.17.0-77.el9fdp", "", "9", "fdp"),
        ("4:4.9.4-5.1.rhaos4.16.el9", "", "9", "rhaos"),
        ("20230320-1.git5.el8", "", "8", ""),
    ],
)
def test_the_tag(version: str, stream: str, major: str, product: str) -> None:
    """The minor release where one is named, the major one, and whose build it is."""
    tag = dist_tag(version)

    assert tag is not None
    assert (tag.stream, tag.major, tag.product) == (stream, major, product)


@pytest.mark.parametrize("version", ["1.0-1", "1.0", "", "1-1.fc38", "0.9-1.ael7b_1"])
def test_no_tag(version: str) -> None:
    """Other distributions' builds, and builds of nobody's, have none."""
    assert dist_tag(version) is None
    assert first_build(version) == ""


@pytest.mark.parametrize(
    ("version", "later", "first"),
    [
        ("7.76.1-23.el9_2.4", "7.76.1-24", "7.76.1-23.el9_2"),
        ("11.3.1-4.4.el9_2", "11.3.1-5", "11.3.1-4.4.el9_2"),
        ("1:3.0.1-43.el9_0", "1:3.0.1-44", "1:3.0.1-43.el9_0"),
        ("1.0-rc.el9", "", "1.0-rc.el9"),
        ("1.0", "", ""),
    ],
)
def test_where_streams_begin(version: str, later: str, first: str) -> None:
    """The builds after a stream's own, and the first of a stream."""
    assert (next_build(version), first_build(version)) == (later, first)


@pytest.mark.property
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    """Whatever stands there has a tag or none; the next build of what is a version is later."""
    dist_tag(text)
    first_build(text)
    later = next_build(text)
    try:
        scheme("rpm").key(text)
    except VersionError:
        return
    assert not later or compare("rpm", text, later) < 0
