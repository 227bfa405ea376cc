"""
Logging commands of Azure Pipelines: ``##vso[area.action key=value;…]data``, each on a line of its own.

Source: learn.microsoft.com, "Logging commands", and the agent's ``docs/design/percentEncoding.md``: ``;``, CR, LF and
``]`` are written ``%3B``, ``%0D``, ``%0A`` and ``%5D``, and the sign itself ``%AZP25``, in properties and data alike.
"""

from __future__ import annotations

from collections.abc import Mapping


_SIGNS = str.maketrans(
    {"%": "%AZP25", ";": "%3B", "\r": "%0D", "\n": "%0A", "]": "%5D"}
)


def escape(text: str) -> str:
    """``text`` as a property or the data of a command may hold it."""
    return text.translate(_SIGNS)


def command(
    name: str, data: str = "", properties: Mapping[str, str] | None = None
) -> str:
    """One command on one line, whatever is in ``data`` and the properties; empty properties are left out."""
    told = ";".join(
        f"{key}={escape(value)}" for key, value in (properties or {}).items() if value
    )
    return f"##vso[{name}{' ' if told else ''}{told}]{escape(data)}"
