"""
Regular expressions as Go reads them (RE2 syntax, https://github.com/google/re2/wiki/Syntax), in the part of it that entries know.

Grype and OSV-Scanner match package names with Go's ``regexp``. What it refuses (look-around,
back-references) is told apart from what it takes and an entry's ``pattern`` cannot say; classes with
a name and coded characters are written out.
"""

from __future__ import annotations

import re

from shipworthy.policy.conditions.interface import Expected
from shipworthy.policy.patterns import matcher


MAX_LENGTH = 250
_MAX_REPEAT = 1000
_MAX_DEPTH = 20

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": "\t ",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\t-\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_UNSAID = frozenset({"ascii", "cntrl"})
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_REPEAT = re.compile(r"\{(\d{1,5})(,(\d{0,5}))?\}")
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})")
_OPEN = re.compile(r"\?(?:P?<[A-Za-z_][A-Za-z0-9_]*>|:)")
_FLAGS = re.compile(r"\?[imsU]*(?:-[imsU]+)?[:)]")


class InvalidRegexError(Exception):
    """Go does not take it for a regular expression either."""


class UnsupportedRegexError(Exception):
    """Go takes it, and an entry's pattern cannot say it."""


def translate(expression: str) -> str:
    """
    ``expression`` as a pattern that the whole name must meet.

    Raises:
        InvalidRegexError: Go refuses it.
        UnsupportedRegexError: It cannot be said here.
    """
    if len(expression) > MAX_LENGTH:
        raise UnsupportedRegexError(f"it is longer than {MAX_LENGTH} characters")
    folded = expression.startswith("(?i)")
    parser = _Parser(expression[4:] if folded else expression)
    text = parser.alternatives(0)
    if not parser.done:
        raise InvalidRegexError("a parenthesis is closed that is not open")
    pattern = f"(?i){text}" if folded else text
    try:
        matcher(pattern)
    except Expected as error:
        raise UnsupportedRegexError(f"expected {error.words}") from None
    return pattern


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at >= len(self._text)

    @property
    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def alternatives(self, depth: int) -> str:
        if depth > _MAX_DEPTH:
            raise UnsupportedRegexError(f"groups nest more than {_MAX_DEPTH} deep")
        parts = [self._sequence(depth)]
        while self._next == "|":
            self._at += 1
            parts.append(self._sequence(depth))
        return "|".join(parts)

    def _sequence(self, depth: int) -> str:
        parts: list[str] = []
        while self._next not in {"", "|", ")"}:
            if self._quantifier():
                raise InvalidRegexError("a repetition has nothing before it")
            atom = self._atom(depth)
            sign = self._quantifier()
            if sign and self._quantifier():
                raise InvalidRegexError("a repetition is repeated")
            parts.append(atom + sign)
        return "".join(parts)

    def _quantifier(self) -> str:
        start = self._at
        if self._next in {"*", "+", "?"}:
            self._at += 1
        elif found := _REPEAT.match(self._text, self._at):
            low, _, high = found.groups()
            if int(low) > _MAX_REPEAT or (
                high and not int(low) <= int(high) <= _MAX_REPEAT
            ):
                raise InvalidRegexError(f"the repetition {found.group()}")
            self._at = found.end()
        else:
            return ""
        sign = self._text[start : self._at]
        if self._next == "?":
            self._at += 1  # lazy: the whole is met or not all the same
        return sign

    def _atom(self, depth: int) -> str:
        sign = self._next
        self._at += 1
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._escape()
        if sign in {".", "^", "$"}:
            return sign
        return re.escape(sign)

    def _group(self, depth: int) -> str:
        if self._next == "?":
            found = _OPEN.match(self._text, self._at)
            if found is None:
                if _FLAGS.match(self._text, self._at):
                    raise UnsupportedRegexError("it sets flags within")
                raise InvalidRegexError(
                    f"the group ({self._text[self._at : self._at + 3]}"
                )
            self._at = found.end()
        text = self.alternatives(depth + 1)
        if self._next != ")":
            raise InvalidRegexError("a parenthesis is open that is not closed")
        self._at += 1
        return f"(?:{text})"

    def _escape(self) -> str:
        sign = self._next
        if sign and sign in "dswDSWAz":
            self._at += 1
            return {"A": "^", "z": "$"}.get(sign, f"\\{sign}")
        if sign and sign in "bBQpPC":
            raise UnsupportedRegexError(f"it uses \\{sign}")
        return re.escape(self._character())

    def _character(self) -> str:
        """The character that the text after a backslash stands for."""
        sign = self._next
        if sign in _CONTROLS:
            self._at += 1
            return _CONTROLS[sign]
        if found := _HEX.match(self._text, self._at):
            code = int(found[1] or found[2], 16)
            if code > 0x10FFFF:
                raise InvalidRegexError(f"the escape \\{found.group()}")
            self._at = found.end()
            return chr(code)
        if sign and sign in "01234567":
            raise UnsupportedRegexError("it uses octal numbers")
        if not sign or not sign.isascii() or sign.isalnum():
            raise InvalidRegexError(f"the escape \\{sign}")
        self._at += 1
        return sign

    def _class(self) -> str:
        negated = self._next == "^"
        self._at += negated
        items: list[str] = []
        while not items or self._next != "]":
            if not self._next:
                raise InvalidRegexError("a bracket is open that is not closed")
            items.append(self._class_item())
        self._at += 1
        return f"[{'^' if negated else ''}{''.join(items)}]"

    def _class_item(self) -> str:
        if self._text.startswith("[:", self._at):
            return self._named_class()
        if self._next == "\\":
            sign = self._text[self._at + 1 : self._at + 2]
            if sign and sign in "pP":
                raise UnsupportedRegexError(f"it uses \\{sign}")
            if sign and sign in "dswDSW":
                self._at += 2
                return f"\\{sign}"
        low = self._class_character()
        if self._next != "-" or self._text[self._at + 1 : self._at + 2] in {"]", ""}:
            return _in_class(low)
        self._at += 1
        high = self._class_character()
        if high < low:
            raise InvalidRegexError(f"the range {low}-{high}")
        return f"{_in_class(low)}-{_in_class(high)}"

    def _named_class(self) -> str:
        end = self._text.find(":]", self._at)
        if end < 0:
            self._at += 1
            return r"\["
        name = self._text[self._at + 2 : end]
        if name.removeprefix("^") in _UNSAID or name.startswith("^"):
            raise UnsupportedRegexError(f"it uses [:{name}:]")
        if name not in _POSIX:
            raise InvalidRegexError(f"the class [:{name}:]")
        self._at = end + 2
        return _POSIX[name]

    def _class_character(self) -> str:
        sign = self._next
        if not sign:
            raise InvalidRegexError("a bracket is open that is not closed")
        self._at += 1
        return self._character() if sign == "\\" else sign


def _in_class(character: str) -> str:
    return f"\\{character}" if character in "\\]^-[&~|" else character
