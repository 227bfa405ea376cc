"""The HTML page as a folder: nothing in it that a strict server forbids, and whole under Jenkins' header."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browsing import JENKINS, browsed, serving
from reports_endings import ended
from reports_sample import DJANGO_SQL, bare, sample, undecided, warned

from shipworthy.reports.document import to_document
from shipworthy.reports.html_folder import HtmlFolderReport
from shipworthy.reports.interface import FolderReport, open_report
from shipworthy.reports.inventory import inventory_of


DOWNLOADS = ("findings.csv", "result.json", "sbom.cdx.json")
EVIL = (
    "\"'><img src=/evil onerror=alert(1)><style>*{}</style><script src=//x></script>",
    'x" style="color:red" onclick="alert(1)',
    "data:text/html,<script>alert(1)</script>",
)


class Elements(HTMLParser):
    """Everything in a page that a content security policy asks about."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.attributes: set[str] = set()
        self.elements: set[str] = set()
        self.links: set[str] = set()
        self.loaded: list[str] = []
        self.texts_of_scripts = ""
        self.ids: set[str] = set()
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.inside = tag
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"src", "href"}:
                (self.loaded.append if tag != "a" else self.links.add)(value or "")
            if name == "id":
                self.ids.add(value or "")

    def handle_data(self, data: str) -> None:
        """Note what stands in a script."""
        if self.inside == "script":
            self.texts_of_scripts += data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # the parser's signature
        """Leave the element."""
        self.inside = ""


def poisoned(text: str) -> Any:
    """The sample with ``text`` wherever an image says something."""
    result = sample()
    package = replace(DJANGO_SQL.package, name=text, version=text, purl=text)
    finding = replace(
        DJANGO_SQL,
        id=text,
        title=text,
        description=text,
        package=package,
        references=(text,),
    )
    image = replace(result.image, target=text, tags=(text,))
    return replace(result, findings=(finding,), packages=(package,), image=image)


def written(folder: Path, result: Any) -> Path:
    """The page's folder."""
    folder.mkdir()
    made = HtmlFolderReport().render_files(to_document(result))
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.mark.parametrize(
    "result",
    [
        sample(),
        bare(),
        ended(),
        undecided(),
        warned(),
        *map(poisoned, EVIL),
    ],
)
def test_nothing_in_the_page_needs_more_than_jenkins_allows(result: Any) -> None:
    """No script, style, handler or data: address inside the page, and only its own files loaded."""
    files = HtmlFolderReport().render_files(to_document(result))
    text = files["index.html"].decode()
    page = Elements(text)
    assert not page.elements & {"style", "img", "iframe", "object", "embed", "base"}
    assert not {n for n in page.attributes if n == "style" or n.startswith("on")}
    assert page.texts_of_scripts == ""
    assert not [link for link in page.links if link.startswith("data:")]
    assert page.loaded == ["icon.svg", "style.css", "script.js"]
    inner = {link[1:] for link in page.links if link.startswith("#")}
    assert inner <= page.ids
    rest = {link for link in page.links if not link.startswith("#")} - set(DOWNLOADS)
    assert all(re.match(r"https?://", link) for link in rest)
    for name in ("style.css", "icon.svg"):
        assert not re.search(rb"url\(|@import|data:|style=|<script", files[name]), name


def test_folder_holds_the_page_and_its_files() -> None:
    """Exactly the files that it says it writes; the downloads are those of their formats, the same every time."""
    document = to_document(sample())
    report = HtmlFolderReport()
    files = report.render_files(document)
    assert isinstance(report, FolderReport)
    assert set(files) == set(report.files)
    assert files == HtmlFolderReport().render_files(document)
    assert files["result.json"] == open_report("json").render(document)
    assert files["findings.csv"] == open_report("csv").render(document)
    bill = open_report("cyclonedx").render(inventory_of(document))
    assert files["sbom.cdx.json"] == bill


def test_folder_says_what_the_single_file_says() -> None:
    """From the first section to the last before the downloads, the two pages are the same to the letter."""
    document = to_document(sample())

    def main(page: bytes) -> bytes:
        return page.partition(b"<main>")[2].partition(b'<section id="downloads">')[0]

    single = main(open_report("html").render(document))
    assert main(HtmlFolderReport().render_files(document)["index.html"]) == single
    assert len(single) > 10_000


LOOK = """
await page.goto(given.url);
const seen = {};
seen.hero = await styles(".hero", "border-left-width", "display");
seen.bar = await styles("rect.f0", "fill");
seen.skip = await styles(".skip", "position");
seen.tools = await styles("div.tools", "display");
const folded = await page.$("#list summary");
const size = async () => (await (await page.$("#list details")).boundingBox()).height;
await folded.scrollIntoView();
await new Promise(done => setTimeout(done, 300));  // what was out of sight is laid out now
const before = await size();
await folded.click();
seen.opened = await size() > before + 50;
seen.asked = [...asked];
await page.goto(given.json);
seen.json = page.url();
return seen;
"""


@pytest.mark.functional
def test_whole_under_jenkins_header(tmp_path: Path) -> None:
    """Styled, folded and without a dead control, though no script runs; nothing but its own files is asked for."""
    with serving(written(tmp_path / "report", sample()), JENKINS) as served:
        seen = browsed(
            tmp_path,
            LOOK,
            url=f"{served.url}/index.html",
            json=f"{served.url}/result.json",
        )
    assert seen["hero"] == ["8px", "grid"]
    assert seen["bar"] != ["rgb(0, 0, 0)"]
    assert seen["skip"] == ["absolute"]
    assert seen["tools"] == ["none"]
    assert seen["opened"]
    assert seen["json"].endswith("/result.json")
    of_page = served.asked[: served.asked.index("/result.json")]
    assert set(of_page) <= {"/index.html", "/style.css", "/icon.svg"}
    assert all(one.startswith(served.url) for one in seen["asked"])


LIVE = """
await page.goto(given.url);
const seen = { asked };
seen.body = await page.$eval("body", body => body.className);
seen.hero = await page.$eval(".hero", hero => getComputedStyle(hero).borderLeftWidth);
seen.tools = await page.$$eval("div.tools[hidden]", bars => bars.length);
seen.saved = await saved(() => page.click('a[href="findings.csv"]'));
return seen;
"""


@pytest.mark.functional
@pytest.mark.parametrize("served", [True, False])
def test_alive_where_scripts_may_run(tmp_path: Path, *, served: bool) -> None:
    """From a server without such a header, and from the disk, search and filters are there and files are saved."""
    folder = written(tmp_path / "report", sample())
    if served:
        with serving(folder) as site:
            place = site.url
            seen = browsed(tmp_path, LIVE, url=f"{place}/index.html")
    else:
        place = folder.as_uri()
        seen = browsed(tmp_path, LIVE, url=f"{place}/index.html")
    assert (seen["body"], seen["hero"], seen["tools"]) == ("live", "8px", 0)
    assert (tmp_path / "downloads" / seen["saved"]).read_bytes() == (
        folder / "findings.csv"
    ).read_bytes()
    own = {f"{place}/{name}" for name in HtmlFolderReport.files}
    assert set(seen["asked"]) <= own
