"""
The instructions of a Dockerfile with their first lines; nothing is evaluated and nothing followed.

Source: https://docs.docker.com/reference/dockerfile/ (format, parser directives, here-documents).
Read are line continuations with the escape character that a directive sets, comments between
continued lines, here-documents of ``RUN``, ``COPY`` and ``ADD``, and stages by name or number.
Variables stay as they are written.

What is longer than a bound is cut off before it is read: no line is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shipworthy.values import dataclass


MAX_TEXT = 1 << 20
MAX_LINES = 20_000
_MAX_STAGES = 200

_DIRECTIVE = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(\S*)\s*")
_HEREDOC = re.compile(
    r"(?:(?<=\s)|^)\d*<<(-?)([\"']?)([A-Za-z_][A-Za-z0-9_]*)\2(?=\s|$)", re.ASCII
)
_WITH_HEREDOC = frozenset({"ADD", "COPY", "RUN"})
_FROM = re.compile(r"(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction."""

    keyword: str
    """In upper case."""
    arguments: str
    """All the rest on one line, continuations joined; here-documents are left out."""
    line: int
    """Its first line, counted from 1."""
    heredoc: bool = False
    """A here-document follows, so that the arguments are not all of it."""


@dataclass(frozen=True, slots=True)
class _Stage:
    base: str
    name: str
    steps: list[Instruction]


def instructions_of(text: str) -> tuple[Instruction, ...]:
    """All instructions of a Dockerfile; none where it is longer than any Dockerfile is."""
    if len(text) > MAX_TEXT:
        return ()
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        return ()
    escape = _escape_of(lines)
    found: list[Instruction] = []
    at = 0
    while at < len(lines):
        stripped = lines[at].strip()
        if not stripped or stripped.startswith("#"):
            at += 1
            continue
        start = at
        joined, at = _joined(lines, at, escape)
        keyword, _, arguments = joined.partition(" ")
        keyword = keyword.upper()
        ends = _heredocs(arguments) if keyword in _WITH_HEREDOC else []
        for strips, end in ends:
            at = _after_heredoc(lines, at, end, strips=strips)
        found.append(
            Instruction(
                keyword=keyword,
                arguments=arguments.strip(),
                line=start + 1,
                heredoc=bool(ends),
            )
        )
    return tuple(found)


def steps_of_stage(
    instructions: Sequence[Instruction], target: str = ""
) -> tuple[Instruction, ...]:
    """
    The instructions that made one stage, those of the stages that it stands on first.

    Args:
        instructions: All of the Dockerfile.
        target: Name or number of the stage; by default the last. None where there is no such.
    """
    stages: list[_Stage] = []
    for one in instructions:
        if one.keyword == "FROM":
            found = _FROM.fullmatch(one.arguments)
            base, name = (found[1], found[2] or "") if found else ("", "")
            stages.append(_Stage(base, name.lower(), []))
        elif stages:
            stages[-1].steps.append(one)
    at = _stage_at(stages, target, len(stages)) if target else len(stages) - 1
    steps: list[Instruction] = []
    for _ in range(_MAX_STAGES):
        if at < 0:
            break
        steps[:0] = stages[at].steps
        at = _stage_at(stages, stages[at].base, at)
    return tuple(steps)


def _stage_at(stages: Sequence[_Stage], name: str, before: int) -> int:
    """Index of the last stage of that name, or number, among the first ``before``; -1 where there is none."""
    wanted = name.lower()
    for at in range(before - 1, -1, -1):
        if stages[at].name and stages[at].name == wanted:
            return at
    if (
        wanted.isascii()
        and wanted.isdigit()
        and len(wanted) < 5
        and int(wanted) < before
    ):
        return int(wanted)
    return -1


def _escape_of(lines: Sequence[str]) -> str:
    """The escape character: a directive's, which must stand before all else, or a backslash."""
    for line in lines:
        found = _DIRECTIVE.fullmatch(line.strip())
        if found is None:
            break
        if found[1].lower() == "escape":
            return found[2] if found[2] in {"`", "\\"} else "\\"
    return "\\"


def _joined(lines: Sequence[str], at: int, escape: str) -> tuple[str, int]:
    """One instruction without its continuations and the comments between, and where the next begins."""
    parts: list[str] = []
    while at < len(lines):
        line = lines[at].rstrip()
        at += 1
        stripped = line.lstrip()
        if parts and (not stripped or stripped.startswith("#")):
            continue
        if not line.endswith(escape):
            parts.append(line)
            break
        parts.append(line[:-1])
    return " ".join(" ".join(parts).split()), at


def _heredocs(arguments: str) -> list[tuple[bool, str]]:
    """The here-documents that an instruction opens: whether tabs are stripped, and the closing word."""
    return [(bool(dash), word) for dash, _, word in _HEREDOC.findall(arguments)]


def _after_heredoc(lines: Sequence[str], at: int, end: str, *, strips: bool) -> int:
    """Where the here-document that ends with ``end`` is over."""
    while at < len(lines):
        line = lines[at].lstrip("\t") if strips else lines[at]
        at += 1
        if line == end:
            break
    return at
