"""
``.grype.yaml`` (anchore/grype, "Specifying matches to ignore"; ``grype/match/ignore.go``).

The list ``ignore`` holds rules; a rule fits what meets all of its fields. The other keys of the file steer Grype
itself: those that decide what fails are told of, the rest is passed over.
"""

from __future__ import annotations

from dataclasses import replace

from shipworthy.model.advisory import FixState
from shipworthy.policy.foreign.fields import flag_of, list_of, mapping_of, text_of
from shipworthy.policy.foreign.grype_package import RuleError, package_fields
from shipworthy.policy.foreign.interface import ForeignFile, Reading, shown
from shipworthy.policy.foreign.words import grype_namespace
from shipworthy.policy.foreign.yaml import Node
from shipworthy.policy.foreign.yaml import read as read_yaml
from shipworthy.policy.suppressions.entry import MatchedBy, Suppression


FORMAT = "grype"

_ELSEWHERE = {
    "fail-on-severity": "say --fail-on SEVERITY",
    "only-fixed": "say --only-fixed",
    "only-notfixed": "write a rule with fix-state",
    "ignore-states": "write a rule with fix-state",
    "ignore-wontfix": "write a rule with fix-state",
    "exclude": "everything in the image is looked at; write an entry with path",
    "vex-documents": "say --vex FILE",
    "vex-add": "say --vex FILE",
}
"""Keys that decide what fails, and what says the same here."""

_FIELDS = frozenset(
    {"fix-state", "include-aliases", "match-type", "namespace", "package", "reason"}
    | {"vex-justification", "vex-status", "vulnerability"}
)
_FIX_STATES: dict[str, tuple[FixState, ...]] = {
    "fixed": ("fixed",),
    "not-fixed": ("affected", "fix-deferred", "end-of-life"),
    "wont-fix": ("will-not-fix",),
    "unknown": ("under-investigation",),
}
_MATCH_TYPES: dict[str, MatchedBy] = {
    "cpe-match": "cpe",
    "exact-direct-match": "name",
    "exact-indirect-match": "source",
}


def read(name: str, text: str) -> ForeignFile:
    """The entries of a ``.grype.yaml``; raises :class:`UsageError` naming file and line."""
    reading = Reading(name)
    root = _lower(read_yaml(name, text))
    fields = mapping_of(reading, root, "the file")
    for key, instead in _ELSEWHERE.items():
        if _is_set(fields.get(key)):
            reading.note(root.key_lines[key], f"{key} is not taken over: {instead}")
    for item in list_of(reading, fields.get("ignore"), "ignore"):
        node = _lower(item)
        try:
            _rule(reading, node)
        except RuleError as error:
            reading.note(error.line or node.line, f"the rule is left out: {error}")
    return reading.done(FORMAT)


def _rule(reading: Reading, node: Node) -> None:
    fields = mapping_of(reading, node, "a rule")
    for key in fields:
        if key not in _FIELDS:
            reading.note(
                node.key_lines[key],
                f"the key {shown(key)} is none of a rule's, and is passed over",
            )
    texts = {
        key: reading.word(text_of(reading, fields.get(key), key), node.line, key)
        for key in _FIELDS - {"package", "include-aliases", "reason"}
    }
    if texts["vex-status"] or texts["vex-justification"]:
        raise RuleError("VEX statements are followed without a rule: say --vex FILE")
    entry = Suppression(
        reason=reading.reason(text_of(reading, fields.get("reason"), "reason")),
        source=reading.at(node.line),
    )
    unlimited = entry
    if texts["vulnerability"]:
        aliases = flag_of(reading, fields.get("include-aliases"), "include-aliases")
        entry = replace(entry, ids=(texts["vulnerability"],), aliases=aliases)
    if state := texts["fix-state"]:
        if state not in _FIX_STATES:
            raise RuleError(f"{shown(state)} is no fix state of Grype's")
        entry = replace(entry, fix_states=_FIX_STATES[state])
    entry = package_fields(reading, fields.get("package"), entry)
    entry = _matched(texts["match-type"], texts["namespace"], entry)
    if entry == unlimited:
        raise RuleError("it asks nothing, and in Grype it fits nothing")
    reading.add(entry)


def _matched(match_type: str, namespace: str, entry: Suppression) -> Suppression:
    """``entry`` limited to a way of matching and to where the vulnerability is told of."""
    if match_type:
        if match_type not in _MATCH_TYPES:
            raise RuleError(f"{shown(match_type)} is no match type of Grype's")
        entry = replace(entry, matched_by=(_MATCH_TYPES[match_type],))
    if not namespace:
        return entry
    meant = grype_namespace(namespace)
    if meant is None:
        raise RuleError(f"the namespace {shown(namespace)} is not told apart here")
    types, distro, cpe = meant
    if cpe:
        if entry.matched_by not in {(), ("cpe",)}:
            raise RuleError("its namespace and its match type exclude each other")
        return replace(entry, matched_by=("cpe",))
    if entry.types:
        types = tuple(type_ for type_ in types if type_ in entry.types)
        if not types:
            raise RuleError("its namespace and its package exclude each other")
    return replace(entry, types=types, distros=(distro,) if distro else ())


def _lower(node: Node) -> Node:
    """``node`` with keys in lower case: Grype's reader does not tell them apart."""
    fields = {key.lower(): value for key, value in node.fields.items()}
    lines = {key.lower(): line for key, line in node.key_lines.items()}
    return replace(node, fields=fields, key_lines=lines)


def _is_set(node: Node | None) -> bool:
    if node is None or node.kind == "null":
        return False
    return bool(node.items) or node.text.lower() not in {"", "false"}
