"""Fixtures: a publisher on this machine, and fetching from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from feedserver import Publisher, publisher
from feedwriter import Feeds, osv, released, secdb
from fetching import Run


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Publisher]:
    """A publisher with nothing published yet."""
    root = tmp_path / "published"
    root.mkdir()
    with publisher(root) as serving:
        yield serving


@pytest.fixture
def run(tmp_path: Path, server: Publisher) -> Run:
    """Fetch from it into ``run.root``."""
    return Run(tmp_path / "feeds", server)


@pytest.fixture
def published(server: Publisher, tmp_path: Path) -> Publisher:
    """Five publishers with real cases: lodash, curl in Debian, musl in Alpine, and what is exploited."""
    made = Feeds(tmp_path / "made")
    server.put("osv/ecosystems.txt", "npm\nPyPI\n[EMPTY]\n")
    lodash = osv(
        "GHSA-35jh-r3h4-6jhm",
        "npm",
        "lodash",
        fixed="4.17.21",
        aliases=["CVE-2021-23337"],
    )
    server.put("osv/npm/all.zip", made.osv_zip("npm", lodash).read_bytes())
    django = osv("PYSEC-2019-16", "PyPI", "django", fixed="2.2.8")
    server.put("osv/PyPI/all.zip", made.osv_zip("PyPI", django).read_bytes())
    tracker = {
        "curl": {
            "CVE-2023-38545": {"releases": {"bookworm": released("7.88.1-10+deb12u4")}}
        }
    }
    server.put("debian/data/json", json.dumps(tracker))
    server.put("alpine/index.html", '<a href="v3.20/">v3.20/</a>')
    musl = secdb({"musl": {"1.2.5-r1": ["CVE-2025-26519"]}})
    server.put("alpine/v3.20/main.json", json.dumps(musl))
    scores = made.epss({"CVE-2023-38545": (0.26, 0.96)}).read_bytes()
    server.put("epss/epss_scores-current.csv.gz", scores)
    server.put(
        "kev/known_exploited_vulnerabilities.json",
        made.kev().read_bytes(),
    )
    return server
