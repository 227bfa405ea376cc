"""
Python distributions as their installers leave them.

Formats: core metadata 2.4 (``METADATA``, ``PKG-INFO``), the recording of installed
projects (PEP 376 and its PyPA successor: ``NAME.dist-info``, ``RECORD``), and
setuptools' eggs (``NAME.egg-info`` as directory or file, ``EGG-INFO`` in an egg
directory or zip, pip's ``installed-files.txt``).

Where the metadata names no version the directory's or file's name does. Distributions
inside a ``_vendor`` directory are part of another one and carry the note ``vendored``.
Not looked at: ``pip/_vendor/vendor.txt`` (a plain list of what pip itself consists of),
wheels that lie about without being installed, and what pip left behind as ``~name``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from posixpath import normpath

from shipworthy.catalogers.interface import (
    Body,
    Evidence,
    LayerFile,
    PackageSeen,
    Wants,
)
from shipworthy.catalogers.zipdir import read_directory
from shipworthy.errors import ParseError
from shipworthy.model.purl import pypi_purl


_MIB = 1024 * 1024
_MAX_FILE = 64 * _MIB
_MAX_METADATA = 8 * _MIB
_MAX_ENTRIES = 500_000
_MAX_FILES = 500_000
_MAX_TEXT = 256
_MAX_LICENCE = 120

_METADATA = "METADATA"
_PKG_INFO = "PKG-INFO"
_RECORD = "RECORD"
_INSTALLED = "installed-files.txt"
_LISTS = frozenset({_RECORD, _INSTALLED})
_EGG_MEMBERS = {b"INFO": b"EGG-INFO/PKG-INFO"}

_HEADER = re.compile(
    rb"^(Name|Version|License|License-Expression|Classifier)[ \t]*:"
    rb"[ \t]*([^\r\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_HEADERS_END = re.compile(rb"\n\r?\n|\r\r")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*").fullmatch
_EGG_NAME = re.compile(r"([^-]+)(?:-([^-]+)(?:-py\d[^/]*)?)?").fullmatch


class PythonCataloger:
    """Finds installed Python distributions and the files each of them installed."""

    name = "python"
    version = 1
    wants = Wants(
        names=frozenset({_METADATA, _PKG_INFO, _RECORD, _INSTALLED}),
        suffixes=frozenset({".egg-info", ".egg"}),
        max_size=_MAX_FILE,
    )
    grouped = False

    def parse(self, files: Sequence[LayerFile]) -> Iterable[Evidence]:
        """Give a distribution, the list of its files, or nothing for each of ``files``."""
        for file in files:
            evidence = _parse(file)
            if evidence is not None:
                yield evidence


def _parse(file: LayerFile) -> Evidence | None:
    home, _, name = file.path.rpartition("/")
    kind = _home_kind(home.rpartition("/")[2])
    if kind and name in _LISTS:
        return _file_list(file, home, name, kind)
    if (name == _METADATA and kind == ".dist-info") or (
        name == _PKG_INFO and kind in {".egg-info", "EGG-INFO"}
    ):
        stem = home.removesuffix("/EGG-INFO").rpartition("/")[2]
        return _distribution(file.path, file.data, stem, key=home)
    lower = name.lower()
    if lower.endswith(".egg-info"):
        return _distribution(file.path, file.data, name)
    if lower.endswith(".egg"):
        return _egg(file, name)
    return None


def _home_kind(name: str) -> str:
    """Which kind of metadata directory it is; empty for any other, and for what pip put aside."""
    if name.startswith("~"):
        return ""
    for kind in (".dist-info", ".egg-info"):
        if name.endswith(kind):
            return kind
    return "EGG-INFO" if name == "EGG-INFO" else ""


def _egg(file: LayerFile, name: str) -> Evidence | None:
    """The distribution of a zipped egg; nothing for one without metadata."""
    if not file.data:
        return None
    archive = read_directory(file.data, _EGG_MEMBERS, _MAX_ENTRIES)
    problems = (archive.problem,) if archive.problem else ()
    for member in archive.members:
        if member.name == "EGG-INFO/PKG-INFO":
            data = archive.read(member, _MAX_METADATA, truncate=True)
            return _distribution(file.path, data, name, problems=problems)
    return Evidence(path=file.path, problems=problems) if problems else None


def _distribution(
    path: str,
    data: Body,
    stem: str,
    *,
    key: str = "",
    problems: tuple[str, ...] = (),
) -> Evidence:
    """The distribution that ``data`` describes, and ``stem`` where ``data`` is silent."""
    fields = _headers(bytes(data[:_MAX_METADATA]))
    name = _first(fields, "name")
    version = _first(fields, "version")
    if not (name and version):
        from_name, from_version = _split_stem(stem)
        name = name or from_name
        version = version or from_version
    if not name or not version:
        missing = "version" if name else "name"
        raise ParseError(
            f"names no {missing} of the distribution, nor does the name {stem[:100]!r}"
        )
    seen = PackageSeen(
        type="pypi",
        name=name,
        version=version,
        purl=pypi_purl(name, version),
        licences=_licences(fields),
        notes=("vendored",) if "/_vendor/" in path else (),
        key=key,
    )
    return Evidence(path=path, packages=(seen,), problems=problems)


def _headers(data: bytes) -> dict[str, list[str]]:
    """The header fields that matter, in order; the description that follows them is not read."""
    end = _HEADERS_END.search(data)
    head = data[: end.start() + 1] if end else data
    if head.startswith(b"\xef\xbb\xbf"):
        head = head[3:]
    fields: dict[str, list[str]] = {}
    for key, value in _HEADER.findall(head):
        text = value.decode("utf-8", "replace").strip()
        fields.setdefault(key.decode("ascii").lower(), []).append(text)
    return fields


def _first(fields: dict[str, list[str]], key: str) -> str:
    """The first value of a field when it can stand as a name or version, else nothing."""
    value = fields.get(key, [""])[0]
    return value if len(value) <= _MAX_TEXT and _PLAIN(value) else ""


def _split_stem(stem: str) -> tuple[str, str]:
    """Name and version out of ``NAME-VERSION[-pyX.Y[-PLATFORM]]`` with its suffix, either may be missing."""
    base = stem
    for suffix in (".dist-info", ".egg-info", ".egg"):
        if base.lower().endswith(suffix):
            base = base[: -len(suffix)]
            break
    match = _EGG_NAME(base)
    if match is None or len(base) > _MAX_TEXT or not _PLAIN(base):
        return "", ""
    return match[1], (match[2] or "").replace("_", "-")


def _licences(fields: dict[str, list[str]]) -> tuple[str, ...]:
    """The licence expression, else what the classifiers say, else the free text when it is short."""
    expression = fields.get("license-expression", [""])[0]
    if expression:
        return (expression[:_MAX_TEXT],)
    classified = []
    for value in fields.get("classifier", []):
        parts = [part.strip() for part in value.split("::")]
        if parts[0] == "License" and parts[-1] not in {"License", "OSI Approved"}:
            classified.append(parts[-1][:_MAX_TEXT])
    if classified:
        return tuple(dict.fromkeys(classified))
    text = fields.get("license", [""])[0]
    if not text or text.upper() == "UNKNOWN" or len(text) > _MAX_LICENCE:
        return ()
    return (text,)


def _file_list(file: LayerFile, home: str, name: str, kind: str) -> Evidence | None:
    """The files that ``RECORD`` or ``installed-files.txt`` lists, from the root of the image."""
    if (name == _RECORD) != (kind == ".dist-info"):
        return None
    text = bytes(file.data).decode("utf-8", "backslashreplace")
    text = text.replace("\r\n", "\n").replace("\0", "")
    if name == _RECORD:
        paths = _record_paths(text)
        base = home.rpartition("/")[0]
    else:
        paths = [line.strip() for line in text.split("\n")]
        base = home
    paths = [path for path in paths if path]
    if len(paths) > _MAX_FILES:
        raise ParseError(f"lists more than {_MAX_FILES} files")
    return Evidence(path=file.path, files_of=home, file_list=_rooted(base, paths))


def _record_paths(text: str) -> list[str]:
    """First column of the comma-separated lines; most lines need no real CSV reader."""
    if '"' not in text:
        return [line.partition(",")[0] for line in text.split("\n")]
    paths: list[str] = []
    for line in text.split("\n"):
        if line.startswith('"'):
            try:
                row = next(csv.reader([line]), [])
            except csv.Error:
                continue
            paths.append(row[0] if row else "")
        else:
            paths.append(line.partition(",")[0])
    return paths


def _rooted(base: str, paths: list[str]) -> str:
    """``paths`` below ``base``, NUL-separated, as paths from the root that never leave it."""
    prefix = f"{base}/" if base else ""
    return "\0".join(
        [
            _resolve(prefix, path)
            if path[0] in "/." or "/." in path or "//" in path
            else prefix + path
            for path in paths
        ]
    )


def _resolve(prefix: str, path: str) -> str:
    whole = path if path.startswith("/") else f"/{prefix}{path}"
    return normpath(f"/{whole.lstrip('/')}")[1:]
