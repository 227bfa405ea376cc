"""
How fast a page is in a browser: its first contentful paint, and a search from the key to the next frame.

``figures`` gives both in milliseconds for a page's file; run by itself it prints them as one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path

from browsing import browsed


_FIGURES = """
    await page.setViewport({ width: 1280, height: 800 });
    await page.goto(given.url, { waitUntil: "load" });
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
    return { paint, keys };
"""


def figures(page: Path) -> tuple[float, float]:
    """Milliseconds to the first contentful paint, and of a search: the median of several."""
    with tempfile.TemporaryDirectory() as place:
        told = browsed(Path(place), _FIGURES, url=page.resolve().as_uri())
    return told["paint"], statistics.median(told["keys"])


if __name__ == "__main__":
    paint, key = figures(Path(sys.argv[1]))
    sys.stdout.write(json.dumps({"paint": paint, "key": key}) + "\n")
