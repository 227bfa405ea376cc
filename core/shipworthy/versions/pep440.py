"""
Python package versions (PEP 440, now the packaging specification "Version specifiers").

Versions from before PEP 440 have a place in a sorted list, below all others, as
setuptools and ``packaging`` before 22 gave them. That place says nothing about what code
they hold: held against a range they are read as far as they follow the specification, and
the rest as a local label (``2.6.0-cu124`` as ``2.6.0+cu124``).
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, number, refuse, without_zeros


_VERSION = re.compile(
    r"""
    v?
    (?:([0-9]+)!)?                                              # 1 epoch
    ([0-9]+(?:\.[0-9]+)*)                                       # 2 release
    (?:[-_.]?(alpha|beta|preview|pre|rc|a|b|c)[-_.]?([0-9]*))?  # 3, 4 pre-release
    (?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?             # 5, 6, 7 post-release
    (?:[-_.]?(dev)[-_.]?([0-9]*))?                              # 8, 9 development
    (?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?                       # 10 local label
    """,
    re.VERBOSE,
)
# The longest part that follows the specification and ends between words and numbers.
_PREFIX = re.compile(
    rf"(?:{_VERSION.pattern})(?:(?<=[0-9])(?![0-9])|(?<=[a-z])(?![a-z]))", re.VERBOSE
)
_LABEL_PART = re.compile(r"[a-z0-9]+")
_PHASES = {
    "a": 0,
    "alpha": 0,
    "b": 1,
    "beta": 1,
    "c": 2,
    "pre": 2,
    "preview": 2,
    "rc": 2,
}
# A development release of a final release is before its pre-releases.
_DEVELOPMENT, _FINAL = (-1, 0), (3, 0)
_NO_POST = -1
_NO_DEV = (1, 0)
_LOCAL_SEPARATOR = re.compile(r"[-_.]")

_LEGACY_EPOCH = -1
_LEGACY_PART = re.compile(r"[0-9]+|[a-z]+|-")
_LEGACY_WORD = {"pre": "c", "preview": "c", "-": "final-", "rc": "c", "dev": "@"}
_LEGACY_ZERO = "0" * 8


def _local_key(label: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(
        (1, int(part), "") if part.isdigit() else (0, 0, part)
        for part in _LOCAL_SEPARATOR.split(label)
    )


def _pep440_key(text: str) -> Key | None:
    found = _VERSION.fullmatch(text.lower())
    if found is None or not text.isascii():
        return None
    epoch, release, phase, nth, bare, post, nth_post, dev, nth_dev, local = (
        found.groups()
    )
    after = number(bare or nth_post) if bare or post else _NO_POST
    if phase:
        before = (_PHASES[phase], number(nth))
    else:
        before = _DEVELOPMENT if dev and after == _NO_POST else _FINAL
    return (
        number(epoch),
        without_zeros([int(part) for part in release.split(".")]),
        before,
        after,
        (0, number(nth_dev)) if dev else _NO_DEV,
        _local_key(local) if local else (),
    )


def _legacy_key(text: str) -> Key:
    if not text or not text.isascii() or " " in text:
        raise refuse("pep440", text, "N[.N]…[{a|b|rc}N][.postN][.devN][+local]")
    parts: list[str] = []
    for piece in _LEGACY_PART.findall(text.lower()):
        if piece[0].isdigit():
            parts.append(piece.zfill(len(_LEGACY_ZERO)))
            continue
        word = "*" + _LEGACY_WORD.get(piece, piece)
        # A hyphen in front of a pre-release, and zeros in front of any word, do not count.
        while parts and parts[-1] == "*final-" and word < "*final":
            parts.pop()
        while parts and parts[-1] == _LEGACY_ZERO:
            parts.pop()
        parts.append(word)
    return (_LEGACY_EPOCH, (*parts, "*final"))


def _parse(text: str) -> Key:
    return _pep440_key(text) or _legacy_key(text)


def _parse_range(text: str) -> Key:
    key = _pep440_key(text)
    if key is not None:
        return key
    lower = text.lower()
    found = _PREFIX.match(lower)
    known = _pep440_key(found.group()) if found else None
    if found is None or known is None or not text.isascii() or " " in text:
        raise refuse("pep440", text, "N[.N]…[{a|b|rc}N][.postN][.devN][+local]")
    label = ".".join(_LABEL_PART.findall(lower[found.end() :]))
    return (*known[:-1], known[-1] + (_local_key(label) if label else ()))


def public(key: Key) -> Key:
    """Give the key without the local label: a bound without one speaks of all builds of its version."""
    return (*key[:-1], ())


SCHEME = make("pep440", _parse, parse_range=_parse_range, public=public)
