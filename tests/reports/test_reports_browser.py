"""The HTML page in a real browser: with script, without, and under a strict server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from reports_policy import ACTIONS
from reports_sample import DJANGO_SQL, sample

from shipworthy.reports.render import render


pytestmark = pytest.mark.functional

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    "",
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=20000",
)
JENKINS = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"
PAGE = render(sample(), "html").decode()


@dataclass
class Site:
    """A server for one page that notes everything asked of it."""

    url: str = ""
    page: str = PAGE
    headers: Mapping[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve on a free port of this machine only."""
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(served.page.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}/page"
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


def dom(url: str, profile: Path, *more: str) -> str:
    """The page's elements after it loaded and its scripts ran."""
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine, and CI needs one")
        pytest.skip("no Chromium on this machine")
    done = subprocess.run(
        [CHROMIUM, *FLAGS, *more, f"--user-data-dir={profile}", "--dump-dom", url],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return done.stdout.decode()


def acted(site: Site, profile: Path, steps: str, place: str = "") -> Any:
    """
    What ``steps``, the body of an asynchronous function, return when run in the page.

    The page's own policy stays in force; only these steps are added to it.
    """
    script = (
        "const frame = () => new Promise(done => setTimeout(done, 400));"
        "const shown = () => [...document.querySelectorAll('#list tbody:not(.group)')]"
        ".filter(row => !row.hidden).map(row => row.querySelector('th').firstChild.data.trim());"
        "const put = (id, value) => { const box = document.getElementById(id);"
        " box.value = value; box.dispatchEvent(new Event('input')); return frame(); };"
        f"(async () => {{ {steps} }})().then(value => {{"
        "const result = document.createElement('output'); result.id = 'result';"
        "result.textContent = JSON.stringify(value); document.body.append(result); });"
    )
    digest = b64encode(sha256(script.encode()).digest()).decode()
    page = site.page.replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    site.page = page.replace("</body>", f"<script>{script}</script></body>")
    text = dom(site.url + place, profile)
    found = re.search(r'<output id="result">(.*?)</output>', text, re.DOTALL)
    assert found, text[-2000:]
    return json.loads(unescape(found[1]))


def test_page_is_alive_and_asks_for_nothing(site: Site, tmp_path: Path) -> None:
    """Style and script pass the page's own policy, and nothing else is fetched."""
    state = acted(
        site,
        tmp_path,
        "return [document.body.className, document.getElementById('list-told').textContent,"
        " getComputedStyle(document.querySelector('.hero')).borderLeftWidth,"
        " document.querySelectorAll('div.tools[hidden]').length];",
    )
    assert state == ["live", "All 6", "8px", 0]
    assert site.asked == ["/page"]


def test_policy_stops_what_is_not_the_pages(site: Site, tmp_path: Path) -> None:
    """Script, style and pictures that somehow got into the page do not act."""
    site.page = PAGE.replace(
        "</main>",
        '</main><script>document.body.id = "owned"</script><img src="/picture">'
        '<p id="probe" style="color: red" onclick="1">x</p>',
    )
    text = dom(site.url, tmp_path)
    assert 'id="probe"' in text
    assert 'id="owned"' not in text
    assert site.asked == ["/page"]


@pytest.mark.parametrize("policy", ["script-src 'none'", JENKINS])
def test_complete_without_script(site: Site, tmp_path: Path, policy: str) -> None:
    """Without script, as in Jenkins, everything is there and no dead control is shown."""
    site.headers = {"Content-Security-Policy": policy}
    text = dom(site.url, tmp_path)
    assert 'class="live"' not in text
    assert text.count('class="tools" role="search" hidden') == 2
    for finding in sample().findings:
        assert finding.id in text
        assert (
            finding.evidence[0].constraint.replace("<", "&lt;").replace(">", "&gt;")
            in text
        )
    assert site.asked == ["/page"]


def test_search_and_filters(site: Site, tmp_path: Path) -> None:
    """Findings are narrowed by words, severity, fix, kind, layer and exploitation."""
    state = acted(
        site,
        tmp_path,
        """
        const seen = {};
        await put('search', 'DJANGO sql'); seen.words = shown();
        await put('search', 'site-packages'); seen.path = shown();
        await put('search', 'no such thing'); seen.none = shown();
        seen.told = document.getElementById('list-told').textContent;
        document.getElementById('reset').click();
        await put('fix', 'no'); seen.unfixed = shown();
        await put('fix', ''); await put('kind', 'npm'); seen.npm = shown();
        await put('kind', ''); await put('layer', '2'); seen.layer = shown();
        await put('layer', '');
        document.querySelector('.chips [data-s="medium"]').click(); await frame();
        seen.chip = shown();
        document.getElementById('exploited').click(); await frame();
        seen.exploited = shown();
        return seen;
        """,
    )
    assert state == {
        "words": ["CVE-2022-28346"],
        "path": ["CVE-2022-28346"],
        "none": [],
        "told": "0 of 6",
        "unfixed": ["GHSA-vh95-rmgr-6w4m", "CVE-2023-45853"],
        "npm": ["GHSA-vh95-rmgr-6w4m"],
        "layer": ["CVE-2021-44228", "GHSA-vh95-rmgr-6w4m"],
        "chip": [
            "CVE-2021-44228",
            "CVE-2022-28346",
            "GHSA-vh95-rmgr-6w4m",
            "CVE-2023-45853",
        ],
        "exploited": ["CVE-2021-44228"],
    }


def test_sorting(site: Site, tmp_path: Path) -> None:
    """A heading sorts by its column, again turns it round, and says so to a screen reader."""
    state = acted(
        site,
        tmp_path,
        """
        const press = (table, at) => {
          const head = document.querySelectorAll(table + ' thead th')[at];
          head.querySelector('button').click();
          return head.getAttribute('aria-sort');
        };
        const seen = {};
        seen.risk = [press('#list', 6), shown()[0]];
        seen.turned = [press('#list', 6), shown()[0]];
        seen.id = [press('#list', 1), shown()[0]];
        seen.marks = document.querySelectorAll('#list [aria-sort]').length;
        await put('packages-search', '');
        const first = () => document.querySelector('#packages-list tbody th').textContent;
        seen.name = [press('#packages-list', 0), first()];
        await put('packages-search', 'maven');
        seen.packages = document.getElementById('packages-told').textContent;
        return seen;
        """,
    )
    assert state == {
        "risk": ["descending", "CVE-2021-44228"],
        "turned": ["ascending", "CVE-2023-45853"],
        "id": ["ascending", "CVE-2021-44228"],
        "marks": 1,
        "name": ["ascending", "@acme/minimist"],
        "packages": "1 of 7",
    }


def test_detail_opens_whole(site: Site, tmp_path: Path) -> None:
    """A linked finding is open on arrival, and one opened brings what it shares with others."""
    state = acted(
        site,
        tmp_path,
        """
        const row = document.getElementById('fd4d4d4d4');
        await frame();
        const arrived = row.querySelector('details').open;
        const told = row.textContent.includes('Applications that use DH_generate_key()');
        const other = document.getElementById('fa1a1a1a1');
        other.querySelector('td').click();
        return [arrived, told, other.querySelector('details').open];
        """,
        place="#fd4d4d4d4",
    )
    assert state == [True, True, True]


def test_a_command_is_selected_whole_to_be_copied(site: Site, tmp_path: Path) -> None:
    """Each command has a button, which only script brings; it takes the command and not itself."""
    state = acted(
        site,
        tmp_path,
        """
        const buttons = [...document.querySelectorAll('.command button')];
        buttons[0].click();
        return [buttons.length, String(getSelection()).trim()];
        """,
    )
    assert state == [2, ACTIONS[1].command]
    assert ">Copy</button>" not in PAGE


def test_long_lists_open_step_by_step(site: Site, tmp_path: Path) -> None:
    """Of many findings the worst are laid out, the rest on demand, by link or by search."""
    many = tuple(
        replace(DJANGO_SQL, id=f"CVE-2022-{at:05}", fingerprint=f"{at:08x}" * 4)
        for at in range(450)
    )
    site.page = render(replace(sample(), findings=many), "html").decode()
    state = acted(
        site,
        tmp_path,
        """
        const seen = [document.getElementById('list-told').textContent, shown().length];
        seen.push(document.querySelector('#f000001c1 details').open);
        const says = async (id, words) => { // a slow machine lays a list out in several steps
            while (!document.getElementById(id).textContent.startsWith(words)) { await frame(); }
        };
        document.getElementById('list-more').click(); await says('list-more', 'Show more: 50');
        seen.push(shown().length, document.getElementById('list-more').textContent);
        await put('search', 'cve-2022-00447'); await says('list-told', '1 of'); seen.push(shown());
        seen.push(document.getElementById('list-more').parentNode.hidden);
        await put('search', ''); window.dispatchEvent(new Event('beforeprint'));
        seen.push(shown().length);
        return seen;
        """,
        place="#f000001c1",
    )
    assert state == [
        "All 450",
        201,
        True,
        400,
        "Show more: 50 left",
        ["CVE-2022-00447"],
        True,
        450,
    ]


def test_hostile_image_gets_no_foothold(site: Site, tmp_path: Path) -> None:
    """In a browser, hostile names make no element, no attribute and no request."""
    evil = "\"'><img src=/evil onerror=alert(1)><script>document.title='x'</script>"
    package = replace(DJANGO_SQL.package, name=evil, version=evil)
    finding = replace(
        DJANGO_SQL,
        id=evil,
        title=evil,
        description=evil,
        package=package,
        references=(evil,),
    )
    result = replace(sample(), findings=(finding,), packages=(package,))
    site.page = render(result, "html").decode()
    state = acted(
        site,
        tmp_path,
        """
        const all = [...document.querySelectorAll('*')];
        return [document.images.length, document.scripts.length,
                all.filter(one => [...one.attributes].some(a => a.name.startsWith('on'))).length,
                document.title, document.querySelector('#list tbody td + th + td').textContent];
        """,
    )
    assert state == [
        0,
        2,
        0,
        "Do not ship: registry.example/shop:1.4 – shipworthy",
        f"{evil} pypi",
    ]
    assert site.asked == ["/page"]
