"""
OSV exports: ``osv/<ecosystem>/all.zip`` or the records as files beside or instead of it.

Source: https://google.github.io/osv.dev/data/ and the OSV schema. A record stands in the
export of every ecosystem it touches; of several copies the newest is read. The
folder ``osv`` itself may hold records too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import orjson

from shipworthy.advisories.feeds.containers import Folder, Zip
from shipworthy.advisories.feeds.files import digest, newest
from shipworthy.advisories.feeds.interface import Row
from shipworthy.advisories.feeds.osv_record import Foreign, rows_of
from shipworthy.advisories.feeds.tally import refused
from shipworthy.advisories.feeds.values import Broken, date
from shipworthy.errors import FeedError
from shipworthy.model.advisory import FeedInfo
from shipworthy.values import dataclass


@dataclass(frozen=True, slots=True)
class _Source:
    """One place with records, and which of its names another place has a newer copy of."""

    name: str
    container: Zip | Folder
    files: tuple[Path, ...]


class OsvFeed:
    """Reads all OSV exports under ``osv/``."""

    name = "osv"

    def read(self, root: Path) -> Iterator[Row]:
        """Give the rows of every export; an ``all.zip`` that is none is refused, and the others are read."""
        base = root / "osv"
        folders = [base, *sorted(p for p in base.glob("*") if p.is_dir())]
        with ExitStack() as stack:
            sources: list[_Source] = []
            for folder in folders:
                try:
                    sources += _sources(base, folder, stack)
                except FeedError as error:
                    yield refused(_name(base, folder), error.message, root)
            outdated = _outdated(sources)
            names = sorted({source.name for source in sources})
            for name in names:
                yield from _read(
                    name,
                    [(i, s) for i, s in enumerate(sources) if s.name == name],
                    outdated,
                    root,
                )


def _sources(base: Path, folder: Path, stack: ExitStack) -> Iterator[_Source]:
    name = _name(base, folder)
    archive = folder / "all.zip"
    if archive.is_file():
        yield _Source(name, stack.enter_context(Zip(archive)), (archive,))
    files = Folder(folder)
    if files.names():
        yield _Source(name, files, tuple(files.paths()))


def _name(base: Path, folder: Path) -> str:
    return "osv" if folder == base else f"osv/{folder.name}"


def _outdated(sources: list[_Source]) -> dict[tuple[int, str], str]:
    """(index of the source, name) and date of every copy that is not the newest of its record."""
    counts = Counter(name for source in sources for name in source.container.names())
    best: dict[str, tuple[str, int]] = {}
    copies: dict[tuple[int, str], str] = {}
    for index, source in enumerate(sources):
        for name in source.container.names():
            if counts[name] < 2:
                continue
            record = _parse(source.container.read(name))
            modified = date(record.get("modified")) if record else ""
            copies[index, name] = modified
            if record and (name not in best or modified > best[name][0]):
                best[name] = (modified, index)
    return {
        (index, name): modified
        for (index, name), modified in copies.items()
        if best.get(name, ("", index))[1] != index
    }


def _read(
    name: str,
    sources: list[tuple[int, _Source]],
    outdated: Mapping[tuple[int, str], str],
    root: Path,
) -> Iterator[Row]:
    dates: list[str] = []
    records = skipped = 0
    for index, source in sources:
        for member in source.container.names():
            if (index, member) in outdated:
                records += 1
                dates.append(outdated[index, member])
                continue
            record = _parse(source.container.read(member))
            if record is None:
                skipped += 1
                continue
            try:
                yield from list(rows_of(record))
            except (Broken, Foreign):
                skipped += 1
                continue
            records += 1
            dates.append(date(record.get("modified")))
    yield FeedInfo(
        name=name,
        date=newest(dates),
        records=records,
        skipped=skipped,
        digest=digest([path for _, s in sources for path in s.files], root),
    )


def _parse(data: bytes | None) -> dict[str, object] | None:
    try:
        record = orjson.loads(data or b"")
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None
