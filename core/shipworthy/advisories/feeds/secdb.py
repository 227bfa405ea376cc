"""
Alpine's secdb and those in its grammar: ``alpine/<branch>/<repository>.json``, ``wolfi/security.json``.

Source: https://secdb.alpinelinux.org/ and ``secfixes`` in Alpine's package policy; Wolfi's,
Chainguard's (https://packages.cgr.dev/chainguard/security.json) and MinimOS's
(https://packages.mini.dev/advisories/secdb/security.json) are of the same form. A key of
``secfixes`` is the version that fixes the ids under it; ``0`` means that the package was
never affected. One string may hold several ids, packagers' slips included
(``CVE-2018-8897  XSA-260``, ``CVE_2019_1``, ``CVE 2018-16859``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from shipworthy.advisories.feeds.files import read_object
from shipworthy.advisories.feeds.identity import cve_of, is_bulletin
from shipworthy.advisories.feeds.interface import TRACKER, Row, Statement
from shipworthy.advisories.feeds.tally import Tally
from shipworthy.advisories.feeds.values import (
    MAX_NAME,
    MAX_VERSION,
    Broken,
    array,
    mapping,
    plain,
)
from shipworthy.errors import FeedError
from shipworthy.model.advisory import Advisory, Range


_BRANCH = re.compile(r"v\d{1,3}\.\d{1,3}|edge", re.ASCII)
_CVE = re.compile(r"CVE[-_ ]+(\d{4})[-_ ]+(\d{4,12})\b", re.ASCII | re.IGNORECASE)
_OTHER = re.compile(r"[A-Za-z][A-Za-z0-9]*-[\w.:-]*\d[\w.:-]*", re.ASCII)
_GHSA = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}", re.IGNORECASE)
_ROLLING = ("wolfi", "chainguard", "minimos")
_SLIPS = (
    (re.compile(r"[.]-r(?=\d+\Z)"), "-r"),  # 4.8.0.-r1
    (re.compile(r"(?<=\d)-(?=\d+\Z)"), "-r"),  # 1.2.31-0
    (re.compile(r"(?<=\d)-(?=\d)"), "."),  # 4.10-1-r1, 2021-03-27-r5
)
"""Versions that no apk can have, as packagers wrote them, and what stands in the packages' own.

The wrong sign in ``20.10.11.r0`` is understood where versions are compared."""


def branches(root: Path) -> list[tuple[str, Path]]:
    """Bucket and directory of each of Alpine's branches under ``root``, sorted."""
    return [
        (f"alpine-{path.name.removeprefix('v')}", path)
        for path in sorted((root / "alpine").glob("*"))
        if _BRANCH.fullmatch(path.name)
    ]


class SecdbFeed:
    """Reads Alpine's branches, Wolfi, Chainguard and MinimOS."""

    name = "secdb"

    def read(self, root: Path) -> Iterator[Row]:
        """Give a statement for each origin package and vulnerability fixed in it."""
        files = [
            (bucket, path)
            for bucket, branch in branches(root)
            for path in sorted(branch.glob("*.json"))
        ]
        yield from _read("alpine/secdb", files, root)
        for distro in _ROLLING:
            path = root / distro / "security.json"
            if path.is_file():
                yield from _read(f"{distro}/secdb", [(distro, path)], root)


def _read(feed: str, files: list[tuple[str, Path]], root: Path) -> Iterator[Row]:
    if not files:
        return
    tally = Tally(feed)
    for bucket, path in files:
        document = read_object(path, "a secdb document with packages")
        packages = document.get("packages")
        if not isinstance(packages, list):
            raise FeedError(
                f"{path}: expected a secdb document, found no list of packages"
            )
        for item in packages:
            yield from tally.part(partial(_package, feed, bucket, item, tally))
    yield tally.info([path for _, path in files], root)


def _package(feed: str, bucket: str, item: object, tally: Tally) -> Iterator[Statement]:
    package = mapping(mapping(item).get("pkg"))
    name = plain(package.get("name"), MAX_NAME)
    for version, values in _secfixes(package).items():
        try:
            fixed = meant(plain(version, MAX_VERSION))
            entries = array(values, 10_000)
        except Broken:
            tally.skipped += 1
            continue
        for value in entries:
            ids, bulletins = names_in(value)
            if ids:
                tally.records += 1
            else:
                tally.skipped += 1
            for id_ in ids:
                yield _statement(feed, bucket, name, fixed, id_, bulletins)


def _secfixes(package: Mapping[str, object]) -> Mapping[str, object]:
    """A package without fixes has an empty list in the place of the object."""
    value = package.get("secfixes")
    return {} if value == [] else mapping(value)


def _statement(
    feed: str, bucket: str, name: str, fixed: str, id_: str, bulletins: tuple[str, ...]
) -> Statement:
    return Statement(
        advisory=Advisory(
            id=id_,
            bucket=bucket,
            package=name,
            scheme="apk",
            feed=feed,
            ranges=(Range(events=(("introduced", "0"), ("fixed", fixed))),),
            also=bulletins,
        ),
        authority=TRACKER,
    )


def meant(version: str) -> str:
    """The version that a packager meant."""
    for slip, right in _SLIPS:
        version = slip.sub(right, version)
    return version


def names_in(value: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The vulnerabilities that one string names, and the bulletins beside them."""
    if not isinstance(value, str) or len(value) > 2_000:
        return (), ()
    found: dict[str, None] = {f"CVE-{m[1]}-{m[2]}": None for m in _CVE.finditer(value)}
    bulletins: dict[str, None] = {}
    for token in _CVE.sub(" ", value).replace(",", " ").split():
        if _GHSA.fullmatch(token):
            found["GHSA" + token[4:].lower()] = None
        elif not _OTHER.fullmatch(token):
            continue
        elif cve := cve_of(token):
            found[cve] = None
        elif is_bulletin(token) or found:
            bulletins[token] = None
        else:
            found[token] = None
    if not found:
        return tuple(bulletins), ()
    return tuple(found), tuple(bulletins)
