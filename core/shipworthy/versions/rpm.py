"""
RPM versions: ``[epoch:]version[-release]``, ordered by rpmvercmp (rpm-version(7)).

An absent epoch is 0. An absent release sorts before every release. All else that is not
an ASCII letter, a digit, ``~`` or ``^`` only separates, as in rpm itself, so that text
beyond ASCII is no difference.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, number, refuse


_TOKENS = re.compile(r"([0-9]+)|([A-Za-z]+)|([~^])")
_EPOCH = re.compile(r"([0-9]*):")

# What may stand at one place, lowest first.
_TILDE, _END, _CARET, _ALPHA, _DIGIT = range(5)


def vercmp_key(text: str) -> tuple[int | str, ...]:
    """Give the key that orders one field, a version or a release, as rpmvercmp does."""
    out: list[int | str] = []
    for digits, word, mark in _TOKENS.findall(text):
        if digits:
            out += (_DIGIT, int(digits))
        elif word:
            out += (_ALPHA, word)
        else:
            out.append(_TILDE if mark == "~" else _CARET)
    out.append(_END)
    return tuple(out)


def evr_key(epoch: str, version: str, release: str | None) -> Key:
    """Give the key of the three fields; an empty epoch is 0, ``None`` an absent release."""
    ending = () if release is None else vercmp_key(release)
    return (number(epoch), vercmp_key(version), ending)


def split_evr(text: str) -> tuple[str, str, str | None]:
    """
    Split ``[epoch:]version[-release]`` into its fields; the epoch is empty where absent.

    What stands before a colon is an epoch only if it is a number, as in rpm; else the
    colon is part of the version.
    """
    found = _EPOCH.match(text)
    rest = text[found.end() :] if found else text
    version, dash, release = rest.rpartition("-")
    epoch = found.group(1) if found else ""
    return (epoch, version, release) if dash else (epoch, rest, None)


def _parse(text: str) -> Key:
    epoch, version, release = split_evr(text)
    if not version or " " in text:
        raise refuse("rpm", text, "[epoch:]version[-release] without spaces")
    return evr_key(epoch, version, release)


def with_epoch_of(text: str, other: str) -> str:
    """Give ``text`` with the epoch of ``other``, if it has none of its own."""
    found = _EPOCH.match(other.strip())
    if found is None or _EPOCH.match(text.strip()):
        return text
    return found.group() + text.strip()


SCHEME = make("rpm", _parse, with_epoch_of=with_epoch_of)
