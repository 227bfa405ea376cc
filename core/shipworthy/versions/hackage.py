"""
Haskell package versions: numbers between dots, in which a longer one is greater (Haskell PVP, Data.Version).

Tags after a hyphen, long deprecated, do not count.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, refuse


_VERSION = re.compile(r"([0-9]+(?:\.[0-9]+)*)(?:-[0-9A-Za-z-]+)?", re.ASCII)


def _parse(text: str) -> Key:
    found = _VERSION.fullmatch(text)
    if found is None:
        raise refuse("hackage", text, "numbers between dots")
    return tuple(int(part) for part in found.group(1).split("."))


SCHEME = make("hackage", _parse)
