"""
Which line of the Dockerfile made which layer, by the image's history; only sure matches.

The history's last entries are those of the Dockerfile, in order. Both are walked from their ends
backwards and compared without white space at the edges and in runs:

- BuildKit writes ``RUN /bin/sh -c CMD # buildkit``, ``COPY SRC DST # buildkit``, and before the
  shell ``|N NAME=VALUE …`` where build arguments are set;
- the classic builder writes ``/bin/sh -c CMD`` for ``RUN`` and ``/bin/sh -c #(nop) KEYWORD …`` for
  the rest, with a digest in the place of what is copied.

Instructions that make no layer are passed over where the other side lacks them. An instruction
that differs, as where a variable stands in it, gets no line; a layer of another kind than the
instruction ends the walk.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from shipworthy.assessment.remediation.dockerfile import (
    Instruction,
    instructions_of,
    steps_of_stage,
)
from shipworthy.model.image import HistoryEntry, ImageInfo


_MAX_HISTORY = 2_000
_MAX_CREATED_BY = 1 << 16
_LAYERS = frozenset({"ADD", "COPY", "RUN", "WORKDIR"})
_BUILDKIT = " # buildkit"
_SHELL = "/bin/sh -c "
_NOP = "#(nop) "
_ARGUMENTS = re.compile(r"\|\d{1,4} ")
_FLAG = re.compile(r"--[a-z-]+(?:=\S*)? ?")
_PREFIX = re.compile(r"(?:\S+ ){0,12}")
_SHELL_FLAG = re.compile(r"(?:^| )(?:-[a-z]*c|/[sS]|-[cC]ommand) $")
_COPIED = re.compile(r"(?:file|dir|multi):[0-9a-f]{16,128} in (.*)")


class _Step(NamedTuple):
    """One entry of the history."""

    keyword: str
    text: str
    layer: int
    """-1 where the entry made none."""


def lines_of(text: str, image: ImageInfo, *, target: str = "") -> dict[int, int]:
    """The first line of the instruction that made each layer, by layer; those that are sure."""
    if not image.platforms:
        return _lines(text, image.config.history, len(image.layers), target)
    # The history is the first platform's; what others ran in the same words is the same instruction.
    own = next(one.layers for one in image.platforms if not one.problem)
    found = _lines(text, image.config.history, len(own), target)
    lines = {own[at]: line for at, line in found.items()}
    words = Counter(image.layers[at].instruction for at in own)
    same = {
        image.layers[at].instruction: line
        for at, line in lines.items()
        if words[image.layers[at].instruction] == 1
    }
    for layer in image.layers:
        if layer.instruction in same:
            lines.setdefault(layer.index, same[layer.instruction])
    return lines


def _lines(
    text: str, entries: Sequence[HistoryEntry], layers: int, target: str
) -> dict[int, int]:
    history = _steps(entries, layers)
    wanted = steps_of_stage(instructions_of(text), target)
    lines: dict[int, int] = {}
    here, there = len(history) - 1, len(wanted) - 1
    while here >= 0 and there >= 0:
        step, instruction = history[here], wanted[there]
        if step.keyword == instruction.keyword:
            if step.layer >= 0 and _is_same(step, instruction):
                lines[step.layer] = instruction.line
            here, there = here - 1, there - 1
        elif instruction.keyword not in _LAYERS or (
            instruction.keyword == "WORKDIR" and step.layer >= 0
        ):
            there -= 1
        elif step.layer < 0:
            here -= 1
        else:
            break
    return lines


def _steps(history: Sequence[HistoryEntry], layers: int) -> list[_Step]:
    """The history with the index of each layer; nothing where the two do not fit."""
    if len(history) > _MAX_HISTORY:
        return []
    steps: list[_Step] = []
    layer = 0
    for entry in history:
        keyword, text = _read(entry.created_by[:_MAX_CREATED_BY])
        steps.append(_Step(keyword, text, -1 if entry.empty_layer else layer))
        layer += not entry.empty_layer
    return steps if layer == layers else []


def _read(created_by: str) -> tuple[str, str]:
    """Keyword and arguments of a history entry."""
    text = " ".join(created_by.split())
    if text.endswith(_BUILDKIT):
        keyword, _, rest = text.removesuffix(_BUILDKIT).partition(" ")
        return keyword.upper(), rest
    rest = text.removeprefix(_SHELL)
    if rest.startswith(_NOP):
        keyword, _, rest = rest.removeprefix(_NOP).strip().partition(" ")
        return keyword.upper(), rest
    keyword, _, rest = text.partition(" ")
    if keyword.isalpha() and keyword.isupper():
        return keyword, rest
    return "RUN", text


def _is_same(step: _Step, instruction: Instruction) -> bool:
    """Whether the entry says what the instruction says."""
    if instruction.heredoc:
        return False
    wanted = instruction.arguments
    while found := _FLAG.match(wanted):
        wanted = wanted[found.end() :]
    if not wanted:
        return False
    if step.keyword != "RUN":
        copied = _COPIED.fullmatch(step.text)
        if copied:
            return copied[1].strip() == wanted.rpartition(" ")[2]
        return _without_flags(step.text) == wanted
    if wanted.startswith("["):
        return False
    return _runs(step.text, wanted)


def _runs(text: str, command: str) -> bool:
    """Whether ``text`` is a shell that is given ``command``, and nothing else."""
    if not text.endswith(command):
        return False
    before = text[: len(text) - len(command)]
    if not before:
        return True
    begins = _ARGUMENTS.match(before)
    if begins is None and not _PREFIX.fullmatch(before):
        return False
    return bool(_SHELL_FLAG.search(before))


def _without_flags(text: str) -> str:
    while found := _FLAG.match(text):
        text = text[found.end() :]
    return text
