"""The dashboard in a real browser: alive, complete without script, and fit for a screen reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browsing import browsed
from fleeting import document, result, save
from reports_sample import DJANGO_SQL, sample

from shipworthy.fleet.forms import open_form


pytestmark = pytest.mark.functional

HELP = """
    const open = async (settings) => {
      const {width = 1360, dark = false, script = true} = settings || {};
      await page.setJavaScriptEnabled(script);
      await page.setViewport({width, height: 900});
      await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}]);
      await page.goto(given.url);
    };
    const axe = async () => {
      await page.evaluate(require('fs').readFileSync(MODULES + '/axe-core/axe.min.js', 'utf8'));
      const found = await page.evaluate(() => axe.run(document, {resultTypes: ['violations']}));
      return found.violations.map((one) => [one.impact, one.id, one.nodes[0].html.slice(0, 200)]);
    };
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


def driven(place: Path, at: Path, steps: str) -> Any:
    """What ``steps`` return, in a browser at ``at`` that was told to open nothing but the page."""
    url = (place / "dashboard.html").as_uri()
    steps = (
        f"{HELP}const told = await (async () => {{ {steps} }})(); return [told, asked];"
    )
    told, asked = browsed(at, steps, url=url)
    assert set(asked) == {url}
    return told


def test_search_filters_and_sorting(place: Path, tmp_path: Path) -> None:
    """Images are narrowed by words, verdict and exploitation, and sorted by their columns."""
    seen = driven(
        place,
        tmp_path,
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


def test_complete_without_script(place: Path, tmp_path: Path) -> None:
    """Every row is there, no dead control is shown, and the charts have their tables."""
    seen = driven(
        place,
        tmp_path,
        """
        await open({script: false});
        const text = await page.$eval('main', (main) => main.textContent);
        const tools = await page.$$eval('.tools', (all) => all.filter((one) => one.checkVisibility()).length);
        return {tools, words: ['registry.example/till', 'CVE-2022-28346', 'As a table', 'torn.json', 'mail']
          .map((word) => text.includes(word))};
        """,
    )
    assert seen == {"tools": 0, "words": [True] * 5}


def test_accessible(place: Path, tmp_path: Path) -> None:
    """Axe finds nothing serious: in light and dark, wide and narrow, with all that is folded opened."""
    found = driven(
        place,
        tmp_path,
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
