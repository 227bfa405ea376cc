"""What a step gave for its inputs, as texts with their places, and these as numbers, flags and lists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

from shipworthy.errors import UsageError
from shipworthy.policy.foreign.interface import MAX_ENTRIES, MAX_WORD, shown
from shipworthy.values import dataclass


_WHOLE = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_PROBABILITY = re.compile(r"(?:0?\.[0-9]{1,10}|[01](?:\.[0-9]{0,10})?)", re.ASCII)
_TRUE = frozenset({"1", "t", "true"})
_FALSE = frozenset({"0", "f", "false", ""})
_COMMENT = re.compile(r"#[^\n]*")
_SEPARATORS = re.compile(r"[,\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value as it was written, and where."""

    text: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The inputs of one step."""

    values: Mapping[str, Value]
    defaults: Mapping[str, str]
    place: str = ""
    """The step's own."""

    def has(self, name: str) -> bool:
        """Whether the step says anything of it; an empty value is none."""
        value = self.values.get(name)
        return value is not None and bool(value.text.strip())

    def text(self, name: str) -> str:
        """
        The value without spaces around it, else the default.

        Raises:
            UsageError: It is an expression, of which only a running pipeline knows what it comes to.
        """
        if not self.has(name):
            return self.defaults.get(name, "")
        text = self.values[name].text.strip()
        if "${" in text:
            raise UsageError(
                f"{self.place_of(name)}: {name} is an expression, whose value is known to a running pipeline alone",
                hint=f"say the value behind the file: {name}=…",
            )
        return text

    def place_of(self, name: str) -> str:
        """Where it is written; the step's own place where it is not."""
        value = self.values.get(name)
        return value.place if value is not None else self.place

    def whole(self, name: str) -> int:
        """The value as a whole number; raises :class:`UsageError` for anything else."""
        text = self.text(name)
        if not _WHOLE.fullmatch(text):
            self.refuse(name, "a whole number")
        return int(text)

    def flag(self, name: str) -> bool:
        """The value as true or false; raises :class:`UsageError` for anything else."""
        text = self.text(name).lower()
        if text not in _TRUE | _FALSE:
            self.refuse(name, "true or false")
        return text in _TRUE

    def probability(self, name: str) -> str:
        """The value as a number from 0 to 1, in plain digits; raises :class:`UsageError` for anything else."""
        text = self.text(name)
        if not _PROBABILITY.fullmatch(text) or float(text) > 1:
            self.refuse(name, "a number from 0 to 1")
        digits = f"{float(text):.10f}".rstrip("0")
        return digits.removesuffix(".")

    def words(self, name: str, *, comments: bool = False) -> tuple[str, ...]:
        """
        The words between commas, spaces and line ends, each once; with ``comments`` without what follows a ``#``.

        Raises:
            UsageError: They are too many or too long.
        """
        text = self.text(name).strip("'\"")
        if comments:
            text = _COMMENT.sub("", text)
        found = tuple(dict.fromkeys(word for word in _SEPARATORS.split(text) if word))
        if len(found) > MAX_ENTRIES:
            self.refuse(name, f"at most {MAX_ENTRIES} words")
        if any(len(word) > MAX_WORD for word in found):
            self.refuse(name, f"words of at most {MAX_WORD} characters")
        return found

    def among(self, name: str, known: Sequence[str]) -> tuple[str, ...]:
        """The words, each of them one of ``known`` whatever its case; raises :class:`UsageError` for another."""
        return tuple(self._known(name, word, known) for word in self.words(name))

    def _known(self, name: str, word: str, known: Sequence[str]) -> str:
        found = next((one for one in known if one.lower() == word.lower()), None)
        if found is None:
            self.refuse(name, f"one of {', '.join(known)}", word)
        return found

    def refuse(self, name: str, expected: str, found: str | None = None) -> NoReturn:
        """Raise the error for a value that is not what was expected."""
        text = self.text(name) if found is None else found
        but = f"not {shown(text)}" if text else "and there is none"
        raise UsageError(f"{self.place_of(name)}: {name}: expected {expected}, {but}")
