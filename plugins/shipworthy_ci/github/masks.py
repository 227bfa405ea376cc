"""
Which values of the environment the runner should never show: those of variables that are named like secrets.

Addresses of chats are secrets too: whoever knows one may write there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shipworthy_ci.github.escaping import command


_SECRET = re.compile(
    r"SHIPWORTHY_[A-Z0-9_]*(?:TOKEN|SECRET|PASSWORD|PASSPHRASE)"
    r"|SHIPWORTHY_WORDFENCE_KEY|SHIPWORTHY_NOTIFY|(?:GITHUB|GH)_TOKEN"
)
_LEAST = 4
"""A shorter value would blank out half of the log."""


def masks(environment: Mapping[str, str]) -> list[str]:
    """The commands that hide them, a line of a value each: the runner looks for lines."""
    values = {
        part.strip()
        for name, value in environment.items()
        if _SECRET.fullmatch(name)
        for part in value.splitlines()
    }
    return [command("add-mask", one) for one in sorted(values) if len(one) >= _LEAST]
