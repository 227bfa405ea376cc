"""
TeamCity's service messages: ``##teamcity[name 'value']`` and ``##teamcity[name key='value' …]``, each on a line of its own.

Source: jetbrains.com/help/teamcity/service-messages.html. ``|``, ``'``, ``[``, ``]`` and line ends are escaped with a
bar; all that is not printable ASCII is written ``|0xNNNN``, by units of UTF-16, so that no encoding of a log changes it.
"""

from __future__ import annotations

import re


_NAMED = {"|": "||", "'": "|'", "[": "|[", "]": "|]", "\n": "|n", "\r": "|r"}
_SPECIAL = re.compile(r"[|'\[\]\n\r]|[^ -~]")


def escape(text: str) -> str:
    """``text`` as a value of a service message may hold it."""
    return _SPECIAL.sub(lambda found: _NAMED.get(found[0]) or _units(found[0]), text)


def message(name: str, value: str | None = None, /, **attributes: str) -> str:
    """One service message, without the end of its line; of one ``value`` or of ``attributes``."""
    told = [] if value is None else [f"'{escape(value)}'"]
    told += [f"{key}='{escape(text)}'" for key, text in attributes.items()]
    return f"##teamcity[{' '.join((name, *told))}]"


def _units(char: str) -> str:
    data = char.encode("utf-16-be", "surrogatepass")
    return "".join(
        f"|0x{data[at : at + 2].hex().upper()}" for at in range(0, len(data), 2)
    )
