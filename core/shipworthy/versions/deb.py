"""
Debian package versions: ``[epoch:]upstream[-revision]`` (deb-version(7), Debian Policy 5.6.12).

Orders everything that dpkg orders. Like dpkg's comparison, and unlike its build tools,
it takes versions with a letter in front or a character of its own making.
"""

from __future__ import annotations

import re

from shipworthy.versions.interface import Key, make, number, refuse


_PARTS = re.compile(r"([^0-9]*)([0-9]*)")
_EPOCH = re.compile(r"[0-9]+:")
_MAX_EPOCH = 2**31 - 1

# Policy's order within the parts that are not digits: a tilde, the part's end, letters,
# all else. The end is written as \1; what neither ~ nor letter is moves above the letters.
_END = "\x01"
_ORDER = {
    code: ("\x00" if code == ord("~") else chr(code + 128))
    for code in range(0x21, 0x7F)
    if not chr(code).isalnum()
}


def _part_key(text: str) -> tuple[str | int, ...]:
    pieces: list[str | int] = []
    for word, digits in _PARTS.findall(text.translate(_ORDER)):
        pieces.append(word + _END)
        pieces.append(number(digits))
    return tuple(pieces)


def _parse(text: str) -> Key:
    epoch, colon, rest = text.partition(":")
    if not colon:
        epoch, rest = "0", text
    if not (epoch.isascii() and epoch.isdigit()) or int(epoch) > _MAX_EPOCH:
        raise refuse("deb", text, "a number before the first colon")
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, "0"
    if not upstream or not revision or not text.isascii() or " " in text:
        raise refuse("deb", text, "[epoch:]upstream[-revision] in ASCII, no spaces")
    return (int(epoch), _part_key(upstream), _part_key(revision))


def with_epoch_of(text: str, other: str) -> str:
    """Give ``text`` with the epoch of ``other``, if it has none of its own."""
    found = _EPOCH.match(other.strip())
    if found is None or _EPOCH.match(text.strip()):
        return text
    return found.group() + text.strip()


SCHEME = make("deb", _parse, with_epoch_of=with_epoch_of)
