"""The dashboard in a real browser: alive, complete without script, and fit for a screen reader."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import npm
import pytest
from fleeting import document, result, save
from reports_sample import DJANGO_SQL, sample

from shipworthy.fleet.forms import open_form


pytestmark = pytest.mark.functional

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    "",
)
DRIVER = r"""
const puppeteer = require('puppeteer-core');
const [browser, url, steps] = process.argv.slice(2);
(async () => {
  const running = await puppeteer.launch({executablePath: browser, args: ['--no-sandbox', '--disable-gpu']});
  const asked = [];
  const page = await running.newPage();
  page.on('request', (request) => asked.push(request.url()));
  const open = async (settings) => {
    const {width = 1360, dark = false, script = true, media = 'screen'} = settings || {};
    await page.setJavaScriptEnabled(script);
    await page.setViewport({width, height: 900});
    await page.emulateMediaType(media);
    await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}]);
    await page.goto(url);
    return page;
  };
  const axe = async () => {
    const source = require('fs').readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(source);
    const found = await page.evaluate(() => axe.run(document, {resultTypes: ['violations']}));
    return found.violations.map((one) => [one.impact, one.id, one.nodes[0].html.slice(0, 200)]);
  };
  const result = await eval(`(async () => {${steps}})()`);
  console.log(JSON.stringify({result, asked}));
  await running.close();
})().catch((error) => { console.error(error); process.exit(1); });
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dashboard of three images, one of which has a result of an earlier day."""
    root = tmp_path_factory.mktemp("dashboard")
    save(root / "shop.json", sample())
    save(root / "web.json", result("registry.example/web:2"))
    save(
        root / "web-1.json",
        result("registry.example/web:1", "2026-07-01", findings=(DJANGO_SQL,)),
    )
    save(root / "till.json", result("registry.example/till:2", findings=(DJANGO_SQL,)))
    (root / "torn.json").write_text("{")
    made = document(root, expected=("mail", "registry.example/web"), max_age=5)
    (root / "dashboard.html").write_bytes(open_form("html").render(made))
    return root


def driven(place: Path, steps: str) -> Any:
    """What ``steps`` return, in a browser that was told to open nothing but the page."""
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine, and CI needs one")
        pytest.skip("no Chromium on this machine")
    modules = npm.installed(*npm.BROWSER) / "node_modules"
    url = (place / "dashboard.html").as_uri()
    done = subprocess.run(
        ["node", "-e", DRIVER, "-", CHROMIUM, url, steps],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "NODE_PATH": str(modules)},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert {asked for asked in told["asked"] if not asked.startswith("data:")} == {url}
    return told["result"]


def test_search_filters_and_sorting(place: Path) -> None:
    """Images are narrowed by words, verdict and exploitation, and sorted by their columns."""
    seen = driven(
        place,
        """
        await open();
        return page.evaluate(() => {
          const section = document.getElementById('images');
          const shown = () => [...section.querySelectorAll('tbody tr')].filter((row) => !row.hidden)
            .map((row) => row.querySelector('th').firstChild.textContent.replace('registry.example/', ''));
          const put = (what, value) => { const box = section.querySelector(what);
            if (value === true || value === false) { box.checked = value; } else { box.value = value; }
            box.dispatchEvent(new Event('input')); return shown(); };
          const seen = {all: shown(), words: put('[type=search]', 'TILL')};
          seen.told = section.querySelector('.shown').textContent;
          put('[type=search]', '');
          seen.verdict = put('select', 'ship');
          put('select', '');
          seen.exploited = put('[type=checkbox]', true);
          put('[type=checkbox]', false);
          const head = section.querySelectorAll('thead th')[5];
          head.querySelector('button').click();
          seen.risk = [head.getAttribute('aria-sort'), shown()];
          head.querySelector('button').click();
          seen.turned = [head.getAttribute('aria-sort'), shown()];
          return seen;
        });
        """,
    )
    assert seen == {
        "all": ["shop", "web", "till"],
        "words": ["till"],
        "told": "1 of 3",
        "verdict": ["till"],
        "exploited": ["shop", "web"],
        "risk": ["descending", ["shop", "web", "till"]],
        "turned": ["ascending", ["till", "web", "shop"]],
    }


def test_complete_without_script(place: Path) -> None:
    """Every row is there, no dead control is shown, and the charts have their tables."""
    seen = driven(
        place,
        """
        await open({script: false});
        const text = await page.$eval('main', (main) => main.textContent);
        const tools = await page.$$eval('.tools', (all) => all.filter((one) => one.checkVisibility()).length);
        return {tools, words: ['registry.example/till', 'CVE-2022-28346', 'As a table', 'torn.json', 'mail']
          .map((word) => text.includes(word))};
        """,
    )
    assert seen == {"tools": 0, "words": [True] * 5}


def test_accessible(place: Path) -> None:
    """Axe finds nothing serious: in light and dark, wide and narrow, with all that is folded opened."""
    found = driven(
        place,
        """
        const found = {};
        for (const [name, settings] of Object.entries({light: {}, 'dark and narrow': {dark: true, width: 380}})) {
          await open(settings);
          await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
          found[name] = await axe();
          found[name + ' too wide'] = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        }
        return found;
        """,
    )
    for name, told in found.items():
        if name.endswith("too wide"):
            assert told is False, name
        else:
            assert [one for one in told if one[0] in {"serious", "critical"}] == [], (
                name
            )
