"""
Go module and toolchain versions (go.dev/ref/mod#versions, go.dev/doc/toolchain#version).

Modules are semantic versions with a ``v`` that may be missing; pseudo-versions sort as the
pre-releases that they are; build labels (``+incompatible``, ``+dirty``) do not count.
Toolchains are read as ``runtime.Version`` prints them and put in the form that the Go
vulnerability database uses: ``go1.22rc1`` is ``1.22.0-rc.1``. What a vendor adds to a
toolchain (``go1.22.3 X:boringcrypto``, ``1.21.0-fips``) does not count.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make
from shipworthy.versions.semver import precedence, split


_TOOLCHAIN = re.compile(r"(?:go|[vV])?([0-9]+(?:\.[0-9]+)*)(alpha|beta|rc)([0-9]+)")
_GO = re.compile(r"go([0-9]+(?:\.[0-9]+)*)")
_DEVEL = re.compile(r"devel\s+go([0-9]+(?:\.[0-9]+)*)")
_FIPS = re.compile(r"-fips[0-9.-]*\Z")


def _padded(numbers: str) -> str:
    return numbers + ".0" * (2 - numbers.count("."))


def normalise(text: str) -> str:
    """
    Give a toolchain's version as the Go vulnerability database writes it, any other as it is.

    A toolchain between releases (``devel go1.23-0a1b2c``) is before all of ``1.23``.
    """
    text = text.strip()
    if found := _DEVEL.match(text):
        return f"{_padded(found.group(1))}-0"
    text = text.partition(" ")[0]
    if found := _TOOLCHAIN.match(text):
        return f"{_padded(found.group(1))}-{found.group(2)}.{found.group(3)}"
    if found := _GO.match(text):
        return _padded(found.group(1))
    return _FIPS.sub("", text)


def _parse(text: str) -> Key:
    numbers, pre, _ = split("golang", normalise(text))
    return precedence(numbers, pre)


SCHEME = make("golang", _parse, normalise=normalise)
