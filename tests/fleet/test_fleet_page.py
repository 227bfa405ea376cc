"""The dashboard's page: everything that the data says, harmless whatever images say, linked only to what is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fleeting import document, fleet, result, save
from reports_sample import DJANGO_SQL, ZLIB_OVERFLOW, sample

from shipworthy.errors import UsageError
from shipworthy.fleet.files import sources
from shipworthy.fleet.forms import open_form
from shipworthy.fleet.gather import gather
from shipworthy.fleet.links import link_base
from shipworthy.reports.document import to_document


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "unquoted": "x onmouseover=alert(1) y",
    "closing": "</td></title></style></script><img src=http://evil.example/x>",
    "comment": "--><!-- ]]>",
    "slot": "{{script}}{{style}}",
    "link": "javascript:alert(1)",
    "teamcity": "##teamcity[buildProblem description='x|']",
    "github-old": "text ##[set-env name=A]b",
    "azure": "##vso[task.setvariable variable=a]b",
    "escape": "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "override": "abc\u202egpj.exe\u2066\u200f",
    "invisible": "a\u200bb\ufeffc\U000e0041\U000e0042",
    "separators": "a\u2028b\u2029c\x85d",
    "nul": "a\x00b",
    "empty": "",
    "long": "A" * 20_000,
}
OURS = {
    *("schemaVersion", "severity", "status", "state", "effect", "kind", "origin"),
    *("worst", "fixState", "tool"),
}
ACTING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
COMMANDS = re.compile(r"##(?:vso|teamcity)?\[", re.IGNORECASE)


class Elements(HTMLParser):
    """Which elements with which attributes a page has, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shapes: set[tuple[str, tuple[str, ...]]] = set()
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        names = (name for name, _ in attrs if not name.startswith("data-"))
        self.shapes.add((tag, tuple(sorted(names))))
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.text.append(data)


def page(made: Mapping[str, Any]) -> str:
    """The page of a dashboard's data."""
    return open_form("html").render(made).decode()


def everything(tmp_path: Path, poison: str | None = None) -> dict[str, Any]:
    """A dashboard with all that it can have; its texts replaced by ``poison``."""
    web = "registry.example/web:1"
    old = to_document(result(web, "2026-07-01", findings=(DJANGO_SQL,)))
    whole = (to_document(sample()), to_document(result(web)), old)
    others = to_document(result("registry.example/till:2", layers=("sha256:d1",)))
    for at, made in enumerate((*whole, others)):
        save(
            tmp_path / f"{at}.json",
            made if poison is None else poisoned(made, poison, str(at)),
        )
    (tmp_path / "torn.json").write_text("{")
    (tmp_path / "other.json").write_text("{}")
    return document(
        tmp_path, expected=("registry.example/mail", poison or "x"), max_age=3
    )


def poisoned(value: Any, text: str, own: str, key: str = "") -> Any:
    """``value`` with every free text replaced by ``text``, and names by one of their own."""
    if isinstance(value, str):
        if key in {"day", "tags"}:
            return {"tags": f"registry.example/x{own}{text}:1"}.get(key, value)
        return text
    if isinstance(value, list):
        return [poisoned(one, text, own, key) for one in value]
    if isinstance(value, dict):
        return {
            name: one if name in OURS else poisoned(one, text, own, name)
            for name, one in value.items()
        }
    return value


@pytest.mark.parametrize("poison", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_harmless(tmp_path: Path, poison: str) -> None:
    """No element, attribute or link that a tame image would not bring; nothing that acts elsewhere."""
    tame = Elements(page(everything(tmp_path / "tame")))
    data = page(everything(tmp_path / "hostile", poison))
    body = data.partition("</style>")[2].partition("<script>")[0]
    assert ACTING.findall(body) == []
    assert COMMANDS.findall(data) == []
    found = Elements(data)
    assert found.shapes <= tame.shapes
    for target in found.links:
        assert re.match(r"#[a-z0-9]+$|data:,$", target), target
    assert len(data) < 400_000


def test_no_style_attribute_and_nothing_from_elsewhere(tmp_path: Path) -> None:
    """The page's own policy would stop both."""
    data = page(everything(tmp_path))
    shapes = Elements(data).shapes
    assert not any("style" in names or "src" in names for _, names in shapes)
    assert "default-src 'none'" in data
    assert "{{" not in data


def test_the_page_says_what_the_data_says(tmp_path: Path) -> None:
    """Verdicts, coverage with its reasons, and every figure's table are there without script."""
    made = everything(tmp_path)
    text = " ".join("".join(Elements(page(made)).text).split())
    for words in (
        made["headline"]["words"],
        made["headline"]["summary"],
        "registry.example/mail",
        "no result",
        "not JSON: unexpected end of data",
        "2 new, 0 fixed",
        "1 other JSON file",
        "As a table",
        "Each image counts with its newest result up to the day.",
    ):
        assert words in text, words


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    """Whatever order the files were named in."""
    everything(tmp_path)
    paths = sorted(tmp_path.glob("*.json"))
    assert page(document(*paths)) == page(document(*reversed(paths)))


def test_an_images_own_page_is_linked_where_it_lies_beside(tmp_path: Path) -> None:
    """Only a file that is there, relative and escaped; a link to a link is none."""
    save(tmp_path / "to day/a&b.json.gz", result())
    save(tmp_path / "other.json", result("registry.example/till:2"))
    save(tmp_path / "sly.json", result("registry.example/sly:2"))
    (tmp_path / "to day/a&b.html").write_text("x")
    (tmp_path / "sly.html").symlink_to("/etc/hostname")
    links = {image.label: image.newest.report for image in fleet(tmp_path).images}
    assert links == {
        "registry.example/shop": "./to%20day/a%26b.html",
        "registry.example/sly": "",
        "registry.example/till": "",
    }
    assert 'href="./to%20day/a%26b.html"' in page(document(tmp_path))
    above = gather(sources([tmp_path]), start=tmp_path / "pages" / "new")
    assert above.images[0].newest.report == "../../to%20day/a%26b.html"


def test_links_to_where_the_pages_will_lie(tmp_path: Path) -> None:
    """A base stands before the page's place below the directory that was named."""
    save(tmp_path / "to day/shop.json", result())
    (tmp_path / "to day/shop.html").write_text("x")
    for base, link in (
        ("https://ci.example/a/", "https://ci.example/a/to%20day/shop.html"),
        ("reports/x:y", "./reports/x%3Ay/to%20day/shop.html"),
        ("../up", "../up/to%20day/shop.html"),
    ):
        found = gather(sources([tmp_path]), start=tmp_path, link_base=link_base(base))
        assert found.images[0].newest.report == link
    for base in ("javascript://x", "ftp://x.example", "/etc", 'https://x"y'):
        with pytest.raises(UsageError, match="--link-base"):
            link_base(base)


def test_a_single_day_makes_no_chart(tmp_path: Path) -> None:
    """It says so instead."""
    save(tmp_path / "a.json", result(findings=(ZLIB_OVERFLOW,)))
    data = page(document(tmp_path))
    assert "All results are of one day" in data
    assert 'class="over"' not in data
