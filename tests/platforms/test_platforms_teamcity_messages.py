"""Service messages and properties: what is written is what is read, by the grammar and by JetBrains' own escaper."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
import teamcity.messages
from hypothesis import given, settings
from hypothesis import strategies as st
from pipelining import HOSTILE
from teamcitying import JAVA_ID, Message, parse, read_log

from shipworthy_ci.surroundings import Surroundings
from shipworthy_ci.teamcity.checkout import checkout_of, inside, read_properties
from shipworthy_ci.teamcity.messages import escape, message
from shipworthy_ci.teamcity.problems import identity


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)


@pytest.mark.property
@settings(deadline=None)
@given(st.dictionaries(NAMES, st.text(), max_size=4))
def test_attributes_come_back(attributes: dict[str, str]) -> None:
    """Any text in any attribute is read back as it was, from one line of printable ASCII."""
    told = message("inspection", **attributes)

    assert told.isascii()
    assert told.isprintable()
    assert Message(name="inspection", value=None, attributes=attributes) == parse(told)


@pytest.mark.property
@settings(deadline=None)
@given(st.text())
def test_a_single_value_comes_back(text: str) -> None:
    """So does the one value of a message that has no attributes."""
    assert text == parse(message("publishArtifacts", text)).value


@pytest.mark.property
@settings(deadline=None)
@given(
    st.text(
        st.characters(max_codepoint=126, min_codepoint=32, include_characters="\n\r")
    )
)
def test_ascii_is_escaped_as_by_jetbrains(text: str) -> None:
    """The escaper of their package for Python agrees on ASCII; the rest it leaves to the log's encoding."""
    assert teamcity.messages.escape_value(text) == escape(text)


def test_characters_beyond_the_first_plane_are_two_units() -> None:
    """An emoji is written as its surrogates, a surrogate without a partner as itself."""
    assert "|0xD83D|0xDE00" == escape("😀")
    assert "|0xDC80|0x001B|0x0085" == escape("\udc80\x1b\x85")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_leaves_its_message(text: str) -> None:
    """What would be another message is a value of this one."""
    log = read_log(message("message", text=text, status="WARNING"))

    assert [text] == log.values("message", "text")


@pytest.mark.property
@settings(deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3))
def test_identities_are_java_identifiers(kind: str, parts: list[str]) -> None:
    """Whatever a rule is called, its identity is a short identifier, the same each time."""
    made = identity(kind, *parts)

    assert JAVA_ID.fullmatch(made)
    assert len(made) <= 60
    assert made == identity(kind, *parts)
    assert made != identity(kind, *parts, "more")


def _around(folder: Path, **variables: str) -> Surroundings:
    return Surroundings(environment=variables, log=StringIO(), folder=folder)


def test_properties_are_read_as_java_writes_them() -> None:
    """Comments, escapes, continued lines and separators of all kinds."""
    text = (
        "#Fri Nov 27 03:00:00 UTC 2026\n! no entry\n\n"
        "teamcity.build.checkoutDir=C\\:\\\\agent\\\\work\\\\1f\n"
        "a\\ key : a val\\u00fce\nlong=one\\\n   two\nbare\nlast = \\t\\=x\\"
    )
    assert {
        "teamcity.build.checkoutDir": "C:\\agent\\work\\1f",
        "a key": "a valüe",
        "long": "onetwo",
        "bare": "",
        "last": "\t=x",
    } == read_properties(text)


@pytest.mark.property
@settings(deadline=None)
@given(st.text())
def test_any_properties_can_be_read(text: str) -> None:
    """Whatever the file holds, entries come of it and no error."""
    assert all(isinstance(value, str) for value in read_properties(text).values())


def test_paths_are_told_from_the_checkout(tmp_path: Path) -> None:
    """A step that runs in a folder of the checkout tells paths from its top; what lies elsewhere has none."""
    step = tmp_path / "work/sub"
    step.mkdir(parents=True)
    properties = tmp_path / "build.properties"
    properties.write_text(f"teamcity.build.checkoutDir={tmp_path}/work\n")
    around = _around(step, TEAMCITY_BUILD_PROPERTIES_FILE=str(properties))

    assert tmp_path / "work" == checkout_of(around)
    assert "sub/out/junit.xml" == inside("out/junit.xml", around)
    assert "" == inside("../../out", around)
    assert "" == inside("/etc/passwd", around)
    assert "out" == inside("out", _around(step))
    lost = _around(step, TEAMCITY_BUILD_PROPERTIES_FILE=str(tmp_path / "none"))
    assert step == checkout_of(lost)
