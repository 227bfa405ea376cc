"""A step of another scanner as a ``shipworthy.yaml``, with a word on whatever is not the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shipworthy.errors import UsageError
from shipworthy.policy.foreign import emit
from shipworthy.policy.foreign.convert import fields_of
from shipworthy.policy.foreign.spelling import spell
from shipworthy.policy.pipelines import inspector, scan_action, trivy_action
from shipworthy.policy.pipelines.given import Given
from shipworthy.policy.pipelines.interface import Rule, Taken, Tool
from shipworthy.policy.pipelines.reading import read_given


TOOLS = {
    tool.name: tool for tool in (*inspector.TOOLS, trivy_action.TOOL, scan_action.TOOL)
}
"""The tools whose steps are read, by the names that ``--from`` takes."""

_NO_REASON = "say here why this is no risk"


def convert_step(name: str, arguments: Sequence[str]) -> str:
    """
    A ``shipworthy.yaml`` that asks what a step of the tool ``name`` asked.

    Args:
        name: One of :data:`TOOLS`.
        arguments: The file that the step or its inputs are in, and inputs as ``NAME=VALUE``, which
            beat the file's.

    Raises:
        UsageError: There is no such tool, a file cannot be read or has no such step, or an input has a value that its tool would refuse.
    """
    tool = TOOLS.get(name)
    if tool is None:
        raise UsageError(
            f"there is no tool {name[:40]!r}", hint=f"one of {', '.join(TOOLS)}"
        )
    given = read_given(tool, arguments)
    return "\n".join(_lines(tool, given, tool.take(given))) + "\n"


def _lines(tool: Tool, given: Given, taken: Taken) -> Iterator[str]:
    yield emit.comment(f"What {given.place} asks of {tool.title}", indent="")
    yield "rules:" if taken.rules else "rules: []"
    for rule in taken.rules:
        yield emit.comment(rule.said)
        yield from emit.entry(list(_fields(rule)))
    entries = [(entry, spell(entry)) for entry in taken.suppressions]
    kept = [(entry, told.entry) for entry, told in entries if told.entry]
    if kept:
        yield "suppressions:"
    for entry, spelled in kept:
        yield emit.comment(f"{entry.source}: {_NO_REASON}")
        yield from emit.entry(list(fields_of(spelled)))
    for key, paths in (("ignore-files", taken.ignore_files), ("vex", taken.vex)):
        if paths:
            yield f"{key}: [{', '.join(map(emit.text, paths))}]"
    lost = [
        f"{entry.source}: {', '.join(entry.ids)} is left out: {'; '.join(told.remarks)}"
        for entry, told in entries
        if told.entry is None
    ]
    notes = [*lost, *taken.notes, *_elsewhere(tool, given)]
    if notes:
        yield ""
        yield "# Not the same, or not in the policy:"
        yield from (emit.comment(note, indent="") for note in notes)


def _fields(rule: Rule) -> Iterator[tuple[str, str]]:
    """The keys of a rule in the order in which people write them."""
    asked = ", ".join(f"{key}: {_asked(value)}" for key, value in rule.when)
    yield "name", emit.text(rule.name)
    yield "when", f"{{{asked}}}"
    if rule.max:
        yield "max", str(rule.max)
    if rule.effect != "fail":
        yield "effect", rule.effect
    if not rule.suppressible:
        yield "suppressible", "false"


def _asked(value: str | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return value
    texts = [emit.text(one) for one in value]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"


def _elsewhere(tool: Tool, given: Given) -> Iterator[str]:
    """What the step gives and the policy does not have; values are not told, for some are secrets."""
    known = {one.name: one for one in tool.inputs}
    for name in given.values:
        one = known.get(name)
        place = given.place_of(name)
        if one is None:
            yield f"{place}: {name[:60]} is no input of {tool.title}, and is passed over"
        elif given.has(name) and one.fate == "step":
            yield f"{place}: {name}: {one.here} of the step"
        elif given.has(name) and one.fate == "nothing":
            yield f"{place}: {name}: {one.here}"
