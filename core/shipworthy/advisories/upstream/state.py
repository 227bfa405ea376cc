"""
What is known of the files fetched before: ``.upstream/state.json`` in the feeds' directory.

It says where each file came from and by which validators its publisher will know it again. It is
a memory, not an authority: what is broken or missing in it costs a download and nothing else.
"""

from __future__ import annotations

import os
import threading
from dataclasses import asdict, fields
from pathlib import Path

import orjson

from shipworthy.advisories.upstream.source import is_plain_path
from shipworthy.values import dataclass


FOLDER = ".upstream"
"""What is not a feed: the state, and downloads that were not finished."""

_VERSION = 1
_MOST = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One file as it was answered."""

    source: str
    url: str
    kept: str
    """Where it lies, below the feeds' directory; of one not finished, where it would."""
    size: int = 0
    etag: str = ""
    modified: str = ""

    @property
    def is_strong(self) -> bool:
        """Whether its tag tells bytes apart, so that a part can be completed (RFC 9110, 13.1.5)."""
        return self.etag.startswith('"')


class State:
    """The memory of one directory of feeds; safe to use from several threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._path = root / FOLDER / "state.json"
        self._lock = threading.Lock()
        document = _load(self._path)
        self._files = _entries(document.get("files"))
        self._parts = _entries(document.get("parts"))

    def file(self, path: str) -> Known | None:
        """What is known of a file that is still there as it was left."""
        known = self._files.get(path)
        if known is None:
            return None
        kept = self.root / known.kept
        try:
            return known if kept.stat().st_size == known.size else None
        except OSError:
            return None

    def part(self, path: str) -> Known | None:
        """What a download that was not finished is a part of."""
        return self._parts.get(path)

    def begin(self, path: str, known: Known, *, save: bool) -> None:
        """Remember what a part will be of, on disk at once where being killed would cost much."""
        with self._lock:
            self._parts[path] = known
        if save:
            self.save()

    def abandon(self, path: str) -> None:
        """Forget a part."""
        with self._lock:
            self._parts.pop(path, None)

    def finish(self, path: str, known: Known) -> str:
        """Remember a file that is whole; gives where the one before it lay, if elsewhere."""
        with self._lock:
            self._parts.pop(path, None)
            before = self._files.get(path)
            self._files[path] = known
        return before.kept if before and before.kept != known.kept else ""

    def holds(self, source: str) -> bool:
        """Whether any file of a source was fetched and is still there."""
        return any(
            self.file(path)
            for path, known in sorted(self._files.items())
            if known.source == source
        )

    def forget_others(self, source: str, paths: set[str]) -> list[str]:
        """Forget a source's files that it does not publish any more; gives where they lie."""
        with self._lock:
            gone = [
                path
                for path, known in self._files.items()
                if known.source == source and path not in paths
            ]
            places = [self._files.pop(path).kept for path in gone]
            kept = {known.kept for known in self._files.values()}
        return sorted(set(places) - kept)

    def forget_parts(self, source: str, paths: set[str]) -> list[str]:
        """Forget a source's parts of files that it does not publish any more; gives their paths."""
        with self._lock:
            gone = [
                path
                for path, known in self._parts.items()
                if known.source == source and path not in paths
            ]
            for path in gone:
                del self._parts[path]
        return [path for path in gone if is_plain_path(path)]

    def save(self) -> None:
        """Write it, whole or not at all."""
        with self._lock:
            document = {
                "version": _VERSION,
                "files": {path: asdict(k) for path, k in self._files.items()},
                "parts": {path: asdict(k) for path, k in self._parts.items()},
            }
            data = orjson.dumps(
                document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS
            )
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_name(f"state-{os.urandom(4).hex()}")
            try:
                temporary.write_bytes(data)
                temporary.replace(self._path)
            finally:
                temporary.unlink(missing_ok=True)


def _load(path: Path) -> dict[str, object]:
    try:
        if path.stat().st_size > _MOST:
            return {}
        document = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        return {}
    return document


def _entries(value: object) -> dict[str, Known]:
    """The entries that are what they should be."""
    names = [field.name for field in fields(Known)]
    entries = {}
    for path, item in value.items() if isinstance(value, dict) else ():
        if not isinstance(item, dict) or set(item) != set(names):
            continue
        texts = [item[name] for name in names if name != "size"]
        plain = all(isinstance(text, str) and text.isprintable() for text in texts)
        if plain and isinstance(item["size"], int) and is_plain_path(item["kept"]):
            entries[path] = Known(**item)
    return entries
