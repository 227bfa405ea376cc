"""Texts that are looked at all together come out as they do one by one."""

from __future__ import annotations

from random import Random
from typing import Any

from shipworthy.reports.csv import _cells, cell
from shipworthy.reports.html_anchors import Places, parted
from shipworthy.reports.html_references import REFERENCES, _references
from shipworthy.reports.inspector_csv import _quoted, _quoted_row
from shipworthy.reports.markup import (
    NAMES,
    _leading,
    esc,
    in_turn,
    lines_of,
    short,
    titled,
)
from shipworthy.reports.text import link


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
_STARTS = ("https://", "http://", "HTTPS://", "http:/", "javascript:", "")
_ENDS = (
    *(
        "/",
        "//",
        "a",
        "a.example",
        "?b=c",
        "&d",
        "#e",
        "%41",
        "'",
        '"',
        "<i>",
        " ",
        "é",
    ),
    *("[f]", "g" * 13, "h" * 91, "i" * 2048, "{j}", "k|l", "://", "\x00", "\udc80"),
)


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


def test_names_are_remembered_as_they_are_escaped() -> None:
    """A text told a second time is what it was the first time, whatever was told between; long ones are cut."""
    random = Random(9)
    for _ in range(_ROUNDS):
        for text in _drawn(random):
            assert NAMES[text] == NAMES[text] == in_turn((text,))


def test_plain_links_are_written_as_any_others() -> None:
    """An address that stands for itself is the link that it would be if it were looked at and escaped in the long way."""
    random = Random(10)
    for _ in range(_ROUNDS):
        url = random.choice(_STARTS) + "".join(random.choices(_ENDS, k=3))
        address = link(url)
        assert titled(url, "a<b") == (_leading(address, "a<b") if address else "a&lt;b")
        host, _, path = url.partition("://")[2].partition("/")
        name = path.rstrip("/")
        name = f"{host}/{name if len(name) <= 12 else '…' + name[-12:]}"
        assert short(url) == (_leading(address, name) if address else esc(url, 90))


def test_a_finding_told_in_many_places_is_one_link() -> None:
    """Written ahead or when it is asked for, a finding's link is the same, whatever its id and label are made of."""
    random = Random(11)
    findings: list[dict[str, Any]] = [
        {"id": id_, "package": {"name": name, "version": version}}
        for id_, name, version in (random.choices(_PARTS, k=3) for _ in range(_ROUNDS))
    ]
    places = Places(findings, [f"f{at}" for at in range(_ROUNDS)])
    for finding in findings:
        package = finding["package"]
        for label in (f"{finding['id']} {package['name']}@{package['version']}", "x"):
            id_, rest = parted(label)
            assert places[label] == places.leading(f"{id_} {rest}", id_)
    assert places["CVE-0 of@nothing"] == "CVE-0"


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
