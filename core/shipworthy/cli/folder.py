"""
A report of several files, in a folder of its own: checked before the scan, written whole or not at all.

A new folder is made beside its place and renamed. One that is there, maybe as a mount point, is written into only
where nothing is in it but files that the report writes: all are written beside the old ones first and then take
their places, so that a full disk leaves the old ones as they were. No symbolic link is followed, neither the
folder itself nor anything in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from shipworthy.errors import UsageError


# What a run that was killed, or one at the same time, leaves behind.
_TEMPORARY = re.compile(r"\.shipworthy-[0-9a-f]{16}")


def check_folder(path: Path, names: Collection[str]) -> None:
    """
    See that files of these names can be put into the folder ``path``, which may be there or not.

    Raises ``UsageError`` for a link, a file, a folder with anything else in it, and one that may not be written.
    """
    if path.is_symlink():
        raise UsageError(
            f"{path}: is a symbolic link, expected a folder or nothing",
            hint="name the folder that it leads to",
        )
    if path.is_dir():
        _check_content(path, names)
        place = path
    elif path.exists():
        raise UsageError(f"{path}: is a file, expected a folder or nothing")
    else:
        place = path.parent
        if not place.is_dir():
            raise UsageError(f"{path}: there is no directory {place}")
    if not os.access(place, os.W_OK | os.X_OK):
        raise UsageError(f"{path}: may not be written")


def write_folder(
    path: Path, files: Mapping[str, bytes], names: Collection[str]
) -> None:
    """
    Put ``files`` into the folder ``path``, and nothing else of ``names``.

    Raises as :func:`check_folder` does where something has changed since, and ``OSError``; what was there before
    stands then as it was.
    """
    for name in files:
        if name not in names or name in {"", ".."} or Path(name).name != name:
            raise UsageError(f"{path}: the report may not write {name!r}")
    check_folder(path, names)
    if path.is_dir():
        _write_into(path, files, names)
    else:
        _write_new(path, files)


def _check_content(folder: Path, names: Collection[str]) -> None:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        known = entry.name in names or _TEMPORARY.fullmatch(entry.name)
        if not (known and entry.is_file(follow_symlinks=False)):
            raise UsageError(
                f"{folder}: has {entry.name} in it, which this report does not write",
                hint="name a new folder, or an empty one",
            )


def _write_new(path: Path, files: Mapping[str, bytes]) -> None:
    temporary = path.parent / _temporary()
    temporary.mkdir()
    try:
        for name, data in files.items():
            _write(temporary / name, data)
        temporary.rename(path)  # fails where something stands there by now
    except BaseException:
        for name in files:
            (temporary / name).unlink(missing_ok=True)
        temporary.rmdir()
        raise


def _write_into(path: Path, files: Mapping[str, bytes], names: Collection[str]) -> None:
    written = {name: path / _temporary() for name in files}
    try:
        for name, temporary in written.items():
            _write(temporary, files[name])
        for name in names:
            if name not in files:
                (path / name).unlink(missing_ok=True)
        for name, temporary in written.items():
            temporary.replace(path / name)
    except BaseException:
        for temporary in written.values():
            temporary.unlink(missing_ok=True)
        raise


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)


def _temporary() -> str:
    return f".shipworthy-{os.urandom(8).hex()}"
