"""
Release lines of an ecosystem: what counts as the installed major, and how near two versions are.

A major is the first number, with 0.x as Semantic Versioning and caret ranges have it: below 1.0
the second number is the major. Exceptions:

- Go modules carry the major in their path (https://go.dev/ref/mod#major-version-suffixes), so
  all versions of one path are one line.
- Versions that begin with a year (``certifi 2022.12.7``) have no major.
- Languages and servers that promise compatibility within ``major.minor`` (Python, Ruby, PHP, nginx,
  OpenSSL) have their lines by two numbers.
"""

from __future__ import annotations

import re
from functools import lru_cache


Line = tuple[int, ...]

_NUMBERS = re.compile(r"(?:\d{1,9}[!:])?[vV]?(\d{1,18}(?:\.\d{1,18}){0,7})", re.ASCII)
_PRE = re.compile(
    r"[-._]?(?:a|b|c|rc|alpha|beta|dev|pre|preview|snapshot|m|cr|milestone)[-._]?\d*"
    r"(?:[-._+].*)?$",
    re.ASCII | re.IGNORECASE,
)
_BY_TWO = frozenset(
    {
        "cpython",
        "libphp",
        "mariadb",
        "mysql",
        "nginx",
        "openssl",
        "php",
        "php-cli",
        "php-fpm",
        "python",
        "ruby",
    }
)
_RELEASED_ALIKE = frozenset({"cargo", "npm", "pypi"})
_FIRST_YEAR = 1990
_ONE: Line = ()


@lru_cache(maxsize=1 << 14)
def numbers(version: str) -> Line:
    """The dotted numbers that ``version`` begins with, without epoch or ``v``."""
    found = _NUMBERS.match(version)
    return tuple(map(int, found[1].split("."))) if found else ()


def line_of(kind: str, name: str, version: str) -> Line:
    """The line that a version is of; two versions with the same one are compatible by the ecosystem's notion."""
    if kind == "golang":
        return _ONE
    parts = numbers(version)
    if not parts or parts[0] >= _FIRST_YEAR:
        return _ONE
    if parts[0] == 0 or (kind == "generic" and name in _BY_TWO):
        return (*parts, 0)[:2]
    return parts[:1]


def next_line(line: Line) -> str:
    """The first version that is not of the line; empty where there is none such."""
    return ".".join(map(str, (*line[:-1], line[-1] + 1))) if line else ""


def shared(one: str, other: str) -> int:
    """How many leading numbers two versions have in common."""
    count = 0
    for left, right in zip(numbers(one), numbers(other), strict=False):
        if left != right:
            break
        count += 1
    return count


def is_pre_release(version: str) -> bool:
    """Whether the version reads as one before a release: ``2.0rc1``, ``5.0.0-beta.3``."""
    found = _NUMBERS.match(version)
    return bool(found and _PRE.fullmatch(version, found.end()))


def released(kind: str, version: str) -> str:
    """The release that a pre-release leads to, where the ecosystem names them alike; other versions as they are."""
    if kind not in _RELEASED_ALIKE or not is_pre_release(version):
        return version
    found = _NUMBERS.match(version)
    return found[0] if found else version


def is_of_line(version: str, cycle: str) -> bool:
    """Whether ``version`` is of the release line called ``cycle``: ``5.2.3`` of ``5.2``."""
    named = numbers(cycle)
    return bool(named) and numbers(version)[: len(named)] == named
