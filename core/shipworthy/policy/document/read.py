"""One policy file by itself: from bytes to what is written in it, every error with its line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from typing import TypeVar

from shipworthy.model.verdict import Effect
from shipworthy.policy.conditions.interface import Atom
from shipworthy.policy.conditions.table import ATOMS
from shipworthy.policy.document.fields import Value
from shipworthy.policy.document.nodes import Scalar
from shipworthy.policy.document.parse import parse
from shipworthy.policy.document.problems import Problems
from shipworthy.policy.document.rule import WrittenRule, read_rule
from shipworthy.policy.document.settings import (
    Placed,
    ScanOption,
    read_days,
    read_effect,
    read_limits,
    read_scan,
)
from shipworthy.policy.document.suppression import read_suppression
from shipworthy.policy.suppressions.entry import Suppression
from shipworthy.policy.suppressions.limits import EntryLimits
from shipworthy.values import dataclass


KEYS = (
    "version",
    "extends",
    "rules",
    "disable",
    "suppressions",
    "ignore-files",
    "vex",
    "baseline",
    "undecided",
    "partial",
    "expiring-within",
    "limits",
    "scan",
)

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one file says; nothing of what it extends."""

    name: str
    empty: bool = False
    extends: tuple[Placed[str], ...] = ()
    rules: tuple[WrittenRule, ...] = ()
    disable: tuple[Placed[str], ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    ignore_files: tuple[str, ...] = ()
    vex: tuple[str, ...] = ()
    baseline: str = ""
    undecided: Placed[Effect] | None = None
    partial: Placed[Effect] | None = None
    expiring_within: Placed[int] | None = None
    limits: EntryLimits | None = None
    scan: tuple[ScanOption, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    """Where each key of the document is written."""


def read_document(
    name: str,
    data: bytes,
    *,
    options: Collection[str] | None = None,
    atoms: Mapping[str, Atom] = ATOMS,
) -> Document:
    """
    The policy file ``name`` with the content ``data``.

    Args:
        name: As the caller named it; it stands in every ``source`` and every error.
        data: UTF-8 text in YAML or JSON.
        options: The names that ``scan`` may have; without it, any.
        atoms: The keys of ``when``.

    Raises:
        UsageError: With a line for everything that is wrong.
    """
    problems = Problems(name)
    root = parse(data, problems)
    if root is None:
        problems.raise_any()
        return Document(name=name, empty=True)
    top = Value(key="the policy", node=root, problems=problems)
    fields = top.fields(KEYS, "a mapping with keys such as rules and suppressions")
    document = _document(name, _Reader(fields), options, atoms)
    problems.raise_any()
    return document


class _Reader:
    """The keys at the top of a file."""

    def __init__(self, fields: Mapping[str, Value]) -> None:
        self.fields = fields

    def one(self, key: str, read: Callable[[Value], R | None]) -> R | None:
        """What is under ``key``, where it is there."""
        return read(self.fields[key]) if key in self.fields else None

    def each(
        self, key: str, read: Callable[[Value], R | None], what: str
    ) -> tuple[R, ...]:
        """What is in the list under ``key``."""
        if key not in self.fields:
            return ()
        found = [read(item) for item in self.fields[key].listed(f"a list of {what}")]
        return tuple(item for item in found if item is not None)

    def texts(self, key: str, what: str) -> tuple[str, ...]:
        """The list of texts under ``key``."""
        return tuple(placed.value for placed in self.each(key, _text, what))


def _document(
    name: str,
    reader: _Reader,
    options: Collection[str] | None,
    atoms: Mapping[str, Atom],
) -> Document:
    reader.one("version", _version)
    rules = reader.each("rules", lambda value: read_rule(value, atoms), "rules")
    if "rules" in reader.fields:
        _unique(rules, reader.fields["rules"].problems)
    return Document(
        name=name,
        extends=reader.each("extends", _text, "references to policies"),
        rules=rules,
        disable=reader.each("disable", _text, "names of rules"),
        suppressions=reader.each("suppressions", read_suppression, "suppressions"),
        ignore_files=reader.texts("ignore-files", "paths"),
        vex=reader.texts("vex", "paths"),
        baseline=reader.one("baseline", lambda value: value.text()) or "",
        undecided=reader.one("undecided", read_effect),
        partial=reader.one("partial", read_effect),
        expiring_within=reader.one("expiring-within", read_days),
        limits=reader.one("limits", read_limits),
        scan=reader.one("scan", lambda value: read_scan(value, options)) or (),
        keys={key: value.source for key, value in reader.fields.items()},
    )


def _text(value: Value) -> Placed[str] | None:
    text = value.text()
    return Placed(text, value.source) if text is not None else None


def _version(value: Value) -> None:
    node = value.node
    if not (isinstance(node, Scalar) and type(node.value) is int and node.value == 1):
        value.wrong("1, the only version of this file's format")


def _unique(rules: tuple[WrittenRule, ...], problems: Problems) -> None:
    """Note names that several rules of the file have."""
    first: dict[str, WrittenRule] = {}
    for rule in rules:
        known = first.setdefault(rule.name, rule)
        if known is not rule:
            line = int(rule.source.rpartition(":")[2])
            problems.add(
                line,
                f"the rule {rule.name[:40]!r} is there twice, first in {known.source}",
            )
