"""Headless Chromium driven step by step, and a server for the folder that it looks at."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from npm import BROWSER, installed


JENKINS = "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"
"""The header that Jenkins sends with published pages by default."""

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_DRIVER = """
const MODULES = process.argv[2] + "/node_modules";
const puppeteer = require(MODULES + "/puppeteer-core");
const given = JSON.parse(process.argv[4]);
const asked = [];
(async () => {
  const browser = await puppeteer.launch({
    executablePath: process.argv[3],
    userDataDir: given.profile,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  const page = await browser.newPage();
  page.on("pageerror", error => { throw error; });
  page.on("request", one => { if (!/^(data|blob):/.test(one.url())) { asked.push(one.url()); } });
  const control = await browser.target().createCDPSession();
  await control.send("Browser.setDownloadBehavior",
    { behavior: "allow", downloadPath: given.downloads, eventsEnabled: true });
  // What `act` makes the browser save, once it is all there.
  const saved = act => new Promise((done, fail) => {
    let name = "";
    const begun = event => { name = event.suggestedFilename; };
    const went = event => {
      if (event.state === "inProgress") { return; }
      control.off("Browser.downloadWillBegin", begun);
      control.off("Browser.downloadProgress", went);
      if (event.state === "completed") { done(name); } else { fail(new Error(event.state)); }
    };
    control.on("Browser.downloadWillBegin", begun);
    control.on("Browser.downloadProgress", went);
    act().catch(fail);
  });
  // Computed styles without any script in the page.
  const styles = async (selector, ...names) => {
    const session = await page.createCDPSession();
    await session.send("DOM.enable");
    await session.send("CSS.enable");
    const { root } = await session.send("DOM.getDocument");
    const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    const { computedStyle } = await session.send("CSS.getComputedStyleForNode", { nodeId });
    await session.detach();
    return names.map(name => computedStyle.find(one => one.name === name).value);
  };
  try {
    const result = await (async () => { STEPS })();
    process.stdout.write(JSON.stringify(result));
  } finally {
    await browser.close();
  }
})().catch(error => { console.error(error); process.exit(1); });
"""


def browsed(place: Path, steps: str, **given: object) -> Any:
    """
    What ``steps``, the body of an asynchronous function, return as JSON.

    They have ``browser``, ``page``, ``given``, ``asked`` (addresses so far), ``saved``, ``styles`` and ``MODULES``, where
    axe is; what the page throws ends them. Downloads go to ``place / "downloads"``. Without Chromium or puppeteer the
    test skips, and fails where ``CI=true``.
    """
    chromium = next(filter(None, map(shutil.which, _CHROMIUM)), "")
    if not chromium:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on this machine, and CI needs one")
        pytest.skip("no Chromium on this machine")
    driver = place / "steps.cjs"
    driver.write_text(_DRIVER.replace("STEPS", steps))
    handed = {
        **given,
        "profile": str(place / "profile"),
        "downloads": str(place / "downloads"),
    }
    done = subprocess.run(
        ["node", driver, installed(*BROWSER), chromium, json.dumps(handed)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@dataclass
class Served:
    """Where a folder is served, and the paths that were asked for."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(folder: Path, policy: str = "") -> Iterator[Served]:
    """Serve ``folder`` on a free port of this machine only, each file with this content security policy."""
    served = Served()

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            served.asked.append(self.path)
            if policy:
                self.send_header("Content-Security-Policy", policy)
            super().end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
