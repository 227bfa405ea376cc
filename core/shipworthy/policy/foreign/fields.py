"""Taking values out of a YAML mapping, with errors that name the line and what was expected there."""

from __future__ import annotations

from collections.abc import Mapping

from shipworthy.policy.foreign.interface import Reading, shown
from shipworthy.policy.foreign.yaml import Node


def mapping_of(reading: Reading, node: Node, what: str) -> Mapping[str, Node]:
    """The fields of ``node``; null has none. Raises :class:`UsageError` for anything else."""
    if node.kind == "null":
        return {}
    if node.kind != "mapping":
        raise reading.wrong(node.line, f"{what} as a mapping", found(node))
    return node.fields


def list_of(reading: Reading, node: Node | None, what: str) -> tuple[Node, ...]:
    """The items of ``node``; absent and null are empty. Raises :class:`UsageError` for anything else."""
    if node is None or node.kind == "null":
        return ()
    if node.kind != "list":
        raise reading.wrong(node.line, f"{what} as a list", found(node))
    return node.items


def text_of(reading: Reading, node: Node | None, what: str) -> str:
    """The text of ``node``; absent and null are empty. Raises :class:`UsageError` for anything else."""
    if node is None or node.kind == "null":
        return ""
    if node.kind != "text":
        raise reading.wrong(node.line, f"{what} as a text", found(node))
    return node.text


def words_of(
    reading: Reading, node: Node | None, what: str
) -> tuple[tuple[str, int], ...]:
    """The texts in the list ``node`` with their lines."""
    return tuple(
        (reading.word(text_of(reading, item, what), item.line, what), item.line)
        for item in list_of(reading, node, what)
    )


def flag_of(reading: Reading, node: Node | None, what: str) -> bool:
    """The truth of ``node``; absent and null are false. Raises :class:`UsageError` for anything else."""
    if node is None or node.kind == "null":
        return False
    word = node.text.lower() if node.kind == "text" else ""
    if word not in {"true", "false"}:
        raise reading.wrong(node.line, f"{what} as true or false", found(node))
    return word == "true"


def pass_over(reading: Reading, node: Node, known: frozenset[str], what: str) -> None:
    """Tell of the keys of ``node`` that are not ``known``."""
    for key in node.fields:
        if key not in known:
            reading.note(
                node.key_lines[key],
                f"the key {shown(key)} is not one of {what}, and is passed over",
            )


def found(node: Node) -> str:
    """What ``node`` is, for a message."""
    return node.text if node.kind == "text" else node.words
