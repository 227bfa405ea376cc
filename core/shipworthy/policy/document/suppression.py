"""
``suppressions``: one entry as the file has it.

An entry must say which findings it is about: by id, package, path or layer. Without any of
them, or with wildcards only, it would take out everything, and is refused.
"""

from __future__ import annotations

import re
from typing import get_args

from shipworthy.errors import ParseError, VersionError
from shipworthy.model.advisory import FixState
from shipworthy.model.purl_parse import parse_purl
from shipworthy.policy.document.fields import Value
from shipworthy.policy.document.nodes import Fields, Items, Node, Scalar, quoted
from shipworthy.policy.suppressions.entry import About, Suppression
from shipworthy.versions.constraint import satisfies


KEYS = (
    "id",
    "package",
    "version",
    "path",
    "layer",
    "image",
    "origin",
    "type",
    "fix-state",
    "reason",
    "owner",
    "expires",
    "until",
    "about",
)
SELECTORS = ("id", "package", "path", "layer")
"""At least one of these says which findings an entry is about."""
ORIGINS = ("base", "own")
ABOUT: tuple[About, ...] = get_args(About)
FIX_STATES: tuple[FixState, ...] = get_args(FixState)
UNTIL = ("fix-available",)

_LISTS = ("id", "path", "image", "type")
# What is left when wildcards and what only frames them is taken away.
_FRAME = re.compile(r"^pkg:(?:[a-zA-Z0-9.+-]+/)?|[*?/@]+")
_DIGEST = re.compile(r"sha256:[0-9a-f]{12,64}")
_CARET = re.compile(r"(?:^|[,|\s])[\^~]")


def read_suppression(value: Value) -> Suppression | None:
    """The entry of one item of ``suppressions``; ``None`` where what it has is wrong."""
    fields = value.fields(
        KEYS, "a suppression, such as {id: CVE-2021-44228, reason: …}"
    )
    if not isinstance(value.node, Fields):
        return None
    lists = {key: fields[key].texts() if key in fields else () for key in _LISTS}
    layers = _layers(fields["layer"]) if "layer" in fields else ()
    packages = _packages(fields["package"]) if "package" in fields else ()
    reason = _reason(value, fields)
    _ids(fields.get("id"), lists["id"])
    _narrow(value, {**lists, "layer": layers, "package": packages}, fields)
    origin = fields["origin"].choice(ORIGINS) if "origin" in fields else None
    if "until" in fields:
        fields["until"].choice(UNTIL)
    return Suppression(
        reason=reason,
        ids=lists["id"],
        packages=packages,
        types=lists["type"],
        versions=_versions(fields["version"]) if "version" in fields else "",
        paths=tuple(path.lstrip("/") for path in lists["path"]),
        layers=layers,
        images=lists["image"],
        origin="base" if origin == "base" else "own" if origin == "own" else None,
        fix_states=fields["fix-state"].choices(FIX_STATES)
        if "fix-state" in fields
        else (),
        about=fields["about"].choices(ABOUT)
        if "about" in fields
        else ("vulnerability",),
        until_fix="until" in fields,
        expires=(fields["expires"].day() or "") if "expires" in fields else "",
        owner=(fields["owner"].text() or "") if "owner" in fields else "",
        source=value.source,
    )


def _reason(entry: Value, fields: dict[str, Value]) -> str:
    if "reason" in fields:
        return fields["reason"].text("why this may be left out") or ""
    entry.problems.add(
        entry.node.line, "a suppression has no reason, expected the key 'reason'"
    )
    return ""


def _narrow(
    entry: Value, selectors: dict[str, tuple[str, ...]], fields: dict[str, Value]
) -> None:
    """Note an entry that would take out everything."""
    given = [key for key in SELECTORS if key in fields]
    if any(selectors[key] and not any(map(_wild, selectors[key])) for key in given):
        return
    if not all(selectors[key] for key in given):
        return  # what is there is wrong already, and was told
    told = (
        f"{' and '.join(given)} only with wildcards"
        if given
        else "no finding in particular"
    )
    entry.problems.add(
        entry.node.line,
        f"the suppression names {told} and would take out everything,"
        " expected an id, a package, a path or a layer",
    )


def _wild(text: str) -> bool:
    """Whether ``text`` fits whatever there is, but perhaps for a type."""
    return not _FRAME.sub("", text)


def _ids(value: Value | None, ids: tuple[str, ...]) -> None:
    if value is None:
        return
    for id_ in ids:
        if ("*" in id_ or "?" in id_) and not _wild(id_):
            value.problems.add(
                value.node.line,
                f"id: wildcards are not read in ids, expected each in full, not {quoted(id_)}",
            )


def _layers(value: Value) -> tuple[str, ...]:
    """Layers are named by text or by index."""
    indices = Value(
        key=value.key, node=_indices_as_texts(value.node), problems=value.problems
    )
    found = indices.texts("a layer's index, its digest or a glob on its instruction")
    for text in found:
        if text.startswith("sha256:") and not _DIGEST.fullmatch(text):
            value.problems.add(
                value.node.line,
                f"layer: found {quoted(text)}, expected at least the first 12 digits of a digest",
            )
    return found


def _packages(value: Value) -> tuple[str, ...]:
    """Names, globs, and package URLs, which must be some."""
    found = value.texts()
    for text in found:
        if text.startswith("pkg:") and "*" not in text:
            try:
                parse_purl(text)
            except ParseError as error:
                value.problems.add(value.node.line, f"package: {error.message}")
    return found


def _indices_as_texts(node: Node) -> Node:
    if isinstance(node, Items):
        return Items(items=tuple(map(_indices_as_texts, node.items)), line=node.line)
    if isinstance(node, Scalar) and type(node.value) is int and node.value >= 0:
        return Scalar(value=node.raw, raw=node.raw, line=node.line)
    return node


def _versions(value: Value) -> str:
    text = value.text("a range of versions, such as '>=2.0, <2.15'")
    if text is None:
        return ""
    try:
        # Any scheme tells whether the comparisons are; this one takes every version.
        satisfies("maven", "0", text)
    except VersionError:
        pass
    else:
        if any(char.isdigit() for char in text) and not _CARET.search(text):
            return text
    value.wrong("a range of versions, such as '>=2.0, <2.15'")
    return ""
