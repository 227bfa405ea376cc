"""
Versions of software that no package manager installed, as the projects themselves write them.

There is no one rule, so this reads what the projects' release pages show: numbers; letters
at their end (OpenSSL: ``1.0.2k < 1.0.2u < 1.0.2za < 1.1.1``); stages before a release
(``alpha beta M pre rc dev``: ``17beta1``, ``9.0.0.M1``, ``1.1.1-pre9``, ``3.0-dev5``) and patches
after it (``9.3p1``, ``1.9.3p551``, ``3.12.0-2``). Java's ``1.8.0_352`` and ``8u352`` are one version,
``8.0.352``. The Go database's ``1.22.0-0`` is before all of ``1.22.0``. Build labels
(``+8-LTS``, ``-MariaDB``, ``-fips``) do not count.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, number, refuse, without_zeros


_JAVA = re.compile(
    r"(?:1\.([0-9]+)\.0(?:[_u]([0-9]+))(?:-b[0-9]+)?"  # 1.8.0_352-b08
    r"|([0-9]+)u([0-9]+)(?:-b[0-9]+)?)(?![0-9A-Za-z])"  # 8u352
)
_WORDS = {
    "dev": -6,
    "nightly": -6,
    "snapshot": -6,
    "test": -6,
    "canary": -6,
    "alpha": -5,
    "a": -5,
    "beta": -4,
    "b": -4,
    "milestone": -3,
    "m": -3,
    "preview": -3,
    "pre": -3,
    "cr": -2,
    "rc": -2,
    "p": 1,
    "pl": 1,
    "patch": 1,
    "sp": 1,
    "u": 1,
    "update": 1,
    "hotfix": 1,
}
_FIRST, _RELEASE, _PATCH = -7, 0, 1
_ALWAYS = "dev|nightly|snapshot|test|canary|alpha|beta|milestone|preview|pre|cr|rc"
_NUMBERED = "a|b|m|p|pl|patch|sp|u|update|hotfix"
_VERSION = re.compile(
    rf"""
    (?:v|go|otp-|jdk-?)?
    ([0-9]+(?:[._][0-9]+)*)                              # 1 numbers
    ([a-z]{{1,2}}(?![a-z0-9]))?                          # 2 letters
    (?:[-._~]?(?:({_ALWAYS})(?![a-z])[-._]?([0-9]*)      # 3, 4 a stage
       |({_NUMBERED})[-._]?([0-9]+)))?                   # 5, 6 a stage that must have a number
    (?:-([0-9]+)(\.[0-9]+\.(?:beta|dev))?(?![0-9a-z]))?  # 7 a build, 8 that is none of a release
    (.*)                                                 # 9 labels
    """,
    re.VERBOSE,
)
_NO_LABEL = re.compile(r"[a-z0-9]|[.]?[x*](?![a-z0-9])")
# Build numbers count from 1; what is longer is the number of a nightly build.
_NIGHTLY = 10_000


def _java(text: str) -> str:
    found = _JAVA.match(text)
    if found is None:
        return text
    major = found.group(1) or found.group(3)
    update = found.group(2) or found.group(4)
    return f"{major}.0.{update}{text[found.end() :]}"


def _parse(text: str) -> Key:
    lower = _java(text.lower())
    found = _VERSION.fullmatch(lower)
    if found is None or not text.isascii():
        raise refuse("generic", text, "numbers, then a letter, stage or patch")
    numbers, letters, word, nth, numbered, nth_numbered, build, unreleased, label = (
        found.groups()
    )
    if _NO_LABEL.match(label):
        raise refuse("generic", text, "numbers, then a letter, stage or patch")
    stage = _WORDS[word or numbered] if word or numbered else _RELEASE
    order = (stage, number(nth or nth_numbered or ""))
    if build is not None and stage == _RELEASE:
        order = _build_order(int(build), unreleased=bool(unreleased))
        build = None
    release = without_zeros([int(n) for n in re.split(r"[._]", numbers)])
    return (release, letters or "", order, number(build or ""))


def _build_order(build: int, *, unreleased: bool) -> tuple[int, int]:
    """A number after a hyphen is a rebuild of the release, unless it says that it came before it."""
    if build == 0:
        return (_FIRST, 0)
    if unreleased or build >= _NIGHTLY:
        return (_WORDS["dev"], build)
    return (_PATCH, build)


SCHEME = make("generic", _parse)
