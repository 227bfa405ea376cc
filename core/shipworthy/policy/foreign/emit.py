"""Writing YAML so that any reader gives back what was written: texts, comments, and keys with one value or several."""

from __future__ import annotations

import re
from collections.abc import Sequence


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@+-]*(?::[A-Za-z0-9_./@+-]+)*")
_WORDS = frozenset({"false", "n", "no", "null", "off", "on", "true", "y", "yes"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n"}
_WIDTH = 4_000


def text(value: str) -> str:
    """``value`` as a YAML text; in quotes unless it can be taken for nothing else."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return f'"{"".join(map(_character, value))}"'


def day(value: str) -> str:
    """A day as a YAML date; what is none as a text."""
    return value if _DAY.fullmatch(value) else text(value)


def entry(fields: Sequence[tuple[str, str | Sequence[str]]]) -> list[str]:
    """The lines of one mapping in a list; a value that is several texts becomes a list of them."""
    lines = [f"{key}: {_value(value)}" for key, value in fields]
    return [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]


def comment(words: str, *, indent: str = "  ") -> str:
    """``words`` as one line of comment."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return f"{indent}# {line[:_WIDTH]}"


def _value(value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return value
    texts = [text(item) for item in value]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() and character != "\ufeff":
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
