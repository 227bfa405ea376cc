"""
How fast a page is in a browser: its first contentful paint, and a search from the key to the next frame.

``figures`` gives both in milliseconds for a page's file; run by itself it prints them as one line of JSON.
The browser is Chromium of the system, driven by puppeteer-core.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import npm
import pytest


CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    "",
)
_LONGEST = 120
_HEAD = """
const { launch } = require(process.env.PUPPETEER);
(async () => {
  const browser = await launch({ executablePath: process.env.CHROMIUM, headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"] });
  try {
    const page = await browser.newPage();
    page.on("pageerror", error => { throw error; });
    const url = process.env.PAGE;
"""
_TAIL = """
  } finally { await browser.close(); }
})().catch(error => { console.error(error); process.exit(1); });
"""
_FIGURES = """
    await page.setViewport({ width: 1280, height: 800 });
    await page.goto(url, { waitUntil: "load" });
    const paint = await page.evaluate(async () => {
      while (!performance.getEntriesByName("first-contentful-paint").length) {
        await new Promise(done => setTimeout(done, 20));
      }
      return performance.getEntriesByName("first-contentful-paint")[0].startTime;
    });
    await new Promise(done => setTimeout(done, 1000)); // nobody types sooner
    const keys = await page.evaluate(async () => {
      const box = document.getElementById("search");
      const shown = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
      const took = [];
      for (const text of ["o", "op", "ope", "open", "", "part-1", "cve-2024-1", ""]) {
        await shown();
        box.value = text;
        const start = performance.now();
        box.dispatchEvent(new Event("input"));
        await shown();
        took.push(performance.now() - start);
      }
      return took;
    });
    console.log(JSON.stringify({ paint, keys }));
"""


def driven(page: Path, steps: str) -> Any:
    """
    What ``steps``, JavaScript with ``page`` and ``url`` of puppeteer, print as JSON about a page's file.

    Without Chromium or puppeteer the test skips, and fails where ``CI=true``.
    """
    if not CHROMIUM:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine, and CI needs one")
        pytest.skip("no Chromium on this machine")
    modules = npm.installed(*npm.BROWSER) / "node_modules"
    done = subprocess.run(
        ["node", "-e", _HEAD + steps + _TAIL],
        env={
            **os.environ,
            "PUPPETEER": str(modules / "puppeteer-core"),
            "MODULES": str(modules),
            "CHROMIUM": CHROMIUM,
            "PAGE": page.resolve().as_uri(),
        },
        capture_output=True,
        text=True,
        timeout=_LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def figures(page: Path) -> tuple[float, float]:
    """Milliseconds to the first contentful paint, and of a search: the median of several."""
    told = driven(page, _FIGURES)
    return told["paint"], statistics.median(told["keys"])


if __name__ == "__main__":
    paint, key = figures(Path(sys.argv[1]))
    sys.stdout.write(json.dumps({"paint": paint, "key": key}) + "\n")
