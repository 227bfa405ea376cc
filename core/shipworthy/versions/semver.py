"""
Semantic versions (semver.org 2.0.0) as npm, crates and others write them.

Build labels do not count. Lenient where people are: a ``v`` or ``=`` in front, one or two
numbers or more than three, a pre-release without its hyphen (``1.21rc2``) or after a dot
(``1.0.0.beta``).
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, refuse, without_zeros


_VERSION = re.compile(
    r"=?\s*[vV]?([0-9]+(?:\.[0-9]+)*)"  # 1 numbers
    r"(?:-([0-9A-Za-z._~-]+)"  # 2 pre-release
    r"|([A-Za-z][0-9A-Za-z._~-]*)"  # 3 pre-release without hyphen
    r"|\.([A-Za-z_][0-9A-Za-z._~-]*))?"  # 4 a word after a dot
    r"(?:\+([\x21-\x7e]*))?"  # 5 build
)
_PRE_WORD = re.compile(
    r"(?:alpha|beta|rc|a|b|c|pre|preview|dev|canary|next|nightly|snapshot)(?![a-z])",
    re.IGNORECASE,
)
_PRE_DOT = re.compile(r"\.(?=alpha|beta|rc)")
_WILDCARD = re.compile(r"[xX](?![0-9A-Za-z])")

RELEASE = 1
_PRERELEASE = 0


def identifiers(text: str) -> tuple[tuple[int, int | str], ...]:
    """Give the key of dot-separated identifiers: numbers below words, each in its own order."""
    return tuple(
        (0, int(part)) if part.isdigit() else (1, part) for part in text.split(".")
    )


def split(name: str, text: str) -> tuple[list[int], str, str]:
    """
    Split a version into its numbers, its pre-release and its build label.

    ``name`` is the scheme that a refusal speaks of; raises ``VersionError``.
    """
    found = _VERSION.fullmatch(text)
    if found is None or not text.isascii():
        raise refuse(name, text, "numbers[-pre-release][+build]")
    numbers, marked, bare, word, build = found.groups()
    if _WILDCARD.match(bare or word or ""):
        raise refuse(name, text, "a version, not a wildcard")
    pre = marked or bare or ""
    if word:
        if _PRE_WORD.match(word):
            pre = _PRE_DOT.sub("-", word)
        else:
            build = word
    return [int(part) for part in numbers.split(".")], pre, build or ""


def precedence(numbers: list[int], pre: str) -> tuple[Key, int, Key]:
    """Give the key of a version's numbers and pre-release."""
    if pre:
        return (without_zeros(numbers), _PRERELEASE, identifiers(pre))
    return (without_zeros(numbers), RELEASE, ())


def _parse(text: str) -> Key:
    numbers, pre, _ = split("semver", text)
    return precedence(numbers, pre)


SCHEME = make("semver", _parse)
