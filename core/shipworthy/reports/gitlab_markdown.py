"""Texts of others as GitLab's Markdown, which show and do nothing there."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from shipworthy.reports.text import block, quiet


_MARKUP = "\\`<[]"  # of HTML, links, images and code; the backslash first, for it escapes the others
_NAMING = "#!@&$%^~"  # before a name that GitLab links or notifies; the last one may be part of the name
_COMMAND = re.compile(r"^(?=[ \t]*/)", re.MULTILINE)
_TICKS = re.compile("`+")


@lru_cache(maxsize=1 << 11)
def plain(text: str, most: int) -> str:
    """``text`` of about ``most`` characters as Markdown that shows it and does nothing."""
    told = quiet(block(text, most))
    for sign in _MARKUP:
        if sign in told:
            told = told.replace(sign, f"\\{sign}")
    for sign in _NAMING:
        if sign in told:
            told = f"\\{sign}".join(_naming(sign).split(told))
    if "/" in told and ("\n" in told or told.lstrip(" \t").startswith("/")):
        told = _COMMAND.sub(r"\\", told)
    return told


@cache
def _naming(sign: str) -> re.Pattern[str]:
    """The sign where it stands before a name. One pattern each, for texts are searched for one sign fastest."""
    if sign in "#!":
        return re.compile(rf"{sign}(?=[\w\"{{])")
    return re.compile(rf"{re.escape(sign)}(?<!\w.)(?=[\w\"{{~])")


def fenced(command: str, most: int) -> str:
    """A command to copy as it is, behind more ticks than stand in it; nothing where it has more characters than ``most``."""
    text = quiet(block(command, 2 * most))
    if not text or len(text) > most:
        return ""
    ticks = "`" * max(3, *(len(run) + 1 for run in _TICKS.findall(text)), 0)
    return f"{ticks}sh\n{text}\n{ticks}"
