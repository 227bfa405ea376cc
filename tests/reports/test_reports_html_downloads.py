"""The files that the HTML page carries: what they hold, what they are called, how much they may take, and that they save."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import subprocess
import sys
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import imagebuilder as ib
import pytest
from browsing import browsed
from reports_endings import ended
from reports_sample import DJANGO_SQL, bare, sample, undecided
from scanning import EXAMPLE

from shipworthy.advisories.build import build
from shipworthy.model.package import Status
from shipworthy.model.result import ScanResult
from shipworthy.reports import html_downloads
from shipworthy.reports.document import to_document
from shipworthy.reports.html_downloads import (
    BUDGET,
    LARGE,
    LEVEL,
    LEVEL_OF_LARGE,
    MOST,
    begin,
    packed,
    stem_of,
)
from shipworthy.reports.interface import open_report
from shipworthy.reports.inventory import inventory_of
from shipworthy.reports.render import render


FEEDS = Path(__file__).resolve().parents[2] / "examples/feeds"
CARRIED = "data:application/gzip;base64,"


@dataclass
class Page(HTMLParser):
    """The section of downloads of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.packed: dict[str, bytes] = {}
        self.text = ""
        section = re.search(
            r'<section id="downloads">.*?</section>', page.decode(), re.DOTALL
        )
        assert section
        self.size = len(section[0])
        self.feed(section[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the file of a link."""
        if tag == "a":
            told = dict(attrs)
            name, address = told["download"], told["href"]
            assert name
            assert address
            assert name == f"{told['data-file']}.gz"
            assert address.startswith(CARRIED)
            self.packed[name] = b64decode(address.removeprefix(CARRIED), validate=True)

    def handle_data(self, data: str) -> None:
        """Take what is said."""
        self.text += data

    def files(self) -> dict[str, bytes]:
        """The files by the ends of their names."""
        ends = (".cdx.json", ".json", ".csv")
        return {
            next(end for end in ends if name.endswith(f"{end}.gz")): gzip.decompress(
                data
            )
            for name, data in self.packed.items()
        }


def shipworthy(*arguments: str | Path) -> bytes:
    """What one run of the command prints."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        check=True,
        env={**os.environ, "XDG_CACHE_HOME": "/dev/null/none", "NO_COLOR": "1"},
    ).stdout


def test_downloads_are_what_the_commands_write(tmp_path: Path) -> None:
    """JSON and CSV are those of the same scan, the SBOM is that of `shipworthy sbom`, all to the byte."""
    image, database, page = (tmp_path / name for name in ("shop.tar", "db", "r.html"))
    ib.write_archive(EXAMPLE.classic_files(), image)
    build(FEEDS, database)
    out = {name: tmp_path / f"r.{name}" for name in ("json", "csv")}

    shipworthy(
        *("scan", image, "--db", database, "-o", f"html={page}"),
        *(f"-o{name}={path}" for name, path in out.items()),
    )

    assert Page(page.read_bytes()).files() == {
        ".json": out["json"].read_bytes(),
        ".csv": out["csv"].read_bytes(),
        ".cdx.json": shipworthy("sbom", image),
    }


@pytest.mark.parametrize("result", [sample, bare, ended, undecided])
def test_every_result_has_its_downloads(result: Any) -> None:
    """They are those of its own formats, and the software has neither findings nor a day."""
    document: dict[str, Any] = to_document(result())
    found = Page(open_report("html").render(document)).files()
    assert found[".json"] == open_report("json").render(document)
    assert found[".csv"] == open_report("csv").render(document)
    bill = json.loads(found[".cdx.json"])
    assert len(bill["components"]) == len(document["packages"]) + bool(
        document["distro"]
    )
    assert "vulnerabilities" not in bill
    assert "timestamp" not in bill["metadata"]


def test_same_result_is_packed_to_the_same_bytes() -> None:
    """No time and no file name stands in what is packed (RFC 1952, section 2.3)."""
    first, again = (render(sample(), "html") for _ in range(2))
    assert first == again
    for data in Page(first).packed.values():
        assert data[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


def test_software_is_whole_though_the_database_was_not() -> None:
    """The SBOM is as whole as the reading was, for it is of nothing else."""
    result = sample()

    def told(source: str) -> Any:
        status = Status(source=source, subject="x", message="y")
        partial = replace(
            result,
            statuses=(status,),
            coverage=replace(result.coverage, complete=False),
        )
        return inventory_of(to_document(partial))["coverage"]["complete"]

    assert told("matching") is True
    assert told("dpkg") is False


@pytest.mark.parametrize(
    ("tags", "target", "stem"),
    [
        (("registry.example:5000/team/shop:1.4",), "x.tar", "shop-1.4"),
        (("docker.io/library/nginx",), "x.tar", "nginx"),
        ((), "docker-archive:/tmp/My Shop.tar.gz", "my-shop"),
        ((), "oci:../../etc/passwd", "passwd"),
        ((), "..", "image"),
        ((), "", "image"),
        ((), "\u202egpj.exe", "gpj.exe"),
        (("a/" + "b" * 1_000_000,), "x", "b" * 80),
        (('a/x" onclick="alert(1)',), "x", "x-onclick-alert-1"),
        (("a/..\\..\\con:nul",), "x", "con-nul"),
        (("a/x:.tar..gz.",), "x", "x-.tar-gz"),
        (("a/=cmd|'!A0",), "x", "cmd-A0"),
    ],
)
def test_files_have_names_of_ours(
    tags: tuple[str, ...], target: str, stem: str
) -> None:
    """A name of at most some eighty plain characters, which begins as ours do."""
    result = sample()
    image = replace(result.image, tags=tags, target=target)
    document = to_document(replace(result, image=image))
    assert stem_of(document) == f"shipworthy-{stem}"


def hexadecimal(seed: int, count: int) -> str:
    """Text that packs to half its length and no less."""
    return random.Random(seed).randbytes(count // 2).hex()


def huge(packages: int) -> ScanResult:
    """A result whose JSON is too much for a page; with packages of long names, its SBOM as well."""
    result = sample()
    if packages:
        long = tuple(
            replace(DJANGO_SQL.package, name=hexadecimal(at, 4096), locations=())
            for at in range(packages)
        )
        return replace(result, packages=long)
    finding = replace(DJANGO_SQL, description=hexadecimal(0, 7_000_000))
    return replace(result, findings=(finding,))


@pytest.mark.parametrize(
    ("packages", "kept", "lost"),
    [
        (0, {".csv", ".cdx.json"}, ("shipworthy scan … -o json=FILE",)),
        (
            1700,
            {".csv"},
            (
                "shipworthy scan … -o json=FILE",
                "shipworthy sbom … -o cyclonedx=FILE",
            ),
        ),
    ],
)
def test_what_does_not_fit_is_left_out_and_told(
    packages: int, kept: set[str], lost: tuple[str, ...]
) -> None:
    """The JSON goes first, then the SBOM; the page names each, its size, and what writes it."""
    page = Page(render(huge(packages), "html"))
    assert set(page.files()) == kept
    assert page.size < BUDGET + 5_000
    assert "the JSON result is left out first, then the SBOM, then the CSV" in page.text
    for command in lost:
        assert f"left out of this page: {command} writes it" in page.text
    assert page.text.count("left out of this page") == len(lost)


def test_packing_is_bounded() -> None:
    """What is longer than its share, or than anything that is packed, is given up."""
    data = random.Random(1).randbytes(3_000_000)
    whole = packed(data, 4_000_000)
    assert gzip.decompress(whole) == data
    assert packed(data, len(whole)) == whole
    assert packed(data, len(whole) - 1) == b""
    assert packed(bytes(MOST + 1), BUDGET) == b""
    assert gzip.decompress(packed(b"", 100)) == b""


def test_policy_of_the_page_stays_as_strict() -> None:
    """Saving needs no permission: no address but the icon's may be loaded, and none connected to."""
    policy = re.search(
        r'http-equiv="Content-Security-Policy" content="([^"]*)"',
        render(sample(), "html").decode(),
    )
    assert policy
    digest = r"'sha256-[A-Za-z0-9+/]{43}='"
    assert re.fullmatch(
        f"default-src 'none'; style-src {digest}; script-src {digest}; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        policy[1],
    )


SAVE_ALL = """
if (given.mode === "plain") { await page.setJavaScriptEnabled(false); }
if (given.mode === "broken") {
  await page.evaluateOnNewDocument(() => { window.DecompressionStream = class { constructor() { throw new Error("no"); } }; });
}
await page.goto(given.url);
const names = [];
for (const link of await page.$$("#downloads a")) { names.push(await saved(() => link.click())); }
return [names, asked];
"""


@pytest.mark.functional
@pytest.mark.parametrize(
    ("mode", "end"), [("live", ""), ("plain", ".gz"), ("broken", ".gz")]
)
def test_browser_saves_them(tmp_path: Path, mode: str, end: str) -> None:
    """A click saves the file with script, and its packed form without, or where it cannot be unpacked."""
    document = to_document(sample())
    path = tmp_path / "page.html"
    path.write_bytes(open_report("html").render(document))

    names, asked = browsed(tmp_path, SAVE_ALL, url=path.as_uri(), mode=mode)

    stem = "shipworthy-shop-1.4"
    assert names == [f"{stem}{kind}{end}" for kind in (".json", ".csv", ".cdx.json")]
    assert asked == [path.as_uri()]
    found = [(tmp_path / "downloads" / name).read_bytes() for name in names]
    if end:
        found = [gzip.decompress(data) for data in found]
    assert found == [
        open_report("json").render(document),
        open_report("csv").render(document),
        open_report("cyclonedx").render(inventory_of(document)),
    ]


@pytest.mark.parametrize("level", [LEVEL, LEVEL_OF_LARGE])
@pytest.mark.parametrize("size", [0, LARGE])
def test_what_is_packed_is_unpacked_again(size: int, level: int) -> None:
    """Whatever its size and level."""
    data = b"a library, " * (size // 11) + b"!" * (size % 11)

    assert data == gzip.decompress(packed(data, MOST, level))


@pytest.mark.parametrize(("large", "level"), [(0, LEVEL_OF_LARGE), (MOST, LEVEL)])
def test_the_files_of_a_large_page_are_packed_sooner(
    large: int, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All from the first that is large, and a little less."""
    monkeypatch.setattr(html_downloads, "LARGE", large)
    with ThreadPoolExecutor() as pool:
        made = [
            (one.data, told.result())
            for one, told in begin(to_document(sample()), pool)
        ]

    assert [packed(data, MOST, level) for data, _ in made] == [told for _, told in made]
