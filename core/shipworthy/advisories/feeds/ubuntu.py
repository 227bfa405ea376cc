"""
Canonical's own exports: ``ubuntu/osv/`` and ``ubuntu/vex/``, each its archive, its files, or both.

Sources: https://security-metadata.canonical.com/osv/osv-all.tar.xz and …/vex/vex-all.tar.xz,
or the directories ``osv`` and ``vex`` of https://github.com/canonical/ubuntu-security-notices:
``cve/<year>/UBUNTU-CVE-….json`` and ``usn/USN-….json``, ``cve/<year>/CVE-….json``.

The OSV records say what repaired a package and by which version; every vulnerability that is
not repaired looks the same there, and a package that was cleared is missing. The VEX documents
tell these apart, see :mod:`shipworthy.advisories.feeds.ubuntu_vex`. The same OSV records come
by way of osv.dev; of two copies the newer stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import orjson

from shipworthy.advisories.feeds.containers import Tree
from shipworthy.advisories.feeds.interface import Row, Statement
from shipworthy.advisories.feeds.osv_record import Foreign, rows_of
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.tarstream import stream_records
from shipworthy.advisories.feeds.ubuntu_vex import document_date, vex_rows
from shipworthy.advisories.feeds.values import Broken, date
from shipworthy.errors import FeedError


_Record = Mapping[str, object]
_Reader = Callable[[_Record], Iterable[Row]]


class UbuntuFeed:
    """Reads Canonical's OSV records and VEX documents."""

    name = "ubuntu"

    def read(self, root: Path) -> Iterator[Row]:
        """Give the rows of each export; raises ``FeedError`` for an archive that is none, after the other was read."""
        base = root / "ubuntu"
        broken: FeedError | None = None
        for export in (
            _export(base / "osv", root, _osv_rows, _modified),
            _export(base / "vex", root, vex_rows, document_date),
        ):
            try:
                yield from export
            except FeedError as error:
                broken = broken or error
        if broken:
            raise broken


def _export(
    folder: Path,
    root: Path,
    rows: _Reader,
    dated: Callable[[_Record], str],
) -> Iterator[Row]:
    archive = folder / f"{folder.name}-all.tar.xz"
    files = Tree(folder)
    paths = [*files.paths(), *([archive] if archive.is_file() else [])]
    if not paths:
        return
    tally = Tally(f"ubuntu/{folder.name}")
    for data in _documents(archive, files):
        record = _parsed(data)
        if record is None:
            tally.skipped += 1
            continue
        yield from tally.take(partial(rows, record), date=dated(record))
    yield tally.info(paths, root)


def _documents(archive: Path, files: Tree) -> Iterator[bytes | None]:
    if archive.is_file():
        for _, data in stream_records(archive):
            yield data
    for name in files.names():
        yield files.read(name)


def _parsed(data: bytes | None) -> _Record | None:
    try:
        record = orjson.loads(data or b"")
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _modified(record: _Record) -> str:
    return date(record.get("modified"))


def _osv_rows(record: _Record) -> Iterator[Row]:
    try:
        for row in rows_of(record):
            if isinstance(row, Statement):
                advisory = replace(row.advisory, feed="ubuntu/osv")
                yield replace(row, advisory=advisory)
            else:
                yield row
    except Foreign:
        raise Broken from None
