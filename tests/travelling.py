"""Two databases, an image that they judge differently, and the command: for tests of how databases travel."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import imagebuilder as ib
from feedwriter import Feeds, osv
from scanning import BASE, OURS

from shipworthy import scan
from shipworthy.advisories.build import build
from shipworthy.advisories.index import load_index
from shipworthy.model.result import ScanResult
from shipworthy.remote.connection import Connection
from shipworthy.remote.transfer import Patience


HASTY = Connection(patience=Patience(tries=2, first=0.0, timeout=1.0))
"""No wait between tries, and few of them."""
OLDER = ("PYSEC-2019-16",)
NEWER = ("PYSEC-2019-16", "PYSEC-2020-36")
"""The Python advisories that the databases have on the image's Django 2.2."""
LODASH = {
    OLDER: ("GHSA-35jh-r3h4-6jhm",),
    NEWER: ("GHSA-35jh-r3h4-6jhm", "GHSA-p6mc-m468-83gw"),
}
"""The npm advisories that come with them, on the image's lodash 4.17.15."""


def two_databases(directory: Path) -> tuple[Path, Path]:
    """An older and a newer database; every bucket of the newer one differs."""
    feeds = Feeds(directory / "feeds")
    feeds.root.mkdir(parents=True)
    older, newer = directory / "older", directory / "newer"
    for path, ids in ((older, OLDER), (newer, NEWER)):
        django = [osv(id_, "PyPI", "django", fixed="2.2.20") for id_ in ids]
        feeds.osv_files("PyPI", *django)
        lodash = [osv(i, "npm", "lodash", fixed="4.17.21") for i in LODASH[ids]]
        feeds.osv_files("npm", *lodash)
        libc = [osv(f"DSA-{id_}", "Debian:12", "glibc", fixed="3.0") for id_ in ids]
        feeds.osv_files("Debian", *libc)
        build(feeds.root, path)
    return older, newer


def image_of(directory: Path) -> Path:
    """An image with Django 2.2 and lodash 4.17.15 on Debian 12."""
    manifest = b'{"name": "lodash", "version": "4.17.15"}'
    node: ib.Tree = {"srv/node_modules/lodash/package.json": manifest}
    image = ib.image(BASE, OURS, node)
    return ib.write_archive(image.classic_files(), directory / "image.tar")


def digest_of(database: Path) -> str:
    """The digest of a database's index, which a result names."""
    return load_index(database).info.digest


def scanned(
    image: Path,
    db: str | Path | Sequence[str | Path],
    cache: Path,
    connection: Connection = HASTY,
) -> ScanResult:
    """A scan in this process."""
    return scan(
        str(image),
        db=db,
        cache_dir=cache,
        db_connection=connection,
        allow_partial=True,
    )


def told_by(result: ScanResult) -> tuple[str, ...]:
    """The Python advisories that a result tells of; fails where those on npm are of another database."""
    found = {id_ for f in result.findings for id_ in (f.id, *f.aliases)}
    ids = tuple(sorted(id_ for id_ in found if id_.startswith("PYSEC")))
    npm = tuple(sorted(id_ for id_ in found if id_.startswith("GHSA")))
    assert LODASH[ids] == npm, "two databases were mixed"
    return ids


def shipworthy(
    *arguments: str | Path, cache: Path, **env: str
) -> subprocess.CompletedProcess[str]:
    """One run of the command with a cache of its own."""
    return subprocess.run(
        [sys.executable, "-m", "shipworthy", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SHIPWORTHY_CACHE_DIR": str(cache), **env},
    )
