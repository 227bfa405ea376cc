r"""
GitLab's job log: sections that fold, and colour.

A section begins with ``ESC[0Ksection_start:TIME:NAME CR ESC[0K``, then its title, and ends likewise
("Job logs", docs.gitlab.com); its name is of ``[A-Za-z0-9_.-]`` alone. Text of others loses every control character
before it gets here, and without these it can neither begin nor end one.
"""

from __future__ import annotations

import re
import time

from shipworthy.reports.text import line, quiet


RED, GREEN, YELLOW, MAGENTA = "31;1", "32;1", "33;1", "35;1"
"""Colours, as escapes of the terminal name them."""

_LONGEST = 2000
_NAME = 60
_ODD = re.compile(r"[^A-Za-z0-9_.-]+")
_CLEAR = "\x1b[0K"


def harmless(text: str) -> str:
    """``text`` on one line in which nothing acts: no control character, no command of any pipeline."""
    return quiet(line(text, _LONGEST)) if text.strip() else ""


def coloured(text: str, colour: str) -> str:
    """``text``, harmless, in a colour that ends with it."""
    return f"\x1b[{colour}m{harmless(text)}\x1b[0m"


def section_name(title: str, number: int) -> str:
    """A name that GitLab takes: of letters, digits and ``_.-``; ``number`` tells it from others of the log."""
    plain = _ODD.sub("_", title).strip("_")[:_NAME]
    return f"{plain or 'shipworthy'}_{number}"


def begin(name: str, title: str) -> str:
    """The line that opens a section."""
    return f"{_CLEAR}section_start:{int(time.time())}:{name}\r{_CLEAR}{coloured(title, '36;1')}"


def end(name: str) -> str:
    """The line that closes it."""
    return f"{_CLEAR}section_end:{int(time.time())}:{name}\r{_CLEAR}"
