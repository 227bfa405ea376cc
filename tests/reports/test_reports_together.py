"""Texts that are looked at all together come out as they do one by one."""

from __future__ import annotations

from random import Random

from shipworthy.reports.csv import _cells, cell
from shipworthy.reports.html_facts import REFERENCES, _references
from shipworthy.reports.inspector_csv import _quoted, _quoted_row
from shipworthy.reports.markup import esc, in_turn, lines_of


_PARTS = (
    *("", "1.2.3-4+deb12u1", "a b", "CVE-2026-1", "-1", "=1+1", "+", "@x", "|x", "::x"),
    *(
        " =1",
        " -1",
        "a,b",
        ",",
        "a;b",
        "; =1",
        '"',
        "'=1",
        "`-1",
        "##[error]",
        "::error::",
    ),
    *(
        "<b>",
        "&amp;",
        "a\nb",
        "\r\n",
        "\t=1",
        "\x1b[31m",
        "\u202e",
        "ü",
        "\uff1d1",
        " ",
        "x" * 70,
    ),
    *("\ud800", "a" * 201, "b" * 4097, "a ::b", "://", "https://example.org/?a=b&c"),
)
_ROUNDS = 3000


def _drawn(random: Random) -> list[str]:
    """Some texts, each of one part or two."""
    return [
        "".join(random.choices(_PARTS, k=random.choice((1, 1, 2))))
        for _ in range(random.randint(1, 5))
    ]


def test_cells_of_a_row_are_those_of_each_text() -> None:
    """No text hides behind its neighbours: neither a formula nor a comma, nor a command of a pipeline."""
    random = Random(7)
    for _ in range(_ROUNDS):
        texts = _drawn(random)
        assert list(_cells(texts)) == [cell(text) for text in texts]


def test_quoted_cells_of_a_row_are_those_of_each_text() -> None:
    """Nor does one hide in a row in which every cell is quoted; what stands for a number is left alone."""
    random = Random(9)
    for _ in range(_ROUNDS):
        texts = (*_drawn(random), *_drawn(random))
        told = [
            f'"{text}"' if at in (3, 7) else _quoted(text)
            for at, text in enumerate(texts)
        ]
        assert _quoted_row(texts) == ",".join(told)


def test_parts_in_turn_are_escaped_as_each_is() -> None:
    """Markup, acting characters and lengths are dealt with as if every part came alone."""
    random = Random(8)
    for _ in range(_ROUNDS):
        texts = _drawn(random)
        assert in_turn(texts) == "".join(esc(text) for text in texts)


def test_text_of_one_line_is_escaped_and_cut() -> None:
    """A text without line ends takes the short way, and is as harmless there."""
    assert lines_of("<b>&'\"", 100) == "&lt;b&gt;&amp;&#39;&quot;"
    assert lines_of("a<" * 100, 20) == "a&lt;" * 10 + "… (200 characters)"


def test_references_that_list_what_others_said_go_last() -> None:
    """NVD's page of CVE-2021-44228 stands behind what its finders wrote; what does not fit is counted."""
    finding = {
        "id": "CVE-2021-44228",
        "references": [
            "https://nvd.nist.gov/vuln/detail/CVE-2021-44228?x",
            "https://www.oracle.com/security-alerts/",
            "https://logging.apache.org/log4j/2.x/security.html",
            "https://security-tracker.debian.org/tracker/CVE-2021-44228",
        ],
    }
    shown = _references(finding, (), ())
    assert shown.index("logging.apache.org") < shown.index("nvd.nist.gov")
    assert shown.endswith(f", {3 - REFERENCES} more")
