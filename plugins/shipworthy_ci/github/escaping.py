"""
Workflow commands of GitHub Actions: ``::name key=value,…::message``, as the runner reads them.

The escaping is that of the toolkit (``@actions/core``): in messages ``%``, CR and LF are written ``%25``, ``%0D`` and
``%0A``, in properties colon and comma as ``%3A`` and ``%2C`` as well. The standard library alone is used here: the
action's own steps run before anything is installed.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping


_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans(
    {"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"}
)


def command(
    name: str, message: str = "", properties: Mapping[str, str] | None = None
) -> str:
    """One command on one line, whatever is in ``message`` and the properties; empty properties are left out."""
    told = ",".join(
        f"{key}={value.translate(_PROPERTY)}"
        for key, value in (properties or {}).items()
        if value
    )
    return f"::{name}{' ' if told else ''}{told}::{message.translate(_DATA)}"


def output(name: str, value: str) -> str:
    """
    A value of several lines for the files of the runner (``GITHUB_OUTPUT``), between delimiters.

    No value can hold its delimiter: it is drawn at random, and another one where it is in there.
    """
    while True:
        delimiter = f"ghadelimiter_{secrets.token_hex(16)}"
        if delimiter not in value and delimiter not in name:
            return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def token() -> str:
    """A word that ends what ``stop-commands`` began, and that nobody can know before."""
    return f"shipworthy-{secrets.token_hex(16)}"
