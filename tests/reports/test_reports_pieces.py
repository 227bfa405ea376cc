"""What reports make once: texts that are looked at only, and JSON that is written before it has its place."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.reports.json import JsonReport, piece
from shipworthy.reports.text import harmless, line, link, printable, quiet


_PARTS = st.sampled_from(["#", "##[", "::", "a", " ", "\n", "\x1b", "…", "vso["])


@given(st.lists(_PARTS, max_size=12).map("".join), st.sampled_from([4, 200]))
def test_what_is_only_looked_at_reads_as_what_is_cleaned(text: str, limit: int) -> None:
    """A text that is taken as it is would have come out of both cleaners as it is."""
    assert harmless(text, limit) == quiet(line(text, limit))


@given(st.text(max_size=3), st.sampled_from([0, 99, 100]))
def test_a_text_is_printable_however_long(text: str, more: int) -> None:
    """Long texts, which are looked at in another way, are told from others as short ones are."""
    whole = "~ x"[:more] * (more // 3) + text
    assert printable(whole) is whole.isprintable()


@pytest.mark.parametrize(
    "value",
    [
        {"value": "a\nb", "name": "Path", "list": [1, {"b": [], "a": {}}]},
        ["Security"],
        {},
    ],
)
def test_a_piece_stands_as_its_value_would(value: object) -> None:
    """Bytes do not tell what was written before: keys are sorted, lines are indented for the place."""
    written = JsonReport().render({"issues": [{"at": piece(value, 3)}]})

    assert written == JsonReport().render({"issues": [{"at": value}]})


def test_a_piece_of_a_report_on_one_line_is_on_one_line() -> None:
    """Without a depth nothing is indented."""
    value = {"b": [1, 2], "a": "x"}

    assert orjson.dumps([piece(value)]) == b'[{"a":"x","b":[1,2]}]'


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("https://example.org/CVE-2021-44228", True),
        ("HTTPS://EXAMPLE.ORG/A", True),
        (
            "http\u017f://example.org/",
            False,
        ),  # a long s, which is an s to some patterns
        ("https://example.org/\u212a", False),  # the sign of Kelvin, which is a k
    ],
)
def test_a_link_is_of_ascii(text: str, *, is_link: bool) -> None:
    """Letters that only fold to those of an address make none."""
    assert bool(link(text)) is is_link
