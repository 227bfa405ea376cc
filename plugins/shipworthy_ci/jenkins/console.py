"""
Jenkins' console: text of others in it starts no line and hides nothing.

The console acts on one thing alone, notes between terminal escapes (``hudson.console.ConsoleNote``: ``ESC[8mha:`` …
``ESC[0m``), which are signed; escapes are written out all the same. People, and the plug-ins that search logs, read
``[Pipeline]``, ``Finished: SUCCESS`` or ``ERROR:`` where a line begins, so that every line of ours is set in.
"""

from __future__ import annotations

from shipworthy.reports.text import line, quiet


LONGEST = 2000
"""Most characters of a line."""
_INDENT = "  "


def harmless(text: str, limit: int = LONGEST) -> str:
    """``text`` on one line, in which nothing acts."""
    return quiet(line(text, limit))


def set_in(text: str) -> str:
    """One line of a report as the console may show it; its own indentation stays."""
    bare = text.lstrip(" ")
    blanks = _INDENT + " " * (len(text) - len(bare))
    return f"{blanks}{harmless(bare)}" if bare.strip() else ""
