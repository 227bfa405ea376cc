"""
Red Hat's security data: VEX documents and CSAF advisories, and which repository holds what.

Source: https://security.access.redhat.com/data/, laid out under ``redhat/``:

- ``csaf/v2/vex/csaf_vex_<date>.tar.zst`` and ``csaf/v2/vex/<year>/cve-….json``: one document
  a CVE. A document in the tree stands for the archive's copy, because the publisher's changes
  since the archive come so; of several archives the last by name is read.
- ``csaf/v2/advisories/``: one document an RHSA, likewise (``csaf_advisories_<date>.tar.zst``).
  They give the CVEs that no VEX document tells of.
- ``metrics/repository-to-cpe.json``: see
  :mod:`shipworthy.advisories.feeds.redhat_repositories`.

RHEL's main line and its channels, and other products' packages for RHEL are kept; containers,
Maven and npm components are not (:mod:`shipworthy.advisories.feeds.redhat_product`).
Documents are read one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import field
from functools import partial
from pathlib import Path

import orjson

from shipworthy.advisories.feeds.containers import Tree
from shipworthy.advisories.feeds.csaf import MAX_DOCUMENT
from shipworthy.advisories.feeds.files import read
from shipworthy.advisories.feeds.interface import RecordRow, Row
from shipworthy.advisories.feeds.redhat_repositories import repositories
from shipworthy.advisories.feeds.redhat_rows import rows_of
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.tarstream import stream_records
from shipworthy.advisories.feeds.values import Broken
from shipworthy.errors import FeedError
from shipworthy.values import dataclass


VEX = "redhat/vex"
ADVISORIES = "redhat/advisories"

_ARCHIVES = (".tar", ".tar.gz", ".tar.zst")
"""Beside them lie checksums and signatures: ``csaf_vex_2024-10-18.tar.zst.asc``."""


@dataclass(slots=True)
class _Source:
    """The documents of one kind, with an account of them."""

    folder: Path
    tally: Tally
    paths: list[Path] = field(default_factory=list)

    def documents(self) -> Iterator[bytes | None]:
        """The tree's documents by path, then those of the archive that the tree does not have."""
        tree = Tree(self.folder)
        held = set()
        for name in tree.names():
            held.add(name.rpartition("/")[2])
            self.paths.append(self.folder / name)
            try:
                yield read(self.folder / name, MAX_DOCUMENT)
            except FeedError:
                yield None
        archives = [
            path
            for path in self.folder.glob("*.tar*")
            if path.name.endswith(_ARCHIVES) and path.is_file()
        ]
        if not archives:
            return
        archive = max(archives, key=lambda path: path.name)
        self.paths.append(archive)
        for name, data in stream_records(archive, MAX_DOCUMENT):
            if name.rpartition("/")[2] not in held:
                yield data


class RedHatFeed:
    """Reads Red Hat's VEX documents, then what its CSAF advisories have beside them."""

    name = "redhat"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each package, channel and CVE; raises ``FeedError`` for an archive that is none."""
        base = root / "redhat"
        told: set[str] = set()
        for name, folder in ((VEX, "vex"), (ADVISORIES, "advisories")):
            source = _Source(base / "csaf" / "v2" / folder, Tally(name=name))
            if not source.folder.is_dir():
                continue
            without = told if name == ADVISORIES else frozenset[str]()
            for data in source.documents():
                for row in source.tally.take(partial(_rows, data, name, without)):
                    if isinstance(row, RecordRow):
                        source.tally.dates.append(row.record.modified)
                        if name == VEX:
                            told.add(row.record.id)
                    yield row
            if source.paths:
                yield source.tally.info(source.paths, root)
        yield from repositories(root)


def _rows(data: bytes | None, feed: str, without: AbstractSet[str]) -> Iterator[Row]:
    """The rows of one document; raises :class:`Broken` for what is none."""
    try:
        document = orjson.loads(data or b"")
    except orjson.JSONDecodeError:
        raise Broken from None
    if not isinstance(document, dict):
        raise Broken
    return rows_of(document, feed, without=without)
