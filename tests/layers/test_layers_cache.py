"""The layer cache: right or empty, shared, bounded."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from layers.fakes import record_of

from shipworthy.errors import ParseError
from shipworthy.layers.cache import LayerCache, default_directory
from shipworthy.layers.record import LayerRecord, dump


RECORD = record_of({"a.pkg": b"one 1"})


def stored(directory: Path) -> list[Path]:
    """The records' files."""
    return sorted((directory / "layers").iterdir())


def test_what_was_put_is_got(tmp_path: Path) -> None:
    """A record comes back under its diff ID, and no other does."""
    cache = LayerCache(tmp_path, "f1")
    cache.put(RECORD.diff_id, dump(RECORD))

    assert RECORD == cache.get(RECORD.diff_id)
    assert cache.get("sha256:" + "0" * 64) is None


def test_other_catalogers_see_nothing(tmp_path: Path) -> None:
    """A record is of use only to the catalogers that made it."""
    LayerCache(tmp_path, "f1").put(RECORD.diff_id, dump(RECORD))

    assert LayerCache(tmp_path, "f2").get(RECORD.diff_id) is None


@pytest.mark.parametrize("damage", [b"", b"garbage", None])
def test_a_damaged_record_is_a_miss(tmp_path: Path, damage: bytes | None) -> None:
    """Cut, foreign and flipped records are read anew, never believed."""
    cache = LayerCache(tmp_path, "f1")
    cache.put(RECORD.diff_id, dump(RECORD))
    (path,) = stored(tmp_path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    path.write_bytes(bytes(data) if damage is None else damage)

    assert cache.get(RECORD.diff_id) is None


def test_a_record_under_a_wrong_name_is_a_miss(tmp_path: Path) -> None:
    """A record that says it is another layer's does not stand for this one."""
    cache = LayerCache(tmp_path, "f1")
    cache.put(RECORD.diff_id, dump(RECORD))
    (path,) = stored(tmp_path)
    other = "sha256:" + "1" * 64
    path.rename(path.with_name(path.name.replace(RECORD.diff_id[7:], "1" * 64)))

    assert cache.get(other) is None


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    """Crossing the bound removes what was not used for the longest time, and no more."""
    cache = LayerCache(tmp_path, "f1")
    records = [
        LayerRecord(diff_id=f"sha256:{i:064}", paths=os.urandom(500).hex())
        for i in range(4)
    ]
    for age, record in zip((400_000, 100_000, 200_000), records, strict=False):
        cache.put(record.diff_id, dump(record))
        path = next(p for p in stored(tmp_path) if record.diff_id[7:] in p.name)
        stamp = path.stat().st_mtime - age
        os.utime(path, (stamp, stamp))
    size = stored(tmp_path)[0].stat().st_size
    LayerCache(tmp_path, "f1", bound=int(size * 3.5)).put(
        records[3].diff_id, dump(records[3])
    )

    assert [False, True, True, True] == [
        cache.get(r.diff_id) is not None for r in records
    ]


def test_use_keeps_a_record_young(tmp_path: Path) -> None:
    """Reading a record counts as use."""
    cache = LayerCache(tmp_path, "f1")
    cache.put(RECORD.diff_id, dump(RECORD))
    (path,) = stored(tmp_path)
    os.utime(path, (1_000_000, 1_000_000))
    cache.get(RECORD.diff_id)

    assert path.stat().st_mtime > 1_000_000


def test_clearing_removes_every_version(tmp_path: Path) -> None:
    """Clearing is of the whole cache, whoever wrote it."""
    LayerCache(tmp_path, "f1").put(RECORD.diff_id, dump(RECORD))
    LayerCache(tmp_path, "f2").put(RECORD.diff_id, dump(RECORD))

    assert 2 == LayerCache(tmp_path, "f3").clear()
    assert [] == stored(tmp_path)
    assert 0 == LayerCache(tmp_path / "absent", "").clear()


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    """A file in the way of the directory keeps nothing and raises nothing."""
    (tmp_path / "layers").write_bytes(b"")
    cache = LayerCache(tmp_path, "f1")
    cache.put(RECORD.diff_id, dump(RECORD))

    assert cache.get(RECORD.diff_id) is None


def test_many_may_write_at_once(tmp_path: Path) -> None:
    """Writers of one record at the same time leave one whole record and no rest."""
    threads = [
        threading.Thread(
            target=LayerCache(tmp_path, "f1").put, args=(RECORD.diff_id, dump(RECORD))
        )
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 == len(stored(tmp_path))
    assert RECORD == LayerCache(tmp_path, "f1").get(RECORD.diff_id)


@pytest.mark.parametrize("name", ["../../etc/passwd", "sha256:x/y", ""])
def test_a_diff_id_is_no_path(tmp_path: Path, name: str) -> None:
    """A hostile diff ID cannot lead out of the cache."""
    with pytest.raises(ParseError, match="not a diff ID"):
        LayerCache(tmp_path, "f1")._path(name)


def test_the_default_is_the_users_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """XDG_CACHE_HOME counts when it is absolute."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert tmp_path / "shipworthy" == default_directory()

    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert Path.home() / ".cache/shipworthy" == default_directory()
