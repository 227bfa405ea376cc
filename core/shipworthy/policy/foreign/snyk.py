"""
``.snyk`` (docs.snyk.io, "The .snyk file"; snyk/policy ``lib/filter/ignore.ts``, ``lib/match.ts``, ``go/dotsnyk``).

``ignore`` holds for each id a list of dependency paths, ``*`` for any, with ``reason``, ``expires``,
``ignoredBy`` and ``disregardIfFixable``. An image shows which packages are there and not what asked for them,
so of a path the package at its end counts.
"""

from __future__ import annotations

import re
from dataclasses import replace

from shipworthy.policy.foreign.dates import parse_instant
from shipworthy.policy.foreign.fields import (
    flag_of,
    found,
    list_of,
    mapping_of,
    text_of,
)
from shipworthy.policy.foreign.grype_package import RuleError, exactly
from shipworthy.policy.foreign.interface import ForeignFile, Reading, shown
from shipworthy.policy.foreign.osv import named
from shipworthy.policy.foreign.words import snyk_type
from shipworthy.policy.foreign.yaml import Node
from shipworthy.policy.foreign.yaml import read as read_yaml
from shipworthy.policy.suppressions.entry import Suppression


FORMAT = "snyk"

_THRESHOLDS = (
    "failThreshold",
    "fail_threshold",
    "failthreshold",
    "threshold",
    "fail_threshhold",
)
_ANY_VERSION = frozenset({"", "*"})
_COMPARISON = re.compile(r"(?:[<>]=?|=)?\s*v?[0-9][0-9A-Za-z.+-]*")
_NO_REASON = frozenset({"", "none given"})
"""The second is what Snyk's command line writes where nothing was said."""
_SHOWN_IDS = 5


def read(name: str, text: str) -> ForeignFile:
    """The entries of a ``.snyk``; raises :class:`UsageError` naming file and line."""
    reading = Reading(name)
    root = read_yaml(name, text)
    fields = mapping_of(reading, root, "the file")
    _version(reading, fields.get("version"))
    own = _ignored(reading, fields.get("ignore"))
    if own:
        more = f" and {len(own) - _SHOWN_IDS} more" if len(own) > _SHOWN_IDS else ""
        reading.note(
            root.key_lines["ignore"],
            f"{', '.join(own[:_SHOWN_IDS])}{more} are Snyk's own ids:"
            " they fit only what an advisory gives as an alias; write the CVE or GHSA beside them",
        )
    for key in _THRESHOLDS:
        if text_of(reading, fields.get(key), key):
            reading.note(
                root.key_lines[key], f"{key} is not taken over: say --fail-on SEVERITY"
            )
    for key, why in (
        ("patch", "nothing in an image is patched by it"),
        ("exclude", "everything in the image is looked at; write an entry with path"),
    ):
        node = fields.get(key)
        if node is not None and (node.fields or node.items):
            reading.note(root.key_lines[key], f"{key} is not taken over: {why}")
    return reading.done(FORMAT)


def _version(reading: Reading, node: Node | None) -> None:
    text = text_of(reading, node, "version")
    if node is not None and text and not re.match(r"v?1(?:\.|$)", text):
        raise reading.wrong(node.line, "version v1 of the format", text)


def _ignored(reading: Reading, node: Node | None) -> list[str]:
    """Take the entries; gives the ids that only Snyk uses, each once."""
    if node is None or (node.kind == "list" and not node.items):
        return []
    own: list[str] = []
    for id_, rules in mapping_of(reading, node, "ignore").items():
        line = node.key_lines[id_]
        reading.word(id_, line, "an id")
        if rules.kind == "mapping":
            raise reading.wrong(
                line,
                f"a list of paths under {shown(id_)}, not the format before version 1",
            )
        before = len(reading.entries)
        for item in list_of(reading, rules, f"the paths of {shown(id_)}"):
            for path, body in mapping_of(reading, item, "a path").items():
                _rule(reading, id_, path, body, item.key_lines[path])
        if len(reading.entries) > before and not re.match(r"(?i)(CVE|GHSA)-", id_):
            own.append(id_)
    return own


def _rule(reading: Reading, id_: str, path: str, body: Node, line: int) -> None:
    if body.kind not in {"mapping", "null"}:
        raise reading.wrong(
            body.line, f"reason, expires and the like under {shown(path)}", found(body)
        )
    fields = mapping_of(reading, body, "a path")
    reading.word(path, line, "a path")
    words = text_of(reading, fields.get("reason"), "reason")
    if words.strip().casefold() in _NO_REASON:
        words = text_of(reading, fields.get("reasonType"), "reasonType")
    entry = Suppression(
        ids=(id_,),
        reason=reading.reason(words),
        owner=_owner(reading, fields.get("ignoredBy")),
        expires=_expires(reading, fields.get("expires")),
        until_fix=flag_of(
            reading, fields.get("disregardIfFixable"), "disregardIfFixable"
        ),
        source=reading.at(line),
    )
    try:
        reading.add(_on_path(reading, entry, path, line))
    except RuleError as error:
        reading.note(line, f"{shown(path)} of {id_[:60]} is left out: {error}")


def _owner(reading: Reading, node: Node | None) -> str:
    if node is None:
        return ""
    fields = mapping_of(reading, node, "ignoredBy")
    text = text_of(reading, fields.get("email"), "email") or text_of(
        reading, fields.get("name"), "name"
    )
    return reading.word(" ".join(text.split()), node.line, "an owner")


def _expires(reading: Reading, node: Node | None) -> str:
    text = text_of(reading, node, "expires")
    if node is None or not text:
        return ""
    try:
        return parse_instant(text, rfc2822=True)
    except ValueError:
        raise reading.wrong(node.line, "a date such as 2027-01-31", text) from None


def _on_path(reading: Reading, entry: Suppression, path: str, line: int) -> Suppression:
    """``entry`` limited to the package at the end of ``path``."""
    parts = [part.strip() for part in path.split(" > ")]
    while len(parts) > 1 and parts[-1] == "*":
        parts.pop()
    type_, of_system = snyk_type(entry.ids[0])
    if type_:
        entry = replace(entry, types=(type_,))
    if parts[-1] in {"*", ""}:
        return entry
    if len(parts) > 1 and parts[:-1] != ["*"]:
        reading.note(
            line,
            f"{shown(path)}: an image does not show what asked for a package, so the entry holds for {shown(parts[-1])} however it came in",
        )
    name, version = _package(parts[-1])
    if of_system:
        name = name.rpartition("/")[2]
    entry = named(name, entry)
    return (
        entry if version in _ANY_VERSION else replace(entry, versions=_range(version))
    )


def _package(part: str) -> tuple[str, str]:
    """Name and version of ``name@version``; a scope begins with the sign too."""
    at = part.rfind("@")
    return (part, "") if at <= 0 else (part[:at], part[at + 1 :])


def _range(version: str) -> str:
    """The versions that npm's ``version`` means, where they are one or a row of comparisons."""
    words = version.split()
    if len(words) > 1 or version[:1] in "<>=":
        if all(_COMPARISON.fullmatch(word) for word in words):
            return ", ".join(words)
        raise RuleError(f"the range {shown(version)} is not read here")
    if version[:1] in "~^" or re.search(r"(?:^|\.)[xX*](?:\.|$)", version):
        raise RuleError(f"the range {shown(version)} is not read here")
    return exactly(version)
