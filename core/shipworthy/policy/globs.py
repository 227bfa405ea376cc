"""
Globs, in time that grows with the text and not with its combinations.

Two readings. Paths: ``*`` and ``?`` stop at ``/``, ``**`` does not, and ``**/`` is any number of
whole directories, none among them (:func:`matcher`). Names, purls and everything else: ``*`` and
``?`` stand for any character (:func:`loose`). Every other character stands for itself, case and all.

A glob becomes a regular expression that never tries a star twice: after a star, the first place
where what follows fits is taken for good, for any later one can be reached from it by the next
star. Python has no atomic groups before 3.11; a group in a look-ahead, named right after it, is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache


MAX_LENGTH = 4096
"""Characters of a text that a glob with a wildcard is held against; a longer one never matches."""

_TOKENS = re.compile(r"(\*\*+/|\*\*+|\*|\?)")
_STARS = {"*": "[^/]*?", "**": ".*?", "**/": "(?:[^/]*/)*?"}
_OVER_DIRECTORIES = frozenset({_STARS["**"], _STARS["**/"]})


def is_glob(text: str) -> bool:
    """Whether ``text`` has a wildcard in it."""
    return "*" in text or "?" in text


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> Callable[[str], bool]:
    """
    Whether a path, without a leading slash, is one that ``pattern`` means.

    A leading slash of the pattern does not count, so that ``/app/**`` and ``app/**`` are one.
    """
    pattern = pattern.lstrip("/")
    return _compiled(pattern, _path_parts(pattern))


@lru_cache(maxsize=4096)
def loose(pattern: str) -> Callable[[str], bool]:
    """Whether a text is one that ``pattern`` means, where ``*`` stands for anything at all."""
    parts = (
        "**" if part.startswith("*") else part
        for part in re.split(r"(\*+|\?)", pattern)
    )
    return _compiled(pattern, parts, any_character=".")


def any_of(matchers: Iterable[Callable[[str], bool]]) -> Callable[[str], bool]:
    """Whether one of ``matchers`` says yes."""
    every = tuple(matchers)
    if len(every) == 1:
        return every[0]
    return lambda text: any(matches(text) for matches in every)


def _path_parts(pattern: str) -> Iterable[str]:
    """The literals and wildcards of a path's glob; ``**/`` is one only at the beginning of a segment."""
    before = "/"
    for part in _TOKENS.split(pattern):
        if part.startswith("**"):
            directories = part.endswith("/")
            yield "**/" if directories and before == "/" else "**"
            if directories and before != "/":
                yield "/"
        else:
            yield part
        before = part[-1:] or before


def _compiled(
    pattern: str, parts: Iterable[str], *, any_character: str = "[^/]"
) -> Callable[[str], bool]:
    if not is_glob(pattern):
        return pattern.__eq__
    pieces: list[tuple[str, str]] = [("", "")]  # a star, and what follows it
    for part in parts:
        star, text = pieces[-1]
        if part in _STARS:
            pieces.append((_STARS[part], ""))
        else:
            found = any_character if part == "?" else re.escape(part)
            pieces[-1] = (star, text + found)
    return _within(re.compile(_expression(pieces), re.DOTALL).fullmatch)


def _expression(pieces: list[tuple[str, str]]) -> str:
    """
    Runs that begin with a star over directories, each taken for good once it fits, the last at the end.

    Within a run, so is each piece after a plain star.
    """
    out = run = ""
    for at, (star, text) in enumerate(pieces):
        last = at == len(pieces) - 1
        if star in _OVER_DIRECTORIES:
            out, run = out + _atomic(f"r{at}", run), ""
        settled = star and not last and star not in _OVER_DIRECTORIES
        run += _atomic(f"p{at}", star + text) if settled else star + text
    return out + run


def _atomic(name: str, expression: str) -> str:
    return f"(?=(?P<{name}>{expression}))(?P={name})"


def _within(found: Callable[[str], object]) -> Callable[[str], bool]:
    return lambda text: len(text) <= MAX_LENGTH and found(text) is not None
