"""
What docker's configuration says of registries (``DOCKER_CONFIG``, else ``~/.docker``, ``config.json``), read within bounds.

The members are those of docker's ``cli/config/configfile``: ``auths``, ``credsStore``, ``credHelpers``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson


_MAX_CONFIG = 4 << 20
_TEXTS = ("auth", "identitytoken", "registrytoken")


def docker_config() -> dict[str, Any]:
    """The parts that are in their format, as oras wants them; broken is as good as absent."""
    known = os.environ.get("DOCKER_CONFIG", "")
    directory = Path(known) if known else Path("~/.docker").expanduser()
    try:
        with (directory / "config.json").open("rb") as file:
            document = orjson.loads(file.read(_MAX_CONFIG))
    except (OSError, ValueError):
        document = {}
    if not isinstance(document, dict):
        document = {}
    store = document.get("credsStore")
    auths, helpers = document.get("auths"), document.get("credHelpers")
    return {
        "auths": _auths(auths if isinstance(auths, dict) else {}),
        "credsStore": store if isinstance(store, str) else None,
        "credHelpers": helpers if isinstance(helpers, dict) else {},
    }


def _auths(document: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """By host: docker also writes an address, as of the registry's old API."""
    good = {
        host: {key: entry[key] for key in _TEXTS if key in entry}
        for host, entry in document.items()
        if isinstance(entry, dict)
        and all(isinstance(entry.get(key, ""), str) for key in _TEXTS)
    }
    for key, entry in tuple(good.items()):
        if (host := _host(key)) and host not in good:
            good[host] = entry
    return good


def _host(key: str) -> str:
    try:
        return urlsplit(key).netloc if "://" in key else ""
    except ValueError:
        return ""
