"""A directory as an image: what is walked, what is left alone, and what is told about the rest."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from layers.fakes import SELECTOR
from scanning import BASE, dist_info

from shipworthy import scan
from shipworthy.advisories.build import build
from shipworthy.errors import ImageError, ImageNotFoundError
from shipworthy.images.directory import DirectoryImage, DirectoryWalk
from shipworthy.layers.read import read_walk
from shipworthy.layers.record import LayerRecord


FEEDS = Path(__file__).resolve().parents[2] / "examples/feeds"
NOBODY = 65534
ELF = b"\x7fELF" + bytes(100)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Permissions count, also where the tests run as root."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty root that anybody may enter."""
    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_mode & 0o1777 == 0o700:
            place.chmod(0o711)
    path = tmp_path / "root"
    path.mkdir()
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's database."""
    path = tmp_path_factory.mktemp("db") / "db"
    build(FEEDS, path)
    return path


def put(root: Path, path: str, data: bytes = b"one 1", mode: int = 0o644) -> Path:
    """A file below ``root``."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    file.chmod(mode)
    return file


def read(root: Path) -> LayerRecord:
    """What the small catalogers find there."""
    walk = DirectoryImage(root, target=f"dir:{root}").walk()
    return read_walk(walk, walk.problems, SELECTOR, name="here")


def packages(record: LayerRecord) -> dict[str, list[str]]:
    """Path to the names of the packages in it."""
    return {
        found.evidence.path: [seen.name for seen in found.evidence.packages]
        for found in record.found
        if found.evidence.packages
    }


def problems(record: LayerRecord) -> list[tuple[str, str, str]]:
    """Who could not read what, and why."""
    return [
        (found.cataloger, found.evidence.path, problem)
        for found in record.found
        for problem in found.evidence.problems
    ]


def test_files_are_found_at_any_depth(root: Path) -> None:
    """Each package file is read, and the record has neither a diff ID nor a size."""
    put(root, "a.pkg", b"one 1")
    put(root, "opt/deep/down/b.pkg", b"two 2\nthree 3")
    record = read(root)

    assert {"a.pkg": ["one"], "opt/deep/down/b.pkg": ["two", "three"]} == packages(
        record
    )
    assert ("", 0, 2) == (record.diff_id, record.size, record.files_read)
    assert 5 == record.entries
    assert ["opt", "opt/deep", "opt/deep/down"] == record.directories.split("\0")


def test_no_link_is_followed(root: Path) -> None:
    """Links to files and directories, inside and out of the root, are links and nothing else."""
    put(root.parent, "outside/secret.pkg", b"secret 1")
    put(root, "usr/lib/a.pkg")
    targets = {
        "lib": "usr/lib",
        "up": "../outside",
        "absolute": str(root.parent / "outside"),
        "file.pkg": "../outside/secret.pkg",
        "circle": "circle",
        "here": ".",
        "nowhere.pkg": "nothing/there",
    }
    for name, target in targets.items():
        (root / name).symlink_to(target)
    record = read(root)

    assert {"usr/lib/a.pkg": ["one"]} == packages(record)
    assert sorted(targets.items()) == sorted(record.symlinks)
    assert [] == problems(record)


def test_a_link_to_a_directory_that_may_not_be_listed_is_no_problem(root: Path) -> None:
    """What no one follows needs no permission."""
    put(root.parent, "outside/secret.pkg").parent.chmod(0o700 if os.geteuid() else 0)
    (root / "link").symlink_to("../outside")
    with unprivileged():
        record = read(root)

    assert [] == problems(record)


def test_the_root_itself_may_be_a_link(root: Path) -> None:
    """The one link that is followed is the one that the caller named."""
    put(root, "a.pkg")
    link = root.parent / "link"
    link.symlink_to(root)

    assert {"a.pkg": ["one"]} == packages(read(link))


def test_pipes_and_sockets_are_not_opened(root: Path) -> None:
    """A pipe with the name of a package file neither blocks the scan nor is read."""
    os.mkfifo(root / "pipe.pkg")
    os.mkfifo(root / "main", 0o777)
    done: list[LayerRecord] = []
    thread = threading.Thread(target=lambda: done.append(read(root)), daemon=True)
    thread.start()
    thread.join(10)

    assert done
    assert (0, ()) == (done[0].files_read, done[0].found)
    assert "main\0pipe.pkg" == done[0].paths


def test_devices_are_not_opened(root: Path) -> None:
    """A device with the name of a package file is listed and left alone."""
    try:
        os.mknod(root / "zero.pkg", 0o020666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("devices cannot be made here")
    record = read(root)

    assert ("zero.pkg", 0, ()) == (record.paths, record.files_read, record.found)


@pytest.mark.parametrize("name", ["proc", "sys", "dev"])
def test_what_a_running_system_fills_is_left_out(name: str, root: Path) -> None:
    """/proc, /sys and /dev are not entered; directories of that name elsewhere are."""
    put(root, f"{name}/a.pkg")
    put(root, f"opt/{name}/b.pkg")

    assert ["opt/" + name + "/b.pkg"] == [*packages(read(root))]


def test_what_may_not_be_read_is_a_problem_with_its_path(root: Path) -> None:
    """A wanted file, an executable and directories, each by its path from the root; the rest is read."""
    put(root, "a.pkg")
    put(root, "b/c.pkg", mode=0)
    put(root, "bin/tool", ELF, mode=0o711 if os.geteuid() == 0 else 0o311)
    put(root, "bin/plain", mode=0)
    put(root, "x/deep/z.pkg")
    for path in ("x/shut", "y"):
        put(root, f"{path}/d.pkg").parent.chmod(0)
    with unprivileged():
        record = read(root)
    for path in ("x/shut", "y"):
        (root / path).chmod(0o755)

    assert {"a.pkg": ["one"], "x/deep/z.pkg": ["one"]} == packages(record)
    assert [
        ("pkg", "b/c.pkg", "cannot be read (Permission denied)"),
        ("walk", "bin/tool", "cannot be read (Permission denied)"),
        ("walk", "x/shut", "cannot be listed (Permission denied)"),
        ("walk", "y", "cannot be listed (Permission denied)"),
    ] == problems(record)


def test_a_file_that_shrinks_ends_where_it_ends(root: Path) -> None:
    """A file that is cut while it is read gives what is there, and the walk goes on."""
    put(root, "a", b"x" * 100)
    put(root, "b", b"y")
    walk = DirectoryWalk(root)
    bodies = []
    for entry in walk:
        if entry.path == "a":
            (root / "a").write_bytes(b"xx")
        bodies.append(walk.body())

    assert [b"xx", b"y"] == bodies


def test_a_file_that_grows_is_read_as_long_as_it_was(root: Path) -> None:
    """No more is read than was announced, so that a log in use has an end."""
    put(root, "a", b"xx")
    walk = DirectoryWalk(root)
    for _ in walk:
        (root / "a").write_bytes(b"x" * 100)

        assert b"xx" == walk.body()
        assert b"xxx" == walk.peek(3)


def test_a_file_that_becomes_a_link_is_not_read(root: Path) -> None:
    """Between looking and opening nothing can be slipped in."""
    put(root.parent, "secret.pkg", b"secret 1")
    put(root, "a.pkg")

    class Swapping(DirectoryWalk):
        def body(self) -> bytes:
            (root / "a.pkg").unlink()
            (root / "a.pkg").symlink_to("../secret.pkg")
            return super().body()

    walk = Swapping(root)
    record = read_walk(walk, walk.problems, SELECTOR, name="here")

    assert {} == packages(record)
    assert [("pkg", "a.pkg")] == [p[:2] for p in problems(record)]


def test_names_that_are_not_utf8_are_written_with_escapes(root: Path) -> None:
    """As in a layer: bytes that are no text come as backslash escapes, and the files are read."""
    put(root, os.fsdecode(b"caf\xe9/\xff.pkg"))
    (root / "link").symlink_to(os.fsdecode(b"\xfe"))
    put(root, "grün.pkg", b"two 2")
    record = read(root)

    assert {"caf\\xe9/\\xff.pkg": ["one"], "grün.pkg": ["two"]} == packages(record)
    assert (("link", "\\xfe"),) == record.symlinks


def test_whiteouts_mean_nothing_in_a_directory(root: Path) -> None:
    """A file that is called like a whiteout is a file."""
    put(root, "d/a.pkg")
    put(root, "d/.wh.b.pkg", b"two 2")
    put(root, "d/.wh..wh..opq", b"")

    assert ["d/.wh.b.pkg", "d/a.pkg"] == [*packages(read(root))]


def test_the_same_directory_gives_the_same_record(root: Path) -> None:
    """Entries come in sorted order, whatever order the files were made in."""
    other = root.parent / "other"
    names = ["z.pkg", "a.pkg", "m/b.pkg", "m.pkg", "m/a/x.pkg", "B.pkg"]
    for name in names:
        put(root, name)
    for name in reversed(names):
        put(other, name)

    assert read(root) == read(root) == read(other)


def test_a_directory_that_is_not_there_is_said(root: Path) -> None:
    """Nothing, a file, and what may not be looked at or listed, are told apart."""
    with pytest.raises(ImageNotFoundError, match="no such directory"):
        DirectoryImage(root / "absent", target="x")
    with pytest.raises(ImageNotFoundError, match="no such directory"):
        DirectoryImage(put(root, "f") / "below", target="x")
    with pytest.raises(ImageError, match="not a directory"):
        DirectoryImage(root / "f", target="x")
    with pytest.raises(ImageError, match="cannot be opened"):
        DirectoryImage(root / "nul\0", target="x")
    put(root, "shut/in/f").parents[1].chmod(0)
    with unprivileged():
        with pytest.raises(ImageError, match="cannot be opened"):
            DirectoryImage(root / "shut/in", target="x")
        with pytest.raises(ImageError, match="cannot be listed"):
            read(root / "shut")
    (root / "shut").chmod(0o755)


def test_a_directory_has_no_layers_to_open(root: Path) -> None:
    """Whoever asks for a layer's bytes is told that there are none."""
    image = DirectoryImage(root, target="x")

    with pytest.raises(ImageError, match="no layer 0"):
        image.open(0)
    with pytest.raises(ImageError, match="no layer 0"):
        image.stream([0])
    assert [] == list(image.stream([]))
    image.close()


def test_a_scan_of_a_directory_names_what_stayed_unread(
    root: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings, statuses and exit code of the whole chain; twice the same result."""
    for path, data in {**BASE, **dist_info("Django", "2.2")}.items():
        assert isinstance(data, bytes)
        put(root, path, data)
    put(root, "app/locked.jar")
    put(root, "srv/shut/x")
    os.mkfifo(root / "app/pipe.jar")
    (root / "loop").symlink_to(".")
    really = os.open

    def guarded(path: str, flags: int, mode: int = 0o777, **more: int) -> int:
        if Path(path).name in {"locked.jar", "shut"}:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return really(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", guarded)
    result = scan(f"dir:{root}", db=database, cache=False)
    again = scan(f"dir:{root}", db=database, cache=False)

    assert result == again
    assert ["Django", "libc6", "libssl3"] == sorted(p.name for p in result.packages)
    assert {"CVE-2019-14234", "CVE-2023-4911"} <= {f.id for f in result.findings}
    assert ["app/locked.jar", "srv/shut"] == [
        s.subject for s in result.statuses if s.partial
    ]
    assert ("partial", 3) == (result.verdict.status, result.verdict.exit_code)
    assert ("dir", 2) == (result.image.kind, result.coverage.files_failed)
