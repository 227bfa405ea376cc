"""
Sets of subjects as bits of a number: which a condition holds for, and for which it cannot be told.

A condition is asked once for all subjects, and combining two answers is one operation on two
numbers however many subjects there are. The logic is Kleene's: what is not known stays not known
through ``not``, and is settled where the other side of ``all`` or ``any`` settles it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import compress
from typing import NamedTuple, TypeVar


T = TypeVar("T")


class Selection(NamedTuple):
    """Bit ``n`` stands for subject ``n``; no bit is in both."""

    yes: int
    """The condition holds."""
    unsure: int = 0
    """It cannot be told: what it asks for is not known of the subject."""


NONE = Selection(0)


def everything(count: int) -> int:
    """The bits of ``count`` subjects."""
    return (1 << count) - 1


def bits(flags: Iterable[bool]) -> int:
    """The number whose bit ``n`` is set where flag ``n`` is true."""
    digits = bytes(flags).translate(_DIGITS)[::-1]
    return int(digits, 2) if digits else 0


def answered(
    values: Sequence[Hashable], answers: Mapping[Hashable, bool | None]
) -> Selection:
    """Where the answer to a subject's value is yes, and where there is none."""
    return told(map(answers.__getitem__, values))


def told(answers: Iterable[bool | None]) -> Selection:
    """Where the n-th answer is yes, and where it is not known."""
    digits = bytes([_UNSURE if one is None else one for one in answers])[::-1]
    if not digits:
        return NONE
    unsure = int(digits.translate(_DOUBTS), 2) if _UNSURE in digits else 0
    return Selection(int(digits.translate(_YESES), 2), unsure)


def chosen(values: Sequence[T], number: int) -> tuple[T, ...]:
    """The values whose bits are set, in their order."""
    if not number:
        return ()
    return tuple(compress(values, f"{number:b}"[::-1].encode().translate(_SET)))


def all_of(selections: Iterable[Selection], count: int) -> Selection:
    """Where every one of ``selections`` holds, of ``count`` subjects."""
    yes = possible = everything(count)
    for selection in selections:
        yes &= selection.yes
        possible &= selection.yes | selection.unsure
    return Selection(yes, possible & ~yes)


def any_of(selections: Iterable[Selection]) -> Selection:
    """Where at least one of ``selections`` holds."""
    yes = possible = 0
    for selection in selections:
        yes |= selection.yes
        possible |= selection.yes | selection.unsure
    return Selection(yes, possible & ~yes)


def negated(selection: Selection, count: int) -> Selection:
    """Where ``selection`` does not hold, of ``count`` subjects."""
    return Selection(
        everything(count) & ~(selection.yes | selection.unsure), selection.unsure
    )


_DIGITS = b"01" + b"1" * 254
_SET = bytes(int(n == ord("1")) for n in range(256))
_UNSURE = 2
_YESES = b"01" + b"0" * 254
_DOUBTS = b"001" + b"0" * 253
