"""
Parts of GitLab's container scanning report as they stand in it: members in the order of their names, indented for their place.

What many findings have in common is written once, and a finding is joined of that. Nothing but whole members is joined, so
that no text needs to be looked into; :mod:`shipworthy.reports.gitlab` has the source of the format.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from shipworthy.reports.text import line, quiet


NAME_MOST = 255
"""Longest name, in characters."""
DETAIL_MOST = 1000

_CUT = 64  # what may come behind a text that is cut
_SHORT = 128


def bounded(text: str, most: int) -> str:
    """``text`` harmless, on one line of at most ``most`` characters."""
    if len(text) <= _SHORT and text.isascii() and text.isprintable():
        return quiet(text) if "#" in text or ":" in text else text
    text = quiet(line(text, most - _CUT))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def run(*members: bytes) -> bytes:
    """Members of a vulnerability, one after the other; empty ones are left out."""
    return b",\n      ".join(filter(None, members))


def text_member(name: bytes, text: str) -> bytes:
    """A text that a vulnerability has."""
    return b'"%b": %b' % (name, orjson.dumps(text))


def list_member(name: bytes, items: Iterable[bytes]) -> bytes:
    """A list that a vulnerability has, of one or more objects."""
    return b'"%b": [\n        %b\n      ]' % (name, b",\n        ".join(items))


def inner_run(*members: bytes) -> bytes:
    """Members of an object that a vulnerability has, as :func:`run`."""
    return b",\n        ".join(filter(None, members))


def named(key: str, name: str) -> bytes:
    """How a text among the details of a vulnerability begins."""
    told = f'"{key}": {{\n          "name": "{name}",\n          "type": "text",'
    return f'{told}\n          "value": '.encode()


def detail(start: bytes, text: str) -> bytes:
    """A text among the details of a vulnerability, that begins as :func:`named` has it."""
    return start + orjson.dumps(bounded(text, DETAIL_MOST)) + b"\n        }"
