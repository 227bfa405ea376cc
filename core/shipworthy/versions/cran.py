"""R package versions: numbers between dots or hyphens, in which a longer one is greater (Writing R Extensions, 1.1.1)."""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, refuse


_VERSION = re.compile(r"[0-9]+(?:[.-][0-9]+)*")


def _parse(text: str) -> Key:
    if not _VERSION.fullmatch(text):
        raise refuse("cran", text, "numbers between dots or hyphens")
    return tuple(int(part) for part in text.replace("-", ".").split("."))


SCHEME = make("cran", _parse)
