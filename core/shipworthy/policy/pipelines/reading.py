"""
The inputs of a step out of a pipeline's file, or from the command line.

A file is YAML or JSON: a workflow or composite action of GitHub (one step of which ``uses`` the
tool), such a step by itself, or a mapping of the inputs. ``NAME=VALUE`` beats what a file says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shipworthy.errors import UsageError
from shipworthy.policy.foreign.files import bytes_of, decoded
from shipworthy.policy.foreign.interface import shown
from shipworthy.policy.foreign.yaml import Node
from shipworthy.policy.foreign.yaml import read as read_yaml
from shipworthy.policy.pipelines.given import Given, Value
from shipworthy.policy.pipelines.interface import Tool


MAX_INPUTS = 500
_CALL = "the command line"
_ARGUMENT = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,99})=(.*)", re.ASCII | re.DOTALL)


def read_given(tool: Tool, arguments: Sequence[str]) -> Given:
    """
    What ``arguments``, files and ``NAME=VALUE``, say of the step.

    Raises:
        UsageError: A file cannot be read, is no YAML or no pipeline's file, or has no step of ``tool`` or several.
    """
    values: dict[str, Value] = {}
    place = ""
    files = [one for one in arguments if not _ARGUMENT.fullmatch(one)]
    if len(files) > 1:
        raise UsageError(
            f"{files[1]}: a second file, expected the one that the step is in"
        )
    for name in files:
        node, place = _step(tool, name, read_yaml(name, decoded(name, bytes_of(name))))
        values.update(_values(tool, name, node))
    for argument in arguments:
        if found := _ARGUMENT.fullmatch(argument):
            values[_name(tool, found[1])] = Value(text=found[2], place=_CALL)
    if len(values) > MAX_INPUTS:
        raise UsageError(f"{place or tool.name}: more than {MAX_INPUTS} inputs")
    return Given(values=values, defaults=tool.defaults, place=place or _CALL)


def _step(tool: Tool, name: str, root: Node) -> tuple[Node, str]:
    """The inputs of the tool's step, and its place."""
    found = list(_steps(tool, root)) if tool.uses else []
    if len(found) > 1:
        lines = ", ".join(str(step.line) for step in found[:10])
        raise UsageError(
            f"{name}: {len(found)} steps use {tool.uses}, in lines {lines}, expected one",
            hint="write the inputs of one of them to a file of its own",
        )
    if found:
        (step,) = found
        inputs = step.fields.get("with", Node("mapping", step.line))
        return _mapping(name, inputs), f"{name}:{step.line}"
    if root.kind != "mapping" or {"jobs", "runs", "steps"} & set(root.fields):
        expected = f"a step that uses {tool.uses}, or its inputs"
        raise UsageError(
            f"{name}: expected {expected if tool.uses else 'a mapping of the inputs'}"
        )
    return _mapping(name, root.fields.get("with", root)), f"{name}:{root.line}"


def _mapping(name: str, node: Node) -> Node:
    if node.kind not in {"mapping", "null"}:
        raise UsageError(f"{name}:{node.line}: expected inputs, not {node.words}")
    return node


def _steps(tool: Tool, root: Node) -> Iterator[Node]:
    """Every step that uses the tool, in the order of the file; what an alias repeats counts again."""
    pending = [root]
    while pending:
        node = pending.pop()
        uses = node.fields.get("uses")
        if uses is not None and uses.kind == "text":
            action, _, _ = uses.text.strip().partition("@")
            if action.lower() == tool.uses.lower():
                yield node
                continue
        pending.extend(reversed((*node.items, *node.fields.values())))


def _values(tool: Tool, file: str, node: Node) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in node.fields.items():
        place = f"{file}:{node.key_lines[key]}"
        if value.kind == "list" and all(item.kind == "text" for item in value.items):
            text = "\n".join(item.text for item in value.items)
        elif value.kind in {"text", "null"}:
            text = value.text if value.kind == "text" else ""
        else:
            raise UsageError(
                f"{place}: expected a value for {shown(key)}, not {value.words}"
            )
        found[_name(tool, key)] = Value(text=text, place=place)
    return found


def _name(tool: Tool, written: str) -> str:
    """The name of an input as its table has it; those of GitHub's actions may be in any case."""
    if not tool.uses:
        return written
    return {one.name.lower(): one.name for one in tool.inputs}.get(
        written.lower(), written
    )
