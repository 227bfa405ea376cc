r"""
Regular expressions of a policy, in linear time: the part of RE2's syntax that names need.

Literals, ``.``, classes (``[a-z]``, ``[^0-9]``, ``\d \w \s`` and their opposites), groups, ``|``,
``* + ? {n} {n,} {n,m}`` (also lazy), ``^`` and ``$``, ``(?i)`` at the beginning, and ``\`` before
a sign (https://github.com/google/re2/wiki/Syntax). What RE2 does not know, back references and
looking around, is refused here too, and so is a pattern that grows beyond all bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import field

from shipworthy.policy.automaton import (
    At,
    Automaton,
    Choice,
    Many,
    Node,
    One,
    Row,
    Takes,
    TooLargeError,
)
from shipworthy.policy.conditions.interface import Expected
from shipworthy.values import dataclass


MAX_LENGTH = 1_000
"""Characters of a pattern."""
_MAX_DEPTH = 30
_MAX_REPEATS = 1_000
_MAX_NODES = 4_000
_REPEAT = re.compile(r"\{(\d{1,4})(,?)(\d{0,4})\}")
_GROUP = re.compile(r"\?(?::|P?<[A-Za-z_]\w*>)")
_CLASSES = {"d": r"[0-9]", "w": r"[0-9A-Za-z_]", "s": r"[\t\n\f\r ]"}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_SIGNS = frozenset("*+?{")


def matcher(pattern: str) -> Callable[[str], bool]:
    """
    What tells whether a text as a whole is met by ``pattern``.

    Raises:
        Expected: It is no regular expression, one of a kind that is not supported, or too large.
    """
    if len(pattern) > MAX_LENGTH:
        raise Expected(f"a regular expression of at most {MAX_LENGTH} characters")
    folded = pattern.startswith("(?i)")
    parser = _Parser(text=pattern[4:] if folded else pattern, folded=folded)
    node = parser.choice(0)
    if parser.at < len(parser.text):
        raise Expected("a regular expression; here a group is closed that is not open")
    try:
        return Automaton(node).meets
    except TooLargeError:
        raise _too_large() from None


@dataclass(slots=True, kw_only=True)
class _Parser:
    """Reads a pattern from left to right."""

    text: str
    folded: bool
    at: int = 0
    _nodes: int = field(default=0)

    def choice(self, depth: int) -> Node:
        if depth > _MAX_DEPTH:
            raise _too_large()
        branches = [self._row(depth)]
        while self._take("|"):
            branches.append(self._row(depth))
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _row(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            before = self._nodes
            node = self._atom(depth)
            parts.append(self._repeated(node, self._nodes - before))
        return Row(tuple(parts))

    def _atom(self, depth: int) -> Node:
        self._count(1)
        character = self._next()
        if character == "(":
            return self._group(depth)
        if character == "[":
            return One(self._class())
        if character == "\\":
            return self._escape()
        if character == ".":
            return One(_any)
        if character in "^$":
            return At("begin" if character == "^" else "end")
        if character in _SIGNS:
            raise Expected(
                f"a regular expression; {character} has nothing to repeat here"
            )
        return One(self._literal(character))

    def _group(self, depth: int) -> Node:
        if self.text.startswith("?", self.at):
            named = _GROUP.match(self.text, self.at)
            if named is None:
                raise Expected("a regular expression without looking around or flags")
            self.at = named.end()
        node = self.choice(depth + 1)
        if not self._take(")"):
            raise Expected("a regular expression whose groups are all closed")
        return node

    def _repeated(self, node: Node, size: int) -> Node:
        """The node as often as what follows it says; ``size`` is how many nodes it is made of."""
        low, high = 1, 1
        if self._take("*"):
            low, high = 0, -1
        elif self._take("+"):
            low, high = 1, -1
        elif self._take("?"):
            low, high = 0, 1
        elif found := _REPEAT.match(self.text, self.at):
            self.at = found.end()
            low = int(found[1])
            high = int(found[3]) if found[3] else -1 if found[2] else low
            if max(low, high) > _MAX_REPEATS or -1 < high < low:
                raise Expected(f"a repetition {{n,m}} of at most {_MAX_REPEATS}")
        else:
            return node
        self._take("?")  # lazy: the whole name is met or not all the same
        if self.text[self.at : self.at + 1] in {*_SIGNS}:
            raise Expected("a regular expression; here a repetition is repeated")
        self._count(size * max(low, high, 1))
        rest = [Many(node)] if high < 0 else [Choice((Row(), node))] * (high - low)
        return Row((*[node] * low, *rest))

    def _escape(self) -> Node:
        character = self._next()
        if character in {"A", "z"}:
            return At("begin" if character == "A" else "end")
        return One(self._escaped(character))

    def _escaped(self, character: str) -> Takes:
        kind = _CLASSES.get(character.lower())
        if kind is not None:
            meets = re.compile(kind).match
            if character.isupper():
                return lambda one: meets(one) is None
            return lambda one: meets(one) is not None
        return self._literal(self._sign(character))

    def _sign(self, character: str) -> str:
        """The character that an escape stands for."""
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isalnum():
            raise Expected(f"a regular expression; \\{character} is not supported")
        return character

    def _class(self) -> Takes:
        """A class after its ``[``."""
        inverted = self._take("^")
        takes: list[Takes] = []
        first = True
        while first or not self._take("]"):
            first = False
            self._count(1)
            if self.text.startswith("[:", self.at):
                raise Expected("a regular expression without [:names:] of classes")
            takes.append(self._member())
        if inverted:
            return lambda one: not any(take(one) for take in takes)
        return lambda one: any(take(one) for take in takes)

    def _member(self) -> Takes:
        low = self._next()
        if low == "\\":
            low = self._next()
            if low.lower() in _CLASSES:
                return self._escaped(low)
            low = self._sign(low)
        ahead = self.text[self.at : self.at + 2]
        if len(ahead) < 2 or ahead[0] != "-" or ahead[1] == "]":
            return self._literal(low)
        self.at += 1
        high = self._next()
        if high == "\\":
            high = self._sign(self._next())
        if high < low:
            raise Expected(f"a regular expression; {low}-{high} is no range")
        if self.folded:
            return lambda one: low <= one.lower() <= high or low <= one.upper() <= high
        return lambda one: low <= one <= high

    def _literal(self, character: str) -> Takes:
        if self.folded:
            folded = character.casefold()
            return lambda one: one.casefold() == folded
        return character.__eq__

    def _take(self, character: str) -> bool:
        taken = self.text.startswith(character, self.at)
        self.at += taken
        return taken

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise Expected("a regular expression that is whole; this one breaks off")
        self.at += 1
        return self.text[self.at - 1]

    def _count(self, more: int) -> None:
        self._nodes += more
        if self._nodes > _MAX_NODES:
            raise _too_large()


def _any(character: str) -> bool:
    del character
    return True


def _too_large() -> Expected:
    return Expected("a regular expression that is not as large as this one")
