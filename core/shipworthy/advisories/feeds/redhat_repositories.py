"""
Which products a repository of Red Hat's holds: ``redhat/metrics/repository-to-cpe.json``.

Source: https://security.access.redhat.com/data/metrics/repository-to-cpe.json, described at
https://redhatproductsecurity.github.io/security-data-guidelines/scanning-vendors/. Images name
the content sets that they were built from; statements name products by CPE; this joins them.

A repository becomes a row of the bucket :data:`REDHAT_REPOSITORIES`, filed by the name of its content set, with the
CPEs in the place where other rows have the products they are limited to. So matching finds it
as it finds everything else (docs/adr/0009-content-sets-are-looked-up-like-packages.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.interface import Row, Statement
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import MAX_NAME, Broken, array, mapping, plain
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Advisory
from shipworthy.model.bucket import REDHAT_REPOSITORIES
from shipworthy.model.cpe import parse_cpe


FEED = "redhat/repositories"

_ID = "repository-to-cpe"
_MAX_CPES = 1_000


def repositories(root: Path) -> Iterator[Row]:
    """One row for each repository that names a product; raises ``FeedError`` for a file that is not the map."""
    path = root / "redhat" / "metrics" / "repository-to-cpe.json"
    if not path.is_file():
        return
    document = read_object(path, "Red Hat's map of repositories to CPEs")
    data = document.get("data")
    if not isinstance(data, dict):
        raise FeedError(
            f"{path}: expected Red Hat's map of repositories to CPEs, found no object 'data'"
        )
    tally = Tally(name=FEED)
    for name, entry in data.items():
        yield from tally.take(partial(_row, name, entry))
    yield tally.info([path], root)


def _row(name: object, value: object) -> list[Statement]:
    repository = plain(name, MAX_NAME)
    cpes = [
        plain(item, MAX_NAME) for item in array(mapping(value).get("cpes"), _MAX_CPES)
    ]
    if not all(map(parse_cpe, cpes)):
        raise Broken
    if not cpes:
        return []
    return [
        Statement(
            advisory=Advisory(
                id=_ID,
                bucket=REDHAT_REPOSITORIES,
                package=repository,
                scheme="rpm",
                feed=FEED,
                cpes=tuple(sorted(set(cpes))),
            )
        )
    ]
