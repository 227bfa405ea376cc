"""
What a ``shipworthy.pyz`` starts with: it becomes the ``__main__.py`` of that file.

Compiled modules cannot be imported out of a zip file. So the packages for the Python that runs it are unpacked once,
each held against its digest, to a folder that only this user can write to, named after the file's content: the
user's cache, or a temporary folder where there is none, or ``SHIPWORTHY_ZIPAPP_DIR``. Standard library only.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from typing import Any, cast


FOLDER = "SHIPWORTHY_ZIPAPP_DIR"
"""The variable that names where to unpack to."""


class UnpackError(Exception):
    """The file cannot be unpacked here."""


def main() -> None:
    """Unpack what is not there yet, and be shipworthy."""
    archive = os.path.abspath(os.path.dirname(__file__))
    try:
        place = unpacked(archive)
    except (UnpackError, OSError) as error:
        sys.stderr.write(f"shipworthy: {error}\n")
        sys.exit(3)
    sys.path[:] = [place, *(one for one in sys.path if os.path.abspath(one) != archive)]
    from shipworthy.__main__ import main as run

    run()


def unpacked(archive: str) -> str:
    """
    The folder to import from, made where it is not there yet.

    Raises:
        UnpackError: the file is not for this Python, or the folder is not safe.
    """
    manifest = _manifest(archive)
    tag = EXTENSION_SUFFIXES[0].removeprefix(".").removesuffix(".so")
    wheels = manifest["sets"].get(tag)
    if wheels is None:
        known = ", ".join(sorted(manifest["sets"]))
        raise UnpackError(
            f"this file is for {known}, and this Python is {tag}:"
            " install with pip (docs/install.md) or use the container image"
        )
    root = _root()
    place = os.path.join(root, f"{manifest['build'][:20]}-{tag}")
    if not os.path.isdir(place):
        _unpack(archive, wheels, root, place)
    return place


def _manifest(archive: str) -> dict[str, Any]:
    loader = globals().get("__loader__")
    path = os.path.join(archive, "manifest.json")
    return cast("dict[str, Any]", json.loads(cast("Any", loader).get_data(path)))


def _root() -> str:
    """A folder that is this user's alone."""
    home = os.path.expanduser("~")
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    ways = [os.path.join(cache, "shipworthy", "zipapp")]
    if os.environ.get(FOLDER):
        ways = [os.path.abspath(os.environ[FOLDER])]
    elif not os.path.isabs(cache) or home in ("/", "~"):
        ways = []
    for way in ways:
        try:
            os.makedirs(way, mode=0o700, exist_ok=True)
        except OSError:  # a home that is not there, or cannot be written to
            continue
        return _safe(way)
    import tempfile

    way = os.path.join(tempfile.gettempdir(), f"shipworthy-{os.geteuid()}")
    try:
        os.mkdir(way, 0o700)
    except FileExistsError:
        pass
    return _safe(way)


def _safe(folder: str) -> str:
    """``folder``, where nobody else can have put anything into it."""
    found = os.lstat(folder)
    if (
        not stat.S_ISDIR(found.st_mode)
        or found.st_uid != os.geteuid()
        or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    ):
        raise UnpackError(
            f"{folder}: it must be a folder of this user that no other can write to:"
            f" remove it, or name another by {FOLDER}"
        )
    return folder


def _unpack(archive: str, wheels: dict[str, str], root: str, place: str) -> None:
    """Unpack under another name, then rename: many may do it at once."""
    import hashlib
    import io
    import shutil
    import tempfile
    import zipfile

    made = tempfile.mkdtemp(prefix=".unpacking-", dir=root)
    try:
        with zipfile.ZipFile(archive) as whole:
            for name, digest in wheels.items():
                content = whole.read(f"wheels/{name}")
                if hashlib.sha256(content).hexdigest() != digest:
                    raise UnpackError(f"{archive}: {name} is damaged")
                with zipfile.ZipFile(io.BytesIO(content)) as wheel:
                    wheel.extractall(made)
        os.rename(made, place)
    except OSError:
        if not os.path.isdir(place):  # else another run was faster
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    main()
